"""A report of each kind, made by a whole run of the checks."""

import fcntl
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from tests.health_run import ROOT, healthy, unhealthy
from tests.own_process import run
from tests.simulator import emit, scenarios


class Kind(StrEnum):
    """The kinds of reports, by what they show."""

    PASSING = "passing"
    FAILING = "failing"
    OUTAGE = "outage"
    """A failure that has a beginning, right after a deploy."""
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    MIXED = "mixed"
    """A pass, a waived failure, a warning, a failing shadow, and a waiver that nothing needs."""
    LARGE = "large"
    HOSTILE = "hostile"


@dataclass(frozen=True, slots=True)
class Report:
    """The report folder of a run.

    Attributes:
        path: The HTML.
    """

    path: Path

    @property
    def url(self) -> str:
        return self.path.as_uri()

    @property
    def index_url(self) -> str:
        """Of the page of all runs."""
        return self.path.parents[1].joinpath("index.html").as_uri()

    @property
    def result(self) -> dict[str, Any]:
        """The content of result.json."""
        document: dict[str, Any] = json.loads(self.path.with_name("result.json").read_text(encoding="utf-8"))
        return document


@dataclass(frozen=True, slots=True)
class Recipe:
    """The recipe of a report.

    Attributes:
        exit_code: The exit code that the run must have.
        log: Makes the content of the log; None: the recording of the environment.
        name: The name of the log's file.
        limits: The content of thresholds.yaml; empty: the project's own.
        environment: A demo, if there is no log.
    """

    exit_code: int
    log: Callable[[], bytes] | None
    name: str = "log.jsonl"
    limits: str = ""
    environment: str = "demo"


LARGE_CONNECTIONS: Final = 10_000

MIXED_LIMITS: Final = """\
environments:
  dev:
    log_group: /aws/lambda/dev-chat-handler
    limits:
      gone.errors: {max: 1, owner: team-chat, runbook: https://example.com/gone}
      gone.connections: {warn: 1, max: 1000, owner: team-chat}
      gone.connection_rate: {max: 1%, shadow: true}
      lifecycle.complete: {min: 1}
      welcome.failure_rate: 50%
waivers:
  - {metric: gone.errors, environment: dev, reason: an old app, owner: team-chat, until: 2099-12-31}
  - {metric: welcome.failure_rate, environment: dev, reason: an old app, owner: team-chat, until: 2099-12-31}
"""

ATTACKS: Final = (
    "<script>window.attacked = 1</script>",
    "<img src=x onerror=window.attacked=1>",
    "<svg onload=window.attacked=1>",
    "</script><script>window.attacked = 1</script>",
    "</title></style></textarea><img src=x onerror=window.attacked=1>",
    "\" onfocus=window.attacked=1 autofocus x=\"' onfocus=window.attacked=1 autofocus x='",
    "<!--<script>window.attacked = 1</script>",
)
"""Each would set `window.attacked`, were it taken for markup."""

HOSTILE_LIMITS: Final = f"""\
environments:
  dev:
    log_group: /aws/lambda/dev-chat-handler
    limits:
      gone.errors: {{max: 1, owner: '{ATTACKS[1]}', runbook: 'javascript:window.attacked=1'}}
      own.{"long_" * 30}name: {{max: 1}}
      welcome.failure_rate: {{max: 1%, owner: '{ATTACKS[0]}{"W" * 300}', runbook: 'https://example.com/{ATTACKS[2]}'}}
"""


def _large() -> bytes:
    return b"".join(emit.json_lines(emit.events(scenarios.abandoned(LARGE_CONNECTIONS))))


def _hostile() -> bytes:
    """Return an unhealthy log whose errors and ids are full of markup."""
    errors = [
        {"timestamp": scenarios.SINCE_MS + number, "message": message, "logStreamName": attack, "logGroup": attack}
        for number, attack in enumerate(ATTACKS)
        for message in (
            f"[ERROR] GoneException: 410 for connectionId: Qw7LmXa9oAMCKbg= {attack}",
            f"[ERROR] GoneException: 410 {json.dumps({'connectionId': attack})}",
            f"Failed to send welcome message to connection {attack}: GoneException {attack}",
        )
    ]
    return unhealthy() + b"".join(json.dumps(event).encode() + b"\n" for event in errors)


RECIPES: Final = {
    Kind.PASSING: Recipe(0, None),
    Kind.FAILING: Recipe(1, unhealthy),
    Kind.OUTAGE: Recipe(1, None, environment="demo-outage"),
    Kind.INCONCLUSIVE: Recipe(11, lambda: healthy(5)),
    Kind.ERROR: Recipe(12, lambda: b"buy milk\n"),
    Kind.MIXED: Recipe(0, unhealthy, limits=MIXED_LIMITS),
    Kind.LARGE: Recipe(1, _large),
    Kind.HOSTILE: Recipe(1, _hostile, name="<img src=x onerror=window.attacked=1>.jsonl", limits=HOSTILE_LIMITS),
}


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports, each made when it is first asked for.

    Attributes:
        folder: Their folder, which parallel test processes share.
    """

    folder: Path

    def __getitem__(self, kind: Kind) -> Report:
        own = self.folder / kind
        own.mkdir(parents=True, exist_ok=True)
        with (own / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (own / "reports").exists():
                _make(RECIPES[kind], own)
        return Report(next((own / "reports").glob("*/report.html")))


def _make(recipe: Recipe, folder: Path) -> None:
    """Run the checks; only what became as it should be is called `reports`.

    They run in that folder, so that a report names its log without the place, which differs from run to run.
    """
    checkout = ("-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), str(ROOT / "checks"))
    done = run(folder / "making", *checkout, *_options(recipe, folder), cwd=folder)
    if done.returncode != recipe.exit_code:
        raise RuntimeError(f"exit code {done.returncode}, not {recipe.exit_code}:\n{done.stdout}{done.stderr}")
    (folder / "making").rename(folder / "reports")


def _options(recipe: Recipe, folder: Path) -> Iterator[str]:
    if recipe.log is None:
        yield from ("-E", recipe.environment)
        return
    (folder / recipe.name).write_bytes(recipe.log())
    yield from ("--logs", recipe.name)
    if recipe.limits:
        (folder / "limits.yaml").write_text(recipe.limits, encoding="utf-8")
        yield from ("--thresholds", "limits.yaml")
