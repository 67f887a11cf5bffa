"""From the page that pytest-html writes to the report: our page first, pytest's own table below it, and no way out.

pytest-html has no hook for the head of its page, nor for the place of a summary, so its file is rewritten.
"""

import base64
import hashlib
import re
from typing import Final

BEGIN: Final = "<!-- health report -->"
END: Final = "<!-- end of the health report -->"

_SCRIPT: Final = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)
_BODY: Final = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {scripts}; base-uri 'none'; form-action 'none'"
)
"""Nothing is fetched, nothing is sent, and of all scripts only pytest-html's own runs."""


def assemble(written: str) -> str:
    """Turn a page of pytest-html's that holds our part, between BEGIN and END, into the report."""
    (body,) = _BODY.findall(written)
    before, _, rest = body.partition(BEGIN)
    ours, _, after = rest.partition(END)
    table = (before + after).replace('<h1 id="title">', '<h2 id="title">', 1).replace("</h1>", "</h2>", 1)
    parts = (
        f"<main>{ours}",
        "<details class='pytest'><summary>pytest's own table</summary>",
        f"{table}</details></main>",
    )
    head = _head(written)
    return written[: written.index("<body")].replace("<html>", '<html lang="en">', 1).replace(
        '<meta charset="utf-8"/>', head, 1
    ) + "".join(("<body>", *parts, "</body>\n</html>\n"))


def _head(written: str) -> str:
    """What a page needs that pytest-html leaves out: its width on a phone, both colour schemes, and its policy."""
    scripts = " ".join(f"'sha256-{_digest(script)}'" for script in _SCRIPT.findall(written)) or "'none'"
    return "\n    ".join(
        (
            '<meta charset="utf-8"/>',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(scripts=scripts)}"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            '<meta name="color-scheme" content="light dark"/>',
            '<meta name="referrer" content="no-referrer"/>',
        )
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
