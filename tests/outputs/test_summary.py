"""The summary of a run, parsed as GitHub renders it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from checks.analysis.evidence import CoincidentError
from checks.errors import OutputError
from checks.metrics import METRICS, EvidenceKind
from checks.outputs import FinishedRun
from checks.outputs.summary import MOST_BYTES, StepSummary, summary
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from tests.outputs.reading import Rendered
from tests.report.results import HOSTILE, SINCE, at, check, evidence, failing, logged, receipt, result, template, unread

ELEMENTS = {
    "a",
    "br",
    "h2",
    "h3",
    "li",
    "p",
    "strong",
    "sub",
    "ul",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "pre",
    "details",
    "summary",
    "em",
}


def bad() -> Result:
    """Return a result with a failure and its evidence, a waiver, a shadow and a pass."""
    templates = (template(logged("post <failed> @all"), events=1067), template(events=3))
    return result(
        check("gone.max_per_connection"),
        check("lifecycle.open", Verdict.WAIVED),
        failing("welcome.failure_rate", 0.0625, n=32, limit=0.05, owner="team A", sentence="too many welcomes failed"),
        failing(),
        failing("gone.connections", 6, shadow=True),
        evidence=(evidence(cases=1070, began=at(hours=3), templates=templates), evidence(EvidenceKind.RETRIED)),
        environment="prod",
        exit_code=1,
    )


def rendered(run: Result, report: str = "reports/prod/report.html", room_bytes: int = MOST_BYTES) -> Rendered:
    return Rendered(summary(run, report, room_bytes))


def test_the_verdict_comes_first() -> None:
    """Then come the worst check, what was read, and where the report is."""
    assert rendered(bad()).text.startswith(
        "❌ prod: FAIL (2 failed, 1 waived, 1 passed, 1 shadow), 2026-06-02 00:00:00 to 2026-06-03 00:00:00 UTC\n"
        "67 posts to connections failed with 410 GoneException; all 1,070 GoneExceptions since 2026-06-02 03:00 UTC; "
        "1 of 4 connections affected (25 %)gone.errors 67 > max 5\n"
        "Read from log.jsonl: 1,234 events in the window\n"
        "Report: reports/prod/report.html\n"
    )


def test_the_checks_are_a_table() -> None:
    """Worst first, with value, limit, sample and remarks; shadows last; passes separate, folded."""
    _, *rows = rendered(bad()).rows
    assert rows[0] == ["❌ fail", "gone.errors", "67", ">", "max 5", "", ""]
    assert rows[1][:6] == ["❌ fail", "welcome.failure_rate", "6.2 %", ">", "max 5 %", "32"]
    assert rows[1][6] == "too many welcomes failed · team A"
    assert [row[0] for row in rows[2:4]] == ["☑️ waived", "❌ fail (shadow)"]
    assert "<details><summary>1 passed</summary>" in summary(bad(), "", MOST_BYTES)
    assert rows[-1] == ["✅ pass", "gone.max_per_connection", "3", "<=", "max 5", "", ""]


def test_failures_have_their_evidence() -> None:
    """It has the start, who is affected, and the log events behind a failure; no other check has any."""
    page = rendered(bad())
    assert "Evidence: 1,070 GoneExceptions\n" in page.text
    assert page.preformatted == (
        "1,067 events: # gone\n03:00:00 post <failed> @all\n3 events: # gone\n03:00:00 410 gone"
    )


def test_errors_that_set_in_with_an_incident_are_named() -> None:
    """They are text, whatever they contain."""
    errors = (CoincidentError("TypeError: no *name*", 3, at(hours=3)),)
    page = rendered(result(failing(), evidence=(evidence(cases=9, began=at(hours=3), errors=errors),)))
    assert "Error that began with it: 3 times since 2026-06-02 03:00 UTC: TypeError: no *name*" in page.text


def test_incidents_have_cause_and_fix() -> None:
    """They follow each title, except the first incident's, which the headline names."""
    mine = evidence(indicators={"gone_after_disconnect": 1})
    lost = evidence(EvidenceKind.INCOMPLETE, indicators={"lost": 1})
    run = result(failing(), failing("lifecycle.incomplete", 6, verdict=Verdict.WARN), evidence=(mine, lost))
    page = rendered(run)
    assert page.text.count("Cause: ") == page.text.count("Fix: ") == 2
    assert "(seen in 1 of 1 case)" in page.text
    assert "6 connections had no $disconnect" in page.text
    assert "Roll back" not in page.text
    rolled_out = replace(run, deployed=at(hours=3), evidence=(replace(mine, cases=9, began=at(hours=3)), lost))
    assert "Roll back the deploy, or read what it changed." in rendered(rolled_out).text
    few = result(check("welcome.failure_rate", Verdict.INCONCLUSIVE, value=0.0, n=5, missing=54))
    assert "repeat --logs for each file" in rendered(few).text


def test_evidence_of_two_checks_is_shown_once() -> None:
    """This applies if both count the same cases."""
    run = result(failing(), failing("gone.connections", 6), evidence=(evidence(),))
    assert rendered(run).tags.count("pre") == 1


def test_all_is_well() -> None:
    """There is only the folded table, and no evidence."""
    page = rendered(result(), report="")
    assert page.tags.count("table") == 1
    assert not {"h3", "pre"} & set(page.tags)
    assert "Worst" not in page.text
    assert "Report" not in page.text


def test_nothing_could_be_read() -> None:
    """The summary has the reason, and what to do."""
    page = rendered(unread("access denied\nask for <logs:FilterLogEvents>"))
    assert page.preformatted == "The logs could not be read: access denied\nask for <logs:FilterLogEvents>"


def test_hostile_text_is_text() -> None:
    """This holds in every place with text from a log or a file."""
    hostile = f"{HOSTILE} | [a](https://x.example) ![b](c) `d` @all </pre></details> # <img src=x onerror=y>"
    run = result(
        failing(sentence=hostile, owner=hostile, runbook=hostile),
        check("gone.max_per_connection", sentence=hostile),
        evidence=(evidence(templates=(template(logged(hostile)),)),),
        environment=hostile,
        receipt=receipt(result().receipt.reading, requested=(hostile,)),
    )
    for one in (run, unread(hostile)):
        page = rendered(one, report=hostile)
        assert set(page.tags) <= ELEMENTS
        assert page.attributes <= {"align", "href"}
        assert "@all" not in page.text.replace(page.preformatted, "")
        assert all(len(row) == 7 for row in page.rows)


def test_what_has_no_room_is_left_out_and_named() -> None:
    """The verdict matters most, the passes least; a smaller part may still fit."""
    whole = summary(bad(), "", MOST_BYTES)
    sizes = range(1, len(whole.encode()) + 500, 37)
    texts = {size: summary(bad(), "", size) for size in sizes}
    assert all(len(text.encode()) <= size for size, text in texts.items())
    assert all(not text or text.startswith("## ❌ prod: FAIL") for text in texts.values())
    assert texts[1] == ""
    assert texts[sizes[-1]] == whole
    cut = next(text for text in texts.values() if "Left out" in text and "gone.errors | 67" in text)
    assert "the evidence of gone.errors, 1 passed checks." in cut
    assert set(Rendered(cut).tags) <= ELEMENTS


def test_the_largest_summary_is_far_from_the_limit() -> None:
    """This holds however much every check has to say."""
    kinds = {definition.evidence for definition in METRICS.values()} - {None}
    templates = tuple(template(logged("é" * 5000)) for _ in range(9))
    run = result(
        *(failing(name, sentence="é" * 5000) for name in METRICS),
        evidence=tuple(evidence(kind, templates=templates) for kind in kinds if kind),
    )
    assert len(summary(run, "", MOST_BYTES).encode()) < MOST_BYTES / 4


def append_summary(run: Result, file: Path) -> None:
    StepSummary(file).write(FinishedRun(run, SINCE, None, file.parent))


def test_what_the_file_holds_is_kept_and_counts(tmp_path: Path) -> None:
    """Other steps write to it, too."""
    file = tmp_path / "summary.md"
    append_summary(result(), file)
    once = file.read_bytes()
    append_summary(result(), file)
    assert file.read_bytes() == once * 2
    file.write_bytes(b"." * (MOST_BYTES - 1200))
    append_summary(bad(), file)
    assert len(file.read_bytes()) <= MOST_BYTES
    assert "Left out" in file.read_text(encoding="utf-8")


def test_a_file_without_room(tmp_path: Path) -> None:
    """It is left unchanged, because GitHub would drop all of it."""
    file = tmp_path / "summary.md"
    file.write_bytes(b"." * (MOST_BYTES - 10))
    with pytest.raises(OutputError, match=r"summary\.md has no room left"):
        append_summary(result(), file)
    assert file.stat().st_size == MOST_BYTES - 10
