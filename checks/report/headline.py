"""The headline of a run: a sentence on what happened, to how many connections, and since when."""

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from math import inf
from typing import Final, TypeVar

from checks.analysis.evidence import Evidence
from checks.metrics import METRICS, MOST_ERRORS, NEW_SIGNATURES, OnBreach, Unit
from checks.report.phrases import value_text, version_shares
from checks.report.result import CheckResult, Outcome, Result
from checks.text import counted, one_line
from checks.units import show_value
from checks.verdicts.verdict import Verdict

Check = TypeVar("Check", bound=Outcome)


def excess(check: Outcome) -> float:
    """Return the ratio of a value to its limit; it is below 1 within the limit, and 0 without a value.

    A limit of 0 has no multiples: each case beyond it adds one to the ratio.
    """
    if check.value is None or check.limit is None:
        return 0.0
    greater, smaller = (check.limit, check.value) if check.bound == "min" else (check.value, check.limit)
    if smaller:
        return greater / smaller
    if not greater:
        return 0.0
    return inf if check.bound == "min" else 1 + check.value * (check.n or 1)


def worst_first(checks: Iterable[Check]) -> list[Check]:
    """Sort checks by severity: verdict, connections beyond the limit, its multiple; shadows come last."""
    return sorted(checks, key=_severity, reverse=True)


def worst_last(checks: Iterable[Check]) -> list[Check]:
    """Sort checks with the worst verdict last, where readers of a terminal look first."""
    return sorted(checks, key=lambda check: check.verdict.rank)


def worst_check(checks: Iterable[Check]) -> Check | None:
    """Return the check that decides a run's verdict: the worst that counts; None if none does."""
    return max((check for check in checks if not check.shadow), key=_severity, default=None)


def _severity(check: Outcome) -> tuple[bool, int, int, bool, float]:
    is_broken = check.verdict in {Verdict.FAIL, Verdict.WARN, Verdict.WAIVED}
    weight = _connections_hit(check) if is_broken else _missing_evidence(check)
    is_what_users_see = check.id == _UNDELIVERED  # checks on its causes count the same connections, but say less
    return not check.shadow, check.verdict.rank, weight, is_what_users_see, excess(check)


_UNDELIVERED: Final = "welcome.undelivered_rate"


def _missing_evidence(check: Outcome) -> int:
    """Return the weight of what prevents a verdict: the missing cases, or else logs that are not understood."""
    definition = METRICS.get(check.id)
    if isinstance(check, CheckResult) and check.missing:
        return check.missing
    is_about_logs = definition is not None and definition.breach is not OnBreach.FAIL
    return sys.maxsize if check.verdict is Verdict.INCONCLUSIVE and is_about_logs else 0


def _connections_hit(check: Outcome) -> int:
    """Return the number of connections beyond those that a limit allows; 0 if it counts something else."""
    if check.bound == "min" or not _is_about_connections(check.id):
        return 0
    of = (check.n or 0) if METRICS[check.id].unit is Unit.RATE else 1
    return max(0, round(((check.value or 0.0) - (check.limit or 0.0)) * of))


def _is_about_connections(metric: str) -> bool:
    return metric in METRICS and METRICS[metric].claim.startswith(("{value:connection}", "{cases} of {n} connections"))


class _Count(int):
    """A count that is formatted with its noun: `{:connection}` is `75 connections`."""

    def __format__(self, noun: str) -> str:
        return counted(int(self), noun) if noun else f"{int(self):,}"


def claim(result: Result, check: CheckResult) -> str:
    """Return the value as a clause that can begin a sentence: `75 of 400 connections got no welcome message`."""
    if check.value is None:
        return check.sentence
    definition, n, text = METRICS[check.metric], check.n or 0, value_text(check)
    if check.per or not definition.claim:
        return f"{definition.meaning}: {text}"
    short_lived = result.overview.short_lived_seconds if result.overview else 0
    return definition.claim.format(
        cases=_Count(round(check.value * n)),
        n=_Count(n),
        value=_Count(round(check.value)),
        text=text,
        short_lived=show_value(short_lived, Unit.SECONDS),
        missing_end=_missing_end(evidence_for(result, check.metric)),
    ) + (check.span and f" in {check.span}")


def _missing_end(evidence: Evidence | None) -> str:
    """Return which end of the incomplete connections is missing, if all lack the same one; otherwise both."""
    seen = evidence.indicators if evidence else {}
    if evidence and seen.get("lost", 0) + seen.get("lost_after_gone", 0) == evidence.cases:
        return "no $disconnect"
    return "no $connect" if evidence and seen.get("headless") == evidence.cases else "no $connect or no $disconnect"


def error_and_hint(result: Result) -> tuple[str, str]:
    """Return the reason why nothing could be read, and what to do about it; either may be empty."""
    problem, _, hint = (result.error or "").partition("\n")[0].partition("; ")
    return problem, hint


def headline(result: Result) -> str:
    """Return the headline: `75 of 400 connections got no welcome message, all since 14:03 UTC, 1 minute after …`."""
    worst = worst_check(result.checks)
    if worst is None:
        return "no check counts"
    if result.error and worst.value is None:
        return error_and_hint(result)[0]
    if result.verdict is Verdict.PASS:
        passed, closest = _all_passed(result), _closest(result)
        return f"{passed}; closest to its limit: {claim(result, closest)}" if closest else passed
    return finding_sentence(result, worst)


def comparison_sentence(result: Result) -> str:
    """Return the comparison behind the headline, if any: `welcome.undelivered_rate 18.8 % > max 5 % (75 of 400)`."""
    worst = _closest(result) if result.verdict is Verdict.PASS else worst_check(result.checks)
    if worst is None or (result.error and worst.value is None) or worst.sentence == headline(result):
        return ""
    return worst.sentence


_CLOSE: Final = 0.25
"""A passing value is mentioned only if it has reached this share of its limit."""


def _closest(result: Result) -> CheckResult | None:
    """Return the check that is closest to its limit; None if none is close."""
    counting = (check for check in result.checks if not check.shadow)
    closest = max(counting, key=lambda check: (excess(check), check.id == _UNDELIVERED), default=None)
    return closest if closest and excess(closest) >= _CLOSE else None


def _all_passed(result: Result) -> str:
    number = sum(not check.shadow for check in result.checks)
    return "the only check passed" if number == 1 else f"all {number:,} checks passed"


def finding_sentence(result: Result, check: CheckResult) -> str:
    """Return the finding of a check: its claim, since when, and whom it hit; or how much data is missing."""
    if check.verdict is Verdict.INCONCLUSIVE:
        return _too_little(check) if check.missing and result.receipt.complete else check.sentence
    if is_of_one_client(check):
        return check.sentence
    evidence = None if check.span else evidence_for(result, check.metric)  # which is of this run alone
    since = _since_text(result, check, evidence) if evidence and check.verdict is not Verdict.ERROR else ""
    return "; ".join([claim(result, check) + since, *_details(result, check, evidence)])


def is_of_one_client(check: CheckResult) -> bool:
    """Whether a check warns about a single client: its value is that of all others, and within the limit."""
    return check.verdict is Verdict.WARN and check.operator in {"<=", ">="}


def _too_little(check: CheckResult) -> str:
    """Return how much data there is and is needed: `too little data: 5 welcome messages, 59 needed (54 more)`."""
    sample, n = (METRICS[check.metric].sample or "cases").partition(" with ")[0], check.n or 0  # the noun alone
    noun = sample.replace("connections", "connection", 1).replace("messages", "message", 1) if n == 1 else sample
    runs = check.span and f" in {check.span}"
    return f"too little data: {n:,} {noun}{runs}, {n + check.missing:,} needed ({check.missing:,} more)"


_MOST_OF_A_FINDING: Final = 160
"""The longest part of a finding in the headline; the check shows all of it."""


def _details(result: Result, check: CheckResult, evidence: Evidence | None) -> Iterator[str]:
    """Yield more details: whom it hit, unless the claim says so, and findings outside the logs."""
    names_them = METRICS[check.metric].unit is Unit.RATE or _is_about_connections(check.metric)
    if evidence and evidence.connections and not names_them and check.metric != MOST_ERRORS:
        hit = f"{evidence.connections:,} of {counted(evidence.connections_seen, 'connection')}"
        share = show_value(evidence.connections / evidence.connections_seen, Unit.RATE)
        slowest = "they" if METRICS[check.metric].quantile == _TAIL else "the slowest 5 %"
        yield f"{slowest} were on {hit}" if METRICS[check.metric].quantile else f"{hit} affected ({share})"
    if evidence and (versions := version_shares(evidence)):
        yield versions
    yield from (one_line(finding, _MOST_OF_A_FINDING) for finding in check.findings[:1])
    if check.metric == NEW_SIGNATURES and result.new_signatures:
        newest = max(result.new_signatures, key=lambda one: one.events)
        yield f"most often {newest.shape!r}, since {clock(result, newest.first)}"


_TAIL: Final = 0.95
"""The quantile whose cases are the slowest 5 %."""


def evidence_for(result: Result, metric: str) -> Evidence | None:
    """Return the evidence of what a metric counts; None if there is none, or it was not searched for."""
    return next((one for one in result.evidence if one.kind is METRICS[metric].evidence), None)


def clock(result: Result, at: datetime) -> str:
    """Return a time as people say it: `14:03 UTC`, with its date unless the window ends on that day."""
    is_last_day = result.window is not None and at.date() == result.window.until.date()
    return f"{at:%H:%M} UTC" if is_last_day else f"{at:%Y-%m-%d %H:%M} UTC"


def _since_text(result: Result, check: CheckResult, evidence: Evidence) -> str:
    """Return when the cases of a check occurred: in which hour, since when, until when, and after which deploy.

    Each number stands beside the period that it covers. A check's own number covers the window, or one hour.
    """
    if check.metric == MOST_ERRORS:
        return _time_of_worst_connection(result, check, evidence)
    hour = f" in the hour from {clock(result, check.hour)}" if check.hour else ""
    if evidence.began:
        return hour + _onset_text(result, check, evidence, evidence.began)
    if hour:
        return hour
    if evidence.first == evidence.last:
        return f" at {clock(result, evidence.first)}"
    if result.deployed and evidence.first >= result.deployed:
        return f" since the deploy (first at {clock(result, evidence.first)})"
    return _span_text(result, evidence)


def _onset_text(result: Result, check: CheckResult, evidence: Evidence, began: datetime) -> str:
    """Return when cases set in, and how many there were: `, all since 14:03 UTC, 1 minute after the deploy`."""
    deploy = _deploy_text(result, evidence, began)
    when = _period(result, began, evidence.ended) + deploy
    if evidence.ended and not deploy and _may_be_older(result, began):
        when = f"from the window's beginning to {clock(result, evidence.ended)}"
    number, cases, definition = evidence.cases_in_period, evidence.cases, METRICS[check.metric]
    if definition.quantile == _TAIL and number == cases:
        return f", all {when}"
    if check.per or _counted(check, definition.unit) != cases:
        share = f"all {cases:,}" if number == cases else f"{number:,} of {cases:,}"
        noun = "" if "connection" in evidence.kind.noun else f" {evidence.kind.noun}"  # as in the claim before it
        return f"; {'in the whole window, ' if check.hour else ''}{share}{noun} {when}"
    if number < cases:
        return f", {number:,} of them {when}"
    return f", all {when}" if definition.unit is Unit.RATE and cases > 1 else f" {when}"


def _counted(check: Outcome, unit: Unit) -> int | None:
    """Return how many cases a value counts; None if it is an average or a time."""
    if check.value is None or unit not in {Unit.RATE, Unit.COUNT}:
        return None
    return round(check.value * (check.n or 0)) if unit is Unit.RATE else round(check.value)


def _period(result: Result, began: datetime, ended: datetime | None) -> str:
    """Return the period of cases in words: `since 14:03 UTC`, or `from 14:03 to 14:23 UTC`."""
    if ended is None:
        return f"since {clock(result, began)}"
    first, last = _clocks(result, began, ended)
    return f"from {first.removesuffix(' UTC')} to {last}" if last else f"at {first}"


def _clocks(result: Result, first: datetime, last: datetime) -> tuple[str, str]:
    """Return two times as people say them: the second without a date that the first has, or empty if they are one."""
    begin, end = clock(result, first), clock(result, last)
    dateless = f"{last:%H:%M} UTC" if last.date() == first.date() else end
    return begin, "" if begin == end else dateless


def _time_of_worst_connection(result: Result, check: CheckResult, evidence: Evidence) -> str:
    """Return when the connection with the most cases met them; empty if it is not among those shown."""
    worst = next((one for one in evidence.timelines if one.cases == check.value), None)
    return f" {_period(result, worst.first_case, worst.last_case)}" if worst and worst.first_case else ""


_EDGE: Final = 0.25
"""Cases came throughout the window if the first and the last lie within this share of its two ends."""
_AT_ONCE: Final = 0.01
"""A first case within this share of the window from its beginning may belong to an older problem."""
_CHANCE: Final = 0.01
"""The part of the window that holds all cases is named if chance puts them there at most this often."""


def _may_be_older(result: Result, first: datetime) -> bool:
    """Whether cases may have begun before the window did: the time before it was not read."""
    return result.window is not None and first - result.window.since <= _AT_ONCE * result.window.length


def _span_text(result: Result, evidence: Evidence) -> str:
    """Return the time from the first to the last case, for cases without a sudden onset."""
    window, (first, last) = result.window, _clocks(result, evidence.first, evidence.last)
    if not last:
        return f" at {first}"
    from_to = f" (first at {first}, last at {last})"
    if window is None:
        return from_to
    length, independent = window.length, evidence.connections or evidence.cases
    lead, rest = (evidence.first - window.since) / length, (window.until - evidence.last) / length
    if lead <= _EDGE and rest <= _EDGE:
        is_older = _may_be_older(result, evidence.first)
        return f" throughout the window{', from its beginning on' if is_older else f' (first at {first})'}"
    if rest <= _EDGE and (1 - lead) ** independent <= _CHANCE:
        return f" from {first} on"
    if rest > _EDGE and (1 - lead - rest) ** independent <= _CHANCE:
        return f" between {first.removesuffix(' UTC')} and {last}"
    return from_to


_SOON_AFTER: Final = timedelta(hours=1)
"""A problem that begins within this time after a deploy was likely caused by it."""


def _deploy_text(result: Result, evidence: Evidence, began: datetime) -> str:
    """Return how long after the suspected deploy a problem began; empty if no deploy is suspected."""
    at, deploy = suspected_deploy(result, evidence) or (began, "")
    event = f"{deploy} went live" if deploy.startswith("version") else deploy
    minutes = round((began - at) / timedelta(minutes=1))
    return f", {counted(minutes, 'minute') if minutes else 'less than a minute'} after {event}" if deploy else ""


def suspected_deploy(result: Result, evidence: Evidence) -> tuple[datetime, str] | None:
    """Return the time and the name of the last deploy that may have caused a problem, if there is one."""
    live = result.overview.deploys if result.overview else ()
    deploys = [
        (deploy.first, f"version {deploy.version}")
        for number, deploy in enumerate(live)
        if _may_be_of(evidence, deploy.version, {later.version for later in live[number:]})
    ]
    if result.deployed:
        deploys.append((result.deployed, "the deploy"))
    began = evidence.began
    return next((one for one in reversed(deploys) if began and timedelta() <= began - one[0] <= _SOON_AFTER), None)


def _may_be_of(evidence: Evidence, version: str, since: Collection[str]) -> bool:
    """Whether a version may have caused the cases: it logged some, and it and later versions logged most of them.

    If the logs name no version, any version may have caused them.
    """
    cases = Counter[str]()
    for one in evidence.versions:
        cases[one.version] += one.cases
    new, known = sum(cases[one] for one in since), cases.total()
    return not known or (cases[version] > 0 and 2 * new >= min(known, evidence.cases_since))
