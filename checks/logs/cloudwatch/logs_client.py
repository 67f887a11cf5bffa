"""A CloudWatch Logs client for one region: it paces calls to AWS's quotas, counts them, and returns raw bodies."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import suppress
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any, Final, ParamSpec, Self, TypeVar

import msgspec

from checks.aws.client import ATTEMPTS, AwsClient, is_of_aws
from checks.errors import SourceError
from checks.logs.formats.json_records.json_values import without_half_characters
from checks.logs.spool import SHOW_SECONDS

MOST_AT_ONCE: Final = 8
"""The most calls in flight in a region. Fewer would not use the full quota if responses are slow."""
_PAUSE_SECONDS: Final = 0.1
_FIRST_ERROR: Final = 301
"""HTTP statuses from here on are errors to botocore."""

_USUAL_QUOTA: Final = 10.0
_FILTER_QUOTAS: Final = {
    "us-east-1": 25.0,
    **dict.fromkeys(("ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1"), 5.0),
}
"""FilterLogEvents calls per second by region; all other regions and operations have the usual quota.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""

_PATIENCE_SECONDS: Final = 1.0
"""How long a read that ends early waits for calls in flight."""
_THROTTLES: Final = frozenset({"RequestLimitExceeded", "TooManyRequestsException", "LimitExceededException"})
"""The error codes of throttled calls; the last is StartQuery's when too many queries run at once."""


Parameters = ParamSpec("Parameters")
T = TypeVar("T")


class Counters:
    """Counters that many threads add to.

    From each region's client: `calls`, `attempts` (calls and their retries) and `throttles`. From FilterLogEvents:
    `pages` and `empty_pages`. From Logs Insights: `queries` and `bytes_scanned`. From both: the `events` and `bytes`
    that were returned, and `covered_ms`, how much of the logs' time was read.
    """

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, **numbers: int) -> None:
        """Add to the numbers of these names."""
        with self._lock:
            self._numbers.update(numbers)

    def __getitem__(self, name: str) -> int:
        return self._numbers[name]


class SharedState(msgspec.Struct, frozen=True):
    """The state that all threads of a read share.

    `is_stopped` is set when there is no point in going on: after an error elsewhere, or Ctrl-C.
    """

    counters: Counters = msgspec.field(default_factory=Counters)
    is_stopped: Event = msgspec.field(default_factory=Event)


class LogsClient:
    """A CloudWatch Logs client for one region, which keeps to AWS's quotas and returns raw response bodies.

    Args:
        region: None for the one that boto3 finds by its own rules.
        counters: Counts calls, attempts and throttles.
    """

    def __init__(self, region: str | None, counters: Counters) -> None:
        self._counters = counters
        self._aws = AwsClient("logs", region, connections=MOST_AT_ONCE)
        self.region = self._aws.region
        self._paces: dict[str, Pace] = {}
        meta = self._aws.boto.meta
        self._has_quota = is_of_aws(meta.endpoint_url)  # an emulator (AWS_ENDPOINT_URL) is paced once it throttles
        service, events = meta.service_model.service_id.hyphenize(), meta.events
        events.register(f"before-send.{service}", self._wait)
        events.register(f"needs-retry.{service}", self._count_throttle)
        events.register(f"needs-retry.{service}", _retry_cut)
        events.register(f"before-parse.{service}", _keep_raw)

    def call(self, operation: str, resource: str, **parameters: Any) -> bytes:
        """Call an API operation, and return the raw response body; see AwsClient.call."""
        self._counters.add(calls=1)
        answer = self._aws.call(operation, resource, **parameters)
        body: bytes = answer["raw"]
        if _is_cut(body, answer["ResponseMetadata"]["HTTPHeaders"]):
            raise SourceError(f"{resource} in {self.region}: the answer to logs:{operation} was cut off; try again")
        return body

    def answer(self, operation: str, resource: str, shape: type[T], **parameters: Any) -> T:
        """Call an API operation, and return the decoded response."""
        return decode_response(self.call(operation, resource, **parameters), shape, resource)

    def _wait(self, event_name: str, **_: Any) -> None:
        """Wait until the next call may be made; a retry is a call, too."""
        if self._has_quota:
            operation = event_name.rpartition(".")[2]
            self._paces.setdefault(operation, Pace(calls_per_second(operation, self.region))).wait()
        self._counters.add(attempts=1)

    def _count_throttle(self, response: Any, **_: Any) -> None:
        code = response[1].get("Error", {}).get("Code", "") if response else ""
        if "Throttl" in code or code in _THROTTLES:
            self._has_quota = True
            self._counters.add(throttles=1)


def _retry_cut(response: Any, attempts: int, **_: Any) -> float | None:
    """Retry a call if its response was cut off, which botocore does not notice."""
    if response is None or attempts >= ATTEMPTS:
        return None
    answer = response[0]
    return _PAUSE_SECONDS if _is_cut(answer.content, answer.headers) else None


def _is_cut(body: bytes, headers: Mapping[str, str]) -> bool:
    length = headers.get("content-length", "")
    return length.isdecimal() and len(body) < int(length)


def _keep_raw(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Keep the raw body of a response, and give botocore's parser an empty one, unless the response is an error.

    The parser takes 37 ms to turn a page of 1 MB into objects, and ignores what it does not expect.
    """
    if response_dict["status_code"] < _FIRST_ERROR:
        customized_response_dict["raw"] = response_dict["body"]
        response_dict["body"] = b"{}"


def calls_per_second(operation: str, region: str) -> float:
    """AWS's quota for an account in a region; that of FilterLogEvents cannot be raised."""
    return _FILTER_QUOTAS.get(region, _USUAL_QUOTA) if operation == "FilterLogEvents" else _USUAL_QUOTA


class Pace:
    """A rate limiter: it spaces calls evenly, at most so many a second, whatever thread they come from."""

    def __init__(self, calls_per_second: float) -> None:
        self._interval_seconds = 1 / calls_per_second
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Sleep until the next call may be made."""
        with self._lock:
            now = monotonic()
            at = max(now, self._next)
            self._next = at + self._interval_seconds
        sleep(at - now)


def decode_response(body: bytes, shape: type[T], resource: str) -> T:
    """Decode a response body; keys that the shape does not name are ignored."""
    try:
        try:
            return msgspec.json.decode(body, type=shape)
        except msgspec.DecodeError:  # looking for half characters in each response would take as long as reading it
            return msgspec.json.decode(without_half_characters(body), type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise unexpected_response(resource, str(error)) from error


def unexpected_response(resource: str, why: str) -> SourceError:
    """The error for a response that is not from CloudWatch Logs, with the evidence."""
    return SourceError(f"{resource}: the response is not from CloudWatch Logs: {why}; check proxy and AWS_ENDPOINT_URL")


class Workers:
    """A thread pool for the calls of a read, which does not wait for a call that hangs.

    Leaving the `with` block, even by an error or Ctrl-C, sets `is_stopped` for the calls and ends the threads. A
    ThreadPoolExecutor would wait for its threads, at the latest when the process ends.

    The pool has at `most` so many threads. A read that exceeds its time limit ends with the error that `late` returns.
    """

    def __init__(self, most: int, is_stopped: Event, time_limit: timedelta, late: Callable[[], SourceError]) -> None:
        self._most = most
        self._is_stopped = is_stopped
        self._deadline = monotonic() + time_limit.total_seconds()
        self._late = late
        self._jobs: SimpleQueue[tuple[Future[Any], Generator[None, None, Any]] | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Cancel the jobs that have not begun, and wait a moment for the others."""
        self._is_stopped.set()
        with suppress(Empty):
            while job := self._jobs.get_nowait():
                job[0].cancel()
        end = monotonic() + _PATIENCE_SECONDS
        for _thread in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(max(0, end - monotonic()))

    def submit(self, call: Callable[Parameters, T], *args: Parameters.args, **more: Parameters.kwargs) -> Future[T]:
        """Submit a call, which the next free thread makes."""

        def only_step() -> Generator[None, None, T]:
            yield from ()
            return call(*args, **more)

        return self.submit_steps(only_step())

    def submit_steps(self, steps: Generator[None, None, T]) -> Future[T]:
        """Submit a generator; each of its steps runs in the next free thread, and its return value is the result."""
        future: Future[T] = Future()
        self._jobs.put((future, steps))
        if len(self._threads) < self._most:
            self._threads.append(Thread(target=self._work, name="read", daemon=True))
            self._threads[-1].start()
        return future

    def result(self, job: Future[T]) -> T:
        """Wait for a job, and return its result; for errors see `waits`."""
        for _ in self.waits([job]):
            pass
        return job.result()

    def waits(self, jobs: Iterable[Future[Any]]) -> Iterator[int]:
        """Wait for jobs; a few times a second, yield how many of them are not done.

        Raises:
            SourceError: A job has failed, or time is up.
        """
        pending = set(jobs)
        while pending:
            done, pending = wait(pending, timeout=SHOW_SECONDS, return_when=FIRST_EXCEPTION)
            for job in done:
                job.result()  # raises its error, if it failed
            yield len(pending)
            if pending and monotonic() > self._deadline:
                raise self._late()

    def _work(self) -> None:
        while job := self._jobs.get():
            future, steps = job
            if not (future.running() or future.set_running_or_notify_cancel()):
                continue
            try:
                next(steps)
            except StopIteration as end:
                future.set_result(end.value)
            except BaseException as error:  # noqa: BLE001 -- it is raised in the thread that waits for the result
                future.set_exception(error)
            else:
                self._jobs.put(job)
