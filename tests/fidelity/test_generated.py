"""What the collection lacks: packages made here, odd in one way each."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xltrack.opc import open_package
from xltrack.sheetml import lint
from xltrack.writeback import clean, open_target, save

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MACRO = "application/vnd.ms-excel"
WORKBOOK = f"{TYPE}.sheet.main+xml"
Spell = Callable[[str], str]


def handmade(
    path: Path,
    *,
    prefix: str = "",
    folder: str = "xl/",
    absolute: bool = False,
    spell: Spell = str,
    kind: str = WORKBOOK,
    sheet: str = "<{0}row r='1'><{0}c r='A1'><{0}v>7</{0}v></{0}c></{0}row>",
    flags: dict[str, bool] | None = None,
) -> Path:
    """Write a workbook of one sheet, by hand and with odd habits."""
    p = f"{prefix}:" if prefix else ""
    xmlns = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    target = f"/{folder}" if absolute else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Override PartName="/{folder}workbook.xml" ContentType="{kind}"/>'
        f'<Override PartName="/{folder}worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{R}/officeDocument" Target="{"/" if absolute else ""}{folder}workbook.xml"/>'
        "</Relationships>",
        f"{folder}workbook.xml": f'<{p}workbook {xmlns} xmlns:r="{R}"><{p}sheets><{p}sheet '
        f'name="Leads" sheetId="3" r:id="s"/></{p}sheets></{p}workbook>',
        f"{folder}_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="s" Type="{R}/worksheet" Target="{target}worksheets/sheet1.xml"/>'
        "</Relationships>",
        f"{folder}worksheets/sheet1.xml": f"<{p}worksheet {xmlns}><{p}sheetData>"
        f"{sheet.format(p)}</{p}sheetData></{p}worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            wide = bool(flags and flags.get("zip64"))
            with archive.open(spell(name), "w", force_zip64=wide) as file:
                file.write(text.encode())
    return path


def swapped_case(name: str) -> str:
    return name if name.startswith("[") else name.swapcase()


def prove(path: Path, refresher: Any, judge: Any) -> None:
    """Graft, graft the same again, graft other data, clean: the promise holds each time."""
    promise = judge(path)
    refresher.refresh(path)
    first = path.read_bytes()
    promise.added(path)
    assert lint(open_package(path)) == []
    refresher.refresh(path)
    assert path.read_bytes() == first
    refresher.refresh(path, variant=2)
    promise.added(path)
    save(clean(open_target(path)), backup=False)
    promise.added(path)
    assert lint(open_package(path)) == []


HABITS: dict[str, dict[str, Any]] = {
    "prefixed": {"prefix": "x"},
    "at the root": {"folder": ""},
    "deep": {"folder": "deep/er/"},
    "absolute targets": {"absolute": True},
    "absolute, prefixed, at the root": {"absolute": True, "folder": "", "prefix": "ss"},
    "case swapped": {"spell": swapped_case},
    "backslashes": {"spell": lambda name: name.replace("/", "\\")},
    "leading slashes": {"spell": lambda name: "/" + name},
    "zip64": {"flags": {"zip64": True}},
    "template": {"kind": f"{TYPE}.template.main+xml"},
    "macros": {"kind": f"{MACRO}.sheet.macroEnabled.main+xml"},
    "template with macros": {"kind": f"{MACRO}.template.macroEnabled.main+xml"},
    "far cell": {
        "sheet": "<{0}row r='1048576'><{0}c r='XFD1048576'><{0}v>7</{0}v></{0}c></{0}row>"
    },
    "empty sheet": {"sheet": ""},
}


@pytest.mark.parametrize("habit", HABITS)
def test_odd_packages_are_grafted_into(
    tmp_path: Path, refresher: Any, judge: Any, habit: str
) -> None:
    prove(handmade(tmp_path / "odd.xlsx", **HABITS[habit]), refresher, judge)


@pytest.mark.parametrize("habit", ["prefixed", "at the root", "absolute targets"])
def test_odd_packages_are_read_by_others(tmp_path: Path, refresher: Any, habit: str) -> None:
    path = handmade(tmp_path / "odd.xlsx", **HABITS[habit])
    refresher.refresh(path)
    book = openpyxl.load_workbook(path)
    assert book["Leads"]["A1"].value == 7
    assert book["总览"]["B2"].value == 1


def test_kind_of_workbook_stays(tmp_path: Path, refresher: Any) -> None:
    kind = f"{MACRO}.template.macroEnabled.main+xml"
    path = handmade(tmp_path / "odd.xltm", kind=kind)
    refresher.refresh(path)
    with zipfile.ZipFile(path) as archive:
        assert kind.encode() in archive.read("[Content_Types].xml")


def test_two_hundred_and_fifty_sheets_with_hard_names(
    tmp_path: Path, refresher: Any, judge: Any
) -> None:
    path = tmp_path / "many.xlsx"
    book = xlsxwriter.Workbook(path)
    names = [
        f"{number:03} it's & <ü> 长长长长长长长长长长长长长长长长长"[:31] for number in range(250)
    ]
    for name in names:
        sheet = book.add_worksheet(name)
        sheet.write_formula(0, 0, "='{}'!B1".format(names[0].replace("'", "''")), None, 0)
        sheet.repeat_rows(0)
    book.close()
    prove(path, refresher, judge)
    assert openpyxl.load_workbook(path).sheetnames == names


def test_names_that_are_full_are_numbered_within_31_characters(tmp_path: Path, author: Any) -> None:
    path = tmp_path / "names.xlsx"
    path.write_bytes(author(["名" * 31, "a'b"]))
    target = open_target(path)
    name = target.sheet_name("k", "名" * 31)
    assert (len(name), name[-4:]) == (31, " (2)")
    assert target.sheet_name("q", "A'B") == "A'B (2)"


def test_owned_sheets_may_have_quotes_in_their_names(
    tmp_path: Path, author: Any, judge: Any
) -> None:
    from xltrack.writeback import graft

    path = tmp_path / "team.xlsx"
    path.write_bytes(author(["Leads"]))
    promise = judge(path)
    for variant in (1, 2):
        target = open_target(path)
        name = target.sheet_name("k", "It's <mine> & 'yours' too")
        save(graft(target, author([name], variant=variant), {name: "k"}), backup=False)
        promise.added(path)
    assert open_target(path).owned == {"k": "It's <mine> & 'yours' too"}
    assert openpyxl.load_workbook(path)["It's <mine> & 'yours' too"]["B2"].value == 2


def test_a_workbook_with_very_many_formats(tmp_path: Path, refresher: Any, judge: Any) -> None:
    path = tmp_path / "styles.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Leads")
    for number in range(4000):
        form = book.add_format({"bg_color": f"#{number:06X}", "font_size": 8 + number % 20})
        sheet.write(number, 0, number, form)
    book.close()
    prove(path, refresher, judge)


def test_shared_and_array_formulas_of_the_team_stay(
    tmp_path: Path, refresher: Any, judge: Any
) -> None:
    formulas = (
        "<{0}row r='1'><{0}c r='A1'><{0}f t='shared' ref='A1:A2' si='0'>B1+1</{0}f><{0}v>1</{0}v>"
        "</{0}c></{0}row><{0}row r='2'><{0}c r='A2'><{0}f t='shared' si='0'/><{0}v>1</{0}v></{0}c>"
        "<{0}c r='B2'><{0}f t='array' ref='B2:B3'>A1:A2</{0}f><{0}v>1</{0}v></{0}c></{0}row>"
    )
    path = handmade(tmp_path / "formulas.xlsx", sheet=formulas)
    prove(path, refresher, judge)
    refresher.refresh(path)
    sheet = openpyxl.load_workbook(path)["Leads"]
    assert (sheet["A1"].value, sheet["A2"].value) == ("=B1+1", "=B2+1")
