from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xltrack.opc import Package, open_package
from xltrack.sheetml.references import (
    Reference,
    formulas_of,
    is_referred_to,
    reference_pattern,
    references,
)
from xltrack.sheetml.workbook import read_workbook


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("总览!B2", True),
        ("SUM('总览'!B2:B3)", True),
        ("总览:Notes!A1", True),
        ("SUM(Tab[x])", True),
        ("年总览!B2", False),
        ("总览表!B2", False),
        ("MyTab[x]", False),
        ("A1+1", False),
    ],
)
def test_the_pattern_knows_a_reference(formula: str, found: bool) -> None:
    assert bool(reference_pattern(["总览"], ["Tab"]).search(formula.encode())) is found


def test_the_pattern_knows_names_that_need_quotes_and_escapes() -> None:
    pattern = reference_pattern(["It's <1>"])
    assert pattern.search(b"'It''s &lt;1&gt;'!A1")
    assert pattern.search(b"&apos;It&apos;&apos;s &lt;1&gt;&apos;!A1")
    assert not reference_pattern([]).search(b"anything!")


def referring(path: Path, rows: int = 1, at: int = 0, name: str | None = None) -> Package:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Team")
    own = book.add_worksheet("总览")
    own.write("A1", 1)
    own.write_formula("A2", "=总览!A1")
    for row in range(rows):
        sheet.write_string(row, 0, f"{row} some text that fills the rows of the sheet")
        sheet.write_string(row, 1, "总览!A1 is mentioned, not referred to")
    if at >= 0:
        sheet.write_formula(at, 2, "=1+总览!A1", None, 2)
    if name:
        book.define_name(name, "=总览!$A$1")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=总览!$A$1:$A$2"})
    sheet.insert_chart("F1", chart)
    book.close()
    return open_package(path)


def asked(package: Package) -> bool:
    return is_referred_to(package, read_workbook(package), {"总览"}, reference_pattern(["总览"]))


def test_a_formula_of_the_team_is_seen(tmp_path: Path) -> None:
    assert asked(referring(tmp_path / "a.xlsx"))


def test_a_defined_name_of_the_team_is_seen(tmp_path: Path) -> None:
    assert asked(referring(tmp_path / "a.xlsx", at=-1, name="Mine"))


def test_text_and_the_owned_sheets_own_formulas_are_no_reference(tmp_path: Path) -> None:
    assert not asked(referring(tmp_path / "a.xlsx", at=-1))


def test_a_large_sheet_is_searched_when_formulas_begin_in_its_first_rows(tmp_path: Path) -> None:
    assert asked(referring(tmp_path / "a.xlsx", rows=30_000, at=10))


def test_the_chain_tells_which_sheets_need_no_search(tmp_path: Path, tamper: Any) -> None:
    path = tmp_path / "a.xlsx"
    referring(path)

    def with_chain(sheet: int) -> Package:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
        item = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
        chain = f'<calcChain><c r="A1" i="{sheet}"/></calcChain>'.encode()
        rels = "xl/_rels/workbook.xml.rels"
        tamper(path, {"xl/calcChain.xml": chain})
        tamper(path, {rels: lambda b: b.replace(b"</Relationships>", item.encode())})
        return open_package(path)

    assert not asked(with_chain(2))
    path.unlink()
    referring(path)
    assert asked(with_chain(1))


def test_every_reference_is_named_by_its_place(tmp_path: Path) -> None:
    package = referring(tmp_path / "a.xlsx", rows=3, at=1, name="Mine")
    found = references(package, read_workbook(package), {"总览"}, reference_pattern(["总览"]))
    assert found == [
        Reference("name", "Mine", "总览!$A$1"),
        Reference("formula", "Team!C2", "1+总览!A1"),
        Reference("chart", "xl/charts/chart1.xml", "总览!"),
    ]


def test_formulas_of_a_sheet_are_read_in_order(team: Path) -> None:
    found = list(formulas_of(open_package(team), "xl/worksheets/sheet2.xml"))
    assert found == [("formula", "A1", "SUM(线索跟踪表!B2:B3)")]


def test_rules_and_pivot_sources_that_refer_are_named(tmp_path: Path, tamper: Any) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Team")
    book.add_worksheet("总览").write("A1", 1)
    sheet.data_validation("B2:B9", {"validate": "list", "source": "=总览!$A$1:$A$4"})
    rule = {"type": "formula", "criteria": "=总览!$A$1>1", "format": book.add_format()}
    sheet.conditional_format("C1:C4", rule)
    book.close()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotCache"
    item = f'<Relationship Id="rId99" Type="{kind}" Target="pivotCache.xml"/></Relationships>'
    declared = (
        '<Override PartName="/xl/pivotCache.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.pivotCacheDefinition+xml"/></Types>'
    )
    cache = '<pivotCacheDefinition><cacheSource><worksheetSource ref="A1" sheet="总览"/>'
    tamper(
        path,
        {
            "xl/pivotCache.xml": cache.encode(),
            "xl/_rels/workbook.xml.rels": lambda d: d.replace(b"</Relationships>", item.encode()),
            "[Content_Types].xml": lambda d: d.replace(b"</Types>", declared.encode()),
        },
    )
    package = open_package(path)
    found = references(package, read_workbook(package), {"总览"}, reference_pattern(["总览"]))
    assert [(reference.kind, reference.place) for reference in found] == [
        ("rule", "Team!C1:C4"),
        ("rule", "Team!B2:B9"),
        ("pivot", "xl/pivotCache.xml"),
    ]
