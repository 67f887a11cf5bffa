"""thresholds.yaml: the environments, where their logs are, and the limits on their metrics."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from checks.config import document
from checks.config.document import Node, config_error, inherit
from checks.config.environment import Alarms, Api, Environment, Function, LogGroup
from checks.config.fields import PatternCheck, in_environment
from checks.config.limit import Limit, Waiver
from checks.config.models import File, LimitModel, Settings, Signals
from checks.config.validation import (
    RESOURCES,
    check_increases,
    check_log_groups,
    check_resources,
    check_sources,
    check_waivers,
    validate,
)
from checks.errors import ConfigError
from checks.metrics import IN_LOGS, METRICS
from checks.text import unknown_name


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The content of the file.

    Attributes:
        environments: By name.
        signals: Patterns that the user taught, by kind of signal and by name.
    """

    environments: Mapping[str, Environment]
    signals: Mapping[str, Mapping[str, str]]

    def environment(self, name: str) -> Environment:
        """The environment of that name.

        Raises:
            ConfigError: There is none; the message names those that there are.
        """
        if name not in self.environments:
            raise ConfigError(unknown_name("environment", name, list(self.environments)))
        return self.environments[name]


def load(file: Path, check_pattern: PatternCheck) -> Thresholds:
    """Read the file strictly: whatever is not understood is an error, and all errors are reported at once.

    Args:
        file: Paths in it are relative to its folder.
        check_pattern: Tells why the engine that will run the patterns refuses one.

    Raises:
        ConfigError: One line for each problem, as `thresholds.yaml:12: …`.
    """
    root, problems = document.read_yaml(file)
    inherited = inherit(root)
    content, misfits = validate(inherited, check_pattern)
    problems += [
        *check_sources(inherited),
        *check_log_groups(inherited),
        *check_increases(root),
        *check_resources(root),
        *check_waivers(inherited),
        *misfits,
    ]
    if problems or content is None:
        raise config_error(problems, file)
    signals = _signals(content.signals)
    waivers = list(_waivers(content, file, root))
    environments = {}
    for name, settings in content.environments.items():
        own = root.get("environments").get(name).get("limits")
        effective = inherited.get("environments").get(name).get("limits")
        environments[name] = Environment(
            name=name,
            log_groups=tuple(LogGroup(in_environment(group.name, name), group.region) for group in settings.log_group),
            source=settings.source,
            insights_price=settings.insights_price,
            logs=file.parent / settings.logs if settings.logs else None,
            functions=tuple(
                Function(in_environment(function.name, name), function.alias, function.region)
                for function in settings.function
            ),
            api=_api(settings, name),
            alarms=_alarms(settings),
            short_lived_seconds=settings.short_lived_seconds,
            on_inconclusive=settings.on_inconclusive,
            limits=MappingProxyType({limit.metric: limit for limit in _limits(settings, file, own, effective)}),
            waivers=MappingProxyType({waiver.metric: waiver for waiver in waivers if waiver.environment == name}),
            signals=signals,
            redact=MappingProxyType(content.redact),
        )
    return Thresholds(MappingProxyType(environments), signals)


def _api(settings: Settings, environment: str) -> Api | None:
    api = settings.api
    return Api(api.id, in_environment(api.stage, environment), api.region) if api else None


def _alarms(settings: Settings) -> Alarms | None:
    alarms = settings.alarms
    return Alarms(tuple(alarms.actions), alarms.namespace) if alarms else None


def _limits(settings: Settings, file: Path, own: Node, effective: Node) -> Iterator[Limit]:
    """The limits of an environment; one on what it does not name is inherited in vain (see `check_resources`)."""
    written: Iterable[tuple[str, LimitModel | None]] = settings.limits
    named = {subject for subject, key in RESOURCES.items() if getattr(settings, key)}
    for metric, limit in written:
        subject = METRICS[metric].subject
        if limit is not None and (subject in IN_LOGS or subject in named):
            inherited = metric not in own.items
            values = {"on_inconclusive": settings.on_inconclusive, **limit.model_dump(exclude_none=True)}
            yield Limit(metric, file, effective.get(metric).key_line, inherited, **values)


def _waivers(content: File, file: Path, root: Node) -> Iterator[Waiver]:
    for waiver, node in zip(content.waivers, root.get("waivers").elements, strict=True):
        yield Waiver(**waiver.model_dump(), file=file, line=node.line)


def _signals(signals: Signals) -> Mapping[str, Mapping[str, str]]:
    taught: Iterable[tuple[str, dict[str, str]]] = signals
    return MappingProxyType({kind: MappingProxyType(patterns) for kind, patterns in taught if patterns})
