"""Do API Gateway and the logs tell of the same connections?"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from checks.analysis.metrics import Metric, Subject
from checks.logs.window import Window
from checks.resources.observation import Observed

_MISMATCH: Final = "api.connect_mismatch_rate"


def compared(observed: Observed, count_logged: Callable[[Window], int]) -> Observed:
    """Add to what API Gateway told how it agrees with the logs.

    CloudWatch counts by full periods, so what the logs tell is counted anew, in the same time: of a short window, the
    edges are a large part.

    Args:
        observed: Perhaps with what API Gateway counted.
        count_logged: How many connects the logs tell in a part of the window.
    """
    api = observed.found.get(Subject.API)
    if api is None:
        return observed
    if api.window is None:
        nothing = Metric(_MISMATCH, None, 0)
        return replace(observed, found={**observed.found, Subject.API: replace(api, metrics=(*api.metrics, nothing))})
    counted = next(metric for metric in api.metrics if metric.name == "api.connects")
    logged = count_logged(api.window)
    mismatch = connect_mismatch(counted, logged)
    sentence = (
        f"API Gateway counted {round(counted.value or 0):,} connects and the logs tell of {logged:,}, "
        f"from {api.window.since:%Y-%m-%d %H:%M} to {api.window.until:%Y-%m-%d %H:%M} UTC"
    )
    found = replace(api, metrics=(*api.metrics, mismatch), findings={**api.findings, mismatch.name: (sentence,)})
    return replace(observed, found={**observed.found, Subject.API: found})


def connect_mismatch(counted: Metric, logged: int) -> Metric:
    """The share of connects that only one of the two knows: either the logs miss lines, or they are of another API.

    Args:
        counted: `api.connects`; without a sample, API Gateway counted none.
        logged: How many connects the logs tell of in the same time.
    """
    by_api = round(counted.value or 0)
    n, apart = max(by_api, logged), abs(by_api - logged)
    return Metric(_MISMATCH, apart / n if n else None, n, apart)
