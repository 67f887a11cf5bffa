"""Settings say what a run reads and observes, and which limits it can't judge."""

from datetime import timedelta

from msgspec.structs import replace

from checks.config.environment import LogGroup
from checks.metrics import Subject
from checks.run.settings import Gate, Settings
from checks.window import Window
from tests.run.making import GROUP, settings
from tests.verdicts.making import COUNT, NOW, RATE, limit

API = "api.connects"
NEW = "errors.new_signatures"
INCREASE = replace(limit("gone.connections"), max_increase=0.5)
OTHER = LogGroup("/other", None)


def judged(run: Settings) -> list[str]:
    return [one.metric for one in run.limits]


def test_what_is_read() -> None:
    """By default these are the environment's own log groups, and a day of them."""
    assert settings().default_window == Window(NOW - timedelta(days=1), NOW)
    assert settings().groups == (GROUP,)
    assert settings(log_groups=(OTHER,)).groups == (OTHER,)


def test_limits_of_the_selected_analyses() -> None:
    """They are in the order of the file; limits of other analyses are not mentioned."""
    limits = limit(COUNT, max=5), limit(RATE, max=0.05)
    assert judged(settings(*limits)) == [COUNT, RATE]
    chosen = settings(*limits, subjects=[Subject.WELCOME])
    assert (judged(chosen), list(chosen.left_out)) == ([RATE], [])
    assert settings(*limits).limits_on([RATE, API]) == [limits[1]]


def test_limits_that_need_a_baseline() -> None:
    """Without one, limits on increases alone and on new errors are left out, and named, as are parts of limits."""
    limits = limit(NEW, max=0), INCREASE, replace(limit(COUNT, max=5), max_increase=0.5)
    alone = settings(*limits)
    assert judged(alone) == [COUNT]
    assert list(alone.left_out) == [
        f"not judged, because there is no --baseline to compare with: {NEW}, {INCREASE.metric}",
        f"`max_increase` is not judged, because there is no --baseline to compare with: {COUNT}",
    ]
    compared = settings(*limits, gate=Gate(baseline="previous"))
    assert (len(judged(compared)), list(compared.left_out)) == (3, [])


def test_limits_that_such_a_run_judges() -> None:
    """They are those of all analyses, but not those that it can't judge."""
    limits = limit(COUNT, max=5), limit(RATE, max=0.05), limit(NEW, max=0), limit("probe.failed", max=0)
    assert settings(*limits, subjects=[Subject.WELCOME]).judgeable == {COUNT, RATE}


def test_limits_that_need_aws() -> None:
    """If files are read, AWS resources are not looked up."""
    limits = limit(API, min=1), limit(COUNT, max=5)
    assert settings(*limits).resources == (Subject.API,)
    files = settings(*limits, logs=("log.jsonl",))
    assert (judged(files), files.resources) == ([COUNT], ())
    assert list(files.left_out) == [f"not judged, because files are read, not AWS: {API}"]


def test_why_nothing_is_checked() -> None:
    """The analysis has no limit, or none that this run can judge."""
    limits = limit(API, min=1), limit(COUNT, max=5), limit("probe.failed", max=0)
    assert list(settings(*limits).why_no_limits) == []
    unlimited = settings(*limits, subjects=[Subject.ERRORS, Subject.ALARMS])
    assert list(unlimited.why_no_limits) == [
        "dev has no limit on errors.*, alarms.*: thresholds.yaml needs one and `alarms`"
    ]
    assert list(settings(*limits, subjects=[Subject.PROBE]).why_no_limits) == [
        "not judged, because there is no --probe: probe.*"
    ]
    files = settings(*limits, subjects=[Subject.API], logs=("log.jsonl",))
    assert list(files.why_no_limits) == list(files.left_out) != []


def test_logs_are_read_for_what_builds_on_them() -> None:
    """Limits on the API's own counts need no logs."""
    assert settings(limit(COUNT, max=5)).needs_logs
    assert not settings(limit(API, min=1)).needs_logs
    assert settings(limit("api.connect_mismatch_rate", max=0.1)).needs_logs


def test_errors_are_told_apart_where_somebody_asks() -> None:
    """A limit on errors asks, even without a baseline (the run may become one), or a comparison."""
    assert Subject.ERRORS in settings(limit(NEW, max=0)).log_subjects
    assert Subject.ERRORS in settings(limit(COUNT, max=5), gate=Gate(baseline="24h")).log_subjects
    assert Subject.ERRORS not in settings(limit(COUNT, max=5)).log_subjects
    assert Subject.ERRORS not in settings(limit(NEW, max=0), subjects=[Subject.GONE]).log_subjects
