from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import PackageError, Reason, UnreadableWorkbook
from xltrack.opc import Package, Problem, lint, open_package, package_from_bytes
from xltrack.opc.content_types import EditedContentTypes, read_content_types
from xltrack.opc.relationships import EditedRelationships

RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="r"/><Default Extension="xml" ContentType="x"/>'
    '<Override PartName="/m/main.xml" ContentType="main"/></Types>'
)


def relationships(*targets: str) -> str:
    items = "".join(
        f'<Relationship Id="rId{number}" Type="t/{target.split("/")[-1]}" Target="{target}"/>'
        for number, target in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELS}">{items}</Relationships>'


def package(**changes: str | None) -> Package:
    content: dict[str, str | None] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relationships("m/main.xml"),
        "m/main.xml": "<main/>",
        "m/_rels/main.xml.rels": relationships("a.xml", "b.xml"),
        "m/a.xml": "<a/>",
        "m/b.xml": "<b/>",
        "m/_rels/b.xml.rels": relationships("c.xml"),
        "m/c.xml": "<c/>",
    }
    content |= {name.replace("__", "/"): data for name, data in changes.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            if data is not None:
                archive.writestr(name, data)
    return package_from_bytes(out.getvalue(), "book.xlsx")


def test_names_are_found_in_any_case() -> None:
    assert "M/MAIN.xml" in package()
    assert package().read("M/Main.XML") == b"<main/>"
    with pytest.raises(PackageError, match="no such part"):
        package().read("m/none.xml")


def test_the_overlay_hides_adds_and_replaces() -> None:
    laid = package().laid_over({"m/a.xml": None, "M/B.xml": b"<b2/>", "m/new.xml": b"<n/>"})
    assert "m/a.xml" not in laid
    assert laid.read("m/b.xml") == b"<b2/>"
    assert list(laid.names.values())[-1] == "m/new.xml"
    assert laid.size("m/new.xml") == 4
    assert package().read("m/b.xml") == b"<b/>"


def test_reachable_follows_relationships_and_stops_where_told() -> None:
    everything = {"_rels/.rels", "m/main.xml", "m/_rels/main.xml.rels", "m/a.xml", "m/b.xml"}
    everything |= {"m/_rels/b.xml.rels", "m/c.xml"}
    assert set(package().reachable()) == everything
    without = set(package().reachable([("m/main.xml", "rId2")]))
    assert everything - without == {"m/b.xml", "m/_rels/b.xml.rels", "m/c.xml"}


def test_a_circle_of_relationships_ends() -> None:
    circle = package(**{"m___rels__c.xml.rels": relationships("main.xml")})
    assert "m/_rels/c.xml.rels" in circle.reachable()


def test_a_sound_package_has_no_problems() -> None:
    assert lint(package()) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"m/a.xml": None}, Problem("m/_rels/main.xml.rels", "target a.xml does not exist")),
        ({"m/lost.xml": "<l/>"}, Problem("m/lost.xml", "nothing refers to it")),
        ({"m/main.xml": None}, Problem("m/main.xml", "content type without a part")),
        ({"m/x.bin": "1"}, Problem("m/x.bin", "no content type")),
        (
            {"m/_rels/b.xml.rels": relationships("c.xml", "c.xml").replace("rId2", "rId1")},
            Problem("m/_rels/b.xml.rels", "relationship rId1 twice"),
        ),
        ({"m/_rels/z.xml.rels": relationships("c.xml")}, None),
    ],
)
def test_lint_finds_each_kind_of_problem(changes: dict[str, Any], problem: Problem | None) -> None:
    expected = problem or Problem("m/_rels/z.xml.rels", "relationships without their source")
    assert expected in lint(package(**changes))


def test_something_else_in_a_zip_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hi")
    with pytest.raises(UnreadableWorkbook) as caught:
        open_package(path)
    assert caught.value.reason is Reason.NOT_A_WORKBOOK


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"", Reason.EMPTY_FILE),
        ("a.xlsx", b"hello", Reason.NOT_A_WORKBOOK),
        ("a.csv", b"a,b\n1,2\n", Reason.PLAIN_TEXT),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Reason.LEGACY_XLS),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            Reason.ENCRYPTED,
        ),
        ("a.xlsx", b"PK\3\4" + b"\0" * 40, Reason.DAMAGED),
    ],
)
def test_files_of_other_kinds_are_told(
    tmp_path: Path, name: str, content: bytes, reason: Reason
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableWorkbook) as caught:
        open_package(path)
    assert caught.value.reason is reason


def test_open_document_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(UnreadableWorkbook) as caught:
        open_package(path)
    assert caught.value.reason is Reason.OPEN_DOCUMENT


def test_a_declared_type_touches_no_other_part() -> None:
    edited = EditedContentTypes(TYPES.encode(), Path("b"))
    edited.declare("m/other.xml", "other")
    edited.declare("media/one.PNG", "image/png")
    edited.declare("media/two.png", "image/png")
    changed = edited.changed()
    assert changed is not None
    assert changed.count(b"image/png") == 1
    types = read_content_types(changed, Path("b"))
    found = [types.of(n) for n in ("m/main.xml", "m/a.xml", "m/other.xml", "media/two.png")]
    assert found == ["main", "x", "other", "image/png"]
    edited.forget("M/other.xml")
    assert edited.changed() != changed


def test_new_relationships_get_free_ids() -> None:
    data = relationships("a.xml", "b.xml").replace("rId1", "rId7").encode()
    edited = EditedRelationships(data, "m/main.xml", Path("b"), "rels")
    assert edited.add("t/new", "m/sub/new.xml") == "rId8"
    assert edited.all()[-1].part == "m/sub/new.xml"
    edited.remove("rId8")
    assert edited.changed() is None
