"""Tests of checks/aws."""
