"""A snapshot: everything known at one time, and the verdicts that follow from it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.analysis.analyse import Reading, Signature, gaps_of_read, metrics_with_read
from checks.analysis.evidence import client_with_most_cases
from checks.config.limit import Limit
from checks.metrics import METRICS, NEW_SIGNATURES, Metric, SignalFamily, Subject, Unit
from checks.resources import Observations
from checks.run.baseline import Baseline
from checks.run.log_reader import LogRead
from checks.run.settings import Settings
from checks.statistics import shared_doubts
from checks.text import one_line, utc
from checks.units import show_value
from checks.verdicts.chances import missing_samples, over_time
from checks.verdicts.increase import INCREASE_DOUBT, NewKinds, judge_increase, judge_new_kinds
from checks.verdicts.nights import ClientShare, Night, judge_with_nights, judge_without_client, judge_worst_hour
from checks.verdicts.rules import ReadState, blind_spot, judge
from checks.verdicts.verdict import Judgement, Verdict, not_measured

MOST_ERRORS: Final = "gone.max_per_connection"
ERRORS_OF_CONNECTIONS: Final = ("gone.errors", "gone.errors_per_connection")
_LOST_DOUBT: Final = 0.01
"""How likely it may be that nobody left by chance, where the log of it counts as lost."""
FEWEST_ERRORS: Final = 5
"""With fewer errors, no connection is singled out."""


class Snapshot(Struct, frozen=True, dict=True):
    """Everything known at one time: the logs, what AWS tells beside them, and what both are compared with.

    Attributes:
        observations: What was looked up outside the logs.
        baseline: What it is compared with; None for nothing.
        own: What tests of a team's own measured, by name.
        own_findings: What they say is behind it, likewise; and the cases of metrics that were only counted.
    """

    settings: Settings
    log_read: LogRead
    observations: Observations = field(default_factory=lambda: Observations({}, {}))
    baseline: Baseline | None = None
    own: Mapping[str, Metric] = field(default_factory=dict)
    own_findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _clients(self) -> dict[tuple[str, datetime | None], ClientShare | None]:
        """The clients that were looked at already."""
        return {}

    @property
    def events(self) -> int:
        """How many events the window holds."""
        analysis = self.log_read.analysis
        return analysis.reading.events if analysis else 0

    @property
    def until(self) -> datetime | None:
        """The end of the window; None where the logs could not be analysed."""
        window = self.log_read.window
        return window.until if window and self.log_read.analysis else None

    @property
    def length(self) -> timedelta:
        """How long the window is; nothing where the logs could not be analysed."""
        window = self.log_read.window
        return window.length if window and self.log_read.analysis else timedelta()

    @cached_property
    def metrics(self) -> Mapping[str, Metric]:
        """What was measured, in the catalogue's order."""
        looked_up = chain.from_iterable(one.metrics for one in self.observations.by_subject.values())
        measured = {**self.own, **{metric.name: metric for metric in (*looked_up, *self.log_read.own)}}
        analysis, spool = self.log_read.analysis, self.log_read.spool
        if analysis is not None and spool is not None:
            measured |= metrics_with_read(analysis, self.gaps, self.settings.limits)
            if self.baseline is not None:
                measured[NEW_SIGNATURES] = self._new_kinds_metric()
        return {name: measured[name] for name in METRICS.in_order(measured)}

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """Why the read is not complete, a sentence each."""
        analysis, spool = self.log_read.analysis, self.log_read.spool
        if analysis is None or spool is None:
            return spool.gaps if spool else ()
        return gaps_of_read(spool, analysis.reading, self.settings.environment.limits)

    @cached_property
    def new_kinds(self) -> NewKinds | str:
        """The kinds of errors that the baseline does not hold, beyond chance; or why that can't be said."""
        analysis = self.log_read.analysis
        if self.baseline is None or analysis is None:
            return "there is no baseline"
        if NEW_SIGNATURES in self.log_read.own_errors:
            return self.log_read.own_errors[NEW_SIGNATURES]
        now = {one.shape: one.cases for one in analysis.signatures}
        return self.baseline.new_kinds(now, analysis.window, analysis.metrics)

    @property
    def new_signatures(self) -> tuple[Signature, ...]:
        """The errors of such kinds, the most frequent first."""
        if isinstance(self.new_kinds, str) or self.log_read.analysis is None:
            return ()
        return tuple(one for one in self.log_read.analysis.signatures if one.shape in self.new_kinds.chances)

    def _new_kinds_metric(self) -> Metric:
        kinds = self.new_kinds
        if isinstance(kinds, str):
            return Metric(NEW_SIGNATURES, None, reason=kinds)
        return Metric(NEW_SIGNATURES, len(kinds.chances))

    def judge(self, limit: Limit, nights: Iterable[Night] = ()) -> Judgement:
        """Judge a metric by its limit; where it could not be measured, the verdict is an error.

        Where this night holds too few cases, those before it count, too; the newest is first.
        """
        if reason := self._obstacle(limit.metric):
            judgement = not_measured(limit, reason)
        else:
            judgement = max(self._judgements(limit, nights), key=lambda one: one.verdict.rank)
        return replace(judgement, sentence=one_line(judgement.sentence + self._without_the_worst(judgement)))

    def _without_the_worst(self, judgement: Judgement) -> str:
        """What errors come to without the connection that has most of them; empty where none has, or all is well."""
        metric, worst = judgement.metric, self.metrics.get(MOST_ERRORS)
        is_about_errors = metric.name in ERRORS_OF_CONNECTIONS and judgement.verdict in {Verdict.FAIL, Verdict.WARN}
        total = self.metrics["gone.errors"].value if "gone.errors" in self.metrics else None
        if not is_about_errors or metric.value is None or not total or worst is None or worst.value is None:
            return ""
        if worst.value <= total / 2 or total < FEWEST_ERRORS:
            return ""
        rest = show_value(metric.value * (1 - worst.value / total), METRICS[metric.name].unit)
        return f"; one connection has {worst.value:,.0f} of the {total:,.0f} errors, without it {rest}"

    def findings(self, metric: str) -> tuple[str, ...]:
        """What is behind a metric that was looked up outside the logs, or by a test of a team's own."""
        if metric in self.own_findings:
            return self.own_findings[metric]
        observation = self.observations.by_subject.get(METRICS[metric].subject)
        return observation.findings.get(metric, ()) if observation else ()

    def with_cases(self, metric: str) -> "Snapshot":
        """The snapshot that also knows connections behind a metric; itself where an engine tells of them."""
        find, kind = self.log_read.find_cases, METRICS[metric].evidence
        if find is None or kind is None:
            return self
        known = (cases for name, cases in self.own_findings.items() if METRICS[name].evidence is kind)
        cases, log_read = next(known, None), self.log_read
        if cases is None:
            cases, spool = find(kind)
            log_read = log_read.paid_after(LogRead(None, spool))
        return replace(self, log_read=log_read, own_findings={**self.own_findings, metric: cases})

    def missing_samples(self, judgement: Judgement) -> int:
        """How many more cases would decide what is inconclusive for its small sample; 0 for any other reason."""
        name = judgement.metric.name
        if judgement.verdict is not Verdict.INCONCLUSIVE or judgement.metric.reason or name not in self.metrics:
            return 0
        return 0 if blind_spot(name, self._read_state()) else missing_samples(judgement.metric, judgement.limit)

    def adds_up(self, metric: str) -> bool:
        """Whether later runs may add what was measured to theirs."""
        is_whole = metric in self.metrics and self._clients.get((metric, None)) is None
        return self.settings.is_in_a_row and is_whole and not blind_spot(metric, self._read_state())

    def _judgements(self, limit: Limit, nights: Iterable[Night]) -> Iterator[Judgement]:
        """Yield the judgements by the limit itself and by the baseline; the worse of the two holds."""
        if limit.bounds:
            yield self._by_bounds(limit, nights)
        if limit.max_increase is not None and self.baseline is not None:
            if self.baseline.error:
                yield not_measured(limit, self.baseline.error)
            else:
                yield self._increase(limit, self.baseline, self._doubts.get(limit.metric, INCREASE_DOUBT))

    def _by_bounds(self, limit: Limit, nights: Iterable[Night]) -> Judgement:
        """The judgement by the limit itself: on the window, on nights before it, on its hours, without one client."""
        read, window = self._read_state(), self.log_read.window or self.settings.default_window
        in_time = over_time(self.metrics[limit.metric], limit, window)
        judgement = self._without_client(judge(in_time, limit, read))
        judgement = judge_with_nights(judgement, window, nights, read)
        judgement = self._by_the_hour(self._without_client(judgement))
        return judge_new_kinds(judgement, self.new_kinds) if limit.metric == NEW_SIGNATURES else judgement

    def _without_client(self, judgement: Judgement, hour: datetime | None = None) -> Judgement:
        """The judgement on a share that fails, without the client that has most of its cases."""
        name, engine = judgement.metric.name, self.log_read.engine
        is_share = METRICS[name].unit is Unit.RATE and METRICS[name].is_from_logs
        if judgement.verdict is not Verdict.FAIL or not is_share or engine is None:
            return judgement
        if (name, hour) not in self._clients:
            self._clients[name, hour] = client_with_most_cases(engine, name, hour)
        return judge_without_client(judgement, self._clients[name, hour], self._read_state())

    def _by_the_hour(self, judgement: Judgement) -> Judgement:
        """The judgement by the worst hour, unless that is the work of one client; then by the next one."""
        name, analysis = judgement.metric.name, self.log_read.analysis
        hours = list(analysis.hours) if analysis and not blind_spot(name, self._read_state()) else []
        while True:
            worst = judge_worst_hour(judgement, hours)
            hour = next((one for one in hours if one.metric is worst.metric), None)
            if hour is None:
                return judgement
            others = self._without_client(worst, hour.start)
            if others.verdict is Verdict.FAIL:
                return others
            hours.remove(hour)
            if judgement.verdict is Verdict.PASS:
                sentence = f"{judgement.sentence}; in the hour from {utc(hour.start)} on {others.sentence}"
                judgement = replace(judgement, verdict=Verdict.WARN, sentence=sentence)

    @cached_property
    def _doubts(self) -> Mapping[str, float]:
        """How likely each increase may be chance, and still fail."""
        baseline = self.baseline
        if baseline is None or baseline.error:
            return {}
        limits = [
            one for one in self.settings.limits if one.max_increase is not None and not self._obstacle(one.metric)
        ]
        judgements = (self._increase(limit, baseline, INCREASE_DOUBT) for limit in limits)
        return shared_doubts(
            {one.limit.metric: one.chance for one in judgements if one.chance is not None}, INCREASE_DOUBT
        )

    def _increase(self, limit: Limit, baseline: Baseline, doubt: float) -> Judgement:
        """The judgement by the baseline."""
        window = self.log_read.window or self.settings.default_window
        earlier, exposure = baseline.earlier(limit.metric, window, self.metrics)
        return judge_increase(self.metrics[limit.metric], limit, self._read_state(), earlier, exposure, doubt=doubt)

    def _obstacle(self, metric: str) -> str:
        """Why a metric could not be measured; empty where it was."""
        definition = METRICS[metric]
        if definition.subject in self.observations.errors:
            return self.observations.errors[definition.subject]
        if definition.is_from_logs and (self.log_read.analysis is None or self.log_read.spool is None):
            return self.log_read.error or "the logs were not read"
        if metric in self.log_read.own_errors:
            return self.log_read.own_errors[metric]
        if metric not in self.metrics:
            nobody = "no test judged it" if definition.subject is Subject.OWN else "it was not looked up"
            return self.log_read.error or nobody
        if metric == NEW_SIGNATURES and self.baseline is not None:
            return self.baseline.error
        return ""

    @property
    def _lost_families(self) -> frozenset[str]:
        """`disconnect` where the baseline has it and the window has none, although connections should have ended.

        Then it is not logged in words that nobody knows: those of the baseline were understood, and of new ones some
        would look like it. So what is missing is lost. Where few ended before, none may end now by chance.
        """
        analysis, baseline = self.log_read.analysis, self.baseline
        if analysis is None or baseline is None or SignalFamily.DISCONNECT not in baseline.seen - analysis.seen:
            return frozenset()
        before, exposure = baseline.earlier("lifecycle.complete", analysis.window, analysis.metrics)
        share = exposure / (exposure + before.exposure)
        if (1 - share) ** (before.metric.value or 0.0) > _LOST_DOUBT:
            return frozenset()
        near, lost = (analysis.metrics.get(name) for name in ("data.near_miss_rate", "lifecycle.incomplete"))
        is_reworded = near is not None and (near.numerator or 0) * 2 > ((lost.value or 0) if lost else 0)
        return frozenset() if is_reworded else frozenset({SignalFamily.DISCONNECT})

    def _read_state(self) -> ReadState:
        analysis, spool = self.log_read.analysis, self.log_read.spool
        if analysis is None or spool is None:
            return ReadState(events=0, complete=True, seen=frozenset())
        return ReadState(
            events=analysis.reading.events,
            complete=not self.gaps,
            seen=analysis.seen | self._lost_families,
            reason="; ".join(self.gaps),
            blind=_without_traffic(analysis.reading),
        )


def _without_traffic(reading: Reading) -> str:
    """Why nothing is there where one version is judged: an application without any line is another matter."""
    if reading.events or not reading.other_version_events:
        return ""
    return "this version of the function logged nothing, only others did"
