"""Tests of checks/run."""
