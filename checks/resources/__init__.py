"""Resources of AWS beside the logs: deploys, the API's metrics and settings, traces, alarms."""
