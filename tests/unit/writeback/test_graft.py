from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xltrack.errors import PackageError
from xltrack.opc import package_from_bytes
from xltrack.sheetml import lint, ownership
from xltrack.writeback import Edit, clean, graft, open_target, save


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def grafted(
    path: Path, author: Any, variant: int = 1, sheets: tuple[str, ...] = ("a", "b")
) -> Edit:
    target = open_target(path)
    called = [target.sheet_name(sheet, sheet) for sheet in sheets]
    scratch = author(called, target.body_font, variant, target.table_name("Own"))
    return graft(target, scratch, dict(zip(called, sheets, strict=True)))


def refresh(
    path: Path, author: Any, variant: int = 1, sheets: tuple[str, ...] = ("a", "b")
) -> None:
    save(grafted(path, author, variant, sheets), backup=False)


def authored(**sheets: Any) -> bytes:
    """Return a scratch workbook; each sheet is what a function makes of it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, fill in sheets.items():
        fill(book, book.add_worksheet(name))
    book.close()
    return out.getvalue()


def test_grafting_is_pure(team: Path, author: Any) -> None:
    before = team.read_bytes()
    first, second = grafted(team, author), grafted(team, author)
    assert dict(first.overlay) == dict(second.overlay)
    assert team.read_bytes() == before


def test_new_sheets_come_last_and_are_owned(team: Path, author: Any) -> None:
    edit = grafted(team, author)
    package = package_from_bytes(edit.to_bytes(), "out")
    assert ownership(package).owned == {"a": "a", "b": "b"}
    book = openpyxl.load_workbook(io.BytesIO(edit.to_bytes()))
    assert book.sheetnames == ["线索跟踪表", "Notes", "a", "b"]
    assert lint(package, ["a", "b"]) == []


def test_marks_are_hidden_names_of_the_workbook_with_a_twin_on_the_sheet(
    team: Path, author: Any
) -> None:
    workbook = part(grafted(team, author).to_bytes(), "xl/workbook.xml")
    assert '<definedName name="_xlt_a" hidden="1">\'a\'!$A$1</definedName>' in workbook
    twin = '<definedName name="_xlt_a" localSheetId="2" hidden="1">\'a\'!$A$1</definedName>'
    assert twin in workbook


def test_a_replaced_sheet_keeps_place_id_name_part_state_and_colour(
    team: Path, author: Any, tamper: Any
) -> None:
    refresh(team, author)

    def persons_edit(data: bytes) -> bytes:
        """Move the first owned sheet to the front, rename it, hide it."""
        found = re.search(rb'<sheet name="a"[^>]*/>', data)
        assert found is not None
        moved = found[0].replace(b'name="a"', 'name="总 表" state="hidden"'.encode())
        data = data.replace(found[0], b"").replace(b"<sheets>", b"<sheets>" + moved)
        data = data.replace(b"'a'!$A$1", "'总 表'!$A$1".encode())
        for old, new in ((2, 90), (0, 1), (1, 2), (90, 0)):
            data = data.replace(f'localSheetId="{old}"'.encode(), f'localSheetId="{new}"'.encode())
        return data

    color = b'<sheetPr><tabColor rgb="FF00AA00"/></sheetPr><dimension'
    tamper(
        team,
        {
            "xl/workbook.xml": persons_edit,
            "xl/worksheets/sheet3.xml": lambda data: data.replace(b"<dimension", color, 1),
        },
    )
    before = part(team.read_bytes(), "xl/workbook.xml")
    refresh(team, author, variant=4)
    after = part(team.read_bytes(), "xl/workbook.xml")
    sheets = re.compile(r"<sheets>.*</sheets>")
    assert sheets.findall(after) == sheets.findall(before)
    sheet = part(team.read_bytes(), "xl/worksheets/sheet3.xml")
    assert '<tabColor rgb="FF00AA00"/>' in sheet
    book = openpyxl.load_workbook(team)
    assert book["总 表"]["B2"].value == 4
    assert book["总 表"].sheet_state == "hidden"


def test_the_active_sheet_stays_active_and_is_the_only_one_selected(
    team: Path, author: Any
) -> None:
    refresh(team, author)
    selected = [
        name
        for name in names(team.read_bytes())
        if name.startswith("xl/worksheets/sheet") and "tabSelected" in part(team.read_bytes(), name)
    ]
    assert selected == ["xl/worksheets/sheet1.xml"]


def test_an_owned_sheet_that_is_active_stays_selected(team: Path, author: Any, tamper: Any) -> None:
    refresh(team, author)
    view = b"<workbookView "
    tamper(team, {"xl/workbook.xml": lambda d: d.replace(view, view + b'activeTab="2" ', 1)})
    refresh(team, author, variant=2)
    assert 'activeTab="2"' in part(team.read_bytes(), "xl/workbook.xml")
    assert 'tabSelected="1"' in part(team.read_bytes(), "xl/worksheets/sheet3.xml")


def test_visibility_of_new_sheets_and_very_hidden_again(team: Path, tamper: Any) -> None:
    scratch = authored(
        k=lambda _, sheet: sheet.write(0, 0, 1), j=lambda _, sheet: sheet.very_hidden()
    )

    def state() -> str:
        return openpyxl.load_workbook(team)["j"].sheet_state

    def again() -> None:
        save(graft(open_target(team), scratch, {"j": "j", "k": "k"}), backup=False)

    again()
    assert state() == "veryHidden"
    # another program has saved it as merely hidden
    tamper(team, {"xl/workbook.xml": lambda d: d.replace(b"veryHidden", b"hidden")})
    again()
    assert state() == "veryHidden"
    # a person has made it visible
    tamper(team, {"xl/workbook.xml": lambda d: d.replace(b' state="veryHidden"', b"")})
    again()
    assert state() == "visible"


def test_a_sheet_of_the_team_with_the_same_name_is_left_alone(team: Path, author: Any) -> None:
    refresh(team, author, sheets=("notes",))
    target = open_target(team)
    assert target.owned == {"notes": "notes (2)"}
    assert openpyxl.load_workbook(team)["Notes"]["A1"].value == "=SUM(线索跟踪表!B2:B3)"


def test_dropping_a_key_takes_its_sheet_out_in_the_same_step(team: Path, author: Any) -> None:
    refresh(team, author)
    target = open_target(team)
    scratch = author(["a"], target.body_font, 2)
    save(graft(target, scratch, {"a": "a"}, drop=["b", "unknown"]), backup=False)
    assert openpyxl.load_workbook(team).sheetnames == ["线索跟踪表", "Notes", "a"]
    assert open_target(team).owned == {"a": "a"}


def test_sheets_that_are_not_grafted_stay_owned_as_they_are(team: Path, author: Any) -> None:
    refresh(team, author)
    before = part(team.read_bytes(), "xl/worksheets/sheet4.xml")
    refresh(team, author, variant=9, sheets=("a",))
    assert part(team.read_bytes(), "xl/worksheets/sheet4.xml") == before
    assert open_target(team).owned == {"a": "a", "b": "b"}


def test_a_mark_of_a_deleted_sheet_goes(team: Path, author: Any, tamper: Any) -> None:
    refresh(team, author, sheets=("a", "b"))
    tamper(team, {"xl/workbook.xml": lambda d: d.replace(b"'b'!$A$1", b"#REF!$A$1")})
    refresh(team, author, variant=2, sheets=("a",))
    assert 'name="_xlt_b" hidden' not in part(team.read_bytes(), "xl/workbook.xml")


def test_local_names_of_the_team_stay_with_their_sheets(team: Path, author: Any) -> None:
    refresh(team, author)
    save(clean(open_target(team)), backup=False)
    workbook = part(team.read_bytes(), "xl/workbook.xml")
    assert '<definedName name="_xlnm.Print_Titles" localSheetId="1">Notes!$1:$1' in workbook
    assert workbook.count("<definedName ") == 2


def test_print_titles_and_tables_come_along(team: Path, author: Any) -> None:
    refresh(team, author)
    book = openpyxl.load_workbook(team)
    assert book["a"].print_title_rows == "$1:$1"
    assert book["a"].tables["Own"].ref == "F1:G5"
    ids = {table.id for sheet in book.worksheets for table in sheet.tables.values()}
    assert ids == {1, 2}


def test_external_links_pictures_and_comments_come_along(team: Path) -> None:
    picture = io.BytesIO(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154"
            "789c6360606060000000050001a5f645400000000049454e44ae426082"
        )
    )

    def fill(_: Any, sheet: Any) -> None:
        sheet.write_url("A1", "https://example.com/x?y=1&z=2")
        sheet.insert_image("C3", "dot.png", {"image_data": picture})
        sheet.write_comment("A2", "why")

    save(graft(open_target(team), authored(p=fill), {"p": "p"}))
    sheet = openpyxl.load_workbook(team)["p"]
    assert sheet["A1"].hyperlink is not None
    assert sheet["A1"].hyperlink.target == "https://example.com/x?y=1&z=2"
    assert sheet["A2"].comment is not None
    assert sheet["A2"].comment.text == "why"
    assert 'Extension="png"' in part(team.read_bytes(), "[Content_Types].xml")
    assert lint(package_from_bytes(team.read_bytes(), "t"), ["p"]) == []


def test_relationships_of_nobody_are_not_taken_over(team: Path, author: Any, tamper: Any) -> None:
    xmlns = "http://schemas.openxmlformats.org/package/2006/relationships"
    orphan = f'<Relationships xmlns="{xmlns}"/>'.encode()
    tamper(team, {"xl/charts/_rels/chart2.xml.rels": orphan})
    refresh(team, author)
    assert "xl/charts/chart2.xml" not in names(team.read_bytes())
    assert "xl/charts/chart3.xml" in names(team.read_bytes())


def test_rich_text_keeps_its_formats(team: Path, author: Any) -> None:
    target = open_target(team)
    save(graft(target, author(["r"], target.body_font, rich=True), {"r": "r"}))
    cell = openpyxl.load_workbook(team, rich_text=True)["r"]["A13"].value
    assert [str(piece) for piece in cell] == ["a ", "bold", " c"]


@pytest.mark.parametrize(
    ("scratch", "keys"),
    [
        (authored(a=lambda b, s: b.define_name("Wide", "=a!$A$1") or s.write(0, 0, 1)), {"a": "a"}),
        (authored(a=lambda _, s: s.write_dynamic_array_formula("A1", "=SORT(B1:B3)")), {"a": "a"}),
        (authored(a=lambda b, _: b.add_chartsheet("c")), {"a": "a", "c": "c"}),
        (authored(a=lambda _, s: s.insert_checkbox("A1", True)), {"a": "a"}),
        (authored(a=lambda _, s: s.write(0, 0, 1)), {}),
        (authored(a=lambda _, s: s.write(0, 0, 1)), {"a": "A b"}),
        (authored(Notes=lambda _, s: s.write(0, 0, 1)), {"Notes": "n"}),
        (
            authored(a=lambda _, s: s.write(0, 0, 1), b=lambda _, s: s.write(0, 0, 1)),
            {"a": "x", "b": "x"},
        ),
        (authored(a=lambda _, s: s.add_table("A1:B3", {"name": "LEADS"})), {"a": "a"}),
    ],
)
def test_what_cannot_be_grafted_is_told_to_the_author(
    team: Path, scratch: bytes, keys: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"."):
        graft(open_target(team), scratch, keys)


def test_a_hundred_refreshes_do_not_grow_the_workbook(team: Path, author: Any) -> None:
    sizes = []
    for round_ in range(100):
        refresh(team, author, variant=1 + round_ % 2)
        data = team.read_bytes()
        sizes.append((len(data), len(names(data)), len(part(data, "xl/styles.xml"))))
    assert set(sizes[0::2]) == {sizes[0]}
    assert set(sizes[1::2]) == {sizes[1]}


def test_changing_formats_that_come_back_do_not_grow_the_styles(team: Path) -> None:
    def colored(number: int) -> bytes:
        def fill(book: Any, sheet: Any) -> None:
            for row in range(5):
                form = book.add_format({"bg_color": f"#0000{(number + row) % 7:02X}"})
                sheet.write(row, 0, number * row, form)

        return authored(c=fill)

    sizes = []
    for round_ in range(50):
        save(graft(open_target(team), colored(round_), {"c": "c"}), backup=False)
        sizes.append(part(team.read_bytes(), "xl/styles.xml").count("<fill>"))
    assert sizes[-1] == sizes[7] == 2 + 7


def test_a_stale_calculation_chain_goes_and_a_true_one_stays(
    team: Path, author: Any, tamper: Any
) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    item = f'<Relationship Id="rId77" Type="{kind}" Target="calcChain.xml"/></Relationships>'
    declared = (
        '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.calcChain+xml"/></Types>'
    )

    def put_chain(sheet: int) -> None:
        xmlns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        chain = f'<calcChain xmlns="{xmlns}"><c r="A1" i="{sheet}"/></calcChain>'
        tamper(
            team,
            {
                "xl/calcChain.xml": chain.encode(),
                "xl/_rels/workbook.xml.rels": lambda d: d.replace(
                    b"</Relationships>", item.encode()
                ),
                "[Content_Types].xml": lambda d: d.replace(b"</Types>", declared.encode()),
            },
        )

    put_chain(2)
    refresh(team, author)
    assert "xl/calcChain.xml" in names(team.read_bytes())
    tamper(team, {"xl/calcChain.xml": lambda d: d.replace(b'i="2"', b'i="3"')})
    refresh(team, author)
    assert "xl/calcChain.xml" in names(team.read_bytes()), "nothing changed"
    refresh(team, author, variant=2)
    assert "xl/calcChain.xml" not in names(team.read_bytes())
    assert "calcChain" not in part(team.read_bytes(), "[Content_Types].xml")
    assert lint(package_from_bytes(team.read_bytes(), "t")) == []


def test_recalculation_is_asked_for_where_the_team_refers_to_an_owned_sheet(
    team: Path, author: Any, tamper: Any
) -> None:
    refresh(team, author)
    assert "fullCalcOnLoad" not in part(team.read_bytes(), "xl/workbook.xml").replace(
        'calcId="124519" fullCalcOnLoad="1"', ""
    )
    tamper(
        team,
        {
            "xl/workbook.xml": lambda d: d.replace(b' fullCalcOnLoad="1"', b""),
            "xl/worksheets/sheet2.xml": lambda d: d.replace(b"<f>", b"<f>a!B2+"),
        },
    )
    refresh(team, author)
    assert "fullCalcOnLoad" not in part(team.read_bytes(), "xl/workbook.xml"), "nothing changed"
    refresh(team, author, variant=2)
    assert "fullCalcOnLoad" in part(team.read_bytes(), "xl/workbook.xml")


def test_a_formula_that_names_an_owned_table_is_a_reference(
    team: Path, author: Any, tamper: Any
) -> None:
    refresh(team, author)

    def change(data: bytes) -> bytes:
        return data.replace(b"<f>", b"<f>SUM(Own[b])+")

    tamper(team, {"xl/worksheets/sheet2.xml": change})
    assert [r.place for r in clean(open_target(team)).references] == ["Notes!A1"]


def test_clean_names_what_pointed_at_the_sheets_that_go(
    team: Path, author: Any, tamper: Any
) -> None:
    refresh(team, author)
    tamper(team, {"xl/worksheets/sheet2.xml": lambda d: d.replace(b"<f>", b"<f>a!B2+")})
    edit = clean(open_target(team))
    assert [(r.kind, r.place) for r in edit.references] == [("formula", "Notes!A1")]
    save(edit, backup=False)
    assert openpyxl.load_workbook(team).sheetnames == ["线索跟踪表", "Notes"]


def test_cleaning_a_workbook_without_owned_sheets_changes_nothing(team: Path) -> None:
    edit = clean(open_target(team))
    assert not edit.changed
    assert not save(edit).changed


def test_a_workbook_without_styles_gets_them(tmp_path: Path, author: Any, tamper: Any) -> None:
    path = tmp_path / "bare.xlsx"
    path.write_bytes(author(["bare"]))

    def without(pattern: bytes) -> Callable[[bytes], bytes]:
        return lambda data: re.sub(pattern, b"", data)

    tamper(
        path,
        {
            "xl/styles.xml": None,
            "[Content_Types].xml": without(rb'<Override PartName="/xl/styles[^>]*>'),
            "xl/_rels/workbook.xml.rels": without(rb'<Relationship [^>]*styles.xml"/>'),
            "xl/worksheets/sheet1.xml": without(rb' (?:s|dxfId|style)="[0-9]+"'),
        },
    )
    refresh(path, author)
    first = path.read_bytes()
    assert openpyxl.load_workbook(path)["a"]["A1"].font.bold
    refresh(path, author)
    assert path.read_bytes() == first


def test_more_formats_than_excel_opens_are_not_written(
    team: Path, author: Any, tamper: Any
) -> None:
    one = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    many = b'<cellXfs count="65490">' + one * 65_490 + b"</cellXfs>"
    tamper(team, {"xl/styles.xml": lambda d: re.sub(rb"<cellXfs.*</cellXfs>", many, d)})
    with pytest.raises(PackageError, match="cell formats"):
        grafted(team, author)
