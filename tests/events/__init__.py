"""Tests of checks/events."""
