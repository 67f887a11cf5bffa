"""Each limit has its check, and each check judges metrics that exist."""

from pathlib import Path

import pytest

from checks.plugin.health_session import NamedMetrics, metric_names
from tests.health_run import ROOT, health_run, healthy, log, thresholds
from tests.verdicts.making import limit

MODULE = Path("checks/test_mine.py")
CHECK = "checks/test_mine.py::test_mine"


@pytest.mark.metrics("gone.errors")
@pytest.mark.metrics("gone.connections", "gone.connection_rate")
def marked() -> None:
    """A check with its mark."""


def problems(*names: str, limits: tuple[str, ...] = (), modules: tuple[Path, ...] = (MODULE,)) -> list[str]:
    """Return the problems if one check names some metrics, and limits are on others."""
    metrics = NamedMetrics()
    metrics.add(MODULE, "test_mine", names)
    return list(metrics.problems([limit(name, max=5) for name in limits], modules))


def test_the_metrics_of_a_check() -> None:
    """The check's mark names them; whatever is not a check has none."""
    assert set(metric_names(marked)) == {"gone.errors", "gone.connections", "gone.connection_rate"}
    assert metric_names(test_the_metrics_of_a_check) == ()
    assert metric_names(pytest) == ()


def test_every_limit_is_named() -> None:
    """There is no problem then, and there may be fewer limits than metrics."""
    assert problems("gone.errors", "gone.connections", limits=("gone.errors",)) == []


def test_an_unknown_metric() -> None:
    """The nearest name is given."""
    (problem,) = problems("gone.erors")
    assert problem.startswith(f"{CHECK}: unknown metric 'gone.erors'")
    assert problem.endswith("did you mean 'gone.errors'?")


def test_a_metric_named_twice() -> None:
    """It would be judged, and counted, twice."""
    assert problems("gone.errors", "gone.errors") == [
        f"{CHECK} and {CHECK} both name gone.errors: it is judged once, so only one check may name it"
    ]


def test_a_limit_that_no_check_names() -> None:
    """The message has its line and where to name it, unless its check may be in an uncollected module."""
    (problem,) = problems("gone.connections", limits=("gone.errors",))
    assert problem.endswith(":12: no check names gone.errors; add it to the metrics of checks/test_gone.py")
    assert problems("gone.connections", limits=("gone.errors",), modules=(MODULE, Path("checks/test_gone.py"))) == []


def test_a_check_of_ones_own_is_wrong(pytester: pytest.Pytester) -> None:
    """The run ends before anything is read, with exit code 4 and a line for each mistake."""
    own = pytester.makepyfile(
        """
        import pytest

        @pytest.mark.metrics("gone.errors", "gone.erors")
        def test_mine(judgement):
            pass
        """
    )
    limits = thresholds(pytester, "gone.errors: 5")
    targets = (ROOT / "checks", own)
    run = health_run(pytester, "--logs", log(pytester, healthy()), "--thresholds", limits, targets=targets)
    assert run.code == 4
    assert "checks/test_gone.py::test_gone and " in run.text
    assert ".py::test_mine both name gone.errors" in run.text
    assert ".py::test_mine: unknown metric 'gone.erors'" in run.text
    assert run.reports == []
