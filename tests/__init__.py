"""Tests of the project; the folders mirror checks/."""
