"""The command `websocket-health-checks`: the checks, on the thresholds.yaml of the current folder.

A wheel has the package `checks` within the folder `websocket_health_checks`, so that it hides nobody's own `checks`.
Only this command puts that folder on the path, and only in its own process.
"""

import sys
from pathlib import Path


def main() -> int:
    """Run the checks with the options of `pytest`, or the helper command whose name comes first."""
    sys.path.insert(0, str(Path(__file__).parents[1]))  # before the current folder, which may hold another `checks`
    from checks.places import CHECKS_FOLDER, COMMAND, COMMAND_CONFIGURATION, PACKAGE_FOLDER  # noqa: PLC0415

    arguments = sys.argv[1:]
    if arguments and not arguments[0].startswith("-"):
        from checks import __main__ as helpers  # noqa: PLC0415 -- the checks do without them

        return helpers.main(arguments, COMMAND)
    import pytest  # noqa: PLC0415 -- the helpers do without it

    settings = ["-c", str(COMMAND_CONFIGURATION), "--rootdir", str(PACKAGE_FOLDER)]
    return int(pytest.main([*settings, *arguments, str(CHECKS_FOLDER)]))


if __name__ == "__main__":
    sys.exit(main())
