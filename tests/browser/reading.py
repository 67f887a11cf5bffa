"""The contents of a page: the part of each check, the charts, the colour of the ink."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from playwright.sync_api import Page

from checks.metrics import METRICS
from checks.units import show_limit, show_value
from tests.browser.browser import plain

_PARTS: Final = r"""
ids => {
  const pattern = id => new RegExp(`(?<![\\w.])${id.replaceAll(".", "\\.")}(?!\\w|\\.\\w)`);
  const patterns = ids.map(pattern);
  const named = text => ids.filter((_, place) => patterns[place].test(text));
  const elements = ids.map(_ => []);
  const visit = element => {
    const names = named(element.innerText ?? "");
    if (names.length === 1) elements[ids.indexOf(names[0])].push(element);
    else if (names.length) [...element.children].forEach(visit);
  };
  visit(document.body);
  return elements;
}
"""

_HIDES: Final = """
details => details.tagName === "DETAILS" && [...details.children].some(
  child => !["SUMMARY", "BUTTON"].includes(child.tagName) && child.textContent.trim() && !child.checkVisibility())
"""

_FAINT: Final = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const luminance = colour => {
    canvas.fillStyle = "#fff";
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const linear = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map(part => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ink = element => {
    const style = getComputedStyle(element);
    return element instanceof SVGElement ? style.fill : style.color;
  };
  const hasText = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const isSeen = element => element.checkVisibility({visibilityProperty: true});
  return [...document.querySelectorAll("body *")]
    .filter(element => hasText(element) && isSeen(element) && !["SCRIPT", "STYLE", "TITLE", "DESC"].includes(
      element.tagName.toUpperCase()))
    .filter(element => 1.05 / (luminance(ink(element)) + 0.05) < 4.5)
    .map(element => `${ink(element)}: ${element.textContent.trim().slice(0, 60)}`);
}
"""


def parts(page: Page, ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the visible texts of the largest elements that name exactly one check, by the check's id."""
    texts = page.evaluate(f"ids => ({_PARTS})(ids).map(parts => parts.map(part => part.innerText))", list(ids))
    return {id_: [plain(text) for text in visible] for id_, visible in zip(ids, texts, strict=True)}


def hidden(page: Page, ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the texts of closed evidence in these elements, by the check's id."""
    details = f"parts.flatMap(part => [...part.querySelectorAll('.evidence, .evidence details')]).filter({_HIDES})"
    texts = page.evaluate(f"ids => ({_PARTS})(ids).map(parts => {details}.map(each => each.textContent))", list(ids))
    return dict(zip(ids, texts, strict=True))


def required_words(check: Mapping[str, Any]) -> list[str]:
    """Return the words that the page must have for a check: verdict and, if measured, value and limit."""
    unit = METRICS[check["metric"]].unit
    value, limit = check["value"], check["limit"]
    numbers = [] if value is None or limit is None else [show_value(value, unit, [limit]), show_limit(limit, unit)]
    return [check["verdict"], *numbers]


def says(text: str, word: str) -> bool:
    """Whether a text has a word or a number, not only as a part of another."""
    return re.search(rf"(?<![\w.,]){re.escape(word)}(?!\w|[.,]\d)", text, re.IGNORECASE) is not None


def incomplete_checks(page: Page, checks: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the checks whose required words are not together on the page, and what is there instead."""
    texts = parts(page, [check["id"] for check in checks])
    return {
        check["id"]: texts[check["id"]]
        for check in checks
        if not any(all(says(text, word) for word in required_words(check)) for text in texts[check["id"]])
    }


def charts(page: Page) -> list[tuple[float, float]]:
    """Return width and height of each visible drawing."""
    boxes = [drawing.bounding_box() for drawing in page.locator("svg:visible").all()]
    return [(box["width"], box["height"]) for box in boxes if box and box["width"] > 0 and box["height"] > 0]


def faint_on_paper(page: Page) -> list[str]:
    """Return the visible texts whose ink has a contrast below 4.5 on white paper, with its colour."""
    faint: list[str] = page.evaluate(_FAINT)
    return faint
