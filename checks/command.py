"""The script `websocket-health-checks`: runs the checks on the thresholds.yaml of the current folder or one above it.

A wheel has the package `checks` within the folder `websocket_health_checks`, so that it hides no other `checks`.
Only this command puts that folder on the path, and only in its own process.
"""

import sys
from pathlib import Path


def main() -> int:
    """Run the checks, or a subcommand; return the exit code."""
    sys.path.insert(0, str(Path(__file__).parents[1]))  # before the current folder, which may hold another `checks`
    from checks.__main__ import main as run  # noqa: PLC0415 -- only now is it on the path

    return run()


if __name__ == "__main__":
    sys.exit(main())
