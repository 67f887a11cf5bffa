"""What a team begins with: a thresholds.yaml to fill in, and the demo, which needs none."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from checks.config.environment import Environment
from checks.config.fields import PatternCheck
from checks.config.thresholds import load
from checks.errors import ConfigError
from checks.text import display_path

STARTER: Final = Path(__file__).with_name("starter.yaml")

DEMO: Final = "demo"

DEFAULT_ENVIRONMENT: Final = "dev"

_RECORDING: Final = Path(__file__).parents[1] / "demo" / "recording.jsonl"


def find_environment(file: Path, name: str, check_pattern: PatternCheck) -> Environment:
    """An environment of thresholds.yaml; `demo` is there even where the file is not, or does not name it.

    Args:
        file: The thresholds.yaml.
        name: As asked for with `-E`.
        check_pattern: Tells why the engine that will run the patterns refuses one.

    Raises:
        ConfigError: The file is wrong, or missing, or has no such environment.
    """
    if name != DEMO or file.exists():
        known = load(file, check_pattern)
        if name != DEMO or DEMO in known.environments:
            return known.environment(name)
    starter = load(STARTER, check_pattern).environment(DEFAULT_ENVIRONMENT)
    return replace(starter, name=DEMO, log_groups=(), logs=_RECORDING)


def write_starter(file: Path) -> None:
    """Write a commented thresholds.yaml.

    Raises:
        ConfigError: There is one already, or it cannot be written.
    """
    try:
        with file.open("xb") as stream:
            stream.write(STARTER.read_bytes())
    except FileExistsError as error:
        raise ConfigError(f"{display_path(file)} is there already, and stays as it is; name another file") from error
    except OSError as error:
        raise ConfigError(f"{display_path(file)}: cannot be written: {error.strerror}") from error
