"""Redactions: which columns are private, what is refused, what is taken out, what stays."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import xltrack
from xltrack.errors import PackageError, Reason, Refused, UsageError
from xltrack.opc import open_package
from xltrack.opc.blank_images import blank_image
from xltrack.sheetml import lint

Tamper = Callable[[Path, dict[str, Any]], Path]
HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "联系方式", "需求描述"]


def workbook(path: Path, rows: list[list[object]], more: dict[str, Any] | None = None) -> Path:
    book = xlsxwriter.Workbook(path)
    for name, cells in {"线索": [HEADER, *rows], **(more or {})}.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def lead(number: int, contact: object, need: str = "服务器") -> list[object]:
    return [f"LX20240500{number}", f"客户{number}", "初识", "张三", contact, need]


def redacted(path: Path, **options: Any) -> Any:
    place = path.with_name("copy.xlsx")
    xltrack.redact(path, output=place, force=True, **options)
    return openpyxl.load_workbook(place)


def column(book: Any, sheet: str, letter: str) -> list[object]:
    return [cell.value for cell in book[sheet][letter]]


def test_masks_keep_whether_somebody_can_be_reached(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "13812345678"), lead(2, "问前台"), lead(3, "—")])
    values = column(redacted(path), "线索", "E")
    assert values == ["联系方式", "m0001@redacted.invalid", "***0002", "—"]


def test_a_number_is_the_same_value_however_it_is_written(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "13812345678"), lead(2, "+86 138-1234-5678")])
    values = column(redacted(path), "线索", "E")
    assert values[1] == values[2]


def test_a_text_that_public_cells_share_is_masked_in_the_private_ones_alone(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "服务器"), lead(2, "13812345678")])
    book = redacted(path)
    assert column(book, "线索", "E")[1] == "***0001"
    assert column(book, "线索", "F")[1:] == ["服务器", "服务器"]


def test_private_columns_of_other_sheets_are_known_by_their_header(tmp_path: Path) -> None:
    contacts = [["姓名", "微信号", "部门"], ["王五", "abc", "财务"], ["赵六", "wangwu88", "采购"]]
    path = workbook(
        tmp_path / "a.xlsx", [lead(1, "13812345678", "找 wangwu88")], {"通讯": contacts}
    )
    book = redacted(path)
    assert column(book, "通讯", "A") == ["姓名", "王五", "赵六"]
    assert column(book, "通讯", "B")[1] == "***0002"
    assert column(book, "线索", "F")[1] == f"找 {column(book, '通讯', 'B')[2]}"


def test_rows_of_data_that_speak_of_wechat_are_no_header(tmp_path: Path) -> None:
    words = [
        ["渠道", "同义词", "说明"],
        ["社交媒体", "抖音、微信公众号", "微信等"],
        ["a", "b", "c"],
    ]
    path = workbook(tmp_path / "a.xlsx", [lead(1, "13812345678")], {"设置表": words})
    assert column(redacted(path), "设置表", "C") == ["说明", "微信等", "c"]


def test_a_workbook_of_inline_strings(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("线索")
    for row in [HEADER, lead(1, "13812345678", "拨13812345678"), lead(2, 13912345678)]:
        sheet.append(row)
    book.save(path)
    values = redacted(path)["线索"]
    assert values["E2"].value == "m0001@redacted.invalid"
    assert values["F2"].value == "拨m0001@redacted.invalid"
    assert values["E3"].value == "m0002@redacted.invalid"


def test_a_workbook_without_leads_is_redacted_too(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet().write_row(0, 0, ["致电13812345678", 3.5])
    book.close()
    assert redacted(path)["Sheet1"]["A1"].value == "致电m0001@redacted.invalid"


def test_numbers_that_only_look_like_it_stay(tmp_path: Path) -> None:
    rows = [[1932.000024274095, 0.13812345678, 20240510, 138], ["2024-05-10:报价30万", "A123456"]]
    path = workbook(tmp_path / "a.xlsx", [lead(1, "123456")], {"数": rows})
    sheet = redacted(path)["数"]
    assert [cell.value for cell in sheet[1]] == rows[0]
    assert [cell.value for cell in sheet[2]][:2] == rows[1]


def test_what_a_private_filter_shows_is_masked_like_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索")
    for number, row in enumerate([HEADER, lead(1, "张府"), lead(2, "李府")]):
        sheet.write_row(number, 0, row)
    sheet.autofilter("A1:F3")
    sheet.filter_column_list("E", ["张府"])
    book.close()
    redacted(path)
    with zipfile.ZipFile(path.with_name("copy.xlsx")) as archive:
        markup = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<filter val="***0001"/>' in markup


def test_what_a_link_in_a_private_cell_shows_is_masked_like_the_cell(
    tmp_path: Path, tamper: Tamper
) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "张府")])
    link = '</sheetData><hyperlinks><hyperlink ref="E2" location="A1" display="张府"/></hyperlinks>'
    changes = {"xl/worksheets/sheet1.xml": lambda d: d.replace(b"</sheetData>", link.encode())}
    book = redacted(tamper(path, changes))
    assert book["线索"]["E2"].hyperlink.display == book["线索"]["E2"].value == "***0001"


@pytest.fixture
def with_picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索")
    for number, row in enumerate([HEADER, lead(1, "13812345678")]):
        sheet.write_row(number, 0, row)
    png = blank_image("png")
    assert png is not None
    sheet.insert_image("H2", "card.png", {"image_data": io.BytesIO(png + b"13812345678")})
    book.close()
    return path


def test_a_picture_is_refused_by_name(with_picture: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        xltrack.redact(with_picture, output=tmp_path / "copy.xlsx")
    assert refused.value.reason is Reason.CANNOT_SEE_INTO
    assert refused.value.detail == "pictures (xl/media/image1.png)"
    assert not (tmp_path / "copy.xlsx").exists()


def test_a_dropped_picture_is_blank_and_the_copy_sound(with_picture: Path, tmp_path: Path) -> None:
    receipt = xltrack.redact(with_picture, output=tmp_path / "copy.xlsx", drop=True)
    assert receipt.taken_out == ("xl/media/image1.png",)
    assert lint(open_package(tmp_path / "copy.xlsx")) == []
    with zipfile.ZipFile(tmp_path / "copy.xlsx") as archive:
        assert archive.read("xl/media/image1.png") == blank_image("png")


def test_a_kept_part_that_shows_a_value_is_no_way_out(with_picture: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        xltrack.redact(with_picture, output=tmp_path / "copy.xlsx", keep=["pictures"])
    assert refused.value.reason is Reason.STILL_PRIVATE
    assert list(tmp_path.iterdir()) == [with_picture]


def test_binary_settings_of_a_printer_stay_unless_they_hold_a_value(
    tmp_path: Path, tamper: Tamper
) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "13812345678")])
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/printerSettings"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="../printerSettings/p.bin"/></Relationships>'
    )
    type_ = '<Default Extension="bin" ContentType="application/octet-stream"/><Default'

    def put(settings: bytes) -> None:
        changes: dict[str, Any] = {
            "xl/printerSettings/p.bin": settings,
            "xl/worksheets/_rels/sheet1.xml.rels": rels.encode(),
            "[Content_Types].xml": lambda data: (
                data if b'"bin"' in data else data.replace(b"<Default", type_.encode(), 1)
            ),
        }
        tamper(path, changes)

    put("HP Laser".encode("utf-16-le") + b"\xff\xfe\x80")
    redacted(path)
    put("t 13812345678 ".encode("utf-16-le") + b"\xff\xfe\x80")
    with pytest.raises(Refused) as refused:
        redacted(path)
    assert refused.value.reason is Reason.STILL_PRIVATE


def test_a_name_that_cannot_be_masked_stops_the_copy(tmp_path: Path, tamper: Tamper) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "微信:zhao_7788")])
    name = b'<sheet name="zhao_7788"'
    tamper(
        path, {"xl/workbook.xml": lambda data: data.replace('<sheet name="线索"'.encode(), name)}
    )
    with pytest.raises(Refused) as refused:
        xltrack.redact(path, output=tmp_path / "copy.xlsx")
    assert (refused.value.reason, refused.value.detail) == (
        Reason.STILL_PRIVATE,
        "xl/workbook.xml",
    )


def test_a_part_that_is_not_well_formed_is_refused(tmp_path: Path, tamper: Tamper) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "13812345678")])
    tamper(path, {"docProps/core.xml": b"<a><b>13812345678</a>"})
    with pytest.raises(PackageError) as error:
        xltrack.redact(path, output=tmp_path / "copy.xlsx")
    assert error.value.part == "docProps/core.xml"
    assert list(tmp_path.iterdir()) == [path]


def test_a_refreshed_workbook_keeps_its_journal_and_its_figures(tmp_path: Path) -> None:
    path = xltrack.demo(tmp_path / "a.xlsx", leads=60)
    xltrack.refresh(path)
    copy = tmp_path / "copy.xlsx"
    xltrack.redact(path, output=copy)
    one, other = xltrack.read(path), xltrack.read(copy)
    assert one.journal.states.equals(other.journal.states)
    day = dt.date(2024, 6, 30)
    before, after = xltrack.analyze(path, as_of=day), xltrack.analyze(copy, as_of=day)
    for name in before:
        frames = [tables[name].drop(columns="file", errors="ignore") for tables in (before, after)]
        assert frames[0].equals(frames[1]), name
    changes = xltrack.diff(path, copy).changes
    assert set(changes["field"]) == {"contact_details"}


def test_what_makes_no_sense_is_refused_and_nothing_written(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [lead(1, "13812345678")])
    before = path.read_bytes()
    for output, options, reason in (
        ("a.xlsx", {"force": True}, "copy_over_input"),
        ("copy.xlsm", {}, "wrong_ending"),
        ("copy.xlsx", {"keep": ["photos"]}, "unknown_part_kind"),
    ):
        with pytest.raises(UsageError, match=reason):
            xltrack.redact(path, output=tmp_path / output, **options)
    (tmp_path / "copy.xlsx").write_bytes(b"somebody's")
    with pytest.raises(Refused) as refused:
        xltrack.redact(path, output=tmp_path / "copy.xlsx")
    assert refused.value.reason is Reason.EXISTS
    assert (tmp_path / "copy.xlsx").read_bytes() == b"somebody's"
    assert path.read_bytes() == before
