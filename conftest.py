"""The health checks of this checkout."""

pytest_plugins = ["checks.plugin"]
