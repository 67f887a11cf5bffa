"""The CloudFormation template."""

import json
import subprocess
import sys
from pathlib import Path

from checks.alarms.metric_filters import GATEWAY, INCOMING, LINES
from checks.alarms.plan import plan_alarms
from checks.alarms.template import template
from tests.alarms.making import SETTINGS, environment

EVERY_LIMIT = (
    "".join(f"{metric}: {{min: 1}}\n" for metric in (*LINES, *GATEWAY, "data.events")) + "data.age_seconds: 1h"
)


def written(folder: Path, settings: str = SETTINGS) -> Path:
    file = folder / "template.json"
    plan = plan_alarms(environment(folder, EVERY_LIMIT, settings))
    assert len(plan.left_out) == 0
    file.write_text(template(plan.resources, "Alarms"), encoding="utf-8")
    return file


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    """Neither an error nor a warning, with every limit that CloudWatch can watch and names of all shapes."""
    settings = SETTINGS.replace("/aws/lambda/prod-chat-handler", "[/a/b-c, /a/bc, a_b#c.d]")
    file = written(tmp_path, settings)
    command = [
        sys.executable,
        "-c",
        "from cfnlint.runner import main; main()",
        "--regions",
        "eu-west-1",
        "--",
        str(file),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_each_resource_has_an_id_of_its_own(tmp_path: Path) -> None:
    """Log groups whose names differ in a hyphen are two."""
    file = written(tmp_path, SETTINGS.replace("/aws/lambda/prod-chat-handler", "[b-c, bc]"))
    ids = list(json.loads(file.read_text(encoding="utf-8"))["Resources"])
    assert len([name for name in ids if "GoneFilter" in name]) == 2
    assert len([name for name in ids if name.endswith("Alarm")]) == len({*LINES, *GATEWAY, *INCOMING})
    assert all(name.isalnum() for name in ids)
