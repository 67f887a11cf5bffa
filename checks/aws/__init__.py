"""AWS beside the logs: its resources, and what its services say."""
