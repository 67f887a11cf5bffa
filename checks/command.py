"""The command `websocket-health-checks`: the checks, on the thresholds.yaml of the current folder."""

import sys

from checks.entry import CHECKOUT, COMMAND, COMMAND_CONFIGURATION


def main() -> int:
    """Run the checks with the options of `pytest`, or the helper command whose name comes first."""
    arguments = sys.argv[1:]
    if arguments and not arguments[0].startswith("-"):
        from checks import __main__ as helpers  # noqa: PLC0415 -- the checks do without them

        return helpers.main(arguments, COMMAND)
    import pytest  # noqa: PLC0415 -- the helpers do without it

    checks = COMMAND_CONFIGURATION.parent
    return int(pytest.main(["-c", str(COMMAND_CONFIGURATION), "--rootdir", str(CHECKOUT), *arguments, str(checks)]))


if __name__ == "__main__":
    sys.exit(main())
