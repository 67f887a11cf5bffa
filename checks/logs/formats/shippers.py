"""Records of log shippers, which carry the message in a field: Vector, Fluent Bit, Docker, Filebeat, Splunk, Loki."""

from typing import Final

from checks.logs.formats.json_records import JsonFormat

VECTOR: Final = JsonFormat(
    name="Vector and Filebeat",
    matches="list_contains(keys, 'message') AND list_has_any(keys, ['source_type', 'agent', '@version', 'sourcetype'])",
    stream=("$.log_stream", "$.logStreamName", "$.awscloudwatch.log_stream", "$.aws.cloudwatch.log_stream"),
    group=("$.log_group", "$.logGroup", "$.awscloudwatch.log_group", "$.aws.cloudwatch.log_group"),
)

FLUENT_BIT: Final = JsonFormat(
    name="Fluent Bit and Docker",
    matches=(
        "list_contains(keys, 'log') AND NOT list_contains(keys, 'message') AND json_type(json, '$.log') = 'VARCHAR'"
    ),
    message=("$.log",),
)

SPLUNK: Final = JsonFormat(
    name="Splunk",
    matches="list_contains(keys, '_raw') OR json_exists(json, '$.result._raw')",
    message=("$._raw", "$.result._raw"),
    time=("$._time", "$.result._time"),
)

LOKI: Final = JsonFormat(
    name="Loki",
    matches="list_has_all(keys, ['labels', 'line'])",
    message=("$.line",),
)
