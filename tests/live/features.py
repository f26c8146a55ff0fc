"""What a range of LibreOffice has besides values and looks: rules, choices, filters."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import uno
from com.sun.star.sheet.ConditionEntryType import CONDITION, DATABAR
from com.sun.star.sheet.ConditionOperator2 import FORMULA
from xlwings import base_classes

from tests.live.cells import Box, Range, _number, as_calc, as_excel


class ConditionalFormats(base_classes.ConditionalFormats):
    """The rules that apply to cells of a range, those of the highest priority first."""

    def __init__(self, cells: Range) -> None:
        self.cells = cells
        self.all = cells.sheet.uno.ConditionalFormats

    def _rules(self) -> list[ConditionalFormat]:
        return [
            ConditionalFormat(self, each, position)
            for each in reversed(self.all.getConditionalFormats())
            if _meets(each.Range, self.cells.box)
            for position in range(each.getCount())
        ]

    def __iter__(self) -> Iterator[ConditionalFormat]:
        return iter(self._rules())

    def __len__(self) -> int:
        return len(self._rules())

    def __call__(self, key: int) -> ConditionalFormat:
        return self._rules()[key - 1]

    def _added(self) -> Any:
        several = self.cells.sheet.book.doc.createInstance("com.sun.star.sheet.SheetCellRanges")
        boxes = tuple(self.cells.sheet.at(box).RangeAddress for box in self.cells.boxes)
        several.addRangeAddresses(boxes, False)
        number = self.all.createByRange(several)
        return next(f for f in self.all.getConditionalFormats() if number == f.ID)

    def add_custom(self, spec: dict[str, Any]) -> ConditionalFormat:
        made = self._added()
        made.createEntry(CONDITION, 0)
        entry = made.getByIndex(0)
        entry.Operator = FORMULA
        entry.Formula1 = as_calc(spec["formula"]).removeprefix("=")
        entry.StyleName = "Bad"  # comes with the program
        return ConditionalFormat(self, made, 0)

    def add_data_bar(self, spec: dict[str, Any]) -> ConditionalFormat:
        made = self._added()
        made.createEntry(DATABAR, 0)
        entry = made.getByIndex(0)
        entry.Color, entry.UseGradient = _number(spec["bar_color"]), spec["gradient"]
        return ConditionalFormat(self, made, 0)

    def clear(self) -> None:
        for rule in self._rules():
            rule.delete()


class ConditionalFormat(base_classes.ConditionalFormat):
    """One rule."""

    def __init__(self, rules: ConditionalFormats, of: Any, position: int) -> None:
        self.rules, self.of, self.position = rules, of, position

    @property
    def entry(self) -> Any:
        return self.of.getByIndex(self.position)

    @property
    def type(self) -> str:
        kind = self.entry.getType()
        if kind == DATABAR:
            return "data_bar"
        custom = kind == CONDITION and self.entry.Operator == FORMULA
        return "custom" if custom else "unknown"

    @property
    def formula(self) -> str:
        return "=" + as_excel(self.entry.Formula1)

    def delete(self) -> None:
        self.rules.all.removeByID(self.of.ID)


class DataValidation(base_classes.DataValidation):
    """What may be entered into the cells of a range."""

    def __init__(self, cells: Range) -> None:
        self.cells = cells

    @property
    def type(self) -> str:
        kinds = {"ANY": "none", "LIST": "list"}
        return kinds.get(self.cells.uno.Validation.Type.value, "unknown")

    @property
    def source(self) -> str:
        return str(self.cells.uno.Validation.getFormula1())

    def set_list(self, source: Any, in_cell_dropdown: bool) -> None:
        assert in_cell_dropdown
        self._set("LIST", ";".join(f'"{each}"' for each in source))

    def delete(self) -> None:
        self._set("ANY", "")

    def _set(self, kind: str, formula: str) -> None:
        rule = self.cells.uno.Validation
        rule.Type = uno.Enum("com.sun.star.sheet.ValidationType", kind)
        rule.setFormula1(formula)
        self.cells.uno.Validation = rule


class AutoFilter(base_classes.AutoFilter):
    """The filter of a sheet, as far as it is told what to do."""

    def __init__(self, cells: Range) -> None:
        self.cells, self.sheet = cells, cells.sheet

    def _ensure_target(self) -> None:
        there = self.sheet.filter_box()
        if there is not None and there != self.cells.box:
            raise ValueError("This worksheet already has an AutoFilter on a different range")
        if there is None:
            self.sheet.set_filter(self.cells.box)

    def _applied(self, field: int, **values: Any) -> None:
        self._ensure_target()
        criteria = base_classes.empty_autofilter_criteria(field) | values
        self.sheet.criteria()[field] = criteria

    @property
    def criteria(self) -> list[dict[str, Any]]:
        known = self.sheet.criteria() if self.sheet.filter_box() == self.cells.box else {}
        fields = range(1, self.cells.shape[1] + 1)
        empty = base_classes.empty_autofilter_criteria
        return [copy.copy(known[field]) if field in known else empty(field) for field in fields]

    def apply_values(self, field: int, values: list[str]) -> None:
        self._applied(field, type="values", values=values)

    def apply_comparison(self, field: int, operator: str, value1: Any, value2: Any) -> None:
        self._applied(field, type="comparison", operator=operator, value1=value1, value2=value2)

    def clear(self, field: int | None) -> None:
        if self.sheet.filter_box() == self.cells.box:
            for each in [field] if field else list(self.sheet.criteria()):
                self.sheet.criteria().pop(each, None)


def _meets(ranges: Any, box: Box) -> bool:
    return any(
        at.StartRow <= box.bottom
        and at.EndRow >= box.top
        and at.StartColumn <= box.right
        and at.EndColumn >= box.left
        for at in ranges.RangeAddresses
    )
