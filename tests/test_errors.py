"""The errors whose text is meant for the person who runs the checks."""

import re

from checks import errors
from checks.logs.spool import UnfinishedReadError


def tree(error: type[Exception], depth: int = 0) -> list[tuple[str, int]]:
    """Return an error and all its subclasses, each with its depth."""
    return [(error.__name__, depth), *(pair for kind in error.__subclasses__() for pair in tree(kind, depth + 1))]


def test_the_docstring_shows_the_tree() -> None:
    """It names each error at its place in the tree, and the module of those that are defined elsewhere."""
    documented = re.findall(r"^([│├└─ ]*)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    assert [(name, len(indentation) // 4) for indentation, name in documented] == tree(errors.HealthCheckError)
    assert f"{UnfinishedReadError.__module__.replace('.', '/')}.py" in (errors.__doc__ or "")
