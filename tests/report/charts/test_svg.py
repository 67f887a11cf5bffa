"""Every picture is readable without style sheets and scripts, and is made of harmless text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.report.charts.svg import coordinate, drawing
from tests.report.charts.examples import EXAMPLES
from tests.report.charts.markup import read
from tests.report.results import HOSTILE

ATTRIBUTES_OF_STYLE_AND_SCRIPT = re.compile(r"\b(style|href|src|on\w+)=")


@pytest.mark.parametrize("drawn", EXAMPLES.values(), ids=EXAMPLES)
def test_a_picture_needs_nothing_else(drawn: str) -> None:
    """It has no style sheet, script or request, which viewers of reports often block."""
    assert not ATTRIBUTES_OF_STYLE_AND_SCRIPT.search(drawn)
    assert not re.search(r"<(style|script|image|use|foreignObject)\b|url\(|://", drawn)


@pytest.mark.parametrize("drawn", EXAMPLES.values(), ids=EXAMPLES)
def test_a_picture_has_a_name(drawn: str) -> None:
    """The title is the first child, and a screen reader says it."""
    pictures = [element for element in read(f"<p>{drawn}</p>") if element.tag == "svg"]
    names = [picture.get("aria-labelledby") for picture in pictures]
    assert pictures
    assert len(set(names)) == len(names)
    for picture in pictures:
        assert picture.get("role") == "img"
        assert picture[0].tag == "title"
        assert picture[0].get("id") == picture.get("aria-labelledby")


def test_hostile_text_is_only_text() -> None:
    """Neither a title nor a prefix becomes markup."""
    picture = read(drawing(HOSTILE, HOSTILE, width="1", height=1, parts=[]))
    assert [element.tag for element in picture.iter()] == ["svg", "title"]
    assert (picture[0].text or "").startswith("<script>alert(")


@given(st.floats(-1e6, 1e6))
def test_a_coordinate_is_short_and_near(value: float) -> None:
    """It is accurate to a tenth of a pixel, without idle characters."""
    assert abs(float(coordinate(value)) - value) <= 0.0501
    assert re.fullmatch(r"-?\d+(\.[1-9])?", coordinate(value))
    assert coordinate(value) != "-0"
