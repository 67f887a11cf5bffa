"""Parses a page as a browser does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "img", "input", "link", "meta", "source"}


@dataclass
class Element:
    """An element of a page.

    Attributes:
        tag: Its name.
        attributes: The attributes by name; those without a value have an empty one.
        content: Texts and elements, in order.
    """

    tag: str
    attributes: dict[str, str]
    content: list["Element | str"] = field(default_factory=list)

    @property
    def source(self) -> str:
        """All text in it, as it is written."""
        return "".join(part if isinstance(part, str) else part.source for part in self.content)

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return " ".join(self.source.split())

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def walk(self) -> Iterator["Element"]:
        """Yield all elements in it, in order."""
        for part in self.content:
            if isinstance(part, Element):
                yield part
                yield from part.walk()

    def all(self, tag: str, class_: str = "") -> list["Element"]:
        return [one for one in self.walk() if one.tag == tag and (not class_ or class_ in one.classes)]

    def texts(self, tag: str, class_: str = "") -> list[str]:
        return [one.text for one in self.all(tag, class_)]

    def child(self, tag: str) -> "Element":
        """Return its first direct child of a kind."""
        return next(part for part in self.content if isinstance(part, Element) and part.tag == tag)

    def the(self, tag: str, class_: str = "") -> "Element":
        """Return the only element of a kind in it."""
        (element,) = self.all(tag, class_)
        return element


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), f"{tag} has an attribute twice"
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def read(markup: str) -> Element:
    """Return the page as a tree, in which every element must be closed in the right place."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    (root,) = reader.open
    return root
