"""Tests of checks/report/html."""
