"""The analysis of log events: signals, connections, metrics."""
