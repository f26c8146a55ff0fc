"""The extent of a sheet is never taken for smaller than it is, and damage is never a crash."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xltrack.errors import UnreadableWorkbook
from xltrack.leads import LeadBook, read_book
from xltrack.leads.extent import scan_sheet
from xltrack.leads.header import cell_name
from xltrack.template import load_template

PLACE = st.tuples(st.integers(1, 1_048_576), st.integers(1, 16_384))
NEAR = st.tuples(st.integers(1, 30), st.integers(1, 30))
FORM = st.sampled_from(
    [
        '<c r="{0}"><v>1</v></c>',
        '<c r="{0}" s="1" t="s"><v>1</v></c>',
        '<c s="1" r="{0}"><v>1</v></c>',
        "<c r='{0}'><v>1</v></c>",
        '<c r = "{0}"><v>1</v></c>',
        '<c\nr="{0}"><f>A1</f><v>1</v></c>',
        '<c r="{0}" t="inlineStr"><is><t>&lt;c r=</t></is></c>',
        '<c x=">" r="{0}"><v>1</v></c>',
    ]
)


@given(
    cells=st.lists(st.tuples(st.one_of(NEAR, PLACE), FORM), max_size=8),
    claim=st.one_of(st.none(), NEAR, PLACE),
    piece=st.sampled_from([1 << 20, 50]),
)
def test_no_cell_lies_outside_the_extent(
    cells: list[tuple[tuple[int, int], str]], claim: tuple[int, int] | None, piece: int
) -> None:
    rows = "".join(
        f'<row r="{row}">{form.format(cell_name(row, column))}</row>'
        for (row, column), form in sorted(cells)
    )
    dimension = f'<dimension ref="A1:{cell_name(*claim)}"/>' if claim else ""
    xml = f'<worksheet xmlns="m">{dimension}<sheetData>{rows}</sheetData></worksheet>'.encode()
    pieces = [xml[at : at + piece] for at in range(0, len(xml), piece)]
    scan = scan_sheet(lambda: pieces)
    assert scan.last_row >= max((row for (row, _), _ in cells), default=0)
    assert scan.last_column >= max((column for (_, column), _ in cells), default=0)


ROW = st.tuples(
    st.one_of(st.none(), st.integers(1, 1_048_576)),
    st.sampled_from(['r="{0}"', "r='{0}'", 'spans="1:3" r="{0}"', 'x=">" r="{0}"', 'r = "{0}"']),
    st.integers(0, 20),
)


@given(rows=st.lists(ROW, max_size=6), prefix=st.sampled_from(["", "x:"]))
def test_no_cell_without_a_reference_lies_outside_the_extent(
    rows: list[tuple[int | None, str, int]], prefix: str
) -> None:
    cell = f"<{prefix}c t='n'><{prefix}v>1</{prefix}v></{prefix}c>"
    at, last, widest, xml = 0, 0, 0, ""
    for number, form, cells in rows:
        at = at + 1 if number is None else number
        attribute = f" {form.format(number)}" if number is not None else ""
        xml += f"<{prefix}row{attribute}>{cell * cells}</{prefix}row>"
        if cells:
            last, widest = max(last, at), max(widest, cells)
    name = f"{prefix}worksheet"
    whole = f'<{name} xmlns{":x" if prefix else ""}="m">{xml}</{name}>'.encode()
    scan = scan_sheet(lambda: [whole])
    assert scan.last_row >= last
    assert scan.last_column >= widest


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The parts of a small workbook of leads."""
    path = tmp_path_factory.mktemp("parts") / "leads.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索")
    for row in range(5):
        cells = [f"LX20240500{row}", f"客户{row}", "初识", "张三", row, "2024-05-10:x"]
        header = ["线索编号", "客户名称", "跟进阶段", "负责人", "成交金额(万)", "跟进记录"]
        sheet.write_row(row, 0, cells if row else header)
    book.add_worksheet("设置").write_row(0, 0, ["渠道", "同义词"])
    book.close()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "leads.xlsx"


DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(["sheet1.xml", "sheet2.xml", "sharedStrings.xml", "workbook.xml"]),
        st.floats(0, 1),
        st.integers(0, 8),
        st.sampled_from(
            [b"", b"<", b">", b'"', b"0", b"9999999", b"<c>", b"</row>", b"\xff", b"&"]
        ),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(damage=DAMAGE)
def test_a_damaged_part_is_data_or_one_error(
    parts: dict[str, bytes], target: Path, damage: list[tuple[str, float, int, bytes]]
) -> None:
    changed = dict(parts)
    for ending, where, length, new in damage:
        name = next(part for part in changed if part.endswith(ending))
        at = int(where * len(changed[name]))
        changed[name] = changed[name][:at] + new + changed[name][at + length :]
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in changed.items():
            archive.writestr(name, data)
    try:
        outcome: object = read_book(target, template=load_template(), allow_empty=True)
    except UnreadableWorkbook as error:
        outcome = error
    assert isinstance(outcome, LeadBook | UnreadableWorkbook)
