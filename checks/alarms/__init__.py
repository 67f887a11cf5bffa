"""CloudWatch alarms, made from the limits."""
