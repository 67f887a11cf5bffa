"""The CloudFormation template."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checks.alarms.deploy import choose_region, notes, template, template_and_plan
from checks.alarms.metric_filters import WATCHED
from checks.alarms.plan import plan_alarms
from checks.config.environment import LogGroup
from checks.errors import ConfigError
from tests.alarms.making import GROUP, SETTINGS, environment

EVERY_LIMIT = (
    "".join(f"{metric}: {{min: 1}}\n" for metric in WATCHED if metric != "data.age_seconds") + "data.age_seconds: 1h"
)


def of_every_limit(folder: Path, groups: str) -> dict[str, Any]:
    plan = plan_alarms(environment(folder, EVERY_LIMIT, SETTINGS.replace(GROUP, groups)))
    assert len(plan.left_out) == 0
    return template(plan.resources, "prod")


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    """It has neither an error nor a warning, with all limits that can be watched and names of all shapes."""
    file = tmp_path / "template.json"
    file.write_text(json.dumps(of_every_limit(tmp_path, "[/a/b-c, /a/bc, a_b#c.d]"), indent=2), encoding="utf-8")
    code = "from cfnlint.runner import main; main()"
    command = [sys.executable, "-c", code, "--regions", "eu-west-1", "--", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_stack_is_never_empty(tmp_path: Path) -> None:
    """CloudFormation refuses one without resources, so it has a placeholder if no limit can be watched."""
    document, _ = template_and_plan(environment(tmp_path, "gone.errors: {warn: 5}\n"), None)
    assert document["Resources"] == {"Placeholder": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}


def test_each_resource_has_an_id_of_its_own(tmp_path: Path) -> None:
    """Log groups whose names differ only in a hyphen have two ids."""
    ids = list(of_every_limit(tmp_path, "[b-c, bc]")["Resources"])
    assert len([name for name in ids if "GoneFilter" in name]) == 2
    assert len([name for name in ids if name.endswith("Alarm")]) == len(WATCHED)
    assert all(name.isalnum() for name in ids)


def test_it_is_of_one_region(tmp_path: Path) -> None:
    """With several regions, one is chosen by its name; the error lists them."""
    one = environment(tmp_path)
    assert choose_region(one, None) is None
    two = replace(one, log_groups=(LogGroup("a", "eu-west-1"), LogGroup("b", None)), api=None)
    assert choose_region(two, "eu-west-1") == "eu-west-1"
    with pytest.raises(ConfigError) as error:
        choose_region(two, "eu-west-2")
    assert str(error.value) == "'prod' is in these regions: eu-west-1, your default; choose one with --region"


def test_one_region_is_written_without_asking_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline without credentials can lint it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    document, plan = template_and_plan(environment(tmp_path), None)
    kinds = [resource["Type"] for resource in document["Resources"].values()]
    assert (kinds.count("AWS::Logs::MetricFilter"), kinds.count("AWS::CloudWatch::Alarm")) == (4, 5)
    assert len(plan.resources) == len(kinds)


def test_notes_say_what_is_not_watched(tmp_path: Path) -> None:
    """These are limits that no alarm can watch, and patterns that CloudWatch can't express."""
    prod = environment(tmp_path, "gone.errors: {warn: 5}\n")
    prod = replace(prod, signals={"gone": {"left": "no such peer"}, "connect": {"came": "hello"}})
    assert list(notes(prod, plan_alarms(prod))) == [
        "gone.errors is not watched: it only warns",
        "metric filters do not know the patterns under `signals`: gone",
    ]
