"""Tests of checks/report."""
