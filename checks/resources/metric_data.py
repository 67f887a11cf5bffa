"""Values of CloudWatch's metrics: by which dimensions they are kept, and what they were."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from checks.aws.service import Service
from checks.errors import SourceError
from checks.logs.window import Window

MOST_QUERIES: Final = 500
"""That one call of GetMetricData takes."""

Dimensions: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values, ordered by name."""
Series: TypeAlias = Mapping[datetime, float]
"""Values by the beginning of their period; periods without data are left out."""


@dataclass(frozen=True, slots=True)
class Query:
    """A statistic of a metric.

    Attributes:
        metric: Its name.
        dimensions: All that it is kept by.
        statistic: As the API names it: `Sum`, `p95`.
        period_seconds: What each value is about.
    """

    metric: str
    dimensions: Dimensions
    statistic: str
    period_seconds: int


@dataclass(frozen=True, slots=True)
class MetricData:
    """The metrics of a namespace.

    Attributes:
        cloudwatch: The service.
        namespace: As the API names it: `AWS/ApiGateway`.
        resource: What the metrics are about, for an error's text.
    """

    cloudwatch: Service
    namespace: str
    resource: str

    def dimensions(self, given: Dimensions) -> Mapping[str, list[Dimensions]]:
        """By metric, the fewest dimensions that it is kept by, beside those that are given.

        A metric without data for two weeks is not listed; it is taken to be kept by those that are given.
        """
        filters = [{"Name": name, "Value": value} for name, value in given]
        asked = {"Namespace": self.namespace, "Dimensions": filters}
        listed: defaultdict[str, set[Dimensions]] = defaultdict(set)
        for metric in self.cloudwatch.pages("ListMetrics", self.resource, "Metrics", **asked):
            found = tuple(sorted((one["Name"], one["Value"]) for one in metric["Dimensions"]))
            listed[metric["MetricName"]].add(found)
        return {
            name: sorted(one for one in found if len(one) == min(map(len, found))) for name, found in listed.items()
        }

    def series(self, queries: Sequence[Query], window: Window) -> list[Series]:
        """The values of each query.

        Raises:
            SourceError: CloudWatch does not tell, or not all of them.
        """
        found: list[Series] = []
        for first in range(0, len(queries), MOST_QUERIES):
            found += self._batch(queries[first : first + MOST_QUERIES], window)
        return found

    def _batch(self, queries: Sequence[Query], window: Window) -> list[Series]:
        asked = {
            "MetricDataQueries": [self._asked(f"q{number}", query) for number, query in enumerate(queries)],
            "StartTime": window.since,
            "EndTime": window.until,
        }
        values: defaultdict[str, dict[datetime, float]] = defaultdict(dict)
        status: dict[str, str] = {}
        for page in self.cloudwatch.pages("GetMetricData", self.resource, "MetricDataResults", **asked):
            values[page["Id"]].update(zip(page["Timestamps"], page["Values"], strict=True))
            status[page["Id"]] = page["StatusCode"]  # of several pages, the last says whether there is more
        for number, query in enumerate(queries):
            if (said := status.get(f"q{number}", "no answer")) != "Complete":
                raise SourceError(
                    f"{self.resource} in {self.cloudwatch.region}: CloudWatch does not tell all of {query.metric} "
                    f"({said}); run again later"
                )
        return [values[f"q{number}"] for number in range(len(queries))]

    def _asked(self, name: str, query: Query) -> dict[str, Any]:
        metric = {
            "Namespace": self.namespace,
            "MetricName": query.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions],
        }
        statistic = {"Metric": metric, "Period": query.period_seconds, "Stat": query.statistic}
        return {"Id": name, "MetricStat": statistic}
