"""The command `recognise`: what each log event says, or the sentences of an application."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import to_builtins

from checks.analysis.dictionary import find_sentences
from checks.analysis.recognise import Dialect, recognise, understand_all
from checks.config.environment import Environment, named_groups
from checks.config.thresholds import Thresholds
from checks.errors import ConfigError
from checks.logs.cloudwatch import CloudWatchSource
from checks.logs.files import read_files
from checks.logs.spool import LogRequest, Spool
from checks.places import DEFAULT_ENVIRONMENT
from checks.report.phrases import sentence_lines
from checks.window import Window, utc_now

_MOST_SENTENCES: Final = 5000


def read_logs(paths: Sequence[str], log_groups: Sequence[str], hours: float, folder: Path) -> Spool:
    """Return the events of files, or of log groups.

    Raises:
        ConfigError: Neither files nor log groups are named, or both.
        SourceError: They cannot be read.
    """
    if bool(paths) == bool(log_groups):
        raise ConfigError("name the logs to read: either files, or log groups by `--log-group NAME`")
    if paths:
        return read_files(paths, folder)
    now = utc_now()
    window = Window.of_hours(hours, now)
    groups = named_groups(log_groups)
    environment = Environment(name=DEFAULT_ENVIRONMENT, limits={}, waivers={}, signals={}, redact={}, source="filter")
    request = LogRequest(window, patterns=tuple, now=now)
    return CloudWatchSource(groups, environment).read(request, folder, lambda _: None)


def event_lines(spool: Spool, thresholds: Thresholds, folder: Path) -> Iterator[str]:
    """Yield a line of JSON for each event."""
    yield from map(json.dumps, map(to_builtins, recognise(spool, thresholds.signals, folder)))


def dictionary_lines(
    spool: Spool, thresholds: Thresholds, folder: Path, *, is_unknown: bool, is_json: bool
) -> Iterable[str]:
    """Return a line on each of the application's sentences, for people or as JSON."""
    dialect = Dialect(0, thresholds.signals, thresholds.redact, thresholds.ignore)
    sentences = find_sentences(understand_all(spool, dialect, folder, wants_every_sentence=True), _MOST_SENTENCES)
    shown = [sentence for sentence in sentences if sentence.is_unknown or not is_unknown]
    return map(json.dumps, map(to_builtins, shown)) if is_json else sentence_lines(shown)
