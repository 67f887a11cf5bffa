"""The snapshot: everything known at one time, and the verdicts that follow from it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.analysis.analyse import Signature, metrics_with_read
from checks.analysis.evidence import client_with_most_cases, short_lived_of_begun
from checks.analysis.reading import gaps_of_read
from checks.config.limit import Limit
from checks.metrics import METRICS, MOST_ERRORS, NEW_SIGNATURES, EvidenceKind, Metric, SignalFamily, Subject, Unit
from checks.resources import Observations
from checks.run.baseline import Baseline
from checks.run.log_reader import LogRead
from checks.run.settings import Settings
from checks.statistics import shared_doubts
from checks.text import counted, nearest_name, one_line, utc
from checks.units import show_value
from checks.verdicts.chances import missing_samples, over_time
from checks.verdicts.increase import INCREASE_DOUBT, NewKinds, judge_increase, judge_new_kinds
from checks.verdicts.nights import (
    ClientShare,
    Night,
    judge_with_nights,
    judge_with_open,
    judge_without_client,
    judge_worst_hour,
)
from checks.verdicts.rules import ReadState, blind_spot, judge
from checks.verdicts.verdict import Judgement, Verdict, not_measured
from checks.window import Window

ERRORS_OF_CONNECTIONS: Final = ("gone.errors", "gone.errors_per_connection")
OWN_PLACE: Final = "put one in a file test_*.py beside thresholds.yaml"
"""The hint if a test is missing."""
_MOST_KINDS: Final = 3
"""The number of kinds of errors that are named, the most frequent ones."""
_LOST_DOUBT: Final = 0.01
"""Missing `$disconnect` lines count as lost if the chance that no connection ended is at most this."""
FEWEST_ERRORS: Final = 5
"""The fewest errors in all for which one connection's part is singled out."""


class Snapshot(Struct, frozen=True, dict=True):
    """Everything known at one time: the logs, the AWS resources, and the baseline.

    Attributes:
        observations: The observations of AWS resources.
        baseline: The baseline to compare with; None for none.
        own: The metrics that a team's own tests measured, by name.
        own_findings: The findings behind these metrics, by name, and the cases of metrics that were only counted.
    """

    settings: Settings
    log_read: LogRead
    observations: Observations = field(default_factory=lambda: Observations({}, {}))
    baseline: Baseline | None = None
    own: Mapping[str, Metric] = field(default_factory=dict)
    own_findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _clients(self) -> dict[tuple[str, datetime | None], ClientShare | None]:
        """The client with most cases of a metric, in the window or an hour, as far as it was looked up."""
        return {}

    @property
    def events(self) -> int:
        """The number of events in the window."""
        analysis = self.log_read.analysis
        return analysis.reading.events if analysis else 0

    @property
    def window(self) -> Window | None:
        """The window; None if the logs could not be analysed."""
        return self.log_read.window if self.log_read.analysis else None

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """The metrics that were measured, in the catalogue's order."""
        looked_up = chain.from_iterable(one.metrics for one in self.observations.by_subject.values())
        measured = {**self.own, **{metric.name: metric for metric in (*looked_up, *self.log_read.own)}}
        if analysis := self.log_read.analysis:
            measured |= metrics_with_read(analysis, self.gaps, self.settings.limits)
            if self.baseline is not None:
                kinds = self.new_kinds
                number = None if kinds.reason else len(kinds.chances)
                measured[NEW_SIGNATURES] = Metric(NEW_SIGNATURES, number, reason=kinds.reason)
        return {name: measured[name] for name in METRICS.in_order(measured)}

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """The gaps of the read, a sentence each."""
        analysis, spool = self.log_read.analysis, self.log_read.spool
        if analysis is None or spool is None:
            return spool.gaps if spool else ()
        return gaps_of_read(spool, analysis.reading, self.settings.environment.limits)

    @cached_property
    def new_kinds(self) -> NewKinds:
        """The kinds of errors that are new beyond chance, or the reason why they can't be compared."""
        analysis = self.log_read.analysis
        if self.baseline is None or analysis is None:
            return NewKinds(reason="there is no baseline")
        if why := self.log_read.own_errors.get(NEW_SIGNATURES):
            return NewKinds(reason=why)
        now = {one.shape: one.cases for one in analysis.signatures}
        return self.baseline.new_kinds(now, analysis.window, analysis.metrics)

    @property
    def new_signatures(self) -> tuple[Signature, ...]:
        """The errors of new kinds, the most frequent first."""
        signatures = self.log_read.analysis.signatures if self.log_read.analysis else ()
        return tuple(one for one in signatures if one.shape in self.new_kinds.chances)

    def judge(self, limit: Limit, nights: Iterable[Night] = ()) -> Judgement:
        """Judge a metric by its limit; if it could not be measured, the verdict is an error.

        If this night has too few cases, the nights before it are added; they come newest first.
        """
        if reason := self._why_not_measured(limit.metric):
            judgement = not_measured(limit, reason)
        else:
            judgement = max(self._judgements(limit, nights), key=lambda one: one.verdict.rank)
        return replace(judgement, sentence=one_line(judgement.sentence + self._without_the_worst(judgement)))

    def _without_the_worst(self, judgement: Judgement) -> str:
        """Return a remark on errors without the connection that has most; empty if none has most, or all is well."""
        metric = judgement.metric
        is_about_errors = metric.name in ERRORS_OF_CONNECTIONS and judgement.verdict in {Verdict.FAIL, Verdict.WARN}
        measured = (self.metrics.get(name) for name in ("gone.errors", MOST_ERRORS))
        total, worst = ((one.value if one else None) or 0 for one in measured)
        if not is_about_errors or metric.value is None or total < FEWEST_ERRORS or worst <= total / 2:
            return ""
        rest = show_value(metric.value * (1 - worst / total), METRICS[metric.name].unit)
        return f"; one connection has {worst:,.0f} of the {total:,.0f} errors, without it {rest}"

    def findings(self, metric: str) -> tuple[str, ...]:
        """Return the findings behind a metric of errors, of AWS resources or of a team's own test."""
        if metric in self.own_findings:
            return self.own_findings[metric]
        is_of_errors = METRICS[metric].subject is Subject.ERRORS and metric != NEW_SIGNATURES
        if is_of_errors and self.log_read.analysis:
            most = self.log_read.analysis.signatures[:_MOST_KINDS]
            return tuple(
                f"{counted(one.events, 'time')} since {utc(one.first)}: {one_line(one.example, 300)}" for one in most
            )
        observation = self.observations.by_subject.get(METRICS[metric].subject)
        return observation.findings.get(metric, ()) if observation else ()

    def with_cases(self, metric: str) -> "Snapshot":
        """Return a snapshot with the connections behind a metric; the same one if an engine finds them anyway."""
        find, kind = self.log_read.find_cases, METRICS[metric].evidence
        if find is None or kind is None:
            return self
        known = (cases for name, cases in self.own_findings.items() if METRICS[name].evidence is kind)
        cases, log_read = next(known, None), self.log_read
        if cases is None:
            cases, spool = find(kind)
            log_read = log_read.with_cost_of(LogRead(None, spool))
        return replace(self, log_read=log_read, own_findings={**self.own_findings, metric: cases})

    def missing_samples(self, judgement: Judgement) -> int:
        """Return how many more cases would decide a judgement with too small a sample; 0 for any other judgement."""
        name = judgement.metric.name
        if judgement.verdict is not Verdict.INCONCLUSIVE or judgement.metric.reason or name not in self.metrics:
            return 0
        return 0 if blind_spot(name, self._read_state) else missing_samples(judgement.metric, judgement.limit)

    def adds_up(self, metric: str) -> bool:
        """Whether later runs may add this measurement of a metric to theirs."""
        is_whole = metric in self.metrics and self._clients.get((metric, None)) is None
        return self.settings.is_in_a_row and is_whole and not blind_spot(metric, self._read_state)

    def _judgements(self, limit: Limit, nights: Iterable[Night]) -> Iterator[Judgement]:
        """Yield the judgements by the limit itself and by the baseline; the worse one holds."""
        if limit.bounds:
            yield self._by_bounds(limit, nights)
        if limit.max_increase is not None and self.baseline is not None:
            if self.baseline.error:
                yield not_measured(limit, self.baseline.error)
            else:
                yield self._increase(limit, self.baseline, self._doubts.get(limit.metric, INCREASE_DOUBT))

    def _by_bounds(self, limit: Limit, nights: Iterable[Night]) -> Judgement:
        """Judge by the limit itself: the window, the nights before it, its hours; failing shares are double-checked."""
        read, window = self._read_state, self.log_read.window or self.settings.default_window
        in_time = over_time(self.metrics[limit.metric], limit, window)
        judgement = self._double_checked(judge(in_time, limit, read))
        judgement = judge_with_nights(judgement, window, nights, read)
        judgement = self._by_the_hour(self._double_checked(judgement))
        return judge_new_kinds(judgement, self.new_kinds) if limit.metric == NEW_SIGNATURES else judgement

    def _double_checked(self, judgement: Judgement, hour: datetime | None = None) -> Judgement:
        """Judge a failing share again, with connections still open and without the client that has most cases."""
        name, engine = judgement.metric.name, self.log_read.engine
        is_share = METRICS[name].unit is Unit.RATE and METRICS[name].is_from_logs
        if judgement.verdict is not Verdict.FAIL or not is_share or engine is None:
            return judgement
        if METRICS[name].evidence is EvidenceKind.SHORT_LIVED and self.log_read.window:
            window = Window(hour, hour + timedelta(hours=1)) if hour else self.log_read.window
            judgement = judge_with_open(judgement, *short_lived_of_begun(engine, window), self._read_state)
            if judgement.verdict is not Verdict.FAIL:
                return judgement
        if (name, hour) not in self._clients:
            self._clients[name, hour] = client_with_most_cases(engine, name, hour)
        return judge_without_client(judgement, self._clients[name, hour], self._read_state)

    def _by_the_hour(self, judgement: Judgement) -> Judgement:
        """Judge by the worst hour, or by the next one if a single client caused that."""
        name, analysis = judgement.metric.name, self.log_read.analysis
        hours = list(analysis.hours) if analysis and not blind_spot(name, self._read_state) else []
        while True:
            worst = judge_worst_hour(judgement, hours)
            hour = next((one for one in hours if one.metric is worst.metric), None)
            if hour is None:
                return judgement
            others = self._double_checked(worst, hour.start)
            if others.verdict is Verdict.FAIL:
                return others
            hours.remove(hour)
            if judgement.verdict is Verdict.PASS and others.verdict is not Verdict.PASS:
                in_hour = others.sentence.removeprefix(f"{name} ")
                sentence = f"{judgement.sentence}; in the hour from {utc(hour.start)} on, {in_hour}"
                judgement = replace(judgement, verdict=Verdict.WARN, sentence=sentence)

    @cached_property
    def _doubts(self) -> Mapping[str, float]:
        """The chance up to which each increase fails, by metric."""
        baseline = self.baseline
        if baseline is None or baseline.error:
            return {}
        growing = (one for one in self.settings.limits if one.max_increase is not None)
        limits = (one for one in growing if not self._why_not_measured(one.metric))
        judgements = (self._increase(limit, baseline, INCREASE_DOUBT) for limit in limits)
        chances = {one.limit.metric: one.chance for one in judgements if one.chance is not None}
        return shared_doubts(chances, INCREASE_DOUBT)

    def _increase(self, limit: Limit, baseline: Baseline, doubt: float) -> Judgement:
        """Judge a metric by the baseline."""
        window = self.log_read.window or self.settings.default_window
        earlier = baseline.earlier(limit.metric, window, self.metrics)
        return judge_increase(self.metrics[limit.metric], limit, self._read_state, earlier, doubt=doubt)

    def _why_not_measured(self, metric: str) -> str:
        """Return the reason why a metric could not be measured; empty if it was."""
        definition = METRICS[metric]
        if definition.subject in self.observations.errors:
            return self.observations.errors[definition.subject]
        if definition.is_from_logs and self.log_read.analysis is None:
            return self.log_read.error or "the logs were not read"
        if metric in self.log_read.own_errors:
            return self.log_read.own_errors[metric]
        if metric not in self.metrics:
            return self.log_read.error or self._why_nobody_measured(metric)
        if metric == NEW_SIGNATURES and self.baseline is not None:
            return self.baseline.error
        return ""

    def _why_nobody_measured(self, metric: str) -> str:
        if METRICS[metric].subject is not Subject.OWN:
            return "it was not looked up"
        nearest = nearest_name(metric, self.own)
        if nearest:
            return f"no test judged it; did you mean {nearest}?"
        return "no test judged it" + ("" if self.settings.has_own_checks else f"; {OWN_PLACE}")

    @property
    def _lost_families(self) -> frozenset[str]:
        """The family `disconnect` if so many connections ended in the baseline that some should have ended now.

        New words for it are ruled out: the words of the baseline were understood, and new ones would show up as near
        misses. So the events are lost. If few connections ended before, it may be chance that none ended now.
        """
        analysis, baseline = self.log_read.analysis, self.baseline
        if analysis is None or baseline is None:
            return frozenset()
        before = baseline.earlier("lifecycle.complete", analysis.window, analysis.metrics)
        if (1 - before.share) ** (before.metric.value or 0.0) > _LOST_DOUBT:
            return frozenset()
        near, lost = (analysis.metrics.get(name) for name in ("data.near_miss_rate", "lifecycle.incomplete"))
        is_reworded = near is not None and (near.numerator or 0) * 2 > ((lost.value or 0) if lost else 0)
        return frozenset() if is_reworded else frozenset({SignalFamily.DISCONNECT})

    @cached_property
    def _read_state(self) -> ReadState:
        analysis = self.log_read.analysis
        if analysis is None:
            return ReadState(events=0, seen=frozenset())
        reading = analysis.reading
        has_only_others = not reading.events and reading.other_version_events > 0
        return ReadState(
            events=reading.events,
            seen=analysis.seen | self._lost_families,
            gaps="; ".join(self.gaps),
            blind="this version of the function logged nothing, only others did" if has_only_others else "",
        )
