"""The report: pytest-html's page with the checks' part first, its own table below, and nothing that can run or load."""

import base64
import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from checks.report.html.page import BEGIN, END, assemble, cell, metadata, page, rewrite
from tests.own_process import PYTEST, clean_environment
from tests.report.html.tree import Element, read
from tests.report.results import HOSTILE, UNPRINTABLE, before, check, reading, receipt, result, unread

RUN = result(check(sentence=HOSTILE))


CONFTEST = """\
from pathlib import Path

def pytest_html_results_summary(prefix):
    prefix.append(Path(__file__).with_name("ours.html").read_text(encoding="utf-8"))
"""


@pytest.fixture(name="written", scope="module")
def _written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Pytest-html's page for a test that prints markup, with the checks' part in it."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "ours.html").write_text(page(RUN, before(RUN)), encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_one.py").write_text(
        "def test_one():\n    print('</script><script>alert(1)</script>')\n    assert 0"
    )
    command = [*PYTEST, "-p", "no:hypothesispytest", "--html=report.html", "--self-contained-html"]
    subprocess.run(command, cwd=folder, env=clean_environment(), check=False, capture_output=True)
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def document(written: str) -> Element:
    return read(assemble(written))


def meta(document: Element) -> dict[str, str]:
    """Return the meta elements of the head, by name."""
    named = (one.attributes for one in document.the("head").all("meta") if "content" in one.attributes)
    return {one.get("name") or one["http-equiv"]: one["content"] for one in named}


def policy(document: Element) -> dict[str, list[str]]:
    directives = (directive.split() for directive in meta(document)["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


def test_our_part_stands_first(document: Element) -> None:
    """After it, closed, comes everything of pytest-html."""
    parts = [part for part in document.the("main").content if isinstance(part, Element)]
    assert [(one.tag, one.classes) for one in parts] == [
        ("style", []),
        ("div", ["report"]),
        ("script", []),
        ("details", ["pytest"]),
    ]
    assert "open" not in parts[-1].attributes
    assert [part for part in document.the("body").content if isinstance(part, Element)] == [document.the("main")]


def test_the_page_has_one_title_and_one_main_part(document: Element) -> None:
    """It also has a language, for screen readers."""
    assert document.texts("h1") == ["✓ dev: PASS"]
    assert len(document.all("main")) == 1
    assert document.the("html").attributes == {"lang": "en"}


def test_the_page_fits_on_a_phone_and_may_be_dark(document: Element) -> None:
    """pytest-html leaves this out of its head."""
    head = meta(document)
    assert head["viewport"] == "width=device-width, initial-scale=1"
    assert head["color-scheme"] == "light dark"
    assert head["referrer"] == "no-referrer"


def test_the_encoding_is_named_before_any_text(document: Element) -> None:
    """A browser that guesses it starts again if it finds the name too late."""
    first, *_ = document.the("head").all("meta")
    assert first.attributes == {"charset": "utf-8"}


def test_the_table_of_pytest_stays(document: Element) -> None:
    """It keeps its data, from which its script makes the rows."""
    theirs = document.the("details", "pytest")
    assert {"results-table", "environment"} <= {one.attributes.get("id") for one in theirs.all("table")}
    (data,) = (one.attributes["data-jsonblob"] for one in theirs.walk() if "data-jsonblob" in one.attributes)
    (test,) = json.loads(data)["tests"].values()
    assert "alert(1)" in test[0]["log"]


def test_only_the_two_scripts_of_the_page_may_run(document: Element) -> None:
    """The report's and pytest-html's may, by their hashes; there is no request and no event handler."""
    scripts = document.all("script")
    digests = [hashlib.sha256(script.source.encode()).digest() for script in scripts]
    allowed = policy(document)
    assert len(scripts) == 2
    assert allowed["script-src"] == [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    assert allowed["default-src"] == allowed["base-uri"] == allowed["form-action"] == ["'none'"]
    assert not [name for one in document.walk() for name in one.attributes if name.startswith("on")]


def test_a_script_in_our_part_would_not_be_allowed(written: str) -> None:
    """The part has only the report's own; a script by an unescaped text would not run."""
    attacked = written.replace(END, f"<script>alert(2)</script>{END}")
    assert policy(read(assemble(attacked))) == policy(read(assemble(written)))


def test_nothing_is_lost_or_stands_twice(written: str) -> None:
    """Every element of both parts is in the report, once."""
    source, report = read(written), read(assemble(written))
    added = {"main": 1, "details": 1, "summary": 1, "meta": 4, "h1": -1, "h2": 1}
    for tag in {one.tag for one in report.walk()}:
        assert len(report.all(tag)) - len(source.all(tag)) == added.get(tag, 0), tag


def test_a_page_without_our_part_stays_as_it_is(written: str) -> None:
    """There is nothing to put first."""
    alone = written.replace(BEGIN, "")
    assert assemble(alone) == alone


def test_the_file_is_rewritten(written: str, tmp_path: Path) -> None:
    """The new page replaces the old one."""
    file = tmp_path / "report.html"
    file.write_text(written, encoding="utf-8")
    rewrite(file)
    assert file.read_text(encoding="utf-8") == assemble(written)


def test_a_page_that_was_not_written_is_not_rewritten(tmp_path: Path) -> None:
    """pytest-html may be switched off."""
    rewrite(tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_is_text() -> None:
    """Its content has no markup, and no control characters."""
    assert cell('<b> & "c"\x1b[0m') == "&lt;b&gt; &amp; &#34;c&#34; [0m"


def test_the_page_tells_what_was_judged() -> None:
    """Environment, window and logs replace the description of the machine."""
    assert metadata(result(receipt=receipt(reading(), requested=("a.jsonl", "b.jsonl")))) == {
        "Environment": "dev",
        "Window": "2026-06-02 00:00:00 UTC to 2026-06-03 00:00:00 UTC",
        "Logs": "a.jsonl, b.jsonl",
    }


def test_hostile_text_is_text() -> None:
    """A file may have any name."""
    texts = "".join(metadata(result(environment=HOSTILE, receipt=receipt(reading(), requested=(HOSTILE,)))).values())
    assert not {"<", *UNPRINTABLE} & set(texts)
    assert texts.count("&lt;script&gt;") == 2


def test_a_window_may_not_be_known() -> None:
    """Logs that could not be read have none."""
    assert metadata(unread("no such file"))["Window"] == "not known"
