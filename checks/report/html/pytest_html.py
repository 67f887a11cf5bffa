"""pytest-html's document: our page is put first, and its own table below it.

pytest-html has no hook for the head of its page, nor for the place of a summary, so its file is rewritten.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import escape

from checks.report.result import Result
from checks.text import utc, without_control_characters


def metadata(result: Result) -> Mapping[str, str]:
    """Environment, window and logs of a run, which take the place of the machine's description."""
    window = result.window
    texts = {
        "Environment": result.environment,
        "Window": f"{utc(window.since)} to {utc(window.until)}" if window else "not known",
        "Logs": ", ".join(result.receipt.requested) or "none",
    }
    return {name: cell(text) for name, text in texts.items()}


def cell(text: str) -> str:
    """A text made safe as the content of an element."""
    return str(escape(without_control_characters(text)))


BEGIN: Final = "<!-- health report -->"

END: Final = "<!-- end of the health report -->"

_SCRIPT: Final = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)

_CHARSET: Final = '<meta charset="utf-8"/>'

_HANDLER: Final = ' onclick="location.reload()"'
"""Of a button that is never shown, and that the policy would not let work."""

_POLICY: Final = (
    ("default-src", "'none'"),
    ("style-src", "'unsafe-inline'"),
    ("img-src", "data:"),
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
)
"""Nothing is fetched, nothing is sent, and of all scripts only the report's and pytest-html's own run."""


@cache
def report_script() -> str:
    """The script of our part; its digest is in the page's policy, so nothing else that stands there can run."""
    return Path(__file__).with_name("report.js").read_text(encoding="utf-8")


def rewrite(file: Path) -> None:
    """Turn the page that pytest-html wrote, if it did, into the report."""
    if file.exists():
        file.write_text(assemble(file.read_text(encoding="utf-8")), encoding="utf-8")


def assemble(written: str) -> str:
    """Put our part of a page, which stands between BEGIN and END, first, and all the rest into a section below it.

    A page without our part stays as it is.
    """
    if BEGIN not in written:
        return written
    before, _, rest = written.partition(BEGIN)
    ours, _, after = rest.partition(END)
    head, _, above = before.partition("<body>")
    below, _, end = after.rpartition("</body>")
    table = above.replace("<h1", "<h2", 1).replace("</h1>", "</h2>", 1) + below.replace(_HANDLER, "", 1)
    return "".join(
        (
            head.replace("<html>", '<html lang="en">', 1).replace(_CHARSET, _head(before + after), 1),
            f"<body>\n<main>{ours}",
            f'<details class="pytest"><summary>pytest results</summary>{table}</details></main>\n',
            f"</body>{end}",
        )
    )


def _head(theirs: str) -> str:
    """What a page needs that pytest-html leaves out: its width on a phone, both colour schemes, and its policy."""
    scripts = " ".join(f"'sha256-{_digest(script)}'" for script in (report_script(), *_SCRIPT.findall(theirs)))
    policy = "; ".join(map(" ".join, (*_POLICY, ("script-src", scripts))))
    return "\n    ".join(
        (
            _CHARSET,
            f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            '<meta name="color-scheme" content="light dark"/>',
            '<meta name="referrer" content="no-referrer"/>',
        )
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
