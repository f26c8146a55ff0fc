"""Workbooks made to exhaust the reader end in data or in one error, within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.leads import read_book
from xltrack.template import Template

SHEET = "xl/worksheets/sheet1.xml"
HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人"]
LEAD = ["LX202405001", "甲公司", "初识", "张三"]

Write = Callable[..., Path]
Tamper = Callable[..., Path]


def end_of_data(more: str) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(b"</sheetData>", f"{more}</sheetData>".encode())


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576"><c s="0" r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="3"><c r="XFD3"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
    ],
)
@pytest.mark.parametrize("honest", [False, True], ids=["claimed-small", "claimed-whole"])
def test_a_far_cell_does_not_take_the_process_down(
    write: Write, tamper: Tamper, template: Template, far: str, honest: bool
) -> None:
    def change(xml: bytes) -> bytes:
        xml = end_of_data(far)(xml)
        return re.sub(rb'ref="A1:D2"', b'ref="A1:XFD1048576"', xml) if honest else xml

    book = read_book(tamper(write([HEADER, LEAD]), {SHEET: change}), template=template)
    assert book.rows["lead_id"].tolist() == ["LX202405001"]
    assert book.rows["owner"].tolist() == ["张三"]


def test_a_row_beyond_all_rows_is_data_or_an_error(
    write: Write, tamper: Tamper, template: Template
) -> None:
    far = end_of_data('<row r="99999999"><c r="A99999999"><v>1</v></c></row>')
    book = read_book(tamper(write([HEADER, LEAD]), {SHEET: far}), template=template)
    assert len(book.rows) == 1


def test_forged_counts_of_shared_strings_are_refused(
    write: Write, tamper: Tamper, template: Template
) -> None:
    def forge(xml: bytes) -> bytes:
        return re.sub(rb'uniqueCount="\d+"', b'uniqueCount="4000000000"', xml)

    path = tamper(write([HEADER, LEAD]), {"xl/sharedStrings.xml": forge})
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(path, template=template)
    assert caught.value.reason == Reason.TOO_LARGE


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_document_type_is_refused(
    write: Write, tamper: Tamper, template: Template, part: str
) -> None:
    def with_entity(xml: bytes) -> bytes:
        head, _, rest = xml.partition(b"?>")
        return head + b'?><!DOCTYPE x [<!ENTITY a "b">]>' + rest

    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(tamper(write([HEADER, LEAD]), {part: with_entity}), template=template)
    assert caught.value.reason == Reason.DAMAGED
    assert "DOCTYPE" in caught.value.detail


def test_a_sheet_in_utf16_is_read_another_way(
    write: Write, tamper: Tamper, template: Template
) -> None:
    def widened(xml: bytes) -> bytes:
        return xml.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")

    book = read_book(tamper(write([HEADER, LEAD]), {SHEET: widened}), template=template)
    assert book.rows["customer"].tolist() == ["甲公司"]


def test_a_cell_of_a_million_characters_is_data(write: Write, template: Template) -> None:
    path = write([[*HEADER, "备注"], [*LEAD, "长" * 32_767]])
    book = read_book(path, template=template)
    assert book.rows["market_note"].str.len().tolist() == [32_767]


@pytest.mark.parametrize(
    "reference", ["A4294967297", "AAAAAAA3", "3", "A", "A3B4", " A3", "&#65;3"]
)
def test_an_odd_reference_is_data_or_an_error(
    write: Write, tamper: Tamper, template: Template, reference: str
) -> None:
    odd = end_of_data(f'<row r="3"><c r="{reference}"><v>1</v></c></row>')
    path = tamper(write([HEADER, LEAD]), {SHEET: odd})
    try:
        outcome: object = read_book(path, template=template).rows["lead_id"].tolist()[0]
    except UnreadableWorkbook as error:
        outcome = error.reason
    assert outcome in ("LX202405001", Reason.DAMAGED)


@pytest.mark.shared
def test_every_workbook_of_the_corpus_is_data_or_one_error(
    corpus: Path, template: Template
) -> None:
    paths = sorted(corpus.iterdir())
    assert len(paths) > 50
    named = []
    for path in paths:
        try:
            book = read_book(path, template=template)
        except UnreadableWorkbook as error:
            named.append(error.path)
        else:
            named.append(path)
            assert not book.rows.empty
    assert named == paths


@pytest.mark.shared
def test_a_resource_attack_ends_in_an_error(corpus: Path, template: Template) -> None:
    with pytest.raises(UnreadableWorkbook):
        read_book(corpus / "poi__poc-shared-strings.xlsx", template=template)


@pytest.mark.shared
def test_another_teams_template_is_no_lead_sheet(shared: Path, template: Template) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_book(shared / "leads" / "cn_lead_import_template__Kevin-Hu88.xlsx", template=template)
    assert caught.value.reason == Reason.NO_LEAD_HEADER
    assert "联系人" in caught.value.detail
