"""A history on S3: a run is an object."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Final
from urllib.parse import quote

from checks.aws.client import AwsClient, Timeouts
from checks.errors import HistoryError, SourceError
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
        content = {"Body": encode(record), "ContentType": "application/json"}
        with self._as_history_error(key):
            self._client.call("PutObject", self._url(key), Bucket=self._bucket, Key=key, **content)

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
    def _client(self) -> AwsClient:
        return AwsClient("s3", None, attempts=2, timeouts=Timeouts(connect=3, answer=10), connections=_AT_ONCE)

    def _of(self, environment: str) -> str:
        return f"{self._folder}{quote(environment, safe='')}/"

    def _url(self, key: str) -> str:
        return f"s3://{self._bucket}/{key}"

    def _keys(self, folder: str) -> Iterator[str]:
        """The names of all runs below a folder; whatever else lies there is none of ours."""
        asked = {"Bucket": self._bucket, "Prefix": folder}
        with self._as_history_error(folder):
            for item in self._client.pages("ListObjectsV2", self._url(folder), "Contents", **asked):
                if item["Key"].endswith(_SUFFIX) and self._is_in_place(item["Key"]):
                    yield item["Key"]

    def _is_in_place(self, key: str) -> bool:
        return key.removeprefix(self._folder).count("/") == 1

    def _get(self, key: str) -> Record | None:
        url = self._url(key)
        with self._as_history_error(key):
            answer = self._client.call("GetObject", url, Bucket=self._bucket, Key=key)
            with self._client.explaining("GetObject", url):
                return decode(answer["Body"].read())

    @contextmanager
    def _as_history_error(self, key: str) -> Iterator[None]:
        try:
            yield
        except SourceError as error:
            url = self._url(key)
            text = str(error)
            raise HistoryError(text if text.startswith(url) else f"{url}: {text}") from error
