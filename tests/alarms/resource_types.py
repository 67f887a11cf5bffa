"""What moto's CloudFormation lacks: metric filters and alarms.

They are made by the calls that AWS documents. Each property of a template becomes a parameter of PutMetricFilter or
PutMetricAlarm, so botocore checks its name.
"""

from collections.abc import Mapping
from typing import Any, Self

import boto3
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel


class _PutOnCreateAndUpdate(CloudFormationModel):
    """A resource that the same call creates and updates."""

    def __init__(self, properties: Mapping[str, Any], region: str) -> None:
        raise NotImplementedError

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,  # noqa: ARG003 -- moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003
        region_name: str,
        **kwargs: Any,  # noqa: ARG003
    ) -> Self:
        return cls(cloudformation_json["Properties"], region_name)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,  # noqa: ARG003
        new_resource_name: str,  # noqa: ARG003
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003
        region_name: str,
    ) -> Self:
        return cls(cloudformation_json["Properties"], region_name)

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return ""


class MetricFilterType(_PutOnCreateAndUpdate, CloudFormationModel):
    """AWS::Logs::MetricFilter; the API's names begin with a lower-case letter."""

    def __init__(self, properties: Mapping[str, Any], region: str) -> None:
        self.physical_resource_id = properties["FilterName"]
        self._group = properties["LogGroupName"]
        boto3.client("logs", region_name=region).put_metric_filter(**small(properties))

    @staticmethod
    def cloudformation_name_type() -> str:
        return "FilterName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Logs::MetricFilter"

    def delete(self, _: str, region: str) -> None:
        logs = boto3.client("logs", region_name=region)
        logs.delete_metric_filter(filterName=self.physical_resource_id, logGroupName=self._group)


class AlarmType(_PutOnCreateAndUpdate, CloudFormationModel):
    """AWS::CloudWatch::Alarm."""

    def __init__(self, properties: Mapping[str, Any], region: str) -> None:
        self.physical_resource_id = properties["AlarmName"]
        boto3.client("cloudwatch", region_name=region).put_metric_alarm(**properties)

    @staticmethod
    def cloudformation_name_type() -> str:
        return "AlarmName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::CloudWatch::Alarm"

    def delete(self, _: str, region: str) -> None:
        boto3.client("cloudwatch", region_name=region).delete_alarms(AlarmNames=[self.physical_resource_id])


def small(value: Any) -> Any:
    if isinstance(value, list):
        return [small(part) for part in value]
    if isinstance(value, Mapping):
        return {name[0].lower() + name[1:]: small(part) for name, part in value.items()}
    return value


for lookup in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
    lookup.cache_clear()  # which may not know these classes yet
