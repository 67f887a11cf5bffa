"""The recipes for pipelines are valid for their systems, and their commands work."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
import yaml
from moto.server import ThreadedMotoServer

from checks.plugin import pytest_addoption
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import ROOT
from tests.own_process import check_jsonschema, clean_environment
from tests.resources.functions import configuration, lambda_service
from tests.simulator import emit, scenarios

RECIPES = ROOT / ".recipes"
COMMAND = "websocket-health-checks"
PROGRAMS = Path(sys.executable).parent
TOPIC = "arn:aws:sns:us-east-1:123456789012:health"
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")

OF_THE_GATE = {"--since-deploy", "--deployed-at", "--warm-up", "--function-version", "--wait", "--hold", "--baseline"}
"""Options of a run that judges a deploy."""


def text(name: str) -> str:
    return (RECIPES / name).read_text(encoding="utf-8")


def workflow(name: str) -> Any:
    return yaml.safe_load(text(name))


def step(name: str, job: str, called: str) -> dict[str, Any]:
    """Return a step of a job of a GitHub workflow."""
    steps: list[dict[str, Any]] = workflow(name)["jobs"][job]["steps"]
    return next(one for one in steps if one.get("name") == called)


def files() -> list[Path]:
    return sorted(path for path in RECIPES.rglob("*") if path.is_file() and path.suffix != ".pyc")


def commands() -> list[str]:
    """Return every line that runs the checks, from the command's name up to the shell's handling of its outcome."""
    lines = [line for file in files() for line in file.read_text(encoding="utf-8").splitlines()]
    commands = [line for line in lines if not line.lstrip().startswith(("#", "//")) and f"{COMMAND} -" in line]
    return [re.split(r"'?$| \|\| | > | # ", COMMAND + line.partition(COMMAND)[2])[0] for line in commands]


def options(command: str) -> set[str]:
    return set(re.findall(r"(?<= )--?[A-Za-z][\w-]*", command))


@pytest.fixture(name="aws", scope="module")
def _aws() -> Iterator[Mapping[str, str]]:
    """The variables for an account in which three environments had a good day, and for a bucket."""
    now_ms = round(time.time() * 1000)
    events = emit.events(scenarios.healthy(400, since_ms=now_ms - 9 * 3_600_000, until_ms=now_ms))
    ticks = [  # so that each look of a gate sees something new
        {**events[-1], "timestamp": at_ms, "ingestionTime": at_ms + 1, "eventId": f"{at_ms:056}", "message": "tick\n"}
        for at_ms in range(now_ms - 60_000, now_ms + 60_000, 500)
    ]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    groups = [Group(f"/aws/lambda/{name}-chat-handler").fill([*events, *ticks]) for name in ("dev", "staging", "prod")]
    with Endpoint(groups) as endpoint:
        s3 = boto3.client("s3", "us-east-1", endpoint_url=url, aws_access_key_id="me", aws_secret_access_key="mine")
        s3.create_bucket(Bucket="runs")
        variables = {"HISTORY": "s3://runs/health", "BUCKET": "runs", "ENVIRONMENT": "prod", "TOPIC": TOPIC}
        yield {**endpoint.environment, "AWS_ENDPOINT_URL_S3": url, **variables}
    server.stop()


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    """A team's own folder: its limits, its scripts, and the installed package."""
    (tmp_path / "thresholds.yaml").write_bytes((ROOT / "thresholds.yaml").read_bytes())
    (tmp_path / "roll-back.sh").write_text("#!/bin/sh\ntouch rolled-back\n")
    (tmp_path / "roll-back.sh").chmod(0o755)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(PROGRAMS)
    return tmp_path


def shell(
    script: str, folder: Path, variables: Mapping[str, str], programs: Path = PROGRAMS
) -> subprocess.CompletedProcess[str]:
    """Run a recipe's script as GitHub does: with bash, up to the first line that fails."""
    inherited = clean_environment()
    environment = {**inherited, "PATH": f"{programs}{os.pathsep}{PROGRAMS}{os.pathsep}{inherited['PATH']}", **variables}
    command = ["bash", "-e", "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def ending_with(code: int, folder: Path) -> Path:
    """Return a folder of programs in which the checks end with this exit code."""
    folder.mkdir()
    (folder / COMMAND).write_text(f"#!/bin/sh\nexit {code}\n")
    (folder / COMMAND).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("vendor.github-workflows", "github-deploy.yml"),
        ("vendor.github-workflows", "github-nightly.yml"),
        ("vendor.gitlab-ci", "gitlab-ci.yml"),
    ],
)
def test_a_pipeline_is_what_its_system_takes(schema: str, name: str) -> None:
    """It matches the schema of its system."""
    assert not check_jsonschema("--builtin-schema", schema, RECIPES / name)


def test_the_schedule_is_what_cloudformation_takes() -> None:
    """cfn-lint accepts it, and its window begins where the last night's window ended."""
    template = str(RECIPES / "container" / "schedule.yaml")
    done = subprocess.run([str(PROGRAMS / "cfn-lint"), template], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert 'websocket-health-checks -E "$ENVIRONMENT" --since last-run --history' in text("container/schedule.yaml")


def test_every_option_exists() -> None:
    """Every option in a recipe is in --help."""
    parser = pytest.Parser(_ispytest=True)
    pytest_addoption(parser)
    known = {name for option in parser.getgroup("health checks").options for name in option.names()}
    assert len(commands()) == 7
    assert {option for command in commands() for option in options(command)} <= known


NIGHT = step("github-nightly.yml", "health", "Judge the night")["run"]
"""Tried by the test of two nights."""


@pytest.mark.parametrize(
    "command", sorted({one for one in commands() if not options(one) & OF_THE_GATE and one != NIGHT.rstrip()})
)
def test_a_command_works(command: str, project: Path, aws: Mapping[str, str]) -> None:
    """On a good day it ends with exit code 0."""
    done = shell(command, project, {**aws, "HISTORY": f"s3://runs/{len(command)}"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "history: " not in done.stdout


@pytest.mark.parametrize("command", sorted({one for one in commands() if options(one) & OF_THE_GATE}))
def test_a_gate_opens(command: str, project: Path, aws: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate opens after a deploy that changed nothing; the test waits less than the recipe."""
    deployed = f"{datetime.now(UTC) - timedelta(hours=4):%Y-%m-%dT%H:%M:%S}"
    function = configuration(f"{deployed}.000+0000", LoggingConfig={"LogGroup": "/aws/lambda/prod-chat-handler"})
    limits = project / "thresholds.yaml"
    limits.write_text(limits.read_text().replace("  prod:\n", "  prod:\n    function: chat\n"))
    with lambda_service(monkeypatch, {"chat": [function]}):
        way = {**aws, "AWS_ENDPOINT_URL_LAMBDA": os.environ["AWS_ENDPOINT_URL_LAMBDA"], "DEPLOYED_AT": f"{deployed}Z"}
        done = shell(command.replace("--wait 15m", "--wait 20s"), project, way)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Compared with:" in done.stdout
    assert ": good, " in done.stdout


def test_the_next_night_goes_on_from_the_last(project: Path, aws: Mapping[str, str]) -> None:
    """This works even on another machine, because the history is on S3."""
    variables = {**aws, "HISTORY": "s3://runs/nights"}
    assert "set HEALTH_CHECKS_HISTORY" in shell(NIGHT, project, {**variables, "HISTORY": ""}).stderr
    first = shell(f"{NIGHT}rm -r reports", project, variables)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "history: " not in first.stdout
    time.sleep(1.1)  # a window ends at a full second, and has to be longer than nothing
    assert "where the last run's window ended" in shell(NIGHT, project, variables).stdout


@pytest.mark.parametrize(("code", "is_rolled_back"), [(0, False), (1, True), (11, False), (12, False)])
def test_github_tells_unhealthy_from_unknown(code: int, project: Path, tmp_path: Path, *, is_rolled_back: bool) -> None:
    """The job fails with the exit code of the checks, which other steps see; the report is kept in any case."""
    judge = step("github-deploy.yml", "health", "Judge what is served now")
    output = tmp_path / "output"
    variables = {"GITHUB_OUTPUT": str(output), "DEPLOYED_AT": "2026-06-02T14:00:00Z"}
    done = shell(judge["run"], project, variables, ending_with(code, tmp_path / "programs"))
    assert done.returncode == code
    assert output.read_text() == f"code={code}\n"
    jobs = workflow("github-deploy.yml")["jobs"]
    assert jobs["health"]["outputs"]["code"] == f"${{{{ steps.{judge['id']}.outputs.code }}}}"
    condition = jobs["roll-back"]["if"]
    assert condition == "always() && needs.health.outputs.code == '1'"
    assert (f"'{code}'" in condition) == is_rolled_back
    assert step("github-deploy.yml", "health", "Keep the report, which opens in the browser")["if"] == "always()"


def test_github_keeps_roles_apart() -> None:
    """The role that judges can't change anything, and each action is pinned by its commit."""
    jobs = workflow("github-deploy.yml")["jobs"]
    roles = {name: re.findall(r"vars\.(\w+_ROLE)", yaml.safe_dump(job)) for name, job in jobs.items()}
    assert roles == {
        "deploy": ["DEPLOY_ROLE"],
        "health": ["HEALTH_CHECKS_ROLE"],
        "roll-back": ["DEPLOY_ROLE"],
        "ask": [],
    }
    used = re.findall(r"uses: (\S+)", text("github-deploy.yml") + text("github-nightly.yml"))
    assert used
    assert [one for one in used if not PINNED.fullmatch(one)] == []


def test_the_package_is_installed_at_a_commit() -> None:
    """No package index has the package, so anybody could register its name there."""
    installs = [
        line for file in files() for line in file.read_text(encoding="utf-8").splitlines() if "pip install " in line
    ]
    assert len(installs) == 5
    assert all("SOURCE" in line and f"install {COMMAND}" not in line for line in installs)


@pytest.mark.parametrize("code", [0, 1, 12, None])
def test_gitlab_rolls_back_what_is_unhealthy(code: int | None, project: Path) -> None:
    """Nothing else is rolled back, not even a deploy without a result."""
    if code is not None:
        (project / "reports" / "prod").mkdir(parents=True)
        (project / "reports" / "prod" / "result.json").write_text(json.dumps({"exit_code": code}))
    script = "\n".join(workflow("gitlab-ci.yml")["roll back"]["script"])
    done = shell(script, project, {})
    assert (done.returncode == 0) == (code is not None)
    assert (project / "rolled-back").exists() == (code == 1)


def test_gitlab_hands_on_when_it_deployed(tmp_path: Path) -> None:
    """The time is in UTC, in a variable for the next job."""
    deploy, then = workflow("gitlab-ci.yml")["deploy"]["script"]
    assert deploy == "./deploy.sh"
    assert shell(then, tmp_path, {}).returncode == 0
    assert re.fullmatch(r"DEPLOYED_AT=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", (tmp_path / "deploy.env").read_text())
    judge, *_ = workflow("gitlab-ci.yml")["health"]["script"]
    assert '--deployed-at "$DEPLOYED_AT"' in judge


@pytest.mark.parametrize(("code", "printed"), [(0, ""), (1, "ill\n")])
def test_cron_mails_what_is_not_healthy(code: int, printed: str, tmp_path: Path) -> None:
    """A healthy night prints nothing, so cron sends no mail."""
    *_, line = [line for line in text("crontab").splitlines() if not line.startswith("#")]
    *_, command = line.split(maxsplit=5)
    assert "%" not in command  # which cron takes for the end of the line
    programs = tmp_path / "health" / ".venv" / "bin"
    programs.parent.mkdir(parents=True)
    ending_with(code, programs)
    (programs / COMMAND).write_text(f"#!/bin/sh\necho ill\nexit {code}\n")
    done = shell(command, tmp_path, {"HOME": str(tmp_path)})
    assert (done.stdout, done.stderr) == (printed, "")


def test_jenkins_tells_unhealthy_from_unknown() -> None:
    """It rolls back only on 1, keeps the report in any case, and its brackets match."""
    pipeline = text("Jenkinsfile")
    assert all(pipeline.count(opening) == pipeline.count(closing) for opening, closing in ("{}", "()"))
    assert re.search(r"if \(code == 1\) \{\s+sh './roll-back.sh'", pipeline)
    assert re.search(r"post \{\s+always \{\s+archiveArtifacts artifacts: 'reports/prod/\*\*'", pipeline)


def test_the_container_runs_the_demo(tmp_path: Path) -> None:
    """By default, the container shows that it works."""
    parts = dict(re.findall(r"^(ENTRYPOINT|CMD) (\[.*\])$", text("container/Dockerfile"), re.MULTILINE))
    (program,) = json.loads(parts["ENTRYPOINT"])
    command = [str(PROGRAMS / program), *json.loads(parts["CMD"])]
    done = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True, check=False)
    assert done.returncode == 0


class _CodeDeploy(BaseHTTPRequestHandler):
    """Accepts every answer of a hook, because moto's server does not know it."""

    def do_POST(self) -> None:
        received = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.headers["X-Amz-Target"].rpartition(".")[2], received))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


@pytest.fixture(name="received")
def _received(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, str]]]]:
    """What CodeDeploy has received."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _CodeDeploy)
    server.received = []
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    variables = {"ACCESS_KEY_ID": "me", "SECRET_ACCESS_KEY": "mine", "DEFAULT_REGION": "us-east-1"}
    variables["ENDPOINT_URL"] = f"http://127.0.0.1:{server.server_port}"
    for name, value in variables.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    yield server.received
    server.shutdown()
    server.server_close()


@dataclass
class Context:
    """The context that Lambda passes to a function."""

    remaining_ms: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


QUIET = "-E demo --since 2026-06-01T22:00Z --until 2026-06-01T22:30Z"
"""Half an hour of the recording, in which hardly anybody connects."""


@pytest.mark.parametrize(
    ("variable", "context", "status"),
    [
        ("-E demo", Context(), "Succeeded"),
        (QUIET, Context(), "Succeeded"),
        ("-E demo --since 2030-01-01", Context(), "Failed"),
        ("-E prod", Context(), "Failed"),
        ("-E demo", Context(remaining_ms=30_001), "Failed"),
    ],
    ids=["healthy", "too little to see", "not that day", "no thresholds.yaml", "no time left"],
)
def test_the_hook_answers_codedeploy(  # noqa: PLR0913, PLR0917 -- what happens, and where
    variable: str,
    context: Context,
    status: str,
    received: list[tuple[str, dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It answers exactly once, whatever happens: without an answer a deploy waits for an hour."""
    monkeypatch.setenv("HEALTH_CHECKS_OPTIONS", variable)
    file = tmp_path / "codedeploy_hook.py"
    file.write_bytes((RECIPES / file.name).read_bytes())
    if variable.startswith("-E demo"):
        (tmp_path / "thresholds.yaml").write_text("environments: {prod: {log_group: x}}")
    specification = importlib.util.spec_from_file_location("codedeploy_hook", file)
    assert specification
    assert specification.loader
    hook = importlib.util.module_from_spec(specification)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    specification.loader.exec_module(hook)
    assert options(f"{COMMAND} {hook.OPTIONS}") - {"-E"} <= OF_THE_GATE
    hook.handler({"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "hook-1"}, context)
    answer = {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "hook-1", "status": status}
    assert received == [("PutLifecycleEventHookExecutionStatus", answer)]
