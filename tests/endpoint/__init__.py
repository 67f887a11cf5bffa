"""A CloudWatch Logs of the tests' own, on loopback: a real HTTP server, with the faults that a test asks for."""
