"""A history on S3: a prefix with an object a run."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Final

from checks.aws.client import AwsClient, Timeouts
from checks.errors import HistoryError, SourceError

_AT_ONCE: Final = 16


class S3Files:
    """Objects below a prefix of a bucket. See Files.

    Credentials, profile, region and endpoint are boto3's own business. It gives up soon: the run has been judged, and
    a pipeline waits.

    Args:
        name: Of the bucket.
        prefix: Without slashes at its ends; may be empty.
    """

    noun: Final = "object"

    def __init__(self, name: str, prefix: str) -> None:
        self._name = name
        self._prefix = f"{prefix}/" if prefix else ""

    def __str__(self) -> str:
        return f"s3://{self._name}/{self._prefix}"

    def write(self, name: str, content: bytes) -> None:
        """Put an object, which is there whole or not at all."""
        body = {"Body": content, "ContentType": "application/json"}
        with self._as_history_error(name):
            self._client.call("PutObject", f"{self}{name}", Bucket=self._name, Key=f"{self._prefix}{name}", **body)

    def names(self, folder: str) -> Iterator[str]:
        """List the objects of a folder, or all."""
        prefix = f"{self._prefix}{folder}/" if folder else self._prefix
        below = {"Bucket": self._name, "Prefix": prefix}
        with self._as_history_error(folder):
            for item in self._client.pages("ListObjectsV2", f"{self}{folder}", "Contents", **below):
                yield item["Key"].removeprefix(self._prefix)

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        """Get so many objects at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(self._get, names)

    def _get(self, name: str) -> bytes:
        url = f"{self}{name}"
        with self._as_history_error(name):
            answer = self._client.call("GetObject", url, Bucket=self._name, Key=f"{self._prefix}{name}")
            with self._client.explaining("GetObject", url):
                content: bytes = answer["Body"].read()
        return content

    @cached_property
    def _client(self) -> AwsClient:
        return AwsClient("s3", None, attempts=2, timeouts=Timeouts(connect=3, answer=10), connections=_AT_ONCE)

    @contextmanager
    def _as_history_error(self, name: str) -> Iterator[None]:
        try:
            yield
        except SourceError as error:
            url, text = f"{self}{name}", str(error)
            raise HistoryError(text if text.startswith(url) else f"{url}: {text}") from error
