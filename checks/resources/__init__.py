"""What AWS itself tells beside the logs: the API's metrics and settings, traces, alarms."""
