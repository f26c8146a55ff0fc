"""Rules of a sheet: what it lacks of others, and how that is put beside what it has."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from xltrack.errors import PackageError
from xltrack.sheetml.areas import areas_of, without
from xltrack.sheetml.relative import moved, shape
from xltrack.sheetml.rules import SheetRules
from xltrack.sheetml.sheet_frame import SheetFrame
from xltrack.sheetml.sheet_markup import SheetMarkup
from xltrack.sheetml.splice import applied

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELLS = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'


def frame(after: str = "", before: str = "", head: str = "") -> SheetFrame:
    data = f'{head}<worksheet xmlns="{MAIN}">{before}{CELLS}{after}</worksheet>'.encode()
    return SheetFrame(SheetMarkup(data, Path("a.xlsx"), "sheet"))


def rules(after: str = "", before: str = "") -> SheetRules:
    return SheetRules(frame(after, before))


def dropdown(areas: str, source: str = "channel_list") -> str:
    formula = f"<formula1>{source}</formula1>"
    return f'<dataValidation type="list" sqref="{areas}">{formula}</dataValidation>'


def validations(*entries: str) -> str:
    count = len(entries)
    return f'<dataValidations count="{count}">{"".join(entries)}</dataValidations>'


def highlight(areas: str, formula: str, index: int = 0, priority: int = 1) -> str:
    rule = f'<cfRule type="expression" dxfId="{index}" priority="{priority}">'
    return (
        f'<conditionalFormatting sqref="{areas}">{rule}<formula>{formula}</formula></cfRule>'
        "</conditionalFormatting>"
    )


def put_back(has: str, wants: str, known_by: tuple[str, ...] = (), before: str = "") -> str:
    """What follows the cells once the missing rules are there."""
    mine, wanted = rules(has, before), rules(wants)
    splices = mine.put_in(mine.missing(wanted.rules, known_by), [7, 8, 9])
    made = applied(mine.frame.markup.data, splices).decode()
    etree.fromstring(made)
    head, cells, rest = made.partition(CELLS)
    assert cells
    assert head == f'<worksheet xmlns="{MAIN}">{before}'
    return rest.removesuffix("</worksheet>")


def test_a_dropdown_comes_back_where_cells_have_none() -> None:
    has = validations(dropdown("B2:B9 B12:B20"), dropdown("D2:D20", "other"))
    made = put_back(has, validations(dropdown("B2:B20")))
    assert made == validations(
        dropdown("B2:B9 B12:B20"), dropdown("D2:D20", "other"), dropdown("B10:B11")
    )


def test_the_teams_own_dropdown_stays_in_its_cells() -> None:
    has = validations(dropdown("B2:B9"), dropdown("B10:B20", '"a,b"'))
    assert put_back(has, validations(dropdown("B2:B20"))) == has


def test_cells_of_a_dropdown_that_only_newer_programs_know_are_covered() -> None:
    extension = (
        '<extLst><ext xmlns:x14="x14" xmlns:xm="xm" uri="u"><x14:dataValidations count="1">'
        "<x14:dataValidation><xm:sqref>B10:B20</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst>"
    )
    has = validations(dropdown("B2:B9")) + extension
    assert put_back(has, validations(dropdown("B2:B20"))) == has


def test_rules_reach_as_far_as_those_of_the_sheet_usually_do() -> None:
    has = validations(dropdown("B2:B99"), dropdown("C2:C99", "c"), dropdown("D2:D120", "d"))
    wants = validations(*(dropdown(f"{x}2:{x}20", x.lower()) for x in "CDE"))
    assert put_back(has, wants).endswith(dropdown("E2:E99", "e") + "</dataValidations>")


def test_a_list_of_validations_is_made_where_the_schema_wants_it() -> None:
    before, after = '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>', "<hyperlinks/>"
    wants = validations(dropdown("B2:B20"))
    assert put_back(before + after, wants) == before + wants + after
    assert put_back("", wants) == wants
    assert put_back("<dataValidations count='0'/>", wants) == wants


def test_alternatives_stand_behind_the_rules() -> None:
    choice = '<mc:AlternateContent xmlns:mc="mc"><mc:Choice/></mc:AlternateContent>'
    wants = validations(dropdown("B2:B20"))
    assert put_back(choice, wants) == wants + choice


def test_a_format_comes_back_with_its_formula_moved_and_a_later_priority() -> None:
    formula = 'AND($B2="$B2",A2&gt;1,COUNTIF($B$2:$B$20,$B2)=1)'
    has = highlight("A2:A9 A12:A20", formula, 3, 4) + highlight("Z1", "TRUE", 0, 9)
    made = put_back(has, highlight("A2:A20", formula, 1))
    again = 'AND($B10="$B2",A10&gt;1,COUNTIF($B$2:$B$20,$B10)=1)'
    # the text between quotes is no cell
    assert made == has + highlight("A10:A11", again, 8, 10)


def test_a_format_is_known_wherever_its_area_starts_and_ends() -> None:
    wants = highlight("A2:A20", "AND($B2&gt;1,SUM($C$2:$C$20)=1)")
    for has in (
        highlight("A5:A30 A2:A4", "AND($B5&gt;1,SUM($C$2:$C$30)=1)"),
        highlight("A5:A30 A2:A4", "AND($B2&gt;1,SUM($C$2:$C$30)=1)"),
    ):
        assert put_back(has, wants) == has


def test_areas_whose_first_cell_is_not_plain_become_one_format_each() -> None:
    has = highlight("A2:B20", "$C2=1").replace("A2:B20", "A2:A14 B7:B20")
    made = put_back(has, highlight("A2:B20", "$C2=1"))
    assert made == has + highlight("A15:A20", "$C15=1", 7, 2) + highlight("B2:B6", "$C2=1", 7, 3)


def test_a_format_that_is_gone_comes_back_unless_others_say_the_same_in_other_words() -> None:
    wants = highlight("A2:A20", "MATCH($B2,prio_list,0)=1")
    other = highlight("A2:A20", "$B2=INDEX(prio_list,1)")
    assert put_back(other, wants, known_by=("prio_list",)) == other
    assert put_back(other, wants, known_by=("stage_list",)) == other + highlight(
        "A2:A20", "MATCH($B2,prio_list,0)=1", 7, 2
    )


def test_the_native_rule_of_duplicates_has_no_formula() -> None:
    rule = '<cfRule type="duplicateValues" dxfId="0" priority="1"/>'
    has = f'<conditionalFormatting sqref="A2:A9">{rule}</conditionalFormatting>'
    wants = has.replace("A9", "A20")
    made = put_back(has, wants.replace("A2:A20", "A2:A20 C2:C9"))
    assert made.endswith(
        '<cfRule type="duplicateValues" dxfId="7" priority="2"/></conditionalFormatting>'
    )


def test_putting_back_twice_changes_nothing() -> None:
    wants = highlight("A2:C20", "$D2=1") + validations(dropdown("B2:B20"))
    has = highlight("A2:A20 C4:C20", "$D2=1") + validations(dropdown("B2:B9"), dropdown("C2:C20"))
    once = put_back(has, wants)
    assert once != has
    assert put_back(once, wants) == once


def test_a_prefix_is_kept() -> None:
    data = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData/><x:hyperlinks/></x:worksheet>'.encode()
    mine = SheetRules(SheetFrame(SheetMarkup(data, Path("a.xlsx"), "sheet")))
    wanted = rules(highlight("A2", "$B2=1") + validations(dropdown("B2:B20")))
    made = applied(data, mine.put_in(mine.missing(wanted.rules, ()), [0]))
    root = etree.fromstring(made)
    assert [etree.QName(e).localname for e in root] == [
        "sheetData",
        "conditionalFormatting",
        "dataValidations",
        "hyperlinks",
    ]
    assert {etree.QName(e).namespace for e in root.iter()} == {MAIN}


def test_sections_are_where_they_are_in_the_whole_part() -> None:
    for head in ("", "\ufeff", '<?xml version="1.0"?><!-- > -->'):
        made = frame('<hyperlinks a=">"/><pageMargins left="1"></pageMargins>', "<cols/>", head)
        data = made.markup.data
        found = {s.name: data[s.start : s.end].decode() for s in made.sections}
        assert found == {
            "cols": "<cols/>",
            "sheetData": CELLS,
            "hyperlinks": '<hyperlinks a=">"/>',
            "pageMargins": '<pageMargins left="1"></pageMargins>',
        }


def test_a_sheet_that_is_not_sound_around_its_cells_is_an_error() -> None:
    for after in ("<hyperlinks>", "<a b=c/>", "&x;"):
        with pytest.raises(PackageError):
            frame(after)


def test_what_is_left_of_areas() -> None:
    left = without(areas_of("A2:C10"), areas_of("B4:B5 A1:A10 C9:D12"))
    assert [str(area) for area in left] == ["B2:B3", "B6:B10", "C2:C8"]
    assert without(areas_of("A2:A9"), areas_of("A:A")) == []


def test_functions_and_names_are_no_cells() -> None:
    text = "LOG10(A1)+IF1!A1+'B 1'!A1+x_A1+A1B2+name.A1+ZZZ2024+A1048577+$A1"
    expected = "LOG10(B2)+IF1!B2+'B 1'!B2+x_A1+A1B2+name.A1+ZZZ2024+A1048577+$A2"
    assert moved(text, 1, 1) == expected
    assert shape("LOG10(A1)", (1, 1)) == "LOG10(C[0]R[0])"
