"""What an application may copy, to log what becomes of its connections so that every metric is exact."""
