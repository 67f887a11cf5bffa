"""Is a WebSocket application on AWS healthy? Its CloudWatch logs tell."""

__version__ = "0.1.0"
