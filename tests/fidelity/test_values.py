"""Other readers find the team's values, and the grafted ones, where they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

pytestmark = [
    pytest.mark.shared,
    # openpyxl tells of every extension that it drops; none of it concerns the values read here
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:openpyxl"),
]

Values = dict[str, list[tuple[Any, ...]]]


def with_openpyxl(path: Path) -> Values:
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [tuple(_plain(value) for value in row) for row in sheet.values]
        for sheet in book.worksheets
    }


def _plain(value: Any) -> Any:
    """Array and table formulas are objects, which are equal only to themselves."""
    return value if not isinstance(value, (ArrayFormula, DataTableFormula)) else vars(value)


def with_calamine(path: Path) -> Values:
    with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
        return {
            name: [tuple(row) for row in book.get_sheet_by_name(name).to_python()]
            for name in book.sheet_names
        }


@pytest.mark.parametrize("read", [with_openpyxl, with_calamine])
def test_readers_find_the_same_values_as_before(
    copied: Path, refresher: Any, manifest: dict[str, frozenset[str]], read: Any
) -> None:
    if "resource_exhaustion_poc" in manifest[copied.name]:
        pytest.skip("an attack on readers, which takes their memory whoever wrote it last")
    refresher.open(copied)
    try:
        before = read(copied)
    except Exception as error:  # noqa: BLE001 - whatever a reader fails with is no matter of ours
        pytest.skip(f"not readable before: {type(error).__name__}")
    refresher.refresh(copied)
    after = read(copied)
    assert repr({name: after[name] for name in before}) == repr(before)
    grafted = [name for name in after if name not in before]
    assert [name[:2] for name in grafted] == ["总览", "跟进", "转化", "渠道", "负责"]
    assert after[grafted[0]][1][:3] == (" 渠道 1", 1, 0.1)
