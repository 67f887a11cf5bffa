"""Each environment gets the command line without the others, and none outlives the run."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checks.errors import ConfigError
from checks.side_by_side import commands, run
from tests.health_run import ROOT
from tests.own_process import clean_environment


@pytest.mark.parametrize(
    "arguments",
    [
        ["-E", "dev", "-T", "6", "-E", "prod", "checks", "-q"],
        ["-Edev", "-T", "6", "--environment", "prod", "checks", "-q"],
        ["-T", "6", "checks", "--environment=dev", "-E=prod", "-q", "-E", "dev"],
    ],
)
def test_the_other_arguments_are_kept(arguments: list[str]) -> None:
    """In their order, however the environments are asked for, and each of these once."""
    found = commands(arguments, ["dev", "prod"])
    assert list(found) == ["dev", "prod"]
    assert [command[4:6] for command in found.values()] == [["-E", "dev"], ["-E", "prod"]]
    assert {tuple(command[6:]) for command in found.values()} == {("-T", "6", "checks", "-q")}


@pytest.mark.parametrize("arguments", [[], ["-E", "dev"], ["-qE", "dev", "-E", "prod"]])
def test_what_each_would_repeat_is_refused(arguments: list[str]) -> None:
    """An environment of PYTEST_ADDOPTS, or in a bunch of short options, would be in every process again."""
    with pytest.raises(ConfigError, match="write each as `-E NAME`"):
        commands(arguments, ["dev", "prod"])


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_all_run_at_once_and_are_shown_in_order() -> None:
    """The one that is asked for first waits for the other, and is still shown first; nothing is interleaved."""
    shown: list[tuple[str, str]] = []
    slow = "import sys, time; time.sleep(0.3); print(1, flush=True); print(2, file=sys.stderr); sys.exit(1)"
    codes = run({"slow": python(slow), "fast": python("print(3)")}, show=lambda *one: shown.append(one))
    assert codes == {"slow": 1, "fast": 0}
    assert shown == [("slow", "1\n2\n"), ("fast", "3\n")]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_no_process_outlives_the_run(sent: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C and the signal of pipelines stop each of them, once, and let it come to its own end."""
    child = (
        "import pathlib, sys, time\n"
        "folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]\n"
        "(folder / f'{name}.begun').touch()\n"
        "try:\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    (folder / f'{name}.stopped').touch()\n"
    )
    (tmp_path / "child.py").write_text(child)
    parent = (
        "import sys\n"
        "from checks.side_by_side import run\n"
        "folder = sys.argv[1]\n"
        "run({name: [sys.executable, f'{folder}/child.py', folder, name] for name in 'ab'}, print)\n"
    )
    command = [sys.executable, "-c", parent, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stderr=subprocess.DEVNULL) as running:
        while len(list(tmp_path.glob("*.begun"))) < 2:
            time.sleep(0.02)
        time.sleep(0.1)
        running.send_signal(sent)
        assert running.wait(10) != 0
    assert sorted(path.name for path in tmp_path.glob("*.stopped")) == ["a.stopped", "b.stopped"]
