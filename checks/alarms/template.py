"""The filters and alarms of a region as a CloudFormation template."""

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from checks.alarms.resource import Kind, Resource


def template(resources: Iterable[Resource], description: str) -> str:
    """A template, as JSON."""
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Resources": {_logical_id(resource): _declared(resource) for resource in resources},
    }
    return json.dumps(document, indent=2)


def _declared(resource: Resource) -> dict[str, Any]:
    if resource.kind is Kind.ALARM:
        return {"Type": "AWS::CloudWatch::Alarm", "Properties": dict(resource.settings)}
    return {"Type": "AWS::Logs::MetricFilter", "Properties": _capitalised(resource.settings)}


def _logical_id(resource: Resource) -> str:
    """Letters and digits; of a filter also what tells its log group from others, whatever characters those have."""
    words = "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", resource.name))
    group = sha256(resource.log_group.encode()).hexdigest()[:8] if resource.log_group else ""
    return f"{words}{'Alarm' if resource.kind is Kind.ALARM else 'Filter'}{group}"


def _capitalised(value: Any) -> Any:
    """Settings of a metric filter under CloudFormation's names, which begin with a capital."""
    if isinstance(value, list):
        return [_capitalised(part) for part in value]
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: _capitalised(part) for name, part in value.items()}
    return value
