"""What pytest-html's own part of the report is told; it inserts texts as HTML."""

from collections.abc import Mapping

from markupsafe import escape

from checks.report.result import Result
from checks.report.text import harmless, utc


def metadata(result: Result) -> Mapping[str, str]:
    """What stands there as the environment."""
    window = result.window
    told = {
        "Environment": result.environment,
        "Window": f"{utc(window.since)} to {utc(window.until)}" if window else "not known",
        "Logs": ", ".join(result.receipt.asked) or "none",
    }
    return {name: cell(text) for name, text in told.items()}


def cell(text: str) -> str:
    """A text made safe as the content of an element."""
    return str(escape(harmless(text)))
