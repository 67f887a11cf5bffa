"""The command `init`: reads the logs of an application, and writes the thresholds.yaml that fits them."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.analysis.analyse import Analysis, analyse
from checks.analysis.dictionary import Sentence, TakenFor, as_signals, find_sentences, lookalikes
from checks.analysis.recognise import Dialect, broad_patterns
from checks.aws.client import find_credentials
from checks.config.environment import Environment
from checks.config.signal_patterns import as_pattern, as_text
from checks.config.thresholds import STARTER, load, write_new
from checks.history.backtest import MeasuredRun, measured_run
from checks.history.suggest import first_limit
from checks.logs.cloudwatch.insights_stats import CountQuery, countable_sentences
from checks.logs.files import STANDARD_INPUT
from checks.logs.spool import Spool
from checks.metrics import FAMILIES, METRICS, SIGNAL_KINDS, Subject
from checks.places import COMMAND, DEFAULT_ENVIRONMENT
from checks.report.phrases import sentence_lines
from checks.text import counted, one_line

_IGNORE: Final = "ignore"
_KINDS: Final = (*SIGNAL_KINDS, _IGNORE)
"""The kinds that a sentence may be of."""
_ID: Final = "{connection_id}"
_MOST_SENTENCES: Final = 500
_MOST_PRINTED: Final = 40

_TITLES: Final[Mapping[Subject, str]] = {
    Subject.DATA: "Log data quality: if it is bad, the numbers below mean little.",
    Subject.GONE: "GoneException: the application sent to a client that was no longer there.",
    Subject.LIFECYCLE: "Connections, from $connect to $disconnect.",
    Subject.WELCOME: "The welcome message, the first thing that a user sees.",
}

_PROMISING: Final = re.compile(r"(?i)web-?socket|chat|socket|connect|realtime|[-_/.]ws([-_/.]|$)|^/aws/apigateway/")
"""Words in names of log groups that suggest such an application, and the access logs of API Gateway."""


class LogOrigin(Struct, frozen=True):
    """Where the logs come from: files or log groups, with the key that thresholds.yaml has for them."""

    key: str
    names: Sequence[str]
    environment: str


def unclassified_sentences(sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences that seem to matter but are not recognised; those that differ only after the id are merged.

    Each has the template to paste into thresholds.yaml, and a guess at its kind, if only `ignore`.
    """
    alike: dict[tuple[str, str], list[Sentence]] = {}
    for sentence in sentences:
        if sentence.taken_for is TakenFor.NEAR_MISS:
            head, mark, _ = sentence.template.partition(_ID)
            alike.setdefault((sentence.guess, head) if mark else ("", sentence.template), []).append(sentence)
    return [
        replace(
            group[0],
            template=_common_beginning([one.template for one in group]),
            times=sum(one.times for one in group),
            is_error=any(one.is_error for one in group),
            guess=guess or _IGNORE,
        )
        for (guess, _), group in alike.items()
    ]


def _common_beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)  # in sort order, all others lie between them
    common = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(character for character, _ in common).rstrip()


def _kind(sentence: Sentence, *, takes_guess: bool) -> str:
    """The kind of a sentence: the guess, or the answer of the person at the terminal; empty if it is left open.

    That a post failed is for a person to say: if it is not so, or is ignored, a run passes that should not.
    """
    if takes_guess:
        is_risky = sentence.guess == "gone" or (sentence.is_error and sentence.guess == _IGNORE)
        return "" if is_risky else sentence.guess
    if not is_interactive():
        return ""
    print(f"\n{sentence.times:,} times: {one_line(sentence.template)}\n    {one_line(sentence.example)}")  # noqa: T201
    answer = input(f"  what is it? {', '.join(_KINDS)}, or - to leave it [{sentence.guess}] ").strip()
    return answer or sentence.guess


class ThresholdsDraft(Struct, frozen=True):
    """A thresholds.yaml in the making.

    Attributes:
        signals: The templates of sentences that are taught, by kind.
        ignored: The templates of sentences that are not signals.
        open: Sentences that are left for people to classify.
        countable: The same draft with all sentences taught, if Logs Insights can count them.
        uncounted: The metrics with a limit that it can't count.
    """

    source: LogOrigin
    signals: Mapping[str, Sequence[str]]
    ignored: Sequence[str]
    open: Sequence[Sentence]
    starting: Environment
    countable: "ThresholdsDraft | None" = None
    uncounted: Sequence[str] = ()

    @property
    def dialect(self) -> Dialect:
        """The application's own sentences, as the draft teaches them."""
        signals = {
            kind: {f"sentence-{number}": as_pattern(as_text(one)) for number, one in enumerate(templates, start=1)}
            for kind, templates in self.signals.items()
        }
        ignored = tuple(as_pattern(as_text(one)) for one in self.ignored)
        return Dialect(self.starting.short_lived_seconds, signals, {}, ignored)


def init(spool: Spool, source: LogOrigin, file: Path, folder: Path, *, takes_guesses: bool) -> Iterator[str]:
    """Write a thresholds.yaml that fits an application's logs, and yield the lines to print.

    Unless it takes each guess, it asks the person at the terminal what sentences mean.

    Raises:
        ConfigError: The file exists, or cannot be written.
        SourceError: The logs cannot be read, or hold no event.
    """
    starting = load(STARTER).environment(DEFAULT_ENVIRONMENT)
    draft = ThresholdsDraft(source, {}, (), (), starting)
    analysis, sentences = _understood(spool, draft, folder)
    yield from sentence_lines(sentences[:_MOST_PRINTED])
    unclassified = unclassified_sentences(sentences)
    draft = _classified(draft, [(one, _kind(one, takes_guess=takes_guesses)) for one in unclassified])
    if draft.signals or draft.ignored:
        analysis, sentences = _understood(spool, draft, folder)
    try:
        draft = replace(draft, countable=_countable(draft, spool, analysis, sentences, folder))
        remark = (
            "if there are too many events to read, Logs Insights can count these sentences: see the end of the file"
        )
    except ValueError as error:
        remark = f"if there are too many events to read, Logs Insights can't count these sentences: {error}"
    text = "".join(f"{line}\n" for line in _lines(draft, spool, analysis, file.parent))
    write_new(file, text.encode())
    yield f"\nwrote {file}: {_inventory(analysis)}"
    if draft.open:
        yield f"{counted(len(draft.open), 'sentence')} that may matter: see the comments there, and classify each"
    yield remark


def _countable(
    draft: ThresholdsDraft, spool: Spool, analysis: Analysis, sentences: Iterable[Sentence], folder: Path
) -> "ThresholdsDraft":
    """The draft that teaches all sentences, so that Logs Insights can count them; a ValueError says why it can't."""
    from checks.analysis.counted import why_not_counted  # noqa: PLC0415 -- boto3 takes half a second
    from checks.logs.cloudwatch.insights import MOST_QUERY_CHARACTERS  # noqa: PLC0415
    from checks.logs.cloudwatch.insights_stats.query import stats_query  # noqa: PLC0415

    whole = replace(draft, signals=as_signals(sentences, draft.signals, analysis.metrics))
    if _understood(spool, whole, folder)[0].metrics != analysis.metrics:
        raise ValueError("as templates, they also match other lines; patterns that begin with ^ may not")
    whole = replace(whole, ignored=[*draft.ignored, *dict.fromkeys(lookalikes(spool, whole.dialect, folder))])
    dialect, absent = whole.dialect, frozenset(absent_analyses(analysis))
    own = replace(draft.starting, signals=dialect.signals, ignore=tuple(dialect.ignored), absent=absent)
    known = countable_sentences(own)
    if len(stats_query(CountQuery(known, broad_patterns({}), 0), analysis.window)) > MOST_QUERY_CHARACTERS:
        raise ValueError("they are too many for one query")
    judged = [one for one in own.limits if not own.absent_analysis(one) and not one.startswith("data.")]
    uncounted = {one: why for one in judged if (why := why_not_counted(one, known))}
    if uncounted and len(uncounted) == len(judged):
        raise ValueError(next(f"{one}: {why}" for one, why in uncounted.items()))
    if known.remarks:
        raise ValueError(known.remarks[0])
    return replace(whole, uncounted=tuple(uncounted))


def _understood(spool: Spool, draft: ThresholdsDraft, folder: Path) -> tuple[Analysis, tuple[Sentence, ...]]:
    analysis, engine = analyse(spool, None, draft.dialect, folder)
    return analysis, find_sentences(engine, _MOST_SENTENCES)


def _classified(draft: ThresholdsDraft, answers: Sequence[tuple[Sentence, str]]) -> ThresholdsDraft:
    """The draft with each sentence as it was classified."""
    by_kind = {kind: [one.template for one, answer in answers if answer == kind] for kind in _KINDS}
    ignored = by_kind.pop(_IGNORE)
    signals = {kind: templates for kind, templates in by_kind.items() if templates}
    left = [one for one, answer in answers if answer not in _KINDS]
    return replace(draft, signals=signals, ignored=ignored, open=left)


def _inventory(analysis: Analysis) -> str:
    metrics = analysis.metrics
    connections = metrics["gone.connection_rate"].n or 0
    return f"made from {counted(analysis.reading.events, 'event')} and {counted(connections, 'connection')}"


def absent_analyses(analysis: Analysis) -> dict[Subject, str]:
    """The analyses for which the application logs nothing, as far as its logs show, and why.

    That of connections is never among them: every application has connections, even if no line that is known tells so.
    """
    absent = {}
    if analysis.seen.isdisjoint(FAMILIES[Subject.WELCOME]):
        absent[Subject.WELCOME] = "no welcome message was seen"
    if reason := analysis.metrics["gone.errors"].reason:
        absent[Subject.GONE] = reason
    return absent


def _lines(draft: ThresholdsDraft, spool: Spool, analysis: Analysis, folder: Path) -> Iterator[str]:
    absent = absent_analyses(analysis)
    environment = replace(draft.starting, absent=frozenset(absent))
    run = measured_run(", ".join(draft.source.names), spool, analysis, environment)
    yield f"# {_inventory(analysis).capitalize()} of {', '.join(map(one_line, draft.source.names))}."
    yield "# Beside each limit is what it was made from. `websocket-health-checks suggest` makes better ones later."
    yield "defaults:"
    yield f"  short_lived_seconds: {environment.short_lived_seconds:g}s"
    for subject, reason in absent.items():
        yield f"  {subject}: none # {reason}"
    yield "  limits:"
    yield from _limit_lines(environment, run, analysis.seen)
    yield from ("", "environments:", f"  {draft.source.environment}:", *_source_lines(draft.source, folder))
    yield from _sentence_lines(draft)
    if whole := draft.countable:
        yield ""
        yield "# If there is too much to read, Logs Insights can count it, with `sentences: signals` above, and this:"
        if whole.uncounted:
            yield f"# It can't count {', '.join(whole.uncounted)}: to have it count, switch these limits off."
        yield from (f"# {line}".rstrip() for line in _sentence_lines(replace(whole, open=())))


def _limit_lines(environment: Environment, run: MeasuredRun, seen: frozenset[str]) -> Iterator[str]:
    subject = None
    for limit in environment.limits.values():
        if environment.absent_analysis(limit.metric):
            continue
        if METRICS[limit.metric].subject is not subject:
            subject = METRICS[limit.metric].subject
            yield f"    # {_TITLES[subject]}"
        written, reason = first_limit(run, limit, environment, seen)
        yield f"    {limit.metric}: {written}{f' # {reason}' if reason else ''}"


def _source_lines(source: LogOrigin, folder: Path) -> Iterator[str]:
    """Yield the lines that say where the logs are; a path is relative to the folder of thresholds.yaml."""
    if source.key == "logs" and len(source.names) == 1 and source.names[0] != STANDARD_INPUT:
        name = source.names[0]
        path = name if Path(name).is_absolute() else os.path.relpath(name, folder)
        yield f"    logs: {_quoted(path)} # or your log group: log_group: /aws/lambda/NAME"
    elif source.key == "logs":
        yield "    log_group: /aws/lambda/NAME # put in yours; the files are read by --logs"
    else:
        yield "    log_group:"
        yield from (f"      - {_quoted(name)}" for name in source.names)


def _sentence_lines(draft: ThresholdsDraft) -> Iterator[str]:
    """Yield the sentences that are taught, that are ignored, and that are left."""
    if draft.signals:
        yield from ("", "signals:")
    for kind, templates in draft.signals.items():
        yield f"  {kind}:"
        yield from (f"    sentence-{number}: {_quoted(as_text(one))}" for number, one in enumerate(templates, start=1))
    if draft.ignored:
        yield from ("", "ignore: # lines that only look as if they were about connections")
        yield from (f"  - {_quoted(as_text(one))}" for one in draft.ignored)
    if draft.open:
        yield ""
        yield "# These are not recognised. Put each under `signals`, by its kind and a name, or under `ignore`."
        yield from (f"#   {one.guess}: {_quoted(as_text(one.template))} # {one.times:,} times" for one in draft.open)


def _quoted(text: str) -> str:
    """A text as a quoted YAML scalar, whatever it holds."""
    return "'" + one_line(text).replace("'", "''") + "'"


def init_without_logs(file: Path) -> tuple[Sequence[str], Sequence[str]]:
    """List the log groups that may belong to the application; without credentials, write a file to begin with.

    Returns:
        The lines to print, and remarks on them.
    """
    if find_credentials() is not None:
        return list(_log_groups()), ()
    write_new(file, STARTER.read_bytes())
    remark = f"there are no AWS credentials to list log groups; `{COMMAND} init --logs FILE` fits it to a log"
    return [f"wrote {file}; put in your log groups and limits"], [remark]


def _log_groups() -> Iterator[str]:
    """Yield lines on the account's log groups that may be those of a WebSocket application."""
    from checks.logs.cloudwatch.log_groups import names_of_groups  # noqa: PLC0415 -- boto3 takes half a second
    from checks.logs.cloudwatch.logs_client import Counters, LogsClient  # noqa: PLC0415

    client = LogsClient(None, Counters())
    names = names_of_groups(client)
    promising = [name for name in names if _PROMISING.search(name)]
    listed = f"{counted(len(names), 'log group')} in {client.region}"
    yield f"{listed}; these look right:" if promising else f"none of {listed} looks right; is it another region?"
    yield from (f"  {one_line(name)}" for name in promising)
    yield "`websocket-health-checks init --log-group NAME` reads one, and writes a thresholds.yaml that fits it"


def is_interactive() -> bool:
    """Whether a person is at the terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
