"""Evaluates the part of CloudWatch's filter patterns that this project uses: one regular expression on the raw line.

It refuses what AWS does not document:

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from collections.abc import Callable
from typing import Final

LONGEST: Final = 1024

_ALLOWED: Final = re.compile(r"(?:[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|*+.]|\\[dDsSwW]|\\x[0-9a-f]{2})+")
"""Letters, digits, a few signs, operators, classes and characters by number; no groups, no spaces, no quotes."""


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a function that tells whether a line matches.

    Raises:
        ValueError: CloudWatch might not take the pattern.
    """
    if len(pattern) > LONGEST or not re.fullmatch("%.+%", pattern):
        raise ValueError(f"{pattern!r} is no regular expression between % of at most {LONGEST} characters")
    expression = pattern[1:-1]
    if not _ALLOWED.fullmatch(expression):
        raise ValueError(f"{pattern!r} holds what a filter's regular expression must not")
    compiled = re.compile(expression, re.ASCII)
    return lambda line: compiled.search(line) is not None
