"""A team's own checks: fixtures for the tests beside thresholds.yaml, and the verdicts on them."""

import re
from collections.abc import Generator, Iterable, Mapping
from inspect import isasyncgenfunction, iscoroutinefunction
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from checks.analysis.recognise import Query, Relation, Relations
from checks.config.environment import Environment
from checks.config.limit import Limit
from checks.errors import SourceError
from checks.metrics import Metric, measured
from checks.places import CHECKS_FOLDER, own_check_files
from checks.plugin.options import thresholds_path
from checks.plugin.pytest_internals import case_properties, lookup_problem, show_ids_as_they_are
from checks.run.run import Run
from checks.run.snapshot import OWN_PLACE
from checks.text import display_path, one_line
from checks.verdicts.verdict import Judgement, Verdict, not_measured
from checks.window import Window

_JUDGEMENTS: Final = pytest.StashKey[list[Judgement]]()
_UNJUDGED: Final = pytest.StashKey[list[str]]()


class Judge:
    """Judges a team's own numbers by the limits of thresholds.yaml: `judge("storms", 3)` by the one on `own.storms`."""

    def __init__(self, run: Run, item: pytest.Item) -> None:
        self._run = run
        self._item = item

    def __call__(
        self, name: str, value: float | None, *, n: int | None = None, findings: Iterable[str] = ()
    ) -> Judgement | None:
        """Judge a number. The test passes or fails only at its end, so it may judge several numbers.

        Args:
            name: The name, which implies the unit: `storms` is a count, `storm_rate` a share from 0 to 1,
                `messages_per_connection` an average, `reply_seconds` a time in seconds, `reply_p95_seconds` a
                percentile of several.
            value: The number; None if there is no sample.
            n: Size of the sample; a share, an average and a percentile have one.
            findings: Sentences on what is behind the number; reports show the first ones.

        Returns:
            The judgement, with verdict and sentence; None if the environment has no limit on the number.

        Raises:
            ValueError: The number is not what its name says, or was judged before.
        """
        metric = measured(name, value, n)
        if metric.name in self._run.snapshot.metrics:
            raise ValueError(f"{metric.name} was measured already: each number needs a name of its own")
        self._run.add_own(metric, tuple(findings))
        limit = self._run.settings.environment.limits.get(metric.name)
        if limit is None:
            self._item.stash.setdefault(_UNJUDGED, []).append(metric.name)
            return None
        judgement = self._run.judge(limit)
        self._item.stash.setdefault(_JUDGEMENTS, []).append(judgement)
        return judgement


class OwnChecks:
    """The plugin for a run with a team's own checks.

    Attributes:
        failures: The number of tests that failed, or could not begin.
        has_traceback: Whether one of them failed with an error of its own, and not by a verdict on a number.
    """

    def __init__(self, run: Run, files: Iterable[Path]) -> None:
        self._run = run
        self.files = frozenset(files)
        self._names: dict[str, str] = {}
        self.failures = 0
        self.has_traceback = False
        self._are_selected = True

    @pytest.fixture
    def judge(self, request: pytest.FixtureRequest) -> Judge:
        """Judges a number by its limit in thresholds.yaml: `judge("storm_rate", 0.02, n=500)`."""
        return Judge(self._run, request.node)

    @pytest.fixture
    def metrics(self) -> Mapping[str, Metric]:
        """The metrics that were measured, by name: `metrics["gone.errors"].value`, and `.n` for the sample size."""
        self._relations()  # fails without logs, as nothing was measured
        return self._run.snapshot.metrics

    @pytest.fixture
    def connections(self) -> Relation:
        """The connections of the window: connection_id, state, began, ended, duration_seconds."""
        return self._relations().table("connections")

    @pytest.fixture
    def welcomes(self) -> Relation:
        """The welcome messages of the window: timestamp, connection_id, is_sent."""
        return self._relations().table("welcomes")

    @pytest.fixture
    def signals(self) -> Relation:
        """The signals that log lines of the window give: timestamp, kind, connection_id, request_id."""
        return self._relations().table("signals")

    @pytest.fixture
    def events(self) -> Relation:
        """The log events of the window: timestamp, message, log_group, log_stream, request_id."""
        return self._relations().table("events")

    @pytest.fixture
    def query(self) -> Query:
        """The function that runs an SQL query on these tables: `query("SELECT … FROM connections")`."""
        return self._relations().query

    @pytest.fixture
    def window(self) -> Window:
        """The window that is judged: `since` and `until`, in UTC."""
        window = self._run.snapshot.log_read.window
        if window is None:
            pytest.fail("no window is known: the logs could not be read", pytrace=False)
        return window

    @pytest.fixture
    def environment(self) -> Environment:
        """The environment that is judged: `name`, `limits`, and where its logs are."""
        return self._run.settings.environment

    def pytest_configure(self, config: pytest.Config) -> None:
        """Show tracebacks without the arguments of functions: these are relations, which would show their rows.

        `xfail` has no effect: waivers and shadow limits say what may fail, and reports know no other verdict.
        """
        show_ids_as_they_are(config)
        config.option.runxfail = True
        if config.option.tbstyle == "auto":
            config.option.tbstyle = "short"

    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
        """Name a file by its path: pytest has no name for files outside of its root folder."""
        if module_path not in self.files:
            return None
        name = display_path(module_path)
        module: pytest.Module = pytest.Module.from_parent(parent, path=module_path, nodeid=name)
        return module

    def pytest_deselected(self) -> None:
        """Note that only a part of the tests was selected."""
        self._are_selected = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Record an error for a test whose fixture failed."""
        try:
            return (yield)
        except (Exception, pytest.fail.Exception) as error:
            if self._is_own(item):
                self.failures += 1
                self._not_judged(item, lookup_problem(error) or str(error))
                self._note_judgements(item)
            raise

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Turn verdicts into the outcome of a test: those on its numbers, or the one on its own assertions."""
        if not self._is_own(pyfuncitem):
            return (yield)
        outcome = None
        try:
            outcome = yield
        except (Exception, pytest.fail.Exception) as error:
            function = pyfuncitem.obj
            is_async = iscoroutinefunction(function) or isasyncgenfunction(function)  # pytest fails what it can't run
            is_failure = isinstance(error, AssertionError | pytest.fail.Exception) and not is_async
            judge = self._judge_test if is_failure else self._not_judged  # an error in the test is not the service's
            if judge(pyfuncitem, _failure(error)).blocks:
                self.failures, self.has_traceback = self.failures + 1, True
                self._note_judgements(pyfuncitem)
                self._end_at_own_line(error)
                raise
        else:
            if _JUDGEMENTS not in pyfuncitem.stash and _UNJUDGED not in pyfuncitem.stash:
                self._judge_test(pyfuncitem)
        self._conclude(pyfuncitem)
        return outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Redact the logs that the traceback of a failed test quotes."""
        report = yield
        if self._is_own(item) and report.failed:
            report.longrepr = self._run.redacted(str(report.longrepr))
        return report

    def _end_at_own_line(self, error: BaseException) -> None:
        """End a traceback with the line of the test that called us or DuckDB: the frames below are not the team's."""
        step, own = error.__traceback__, None
        while step is not None:
            file = Path(step.tb_frame.f_code.co_filename)
            if own and (file.is_relative_to(CHECKS_FOLDER) or "duckdb" in file.parts):
                own.tb_next = None
            own, step = step if file in self.files else None, step.tb_next

    def _relations(self) -> Relations:
        """Return the tables of the logs; without logs, the test that asks for them fails."""
        try:
            return self._run.relations
        except SourceError as error:
            pytest.fail(f"there are no logs to look into: {error}", pytrace=False)

    def _is_own(self, item: pytest.Item) -> bool:
        return item.path in self.files

    def judge_missing(self) -> None:
        """Report an error for each limit that no test has judged, unless only a part of the tests was selected."""
        for limit in self._missing if self._are_selected else ():
            self._run.judge(limit)

    @property
    def unjudged(self) -> list[str]:
        """A sentence on each limit that no test has judged."""
        return [f"{limit.place}: no test judges {limit.metric}; {OWN_PLACE}" for limit in self._missing]

    @property
    def _missing(self) -> list[Limit]:
        judged = {judgement.limit.metric for judgement in self._run.judgements}
        limits, is_judged_by_test = self._run.settings.limits, self._run.settings.is_judged_by_test
        return [limit for limit in limits if is_judged_by_test(limit) and limit.metric not in judged]

    def _limit(self, item: pytest.Item) -> Limit:
        """Return the limit on failures of a test with plain assertions: the one of thresholds.yaml, or 0."""
        file, line, _ = item.reportinfo()
        words = _words(item.name)
        if self._names.setdefault(words, item.nodeid) != item.nodeid:  # a test of another file has this name
            words = f"{_words(item.path.stem)}_{words}"
        name, environment = f"own.{words}", self._run.settings.environment
        waiver = environment.waivers.get(name)
        own = Limit(name, Path(file), (line or 0) + 1, inherited=False, max=0, waiver=waiver)
        return environment.limits.get(name, own)

    def _judge_test(self, item: pytest.Item, failure: str = "") -> Judgement:
        """Judge a test by its own assertions; an empty `failure` means that it passed."""
        limit = self._limit(item)
        self._run.add_own(Metric(limit.metric, int(bool(failure))))
        judgement = self._run.snapshot.judge(limit)
        if judgement.verdict in {Verdict.PASS, Verdict.FAIL}:
            outcome = f"failed: {self._run.redacted(failure)}" if failure else "passed"
            judgement = replace(judgement, sentence=one_line(f"{limit.metric} {outcome}"))
        return self._recorded(item, judgement)

    def _not_judged(self, item: pytest.Item, reason: str) -> Judgement:
        """Record an error for a test that ended before it could judge."""
        return self._recorded(item, not_measured(self._limit(item), one_line(self._run.redacted(reason))))

    def _recorded(self, item: pytest.Item, judgement: Judgement) -> Judgement:
        self._run.judgements.append(judgement)
        item.stash.setdefault(_JUDGEMENTS, []).append(judgement)
        return judgement

    def _note_judgements(self, item: pytest.Item) -> list[Judgement]:
        """Give a test the properties of its judgements, which its reports show."""
        judgements = item.stash.get(_JUDGEMENTS, [])
        for judgement in judgements:
            item.user_properties += case_properties(self._run.check_result(judgement))
        return judgements

    def _conclude(self, item: pytest.Item) -> None:
        """Turn the verdicts on the numbers of a test into its outcome, as `assert_within_limit` does with one."""
        judgements = self._note_judgements(item)
        blocking = [one for one in judgements if one.blocks and one.verdict in {Verdict.FAIL, Verdict.ERROR}]
        if blocking:
            self.failures += 1
            pytest.fail("; ".join(one.sentence for one in blocking), pytrace=False)
        doubtful = [one.sentence for one in judgements if one.verdict not in {Verdict.PASS, Verdict.WARN}]
        if unjudged := item.stash.get(_UNJUDGED, []):
            name = self._run.settings.environment.name
            doubtful.append(f"measured but not judged: {name} has no limit on {', '.join(unjudged)}")
        if doubtful:
            pytest.skip("; ".join(doubtful))


def _failure(error: BaseException) -> str:
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return str(error).partition("\n")[0] or "an assertion failed"
    return f"{type(error).__name__}: {str(error).partition(_EMPTY_LINE)[0]}"


_EMPTY_LINE: Final = "\n\n"
"""Above it, DuckDB says what is wrong and what may be meant; below it, where."""


def _words(name: str) -> str:
    """Return the name of a test as a metric's name: `test_tenant[Acme]` becomes `test_tenant_acme`."""
    words = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")
    return words if words.startswith("test_") else f"test_{words}"


def own_files(config: pytest.Config) -> list[Path]:
    """Return the files of a team's own checks to run: all, or those that the command line names."""
    files = own_check_files(thresholds_path(config))
    if is_whole_run(config):
        return files
    return [file for file in files if any(map(file.is_relative_to, selected_paths(config)))]


def is_whole_run(config: pytest.Config) -> bool:
    """Whether the command line selects all checks, and not only some of their files."""
    return any(map(CHECKS_FOLDER.is_relative_to, selected_paths(config)))


def selected_paths(config: pytest.Config) -> list[Path]:
    """Return the files and folders that the command line selects."""
    return [(config.invocation_params.dir / argument.partition("::")[0]).resolve() for argument in config.args]
