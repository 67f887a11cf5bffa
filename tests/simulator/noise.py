"""Lines without a meaning, some of which use the words of lines that have one."""

import random
from collections.abc import Iterator
from typing import Final

from tests.simulator.frames import Said

LINES: Final = (
    Said("Cache lookup for profile:{number} took 410 ms"),
    Said("Cache miss for room:{number}, reading from the table"),
    Said("Connected to database app at db-{number}.internal:5432"),
    Said("Database connection closed after {number} queries"),
    Said("Database connection pool: 3 idle, 1 in use"),
    Said("GET https://profiles.internal/users/{number} 200 in 41 ms"),
    Said("GET https://feeds.internal/rss/{number} returned HTTP 404"),
    Said("Retrying DynamoDB PutItem (attempt 2/3) after ProvisionedThroughputExceededException", "WARNING"),
    Said("Retrying SQS SendMessage for job {number}, attempt 1 of 5", "WARNING"),
    Said("Query finished: 410 rows scanned, {number} returned"),
    Said("Loaded {number} settings in 12 ms"),
    Said("Token for user {number} is valid for 3600 s"),
    Said("Rate limiter: bucket {number} has 17 tokens left"),
    Said("Slow call: dynamodb.query took 1410 ms for item {number}", "WARNING"),
    Said("Could not parse the locale of user {number}, using en", "ERROR"),
)
"""What the application logs beside the signals."""

SWEEP: Final = (
    Said("Clean-up started"),
    Said("Read page 1 of the table: {number} rows"),
    Said("Database connection closed after 2 queries"),
    Said("Clean-up finished in 410 ms"),
)
"""What a scheduled function logs, in this order."""


def chatter(lines_on_average: float, draw: random.Random) -> Iterator[Said]:
    """Yield a random number of noise lines."""
    for _ in range(how_many(lines_on_average, draw)):
        yield numbered(draw.choice(LINES), draw)


def how_many(on_average: float, draw: random.Random) -> int:
    """Draw one of the two whole numbers next to the average."""
    whole, part = divmod(on_average, 1)
    return int(whole) + (draw.random() < part)


def numbered(said: Said, draw: random.Random) -> Said:
    """Return the line with its number filled in."""
    return Said(said.text.format(number=draw.randrange(1000, 10_000)), said.level)
