"""Each check that did not pass is an annotation at its limit."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.outputs.github import annotations, step_outputs
from checks.outputs.summary import sentence
from checks.report.result import CheckResult, Result
from checks.verdicts.verdict import Verdict
from tests.outputs.reading import commands
from tests.outputs.reading import step_outputs as read
from tests.report.results import check, failing, result, unread

HERE = Path.cwd()


def annotated(run: Result, repository: Path = HERE) -> list[tuple[str, dict[str, str], str]]:
    lines = list(annotations(run, repository))
    read = list(commands(lines))
    assert len(read) == len(lines)
    return read


def only(one: CheckResult) -> tuple[str, dict[str, str], str]:
    (annotation,) = annotated(result(one))
    return annotation


def test_a_failure() -> None:
    """It has file and line of the limit, a title, and the sentence with whom to ask."""
    assert list(annotations(result(failing(owner="team A")), HERE)) == [
        "::error file=thresholds.yaml,line=12,title=dev%3A gone.errors FAIL::gone.errors 67 > max 5 · team A"
    ]


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [("fail", "error"), ("error", "error"), ("inconclusive", "warning"), ("warn", "warning"), ("waived", "notice")],
)
def test_kinds(verdict: str, kind: str) -> None:
    """The severity follows the verdict; a shadow is never severe."""
    assert only(check(verdict=Verdict(verdict)))[0] == kind
    assert only(check(verdict=Verdict(verdict), shadow=True))[0] == "notice"


def test_a_pass_is_none() -> None:
    """GitHub has room for ten annotations."""
    assert not annotated(result())


def test_the_worst_comes_first() -> None:
    """The order is by verdict, then by excess; shadows are last."""
    run = result(
        failing("welcome.retries", 900, shadow=True),
        check("gone.max_per_connection", Verdict.WARN),
        failing("gone.errors", 6),
        failing("gone.connections", 60),
    )
    names = [properties["title"].split()[1] for _, properties, _ in annotated(run)]
    assert names == ["gone.connections", "gone.errors", "gone.max_per_connection", "welcome.retries"]


def test_nothing_could_be_read() -> None:
    """One annotation has the reason; checks on the logs would repeat it, but others have their own."""
    blind = [check(name, Verdict.ERROR, value=None) for name in ("gone.errors", "gone.connections")]
    assert annotated(unread("access denied\nask", *blind)) == [
        ("error", {"title": "dev: the logs could not be read"}, "access denied ask")
    ]
    other = check("api.latency_p95_seconds", Verdict.ERROR, value=None)
    names = [properties["title"] for _, properties, _ in annotated(unread("access denied", *blind, other))]
    assert names == ["dev: the logs could not be read", "dev: api.latency_p95_seconds ERROR"]


@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("a,b:c/100%.yaml:7 (defaults)", {"file": "a,b:c/100%.yaml", "line": "7"}),
        (str(HERE / "thresholds.yaml:7"), {"file": "thresholds.yaml", "line": "7"}),
        ("/elsewhere/thresholds.yaml:7", {}),
        ("nowhere", {}),
    ],
)
def test_places(place: str, where: dict[str, str]) -> None:
    """They are relative to the repository; a place outside has no line that GitHub could show."""
    assert {name: value for name, value in only(failing(place=place))[1].items() if name != "title"} == where


def test_a_repository_above_this_folder() -> None:
    """The path begins at the repository."""
    ((_, properties, _),) = annotated(result(failing()), HERE.parent)
    assert properties["file"] == f"{HERE.name}/thresholds.yaml"


@pytest.mark.parametrize("text", ["100 %25\n::error::x", "a,b:c", "%0A", "\r\n##[add-mask]x"])
def test_no_text_ends_its_command(text: str) -> None:
    """Nor does a text begin another command."""
    fields: dict[str, Any] = {"sentence": text}
    lines = list(annotations(result(failing(**fields), environment=text), HERE))
    assert len(lines) == len(lines[0].splitlines()) == 1
    assert "##[" not in lines[0]
    ((kind, properties, message),) = commands(lines)
    assert (kind, set(properties)) == ("error", {"file", "line", "title"})
    visible = " ".join(text.replace("##", "# #").split())
    assert " ".join(message.split()) == visible
    assert " ".join(properties["title"].split()) == f"{visible}: gone.errors FAIL"


def test_outputs_of_a_step() -> None:
    """These are verdict, exit code, sentence, and the report if there is one."""
    run = result(failing(), exit_code=1)
    outputs = {"verdict": "fail", "exit_code": "1", "sentence": sentence(run)}
    assert read(step_outputs(run, "")) == outputs
    assert read(step_outputs(run, "reports/dev/report.html")) == {**outputs, "report": "reports/dev/report.html"}


@given(st.text())
def test_no_text_becomes_another_output(text: str) -> None:
    """Any text is on one line, between delimiters that are new each time."""
    outputs = read(step_outputs(result(failing(sentence=f"{text}\nEOF\nverdict=pass\nverdict<<EOF\npass\nEOF")), ""))
    assert set(outputs) == {"verdict", "exit_code", "sentence"}
    assert outputs["verdict"] == "fail"
