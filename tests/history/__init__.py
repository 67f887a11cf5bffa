"""Tests of checks/history."""
