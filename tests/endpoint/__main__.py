"""Serves the events of a file of JSON Lines until it is stopped; prints its URL first.

python -m tests.endpoint FILE --group NAME --latency 0.2 --quota 10
"""

import argparse
import re
import sys
from pathlib import Path
from threading import Event
from typing import Final

from tests.endpoint.behaviour import Behaviour
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group

_TIMESTAMP: Final = re.compile(rb'"timestamp":(\d+)')


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.endpoint", description=__doc__)
    parser.add_argument("file", type=Path, help="events in the order of time, one JSON object a line")
    parser.add_argument("--group", default="/aws/lambda/chat")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--quota", type=float, default=None)
    options = parser.parse_args()
    group = Group(options.group, options.region)
    with options.file.open("rb") as lines:
        for line in lines:
            match = _TIMESTAMP.search(line)
            group.add(int(match[1]) if match else 0, line.rstrip())
    with Endpoint([group], Behaviour(latency_seconds=options.latency, quota_per_second=options.quota)) as endpoint:
        sys.stdout.write(endpoint.url + "\n")
        sys.stdout.flush()
        Event().wait()


if __name__ == "__main__":
    main()
