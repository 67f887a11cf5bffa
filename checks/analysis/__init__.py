"""What log events mean: signals, connections, metrics."""
