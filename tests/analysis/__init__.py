"""Tests of the analysis of logs."""
