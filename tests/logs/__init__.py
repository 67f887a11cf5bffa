"""Tests of checks/logs."""
