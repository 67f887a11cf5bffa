"""Verdicts: a metric and its limit become a verdict and an exit code."""
