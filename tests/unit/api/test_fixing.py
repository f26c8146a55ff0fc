"""Fixes: which cells change and to what, what stays, and that a second fix has nothing to do."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.worksheet.formula import ArrayFormula

import xltrack
from xltrack import api
from xltrack.checks import check_book
from xltrack.errors import Reason, Refused, UnreadableWorkbook, UsageError
from xltrack.findings import Finding
from xltrack.writeback import open_target, save
from xltrack.writeback.patch import patch

LEADS = "线索跟踪表"
PART = "xl/worksheets/sheet1.xml"
AS_OF = dt.date(2024, 6, 30)
Key = tuple[str, str, str]

# the columns of a new workbook
ID, CUSTOMER, DETAILS, PRIORITY = "A", "C", "E", "G"
CLOSE, AMOUNT, ACQUIRED = "K", "L", "O"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A tracking workbook of twelve leads in rows 2 to 13."""
    return xltrack.demo(tmp_path / "leads.xlsx", leads=12, until=dt.date(2024, 6, 30))


def typed(path: Path, cells: dict[str, Any]) -> Path:
    """Type values over cells, as a person would: their formats stay."""
    save(patch(open_target(path), {LEADS: cells}), backup=False)
    return path


def keys(path: Path) -> set[Key]:
    findings = check_book(xltrack.read(path), as_of=AS_OF)
    return {(finding.code, finding.cell, finding.field) for finding in findings}


def fixed(path: Path, **options: Any) -> api.Fixed:
    return xltrack.fix(path, in_place=True, as_of=AS_OF, **options)


def told(result: api.Fixed) -> list[tuple[str, str, str, Any]]:
    return [(change.code, change.cell, change.old, change.new) for change in result.changes]


def values(path: Path, *cells: str) -> list[Any]:
    sheet = openpyxl.load_workbook(path)[LEADS]
    return [sheet[cell].value for cell in cells]


def other_parts(path: Path, *without: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {n: archive.read(n) for n in archive.namelist() if n not in (PART, *without)}


def test_dates_and_amounts_held_as_text_become_what_they_say(book: Path) -> None:
    typed(book, {f"{CLOSE}3": "2024.7.10", f"{ACQUIRED}4": "2024年5月2日", f"{AMOUNT}5": "32万"})
    before, rest = keys(book), other_parts(book, "xl/styles.xml")
    result = fixed(book)
    assert [change for change in told(result) if change[1] != f"{ID}4"] == [
        ("V121", f"{CLOSE}3", "2024.7.10", dt.date(2024, 7, 10)),
        ("V121", f"{ACQUIRED}4", "2024年5月2日", dt.date(2024, 5, 2)),
        ("V131", f"{AMOUNT}5", "32万", 32.0),
    ]
    assert values(book, f"{CLOSE}3", f"{ACQUIRED}4", f"{AMOUNT}5") == [
        dt.datetime(2024, 7, 10),
        dt.datetime(2024, 5, 2),
        32,
    ]
    after = keys(book)
    assert not {code for code, *_ in after} & {"V121", "V131"}
    assert after <= before
    assert other_parts(book, "xl/styles.xml") == rest


def test_a_second_fix_writes_nothing(book: Path) -> None:
    typed(book, {f"{CLOSE}3": "20240710", f"{ID}6": None, f"{CUSTOMER}7": "甲 公司"})
    assert len(fixed(book).changes) == 3
    before, status = book.read_bytes(), book.stat()
    again = fixed(book)
    assert (again.changed, again.changes, again.restored, again.backup) == (False, (), (), None)
    assert book.read_bytes() == before
    assert book.stat() == status


def test_ids_that_are_missing_are_the_next_free_ones_of_their_month(book: Path) -> None:
    may = dt.date(2024, 5, 6)
    typed(
        book,
        {f"{ID}{row}": f"LX2024060{row:02d}" for row in range(2, 14)}
        | {f"{ID}4": "LX202405019", f"{ACQUIRED}4": may}
        | {f"{ID}{row}": None for row in (5, 6, 7)}
        | {f"{ACQUIRED}5": may, f"{ACQUIRED}6": dt.date(2024, 6, 3), f"{ACQUIRED}7": None},
    )
    result = fixed(book)
    ids = [(c.cell, c.old, c.new) for c in result.changes if c.code == "V101"]
    # the month is the day's where it is not known when the lead was acquired
    assert ids == [
        ("A5", "", "LX202405020"),
        ("A6", "", "LX202406014"),
        ("A7", "", "LX202406015"),
    ]
    assert "V101" not in {code for code, *_ in keys(book)}


def test_what_has_no_safe_correction_is_left_for_a_person(book: Path) -> None:
    typed(book, {f"{CLOSE}3": "2024-02-30", f"{AMOUNT}4": "面议"})
    before = book.read_bytes()
    result = fixed(book)
    assert result.changes == ()
    assert {("V120", f"{CLOSE}3"), ("V130", f"{AMOUNT}4")} <= {
        (finding.code, finding.cell) for finding in result.left
    }
    assert book.read_bytes() == before


def with_markup(path: Path, change: Callable[[str], str], part: str = PART) -> Path:
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    before = content[part].decode()
    content[part] = change(before).encode()
    assert content[part].decode() != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def test_formulas_and_merged_cells_are_never_written_over(book: Path) -> None:
    def changed(markup: str) -> str:
        root = etree.fromstring(markup.encode())
        formulas = {
            f"{CLOSE}3": ("", '"2024.7.10"', "2024.7.10"),
            f"{CLOSE}4": (f' t="array" ref="{CLOSE}4:{CLOSE}5"', '"2024.7.11"', "2024.7.11"),
            f"{CLOSE}5": (None, "", "2024.7.11"),
        }
        for cell, (attributes, text, value) in formulas.items():
            row = root.find(f".//{{*}}row[@r='{cell[1:]}']")
            assert row is not None
            column = [c for c in row if (len(c.get("r", "")), c.get("r", "")) >= (2, cell)]
            if column and column[0].get("r") == cell:
                row.remove(column.pop(0))
            formula = "" if attributes is None else f"<f{attributes}>{text}</f>"
            made = etree.fromstring(f'<c r="{cell}" t="str">{formula}<v>{value}</v></c>')
            for element in made.iter():
                element.tag = f"{{{etree.QName(root).namespace}}}{element.tag}"
            row.insert(row.index(column[0]) if column else len(row), made)
        return etree.tostring(root, encoding="unicode")

    with_markup(book, changed)
    assert ("V121", f"{CLOSE}3", "expected_close") in keys(book)
    before = book.read_bytes()
    result = fixed(book)
    assert set(result.blocked) == {f"{LEADS}!{CLOSE}{row}" for row in (3, 4, 5)}
    assert result.changes == ()
    assert book.read_bytes() == before
    sheet = openpyxl.load_workbook(book)[LEADS]
    assert isinstance(sheet[f"{CLOSE}4"].value, ArrayFormula)


def test_contact_details_are_corrected_and_not_shown(book: Path) -> None:
    typed(book, {f"{DETAILS}3": "13800138000.0"})
    result = fixed(book)
    assert [(c.code, c.cell) for c in result.changes] == [("V170", f"{DETAILS}3")]
    assert values(book, f"{DETAILS}3") == ["13800138000"]
    assert "13800138000" not in repr(result)
    assert "13800138000" not in json.dumps(result.as_dict(), ensure_ascii=False)


def test_a_correction_that_brings_up_another_finding_is_withheld(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(book, {f"{CLOSE}3": "2024.7.10", f"{AMOUNT}5": "32万"})

    def stubborn(leads: Any, *, as_of: dt.date) -> tuple[Finding, ...]:
        """The checks, for which an amount of 32 in row 5 comes to a finding of its row."""
        found = check_book(leads, as_of=as_of)
        if values_of(leads, 5, "amount") == 32 and not any(f.code == "V131" for f in found):
            found += (Finding("V132", "leads.xlsx", LEADS, "L5", field="amount"),)
        return found

    monkeypatch.setattr("xltrack.checks.check_book", stubborn)
    result = fixed(book)
    assert told(result) == [("V121", f"{CLOSE}3", "2024.7.10", dt.date(2024, 7, 10))]
    assert [(w.cell, w.code, w.because) for w in result.withheld] == [
        (f"{AMOUNT}5", "V131", "V132")
    ]
    assert values(book, f"{AMOUNT}5") == ["32万"]


def values_of(leads: Any, row: int, field: str) -> Any:
    return leads.rows.loc[leads.rows["row"] == row, field].iloc[0]


def cut(markup: str) -> str:
    """What pasting over rows 5 to 7 does to dropdowns and formats."""
    assert 'sqref="G2:G5001"' in markup
    return markup.replace("G2:G5001", "G2:G4 G8:G5001").replace(
        'sqref="A2:H5001 J2:J5001"', 'sqref="A2:H4 J2:J5001 A8:H5001"'
    )


def rules(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Type and formula of the rules that each cell of rows 2 to 13 has, in no order."""
    sheet = openpyxl.load_workbook(path)[LEADS]
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in sheet.data_validations.dataValidation:
        for area in entry.sqref.ranges:
            for row, column in area.cells:
                if row <= 13:
                    found.setdefault(f"{column}/{row}", []).append((entry.type, entry.formula1))
    for section in sheet.conditional_formatting:
        for rule in section.rules:
            for area in section.sqref.ranges:
                for row, column in area.cells:
                    if row <= 13:
                        place = f"{column}/{row}"
                        fill = rule.dxf.fill.bgColor.rgb if rule.dxf and rule.dxf.fill else ""
                        font = rule.dxf.font.color.rgb if rule.dxf and rule.dxf.font else ""
                        found.setdefault(place, []).append((rule.type, f"{fill}/{font}"))
    return {place: sorted(entries) for place, entries in found.items()}


def test_dropdowns_and_formats_that_pasting_destroyed_come_back(book: Path) -> None:
    whole = rules(book)
    with_markup(book, cut)
    assert rules(book) != whole
    result = fixed(book)
    assert {(put.kind, put.cells) for put in result.restored} == {
        ("validation", "G5:G7"),
        ("format", "G5:G7"),
        ("format", "A5:H7"),
    }
    assert rules(book) == whole
    assert fixed(book).restored == ()


def test_rules_stay_gone_in_a_workbook_that_the_program_did_not_make(book: Path) -> None:
    with_markup(book, cut)
    with_markup(
        book, lambda markup: markup.replace('name="设置"', 'name="别的"'), "xl/workbook.xml"
    )
    assert fixed(book).restored == ()


def test_the_result_may_go_elsewhere(book: Path, tmp_path: Path) -> None:
    typed(book, {f"{CLOSE}3": "2024.7.10"})
    before = book.read_bytes()
    place = tmp_path / "fixed.xlsx"
    result = xltrack.fix(book, output=place, as_of=AS_OF)
    assert book.read_bytes() == before
    assert (result.destination, result.backup) == (place, None)
    assert values(place, f"{CLOSE}3") == [dt.datetime(2024, 7, 10)]
    with pytest.raises(Refused) as caught:
        xltrack.fix(book, output=place, as_of=AS_OF)
    assert caught.value.reason is Reason.EXISTS
    assert xltrack.fix(book, output=place, as_of=AS_OF, force=True).changed


def test_a_fix_in_place_keeps_a_backup_unless_told_otherwise(book: Path) -> None:
    typed(book, {f"{CLOSE}3": "2024.7.10"})
    before = book.read_bytes()
    result = fixed(book)
    assert result.backup is not None
    assert result.backup.read_bytes() == before
    typed(book, {f"{CLOSE}4": "2024.7.11"})
    assert fixed(book, backup=False).backup is None


@pytest.mark.parametrize("options", [{}, {"output": "a.xlsx", "in_place": True}])
def test_where_the_result_goes_has_to_be_said(book: Path, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        xltrack.fix(book, **options)
    assert caught.value.reason == "output_or_in_place"


def test_a_refreshed_workbook_is_fixed_all_the_same(book: Path) -> None:
    typed(book, {f"{CLOSE}3": "2024.7.10"})
    xltrack.refresh(book, as_of=AS_OF)
    before = other_parts(book, "xl/styles.xml", "xl/workbook.xml")
    assert told(fixed(book)) == [("V121", f"{CLOSE}3", "2024.7.10", dt.date(2024, 7, 10))]
    assert other_parts(book, "xl/styles.xml", "xl/workbook.xml") == before


def test_what_is_no_workbook_of_leads_is_an_error_and_untouched(tmp_path: Path, team: Path) -> None:
    before = team.read_bytes()
    with pytest.raises(UnreadableWorkbook):
        fixed(team)
    assert team.read_bytes() == before
    text = tmp_path / "a.csv"
    text.write_text("a,b")
    with pytest.raises(Refused) as caught:
        fixed(text)
    assert caught.value.reason is Reason.PLAIN_TEXT


def test_a_header_is_renamed_only_outside_tables(book: Path, tmp_path: Path) -> None:
    plain = shutil.copyfile(book, tmp_path / "plain.xlsx")
    sheet = openpyxl.Workbook()
    target = sheet.active
    assert target is not None
    for row in openpyxl.load_workbook(plain)[LEADS].iter_rows(values_only=True):
        target.append(["公司名称" if value == "客户名称" else value for value in row])
    sheet.save(plain)
    result = fixed(plain)
    headers = [c for c in result.changes if c.code == "F005"]
    assert [(c.cell, c.old, c.new) for c in headers] == [("C1", "公司名称", "客户名称")]

    def renamed(markup: str) -> str:
        return markup.replace("客户名称", "公司名称")

    for part in ("xl/sharedStrings.xml", "xl/tables/table1.xml"):
        with_markup(book, renamed, part)
    before = book.read_bytes()
    result = fixed(book)
    assert result.blocked == (f"{LEADS}!C1",)
    assert book.read_bytes() == before
