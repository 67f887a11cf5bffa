"""A history on S3: a run is an object."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

import boto3
from botocore.config import Config

from checks import __version__
from checks.aws.error_messages import BOTO_ERRORS, explain_error
from checks.errors import HistoryError
from checks.history.record import Record, decode, encode
from checks.history.store import PastRuns, unreadable

_AT_ONCE: Final = 16
_SUFFIX: Final = ".json"


class BucketStore:
    """Objects `prefix/environment/id.json`: no two writers share one, and they sort by time.

    Credentials, profile, region and endpoint are boto3's own business. It gives up soon: the run has been judged, and
    a pipeline waits.

    Args:
        bucket: Its name.
        prefix: Without slashes at its ends; may be empty.
    """

    def __init__(self, bucket: str, prefix: str) -> None:
        self._bucket = bucket
        self._folder = f"{prefix}/" if prefix else ""

    def add(self, record: Record) -> None:
        """Put an object; see Store."""
        key = f"{self._of(record.environment)}{record.id}{_SUFFIX}"
        with _explaining("s3:PutObject", self._url(key)):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=encode(record), ContentType="application/json")

    def newest(self, most: int, environment: str | None = None) -> PastRuns:
        """Get the last objects by name; see Store."""
        keys_by_folder: dict[str, list[str]] = defaultdict(list)
        for key in self._keys(self._folder if environment is None else self._of(environment)):
            keys_by_folder[key.rpartition("/")[0]].append(key)
        keys = [key for found in keys_by_folder.values() for key in sorted(found)[-most:]]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = dict(zip(keys, pool.map(self._get, keys), strict=True))
        records = sorted((record for record in found.values() if record), key=lambda record: record.order)
        damaged = [key.removeprefix(self._folder) for key, record in found.items() if record is None]
        return PastRuns(tuple(records), unreadable("object", self._url(self._folder), damaged))

    @cached_property
    def _client(self) -> Any:
        config = Config(
            connect_timeout=3,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=_AT_ONCE,
            user_agent_extra=f"websocket-health-checks/{__version__}",
        )
        return boto3.Session().client("s3", config=config)

    def _of(self, environment: str) -> str:
        return f"{self._folder}{quote(environment, safe='')}/"

    def _url(self, key: str) -> str:
        return f"s3://{self._bucket}/{key}"

    def _keys(self, folder: str) -> Iterator[str]:
        """The names of all runs below a folder; whatever else lies there is none of ours."""
        with _explaining("s3:ListBucket", self._url(folder)):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder):
                names = (found["Key"] for found in page.get("Contents", ()))
                yield from (name for name in names if name.endswith(_SUFFIX) and self._is_in_place(name))

    def _is_in_place(self, key: str) -> bool:
        return key.removeprefix(self._folder).count("/") == 1

    def _get(self, key: str) -> Record | None:
        with _explaining("s3:GetObject", self._url(key)):
            return decode(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())


@contextmanager
def _explaining(action: str, resource: str) -> Iterator[None]:
    try:
        yield
    except BOTO_ERRORS as error:
        raise HistoryError(str(explain_error(error, action, resource))) from error
    except ValueError as error:  # boto3 has no class for an endpoint that is no URL
        raise HistoryError(f"{resource}: {error}") from error
