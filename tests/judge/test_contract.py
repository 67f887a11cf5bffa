"""What has to be in the logs before anything follows from them."""

import pytest

from checks.analysis.metrics import IN_LOGS, METRICS, Breach, Family, Subject
from checks.judge.contract import unseen
from tests.judge.making import ALL, limit

CONNECT, DISCONNECT, WELCOME = Family.CONNECT, Family.DISCONNECT, Family.WELCOME


@pytest.mark.parametrize(
    ("metrics", "seen", "missing"),
    [
        ([], set(), set()),
        (["data.events", "data.near_miss_rate"], set(), set()),
        (["gone.errors"], set(), {CONNECT}),
        (["gone.errors"], {"gone"}, {CONNECT}),
        (["gone.welcome_errors"], {"connect"}, {WELCOME}),
        (["lifecycle.open", "lifecycle.events"], {"connect"}, set()),
        (["lifecycle.complete", "lifecycle.incomplete_rate"], {"connect"}, {DISCONNECT}),
        (["welcome.sent", "gone.errors", "lifecycle.complete"], set(), {CONNECT, DISCONNECT, WELCOME}),
        (["welcome.sent", "gone.errors", "lifecycle.complete"], ALL, set()),
    ],
)
def test_what_limits_build_on_has_to_be_seen(metrics: list[str], seen: set[str], missing: set[Family]) -> None:
    assert unseen([limit(metric, max=1) for metric in metrics], frozenset(seen)) == missing


def test_a_shadow_demands_nothing() -> None:
    assert not unseen([limit("welcome.sent", min=1, shadow=True)], frozenset())


def test_every_metric_names_what_it_builds_on_unless_it_is_about_the_logs_themselves() -> None:
    for metric in METRICS.values():
        is_in_logs = metric.subject in IN_LOGS and metric.subject is not Subject.DATA
        assert bool(metric.builds_on) == (is_in_logs or metric.name == "api.connect_mismatch_rate")


def test_only_numbers_about_what_can_be_seen_are_no_failure() -> None:
    lenient = {name: metric.breach for name, metric in METRICS.items() if metric.breach is not Breach.FAIL}
    assert lenient == {
        "data.near_miss_rate": Breach.INCONCLUSIVE,
        "data.unattributed_rate": Breach.INCONCLUSIVE,
        "data.gaps": Breach.ERROR,
        "data.unseen_signals": Breach.INCONCLUSIVE,
        "api.connect_mismatch_rate": Breach.INCONCLUSIVE,
        "api.blind_spots": Breach.INCONCLUSIVE,
        "alarms.without_data": Breach.INCONCLUSIVE,
    }
