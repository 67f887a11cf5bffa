"""From what thresholds.yaml names to what is there: single log groups, each in a region."""

from collections.abc import Iterator
from dataclasses import replace

from checks.aws.service import Service
from checks.errors import SourceError
from checks.judge.thresholds import Environment
from checks.logs.cloudwatch.client import LogsClient
from checks.logs.cloudwatch.resolve import INFREQUENT_ACCESS, resolve
from checks.logs.cloudwatch.tally import Tally
from checks.logs.groups import LogGroup


def located(environment: Environment) -> Environment:
    """The same environment, with the log groups that exist, and with regions for all that it names.

    Raises:
        SourceError: A log group is not there, or takes no metric filters, or AWS can't be asked.
    """
    api = environment.api
    if api:
        api = replace(api, region=Service("apigatewayv2", api.region, "API Gateway").region)
    groups = (found for named in environment.log_groups for found in _groups(named))
    return replace(environment, log_groups=tuple(dict.fromkeys(groups)), api=api)


def _groups(named: LogGroup) -> Iterator[LogGroup]:
    client = LogsClient(named.region, Tally())
    for group in resolve(client, named.name):
        if group.log_class == INFREQUENT_ACCESS:
            raise SourceError(
                f"log group {group.name} in {client.region}: it is of class {INFREQUENT_ACCESS}, which takes no metric "
                "filters; alarms need the logs in one of class STANDARD"
            )
        yield LogGroup(group.name, client.region)
