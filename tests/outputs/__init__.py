"""Tests of checks/outputs."""
