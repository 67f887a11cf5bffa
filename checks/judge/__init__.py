"""thresholds.yaml becomes limits; a metric and its limit become a verdict."""
