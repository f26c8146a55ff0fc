from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.errors import PackageError, Reason, Refused
from xltrack.opc.markup import EditedPart, is_utf16, parse, serialise

PATH = Path("book.xlsx")


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "http://localhost/x.dtd"><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    ],
)
def test_a_doctype_is_refused_in_any_encoding(document: str) -> None:
    for data in (document.replace("UTF-16", "UTF-8").encode(), document.encode("utf-16")):
        with pytest.raises(PackageError):
            parse(data, PATH, "xl/workbook.xml")


@pytest.mark.parametrize(
    "data", [b"", b"<a>", b"<a></b>", b"\x00", b"<a b='1' b='2'/>", b"<a>&x;</a>"]
)
def test_broken_markup_names_its_part(data: bytes) -> None:
    with pytest.raises(PackageError) as caught:
        parse(data, PATH, "xl/workbook.xml")
    assert caught.value.part == "xl/workbook.xml"


def test_prefixes_of_other_programs_stay() -> None:
    document = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        b'<x:a xmlns:x="u:main" xmlns:mc="u:mc" xmlns:v2="u:v2" mc:Ignorable="v2"><x:b/></x:a>'
    )
    assert serialise(parse(document, PATH, "p")) == document


def test_a_part_counts_as_changed_only_when_its_tree_is() -> None:
    part = EditedPart(b"<?xml version='1.0'?>\r\n<a  b = '1'><c></c></a>", PATH, "p")
    assert part.changed() is None
    part.root.set("b", "1")
    assert part.changed() is None
    part.root.set("b", "2")
    assert part.changed() is not None


def test_a_part_in_utf16_is_told_and_refused_for_editing() -> None:
    data = '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")
    assert is_utf16(data)
    assert not is_utf16(b"<a/>")
    with pytest.raises(Refused) as caught:
        EditedPart(data, PATH, "p")
    assert caught.value.reason is Reason.UTF16_PART
