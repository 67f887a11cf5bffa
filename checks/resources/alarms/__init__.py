"""CloudWatch alarms that watch between runs: made from the limits, and looked at by the checks."""
