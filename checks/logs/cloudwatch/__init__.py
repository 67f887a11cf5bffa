"""CloudWatch Logs as a log source."""
