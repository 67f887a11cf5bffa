"""Tests of checks/outputs/notify."""
