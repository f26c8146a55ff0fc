import pytest

from xltrack.opc import names


@pytest.mark.parametrize(
    ("item", "part"),
    [("xl\\workbook.xml", "xl/workbook.xml"), ("/xl/styles.xml", "xl/styles.xml"), ("a", "a")],
)
def test_part_name_takes_every_kind_of_slash(item: str, part: str) -> None:
    assert names.part_name(item) == part


@pytest.mark.parametrize(
    ("source", "target", "part"),
    [
        ("xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl/worksheets/sheet1.xml", "../media/a%20b.png", "xl/media/a b.png"),
        ("xl/workbook.xml", "/xl/styles.xml", "xl/styles.xml"),
        ("xl/workbook.xml", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("", "xl/workbook.xml", "xl/workbook.xml"),
        ("xl/workbook.xml", "../../../etc/passwd", "etc/passwd"),
        ("xl/worksheets/sheet1.xml", "#Sheet2!A1", "xl/worksheets"),
    ],
)
def test_resolve_stays_inside_the_package(source: str, target: str, part: str) -> None:
    assert names.resolve(source, target) == part


@pytest.mark.parametrize("source", ["xl/workbook.xml", "workbook.xml", "xl/a/b/c.xml"])
def test_relative_is_undone_by_resolve(source: str) -> None:
    for part in ("xl/worksheets/sheet1.xml", "other.xml", "xl/a/b/d.xml"):
        assert names.resolve(source, names.relative(source, part)) == part


def test_relationships_name_and_source_are_inverse() -> None:
    for source in ("", "xl/workbook.xml", "workbook.xml"):
        assert names.source_of(names.relationships_name(source)) == source
    assert names.source_of("xl/workbook.xml") is None
    assert names.source_of("xl/rels/workbook.xml.rels") is None


def test_free_name_takes_the_lowest_number() -> None:
    taken = {"xl/charts/chart1.xml", "xl/charts/chart3.xml"}
    assert names.free_name("xl/charts/chart1.xml", taken) == "xl/charts/chart2.xml"
    assert names.free_name("XL/Charts/Chart9.xml", taken) == "XL/Charts/Chart2.xml"
