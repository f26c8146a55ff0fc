from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xltrack.errors import PackageError
from xltrack.opc import package_from_bytes
from xltrack.opc.markup import Element, children, parse
from xltrack.sheetml.styles import default_styles, edit_styles, font_of
from xltrack.sheetml.vocabulary import main

PATH = Path("b.xlsx")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TARGET = f"""<styleSheet xmlns="{MAIN}"><numFmts count="1">
<numFmt numFmtId="170" formatCode="0.0%"/></numFmts><fonts count="2">
<font><sz val="10"/><name val="宋体"/><charset val="134"/><scheme val="minor"/></font>
<font><b/><sz val="10"/><name val="宋体"/><charset val="134"/>
<scheme val="minor"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/>
<top/><bottom/><diagonal/></border></borders><cellStyleXfs count="2"><xf numFmtId="0" fontId="1"/>
<xf numFmtId="0" fontId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0"
fillId="0" borderId="0" xfId="1"/></cellXfs><cellStyles count="2"><cellStyle name="x" xfId="0"/>
<cellStyle name="常规" xfId="1" builtinId="0"/></cellStyles></styleSheet>""".replace("\n", " ")


def scratch_styles(*formats: dict[str, Any], font: str = "宋体", size: float = 10) -> Element:
    out = io.BytesIO()
    body = {"font_name": font, "font_size": size}
    book = xlsxwriter.Workbook(out, {"default_format_properties": body})
    sheet = book.add_worksheet()
    for row, properties in enumerate(formats):
        sheet.write(row, 0, 1, book.add_format(body | properties))
    rule = {"type": "cell", "criteria": ">", "value": 1}
    sheet.conditional_format("A1", {**rule, "format": book.add_format({"num_format": "0.00000"})})
    book.close()
    return package_from_bytes(out.getvalue(), "s").xml("xl/styles.xml")


def section(data: bytes, tag: str) -> list[Element]:
    return children(parse(data, PATH, "p").find(main(tag)))


def test_missing_formats_are_appended_and_found_again() -> None:
    other = scratch_styles({"bold": True}, {"num_format": "0.0%"}, {"bg_color": "#112233"})
    styles = edit_styles(TARGET.encode(), PATH, "p")
    first = styles.merge(other)
    assert first.cells == (0, 1, 2, 3)
    once = styles.changed()
    assert once is not None
    again = edit_styles(once, PATH, "p")
    assert again.merge(other) == first
    assert again.changed() is None


def test_what_the_target_has_is_used() -> None:
    styles = edit_styles(TARGET.encode(), PATH, "p")
    styles.merge(scratch_styles({"bold": True, "num_format": "0.0%"}))
    changed = styles.changed()
    assert changed is not None
    assert len(section(changed, "fonts")) == 2  # the bold variant of the body font is there
    added = section(changed, "cellXfs")[1]
    assert (added.get("fontId"), added.get("numFmtId"), added.get("xfId")) == ("1", "170", "1")
    codes = [e.get("formatCode") for e in section(changed, "numFmts")]
    assert codes == ["0.0%", "0.00000"]


def test_counts_stay_true() -> None:
    styles = edit_styles(TARGET.encode(), PATH, "p")
    styles.merge(scratch_styles({"italic": True, "border": 1, "bg_color": "#FF0000"}))
    changed = styles.changed()
    assert changed is not None
    for tag in ("numFmts", "fonts", "fills", "borders", "cellXfs", "dxfs"):
        found = parse(changed, PATH, "p").find(main(tag))
        assert found is not None
        assert found.get("count") == str(len(children(found)))


def test_a_font_of_another_name_keeps_its_own_name() -> None:
    styles = edit_styles(TARGET.encode(), PATH, "p")
    styles.merge(scratch_styles({"font_name": "Arial", "bold": True}))
    changed = styles.changed()
    assert changed is not None
    added = section(changed, "fonts")[-1]
    assert font_of(added) == ("Arial", 10.0)
    assert added.find(main("scheme")) is None


def test_the_body_font_is_that_of_the_normal_style() -> None:
    styles = edit_styles(TARGET.encode(), PATH, "p")
    assert font_of(styles.body_font()) == ("宋体", 10.0)
    assert font_of(None) == ("Calibri", 11.0)


def test_plain_numbers_get_a_format_where_the_default_shows_dates() -> None:
    plain, date = '<cellXfs count="1"><xf numFmtId="0"', '<cellXfs count="1"><xf numFmtId="14"'
    dates = TARGET.replace(plain, date)
    styles = edit_styles(dates.encode(), PATH, "p")
    mapped = styles.merge(scratch_styles({"bold": True}))
    assert mapped.cells[0] == 1
    changed = styles.changed()
    assert changed is not None
    assert section(changed, "cellXfs")[1].get("numFmtId") == "0"


def test_alternatives_count_as_the_one_format_that_they_stand_for() -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    font = (
        '<font><i/><sz val="10"/><name val="宋体"/><charset val="134"/><scheme val="minor"/></font>'
    )
    choice = (
        f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="hs"><font/></mc:Choice>'
        f"<mc:Fallback>{font}</mc:Fallback></mc:AlternateContent>"
    )
    styles = edit_styles(TARGET.replace("</fonts>", choice + "</fonts>").encode(), PATH, "p")
    styles.merge(scratch_styles({"italic": True}))
    changed = styles.changed()
    assert changed is not None
    assert section(changed, "cellXfs")[1].get("fontId") == "2"


def test_a_part_of_another_kind_is_no_styles_part() -> None:
    with pytest.raises(PackageError):
        edit_styles(b"<styleSheet/>", PATH, "p")


def test_default_styles_hold_one_plain_format() -> None:
    other = scratch_styles({"bold": True}, {"hyperlink": True})
    data = default_styles(other)
    sizes = {tag: len(section(data, tag)) for tag in ("fonts", "fills", "cellXfs", "cellStyles")}
    assert sizes == {"fonts": 1, "fills": 2, "cellXfs": 1, "cellStyles": 1}
    assert section(data, "cellStyles")[0].get("builtinId") == "0"
    assert parse(data, PATH, "p").find(main("dxfs")) is None
