"""The catalogue of metrics: what each definition says holds together."""

from checks.metrics import IN_LOGS, METRICS, NEW_SIGNATURES, Definition, OnBreach, Subject, Unit


def test_the_subject_is_the_first_part_of_the_name() -> None:
    """Each subject has metrics."""
    assert Definition("gone.errors", Unit.COUNT, "").subject is Subject.GONE
    assert {metric.subject for metric in METRICS.values()} == set(Subject)


def test_every_metric_names_what_it_builds_on() -> None:
    """Unless it is about the logs themselves, or does not come from them."""
    for metric in METRICS.values():
        is_in_logs = metric.subject in IN_LOGS and metric.subject is not Subject.DATA
        assert bool(metric.builds_on) == (is_in_logs or metric.name == "api.connect_mismatch_rate")
        assert metric.is_from_logs == (metric.subject in IN_LOGS or metric.name == "api.connect_mismatch_rate")


def test_only_numbers_about_the_logs_and_the_alarms_are_no_failure() -> None:
    """They accuse nobody: too little is visible."""
    lenient = {name: metric.breach for name, metric in METRICS.items() if metric.breach is not OnBreach.FAIL}
    assert lenient == {
        "data.near_miss_rate": OnBreach.INCONCLUSIVE,
        "data.unattributed_rate": OnBreach.INCONCLUSIVE,
        "data.gaps": OnBreach.ERROR,
        "data.unseen_signals": OnBreach.INCONCLUSIVE,
        "api.connect_mismatch_rate": OnBreach.INCONCLUSIVE,
        "api.blind_spots": OnBreach.INCONCLUSIVE,
        "alarms.without_data": OnBreach.INCONCLUSIVE,
    }


def test_counts_that_one_more_event_can_lower() -> None:
    """A $disconnect ends a connection, and a success follows a failure."""
    shrinking = [metric for metric in METRICS.values() if metric.may_shrink]
    names = ["data.unseen_signals", "lifecycle.open", "lifecycle.incomplete", "welcome.failed"]
    assert [metric.name for metric in shrinking] == names
    assert {metric.unit for metric in shrinking} == {Unit.COUNT}


def test_a_number_of_the_logs_can_be_compared_unless_it_is_an_extreme() -> None:
    """A maximum does not grow in proportion to time, and new errors are a comparison already."""
    comparable = {name for name, metric in METRICS.items() if metric.is_comparable}
    in_logs = {name for name, metric in METRICS.items() if metric.subject in set(IN_LOGS) - {Subject.DATA}}
    assert in_logs - comparable == {"gone.max_per_connection", NEW_SIGNATURES}
    assert comparable <= in_logs


def test_a_rate_and_an_average_have_a_sample() -> None:
    """Without one there is nothing to be a share of."""
    ratios = {name for name, metric in METRICS.items() if metric.unit in {Unit.RATE, Unit.AVERAGE}}
    assert {name for name in ratios if not METRICS[name].sample} == set()
    assert not [name for name, metric in METRICS.items() if metric.unit is Unit.COUNT and metric.sample]
