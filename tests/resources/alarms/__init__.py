"""Tests of checks/resources/alarms."""
