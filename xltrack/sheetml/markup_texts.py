"""The texts and attributes of any XML part as positions, so that single ones can be replaced.

Nothing is parsed into a tree and nothing is written anew: what is not replaced stays as it is, to
the byte. Text that is split over several runs of one string or paragraph is one text here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from xml.sax.saxutils import escape

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<\?.*?\?>|<!(?!--)[^>]*>"
    r"|<(?P<close>/?)(?P<name>[\w:.-]+)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_UNIT = re.compile(r"&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z]+);|.", re.DOTALL)
_ENCODING = re.compile(rb"<\?xml[^>]*\sencoding\s*=\s*[\"']([\w.-]+)")
_CONTAINERS = frozenset({"si", "is", "text", "p", "div", "rPh", "oddHeader"})
"""Elements whose runs are one text: strings, comments, paragraphs of shapes and charts."""

Edit = tuple[int, int, str]
"""Characters of a text, from and to, and what takes their place."""


@dataclass(slots=True)
class Run:
    """A stretch of text: where it stands, and what it says."""

    start: int
    end: int
    text: str
    plain: bool = False
    """Whether it is stored as it is said (CDATA, a comment), without entities."""


@dataclass(slots=True)
class TextGroup:
    """A text: the element it stands in, the element around that, and its runs."""

    name: str
    inside: str
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(run.text for run in self.runs)


@dataclass(slots=True)
class AttributeText:
    """An attribute's value: of which element, and where it stands between its quotes."""

    element: str
    name: str
    start: int
    end: int
    text: str


Found = TextGroup | AttributeText
Replace = Callable[[Found], list[Edit] | None]


def decoded(data: bytes) -> tuple[str, str] | None:
    """The text of an XML part and its encoding, None for what is none in a single-byte superset.

    A byte order mark stays in the text.
    """
    match = _ENCODING.search(data[:200])
    encoding = match[1].decode("ascii") if match else "utf-8"
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    try:
        return data.decode(encoding), encoding
    except (LookupError, UnicodeDecodeError):
        return None


def texts_of(markup: str) -> Iterator[Found]:
    """The attributes and texts of some markup, in order.

    The text of each element comes when that ends, an empty one too. The markup may be a piece of
    a part: ends without a beginning are passed over.
    """
    stack: list[tuple[str, TextGroup | None]] = []
    at = 0
    for match in _TOKEN.finditer(markup):
        if match.start() > at:
            _add(stack, Run(at, match.start(), unescape(markup[at : match.start()])))
        at = match.end()
        if match["comment"] is not None:
            group = TextGroup("#comment", "")
            group.runs.append(Run(*match.span("comment"), match["comment"], plain=True))
            yield group
        elif match["cdata"] is not None:
            _add(stack, Run(*match.span("cdata"), match["cdata"], plain=True))
        elif match["close"]:
            yield from _closed(stack, _local(match["name"]))
        elif match["name"] is not None:
            name, offset = _local(match["name"]), match.start("attributes")
            for each in _ATTRIBUTE.finditer(match["attributes"]):
                which = 2 if each[2] is not None else 3
                start, end = each.span(which)
                text = unescape(each[which])
                yield AttributeText(name, each[1], start + offset, end + offset, text)
            if match["attributes"].endswith("/"):
                yield TextGroup(name, stack[-1][0] if stack else "")
            else:
                stack.append((name, None))
    while stack:
        yield from _closed(stack, stack[-1][0])


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _add(stack: list[tuple[str, TextGroup | None]], run: Run) -> None:
    """Put the run into the text of the container around it, else into that of its element."""
    if not stack:
        return
    place = len(stack) - 1
    for number in range(len(stack) - 1, -1, -1):
        if stack[number][0] in _CONTAINERS:
            place = number
            break
    else:
        number = place
    if place != len(stack) - 1 and not run.text.strip("\r\n\t") and stack[-1][0] in _CONTAINERS:
        return
    name, group = stack[place]
    if group is None:
        group = TextGroup(name, stack[place - 1][0] if place else "")
        stack[place] = (name, group)
    group.runs.append(run)


def _closed(stack: list[tuple[str, TextGroup | None]], name: str) -> Iterator[TextGroup]:
    if not any(each[0] == name for each in stack):
        return
    while stack:
        last, group = stack.pop()
        yield group or TextGroup(last, stack[-1][0] if stack else "")
        if last == name:
            return


def replaced(markup: str, replace: Replace) -> str:
    """The markup with what ``replace`` says of each text and attribute; the rest as it was."""
    splices: list[Edit] = []
    for each in texts_of(markup):
        edits = replace(each)
        if edits:
            splices += placed(markup, each, edits)
    return spliced(markup, splices)


def spliced(markup: str, splices: list[Edit]) -> str:
    """The markup with some stretches replaced."""
    pieces, at = [], 0
    for start, end, new in sorted(splices):
        if start < at:
            raise ValueError("splices overlap")
        pieces += [markup[at:start], new]
        at = end
    return "".join([*pieces, markup[at:]])


def placed(markup: str, found: Found, edits: list[Edit]) -> list[Edit]:
    """Edits of a text as edits of the markup: what takes a place goes into the run it begins in."""
    if isinstance(found, AttributeText):
        run = Run(found.start, found.end, found.text)
        return _in_run(markup, run, 0, edits, {'"': "&quot;", "'": "&apos;"})
    splices: list[Edit] = []
    offset = 0
    for run in found.runs:
        splices += _in_run(markup, run, offset, edits, {})
        offset += len(run.text)
    return splices


def _in_run(
    markup: str, run: Run, offset: int, edits: list[Edit], entities: dict[str, str]
) -> list[Edit]:
    length = len(run.text)
    mine = [e for e in edits if e[0] < offset + length and e[1] > offset]
    if not mine:
        return []
    places = _places(markup, run)
    splices = []
    for start, end, new in mine:
        first, last = max(start - offset, 0), min(end - offset, length)
        text = new if start >= offset else ""
        text = text if run.plain else escape(text, entities)
        splices.append((places[first], places[last], text))
    return splices


def _places(markup: str, run: Run) -> list[int]:
    """Where each character of a run is stored, and where the run ends."""
    if run.plain:
        return list(range(run.start, run.end + 1))
    places: list[int] = []
    for match in _UNIT.finditer(markup, run.start, run.end):
        places += [match.start()] * len(unescape(match[0]))
    return [*places, run.end]
