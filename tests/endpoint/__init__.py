"""A CloudWatch Logs endpoint of the tests, on loopback: a real HTTP server, with the faults that a test requests."""
