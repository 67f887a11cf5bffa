"""Tests of checks/resources."""
