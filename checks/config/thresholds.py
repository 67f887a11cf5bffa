"""thresholds.yaml: reads it into environments, each with its logs and its limits, and writes a first one."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.config import document
from checks.config.crosschecks import RESOURCES, crosscheck, remarks
from checks.config.document import Node, Problem, config_error, inherit, problem_lines
from checks.config.environment import Environment
from checks.config.limit import Limit, Waiver
from checks.config.scalars import LAKE, in_environment
from checks.config.sections import THRESHOLDS_FILE
from checks.errors import ConfigError
from checks.metrics import FAMILIES, METRICS
from checks.places import DEFAULT_ENVIRONMENT, expanded_path, is_file
from checks.text import display_path, unknown_name

STARTER: Final = Path(__file__).with_name("starter.yaml")
_RECORDINGS: Final = Path(__file__).parents[1] / "demo"

DEMOS: Final[Mapping[str, Path]] = {
    "demo": _RECORDINGS / "recording.jsonl",
    "demo-outage": _RECORDINGS / "outage.jsonl.gz",
}
"""Environments that every project has, and the recording that each reads: a healthy day, and one with a bad deploy."""


class Thresholds(Struct, frozen=True):
    """The content of thresholds.yaml; patterns are by name, those of signals by kind and name.

    A remark is a sentence on something that is allowed but may be a mistake.
    """

    environments: Mapping[str, Environment] = field(default_factory=dict)
    signals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    redact: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def waivers(self) -> list[Waiver]:
        """The waivers of all environments, sorted by their ends."""
        waivers = [waiver for environment in self.environments.values() for waiver in environment.waivers.values()]
        return sorted(waivers, key=lambda waiver: waiver.end)

    @property
    def inventory(self) -> dict[str, int]:
        """How many environments, limits and waivers there are."""
        environments = self.environments.values()
        return {
            "environments": len(environments),
            "limits": sum(len(environment.limits) for environment in environments),
            "waivers": len(self.waivers),
        }

    def warnings(self, now: datetime) -> list[str]:
        """A sentence on each thing that needs attention soon, such as a waiver that has expired."""
        return [*self.remarks, *(_expiry(waiver, now) for waiver in self.waivers if waiver.end - now < _SOON)]

    def environment(self, name: str) -> Environment:
        """The environment of that name."""
        if not self.environments:
            raise ConfigError(f"unknown environment {name!r}; thresholds.yaml has none: add it under `environments:`")
        if name not in self.environments:
            raise ConfigError(unknown_name("environment", name, list(self.environments)))
        return self.environments[name]


def load(file: Path) -> Thresholds:
    """Read thresholds.yaml strictly: whatever is not understood is an error, and all errors are reported at once.

    Paths in it are relative to its folder.

    Raises:
        ConfigError: One line for each problem, as `thresholds.yaml:12: …`.
    """
    root, problems = document.read_yaml(file)
    inherited = inherit(root)
    values = THRESHOLDS_FILE.parse(inherited, "the file", problems)
    problems += [*crosscheck(root, inherited), *_missing_queries(root, file)]
    if problems:
        raise config_error(problems, file)
    everywhere = {
        "signals": {kind: named for kind, named in values.get("signals", {}).items() if named},
        "ignore": values.get("ignore", ()),
        "redact": values.get("redact", {}),
    }
    nodes = zip(values.get("waivers", ()), root.get("waivers").elements, strict=True)
    waivers = [Waiver(**waiver, file=file, line=node.line) for waiver, node in nodes]
    queries = {f"own.{name}": file.parent / own["sql"] for name, own in values.get("own", {}).items()}
    environments = {}
    for name, own in values.get("environments", {}).items():
        limits = _limits(own, file, *(part.get("environments").get(name).get("limits") for part in (root, inherited)))
        environments[name] = Environment(
            name=name,
            limits=MappingProxyType({limit.metric: limit for limit in limits}),
            waivers=MappingProxyType({waiver.metric: waiver for waiver in waivers if waiver.environment == name}),
            queries=queries,
            absent=frozenset(subject for subject in FAMILIES if own.get(subject) == "none"),
            **everywhere,
            **_resources(own, file, name),
            **{key: own[key] for key in _AS_WRITTEN if key in own},
        )
    return Thresholds(environments, remarks=tuple(problem_lines(remarks(root), file)), **everywhere)


_SOON: Final = timedelta(days=7)


def _expiry(waiver: Waiver, now: datetime) -> str:
    """A sentence on a waiver that has expired, or soon will."""
    verb = "expires" if waiver.holds(now) else "expired"
    waived = f"the waiver of {waiver.metric} in {waiver.environment}"
    return f"{waiver.place}: {waived} {verb} on {waiver.until} (owner: {waiver.owner}); renew or remove it"


def find_environment(file: Path, name: str, *, must_exist: bool = False) -> Environment:
    """Find an environment of thresholds.yaml; the demos need neither an entry in the file nor the file itself.

    If the user named the file, it `must_exist`, even for the demos.
    """
    if name not in DEMOS or must_exist or file.exists():
        known = load(file)
        if name not in DEMOS or name in known.environments:
            return known.environment(name)
    starter = load(STARTER).environment(DEFAULT_ENVIRONMENT)
    return replace(starter, name=name, log_groups=(), logs=DEMOS[name])


def write_new(file: Path, content: bytes) -> None:
    """Write a new thresholds.yaml, and make its folder.

    Raises:
        ConfigError: The file already exists, or cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:  # perhaps a file in place of the folder
        there = display_path(Path(error.filename))
        raise ConfigError(f"{there} already exists, and was not changed; name another file") from error
    except OSError as error:
        raise ConfigError(f"{display_path(file)}: cannot be written: {error.strerror}") from error


def _missing_queries(root: Node, file: Path) -> Iterator[Problem]:
    for name, metric in root.get("own").items.items():
        sql = metric.get("sql")
        if isinstance(sql.value, str) and not is_file(file.parent / sql.value):
            yield Problem(sql.line, f"own.{name}: there is no file {sql.value!r} in {display_path(file.parent)}")


_AS_WRITTEN: Final = ("source", "sentences", "insights_price", "alarms", "short_lived_seconds", "on_inconclusive")


def _resources(values: Mapping[str, Any], file: Path, environment: str) -> dict[str, Any]:
    """The logs of an environment and its resources in AWS, with the environment's name filled in."""

    def named(resource: Any) -> Any:
        return replace(resource, name=in_environment(resource.name, environment))

    api, probe, logs = values.get("api"), values.get("probe"), in_environment(values.get("logs") or "", environment)
    is_lake = logs.startswith(LAKE)
    return {
        "log_groups": tuple(map(named, values.get("log_group", ()))),
        "functions": tuple(map(named, values.get("function", ()))),
        "api": replace(api, stage=in_environment(api.stage, environment)) if api else None,
        "probe": replace(probe, url=in_environment(probe.url, environment)) if probe else None,
        "lake": logs if is_lake else "",
        "logs": file.parent / expanded_path(logs) if logs and not is_lake else None,
    }


def _limits(values: Mapping[str, Any], file: Path, own: Node, effective: Node) -> Iterator[Limit]:
    """The limits of an environment, without inherited ones on a resource that it does not name."""
    policy = {"on_inconclusive": values["on_inconclusive"]} if "on_inconclusive" in values else {}
    for metric, limit in values.get("limits", {}).items():
        subject = METRICS[metric].subject
        if limit is not None and (subject not in RESOURCES or values.get(RESOURCES[subject])):
            line = effective.get(metric).key_line
            yield Limit(metric, file, line, inherited=metric not in own.items, **(policy | limit))
