"""Do API Gateway and the logs tell of the same connections?"""

from checks.analysis.metrics import Metric


def connect_mismatch(counted: Metric, logged: int) -> Metric:
    """The share of connects that only one of the two knows: either the logs miss lines, or they are of another API.

    Args:
        counted: `api.connects`.
        logged: How many connects the logs tell.
    """
    by_api = round(counted.value or 0)
    n, apart = max(by_api, logged), abs(by_api - logged)
    return Metric("api.connect_mismatch_rate", apart / n if n else None, n, apart)
