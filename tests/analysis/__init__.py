"""What the analysis makes of logs."""
