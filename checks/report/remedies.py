"""Remedies: what verdicts on a subject mean, their likely causes by what else was seen, and what to look at next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from checks.metrics import IN_LOGS, Subject
from checks.text import counted

MOST_UNSEEN: Final = 3
"""How many causes that leave no clue are named."""


class KnownCause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cause in remedies.toml; the file says what the fields mean."""

    text: str
    fix: str
    link: str
    link_text: str
    indicators: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    harmless: bool = False


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card of remedies.toml: all that it says on a subject."""

    meaning: str
    next_steps: tuple[str, ...]
    causes: tuple[KnownCause, ...]
    query: str = ""


@cache
def cards() -> Mapping[Subject, Card]:
    """The cards of remedies.toml; a run in which all is well does not read it."""
    return msgspec.toml.decode((files(__package__) / "remedies.toml").read_bytes(), type=dict[Subject, Card])


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause.

    Attributes:
        seen: On how many cases its indicators were seen, or how often in the window; 0 where it leaves none.
        text: What happens and why.
        fix: What to do about it.
        link: Where AWS says so.
        link_text: What stands there.
        is_logged: Whether the logs could tell of it at all.
        cases: Of how many; None where they are not known one by one.
    """

    seen: int
    text: str
    fix: str
    link: str
    link_text: str
    is_logged: bool
    cases: int | None = None

    @property
    def sighting(self) -> str:
        """How often the cause was seen, for people."""
        if not self.seen:
            return "not detectable in the logs" if self.is_logged else "possible"
        if self.cases is None:
            return counted(self.seen, "matching event")
        return f"seen in {self.seen:,} of {counted(self.cases, 'case')}"


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice for the engineer who has to find the cause.

    Attributes:
        meaning: What has happened.
        causes: The likeliest first.
        next_steps: What to look at, first things first.
        query: The lines to read next, in CloudWatch Logs Insights.
    """

    meaning: str
    causes: tuple[Cause, ...]
    next_steps: tuple[str, ...]
    query: str


def advice(
    subject: Subject, metrics: Collection[str], indicators: Mapping[str, int], cases: int | None = None
) -> Advice:
    """Give advice on broken limits of a subject: what they mean, and what to do.

    Causes whose indicators were seen come first: those that only trouble has, then those that are seen where all is
    well, too; in both, by how often. After them come a few that leave no clue.

    Args:
        subject: What the metrics are about.
        metrics: Those whose limits are broken; empty for all of the subject's.
        indicators: How often each was seen, by name. A name that no cause knows is nothing to tell.
        cases: Of how many cases; no cause is seen on more. None where they are not known one by one.
    """
    card = cards()[subject]
    explaining = [known for known in card.causes if _explains(known, metrics)]
    times = [(known, sum(indicators.get(name, 0) for name in known.indicators)) for known in explaining]
    seen = sorted((pair for pair in times if pair[1]), key=lambda pair: (pair[0].harmless, -pair[1]))
    unseen = [(known, 0) for known in explaining if not known.indicators]
    return Advice(
        meaning=_one_line(card.meaning),
        causes=tuple(_cause(known, number, subject, cases) for known, number in seen + unseen[:MOST_UNSEEN]),
        next_steps=tuple(map(_one_line, card.next_steps)),
        query=card.query.strip(),
    )


def _explains(known: KnownCause, metrics: Collection[str]) -> bool:
    return not metrics or not known.explains or not set(known.explains).isdisjoint(metrics)


def _cause(known: KnownCause, seen: int, subject: Subject, cases: int | None) -> Cause:
    text, fix = _one_line(known.text), _one_line(known.fix)
    number = seen if cases is None else min(seen, cases)  # two codes of one cause may be seen on one case
    return Cause(number, text, fix, known.link, known.link_text, is_logged=subject in IN_LOGS, cases=cases)


def _one_line(text: str) -> str:
    """A text without the line ends that it has in the file for the eye."""
    return " ".join(text.split())
