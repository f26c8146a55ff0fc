"""Validations and conditional formats of a sheet: which there are, and which of others it lacks.

Rules are put in beside those that are there; none is changed or taken out, and those that only
newer programs know (``x14``) are left alone, though the cells they cover count as covered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from xltrack.opc.escapes import attribute, escape
from xltrack.opc.markup import Element, children, local_name, whole_number
from xltrack.sheetml.areas import Area, Place, areas_of, without
from xltrack.sheetml.cell_markup import with_attribute
from xltrack.sheetml.relative import moved, shape, with_last_row
from xltrack.sheetml.sheet_frame import Section, SheetFrame
from xltrack.sheetml.splice import Splice

_Key = tuple[str, ...]
_FORMULAS = frozenset({"formula", "formula1", "formula2"})


@dataclass(frozen=True)
class Rule:
    """A validation, or one rule of a conditional format, with the areas that it applies to."""

    kind: str
    """``validation`` or ``format``."""
    areas: tuple[Area, ...]
    element: Element = field(repr=False)

    @property
    def formulas(self) -> list[str]:
        """The formulas in their order."""
        return [e.text or "" for e in children(self.element) if local_name(e) in _FORMULAS]

    def shapes(self) -> set[_Key]:
        """What makes two rules the same wherever they stand.

        Programs do not agree on which cell the formulas of several areas are written for, the
        first of the first area or the first of all, so there may be two.
        """
        what = (
            self.kind,
            self.element.get("type") or "none",
            self.element.get("operator") or "between",
        )
        return {
            (*what, *(shape(formula, base) for formula in self.formulas)) for base in self._bases()
        }

    def _bases(self) -> set[Place]:
        if not self.areas:
            return {(1, 1)}
        first = self.areas[0]
        top, left = min(a.top for a in self.areas), min(a.left for a in self.areas)
        return {(first.top, first.left), (top, left)}

    @property
    def last_row(self) -> int:
        """The last row that it applies to."""
        return max((area.bottom for area in self.areas), default=0)


@dataclass(frozen=True, slots=True)
class Missing:
    """Cells that a rule should apply to and does not."""

    rule: Rule
    areas: tuple[Area, ...]
    last_row: int


class SheetRules:
    """The rules of one sheet."""

    def __init__(self, frame: SheetFrame) -> None:
        """Read them."""
        self.frame = frame
        self.rules = list(_rules(frame.root))

    def missing(self, wanted: Sequence[Rule], known_by: Iterable[str]) -> list[Missing]:
        """Return what of ``wanted`` the sheet lacks, in the order of ``wanted``.

        A validation is missing where a cell has none at all, a format where this very rule does
        not apply. All reach as far down as those that are there usually do. A rule that is not
        there at all is not put beside others that mention one of the names ``known_by``: the
        sheet was made by another version, whose rules say the same in other words.
        """
        found = {key: rule for rule in self.rules for key in rule.shapes()}
        same = [[found[key] for key in rule.shapes() if key in found] for rule in wanted]
        ends = Counter(rules[0].last_row for rules in same if rules)
        last = ends.most_common(1)[0][0] if ends else max((r.last_row for r in wanted), default=0)
        strange = self._mentioned(wanted, known_by)
        lacking = []
        for rule, there in zip(wanted, same, strict=True):
            if not there and strange and rule.kind == "format":
                continue
            areas = [Area(a.top, a.left, max(a.top, last), a.right) for a in rule.areas]
            left = without(areas, self._covering(rule))
            if left:
                lacking.append(Missing(rule, tuple(left), last))
        return lacking

    def knows(self, wanted: Sequence[Rule]) -> bool:
        """Whether the sheet has any of these rules."""
        keys = {key for rule in self.rules for key in rule.shapes()}
        return any(keys & rule.shapes() for rule in wanted)

    def _covering(self, rule: Rule) -> list[Area]:
        if rule.kind == "validation":
            mine = [area for r in self.rules if r.kind == "validation" for area in r.areas]
            return mine + _extended_validations(self.frame.root)
        keys = rule.shapes()
        return [area for r in self.rules if keys & r.shapes() for area in r.areas]

    def _mentioned(self, wanted: Sequence[Rule], names: Iterable[str]) -> bool:
        known = {key for rule in wanted for key in rule.shapes()}
        others = [r for r in self.rules if r.kind == "format" and not r.shapes() & known]
        texts = [formula for rule in others for formula in rule.formulas]
        return any(name in text for name in names for text in texts)

    def put_in(self, lacking: Sequence[Missing], differential: Sequence[int]) -> list[Splice]:
        """Return the splices that put in what is missing.

        ``differential``: where the formats that the rules name are in this workbook.
        """
        prefix = self.frame.markup.prefix
        validations = [m for m in lacking if m.rule.kind == "validation"]
        formats = [m for m in lacking if m.rule.kind == "format"]
        splices = []
        if formats:
            priority = self._next_priority()
            pieces = []
            for piece in (p for m in formats for p in _pieces(m)):
                pieces.append(_format_markup(prefix, piece, differential, priority))
                priority += 1
            splices.append(self.frame.inserted("conditionalFormatting", "".join(pieces).encode()))
        if validations:
            markup = [_validation_markup(prefix, p) for m in validations for p in _pieces(m)]
            splices += self._validations(markup)
        return splices

    def _next_priority(self) -> int:
        rules = (e for e in self.frame.root.iter("{*}cfRule"))
        return max((whole_number(e.get("priority")) or 0 for e in rules), default=0) + 1

    def _validations(self, new: list[str]) -> list[Splice]:
        prefix, data = self.frame.markup.prefix, self.frame.markup.data
        name = f"{prefix}dataValidations"
        there = [s for s in self.frame.sections if s.name == "dataValidations"]
        if not there:
            markup = f'<{name} count="{len(new)}">{"".join(new)}</{name}>'
            return [self.frame.inserted("dataValidations", markup.encode())]
        return _grown(
            there[0], name.encode(), data, self._count() + len(new), "".join(new).encode()
        )

    def _count(self) -> int:
        section = next(e for e in children(self.frame.root) if local_name(e) == "dataValidations")
        return len(children(section))


def _grown(section: Section, name: bytes, data: bytes, count: int, new: bytes) -> list[Splice]:
    """Splices that put more into the list of validations and count them."""
    start = section.start + 1 + len(name)
    empty = section.end == section.inner
    attributes = data[start : section.inner - (2 if empty else 1)]
    counted = with_attribute(attributes, b"count", b"%d" % count)
    if empty:
        return [Splice(start, section.end, counted + b">" + new + b"</" + name + b">")]
    end = data.rindex(b"</", section.inner, section.end)
    return [Splice(start, start + len(attributes), counted), Splice(end, end, new)]


def _rules(root: Element) -> Iterable[Rule]:
    for section in children(root):
        if local_name(section) == "conditionalFormatting":
            areas = tuple(areas_of(section.get("sqref", "")))
            rules = (e for e in children(section) if local_name(e) == "cfRule")
            yield from (Rule("format", areas, element) for element in rules)
        elif local_name(section) == "dataValidations":
            for element in children(section):
                yield Rule("validation", tuple(areas_of(element.get("sqref", ""))), element)


def _extended_validations(root: Element) -> list[Area]:
    """The areas of validations that only newer programs know."""
    found = root.iterfind(".//{*}extLst//{*}dataValidation/{*}sqref")
    return [area for element in found for area in areas_of(element.text or "")]


def _pieces(missing: Missing) -> list[Missing]:
    """The areas in groups whose first cell is the same to every program."""
    first = missing.areas[0]
    if all(first.top <= a.top and first.left <= a.left for a in missing.areas):
        return [missing]
    return [Missing(missing.rule, (area,), missing.last_row) for area in missing.areas]


def _inner(prefix: str, missing: Missing) -> str:
    """The formulas as they read in the first of the cells."""
    old, new = missing.rule.areas[0], missing.areas[0]
    pieces = []
    for element in children(missing.rule.element):
        formula = with_last_row(element.text or "", old.bottom, missing.last_row)
        text = escape(moved(formula, new.top - old.top, new.left - old.left))
        pieces.append(f"<{prefix}{local_name(element)}>{text}</{prefix}{local_name(element)}>")
    return "".join(pieces)


def _attributes(values: dict[str, str]) -> str:
    return "".join(f" {key}={attribute(value)}" for key, value in values.items())


def _validation_markup(prefix: str, missing: Missing) -> str:
    values = {str(key): str(value) for key, value in missing.rule.element.attrib.items()}
    values["sqref"] = " ".join(map(str, missing.areas))
    tag = f"{prefix}dataValidation"
    return f"<{tag}{_attributes(values)}>{_inner(prefix, missing)}</{tag}>"


def _format_markup(
    prefix: str, missing: Missing, differential: Sequence[int], priority: int
) -> str:
    values = {str(key): str(value) for key, value in missing.rule.element.attrib.items()}
    if "dxfId" in values:
        values["dxfId"] = str(differential[int(values["dxfId"])])
    values["priority"] = str(priority)
    section, rule = f"{prefix}conditionalFormatting", f"{prefix}cfRule"
    areas = " ".join(map(str, missing.areas))
    inner = _inner(prefix, missing)
    body = f"<{rule}{_attributes(values)}" + (f">{inner}</{rule}>" if inner else "/>")
    return f'<{section} sqref="{areas}">{body}</{section}>'
