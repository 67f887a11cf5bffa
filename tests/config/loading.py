"""The types of fixtures that load thresholds.yaml."""

from collections.abc import Callable

from checks.config.environment import Environment
from checks.config.thresholds import Thresholds

Load = Callable[[str], Thresholds]
Complain = Callable[[str], list[str]]


def bounds(environment: Environment) -> dict[str, str]:
    """Return the limits of an environment, as people read them."""
    return {name: ", ".join(map(limit.show, limit.bounds)) for name, limit in environment.limits.items()}
