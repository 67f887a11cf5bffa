"""Tells from CloudWatch logs whether a WebSocket application on AWS is healthy."""

__version__ = "0.1.0"
