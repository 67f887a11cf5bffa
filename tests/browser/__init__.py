"""Tests that look at the HTML report as a person does: in a real Chromium, on a desktop and on a phone."""
