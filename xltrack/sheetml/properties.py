"""The list of sheets in the document properties (docProps/app.xml)."""

from __future__ import annotations

from lxml import etree

from xltrack.opc.markup import EditedPart, Element, children, local_name, whole_number


class EditedProperties(EditedPart):
    """The extended properties while they are edited."""

    def retitle(self, before: list[str], after: list[str]) -> None:
        """Put the sheets ``after`` where the list has ``before``.

        A list that does not have ``before`` as one of its groups is left alone: programs show it
        to nobody, and a guess would be worse than an old list.
        """
        titles = self._vector("TitlesOfParts")
        pairs = self._vector("HeadingPairs")
        if titles is None or pairs is None or before == after:
            return
        start = 0
        for count in _counts(pairs):
            size = whole_number((count.text or "").strip()) or 0
            group = children(titles)[start : start + size]
            if [title.text or "" for title in group] == before:
                _replace(titles, start, group, after)
                count.text = str(len(after))
                titles.set("size", str(len(children(titles))))
                return
            start += size

    def _vector(self, section: str) -> Element | None:
        for element in children(self.root):
            if local_name(element) == section:
                return next(iter(children(element)), None)
        return None


def _counts(pairs: Element) -> list[Element]:
    return [element for element in pairs.iter("*") if local_name(element) in ("i4", "int")]


def _replace(titles: Element, start: int, group: list[Element], after: list[str]) -> None:
    tag = group[0].tag if group else children(titles)[0].tag
    for element in group:
        titles.remove(element)
    for offset, name in enumerate(after):
        element = etree.Element(tag)
        element.text = name
        titles.insert(start + offset, element)
