"""Texts of markup by position: found whole, replaced where they stand, the rest untouched."""

from __future__ import annotations

from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from xltrack.sheetml.markup_texts import (
    AttributeText,
    Edit,
    Found,
    TextGroup,
    decoded,
    replaced,
    texts_of,
)


def texts(markup: str) -> list[tuple[str, str]]:
    found = (each for each in texts_of(markup) if isinstance(each, TextGroup) and each.runs)
    return [(each.name, each.text) for each in found]


def test_runs_of_one_string_are_one_text() -> None:
    markup = "<si><r><t>138</t></r><r><rPr><b/></rPr><t>12&amp;3</t></r></si><si><t>x</t></si>"
    assert texts(markup) == [("si", "13812&3"), ("si", "x")]


def test_what_says_how_it_is_pronounced_is_a_text_of_its_own() -> None:
    assert texts("<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si>") == [
        ("rPh", "トウキョウ"),
        ("si", "東京"),
    ]


def test_comments_and_cdata_are_texts_too() -> None:
    assert texts("<a><!-- 1&amp;2 --><t>x<![CDATA[<y>]]>z</t></a>") == [
        ("#comment", " 1&amp;2 "),
        ("t", "x<y>z"),
    ]


def test_attributes_are_told_with_their_element() -> None:
    found = [e for e in texts_of("""<x:s v="a&quot;b" w='"'/>""") if isinstance(e, AttributeText)]
    assert [(e.element, e.name, e.text) for e in found] == [("s", "v", 'a"b'), ("s", "w", '"')]


def test_an_edit_over_several_runs_goes_into_the_first() -> None:
    def handle(found: Found) -> list[Edit] | None:
        return [(2, 5, "<M>")] if isinstance(found, TextGroup) and found.name == "si" else None

    markup = "<si><r><t>ab&#99;</t></r> <r><t>def</t></r></si>"
    text = next(e.text for e in texts_of(markup) if isinstance(e, TextGroup) and e.name == "si")
    assert text == "abc def"
    assert replaced(markup, handle) == "<si><r><t>ab&lt;M&gt;</t></r><r><t>ef</t></r></si>"


def test_what_is_no_markup_has_no_texts() -> None:
    assert decoded(b"\x89PNG\r\n") is None
    assert decoded(b"<a>\xff</a>") is None
    assert decoded('<?xml version="1.0" encoding="gb2312"?><a>中</a>'.encode("gb2312")) == (
        '<?xml version="1.0" encoding="gb2312"?><a>中</a>',
        "gb2312",
    )


strings = st.text(st.sampled_from("ab<&\"'>] 中1"), max_size=8)


@given(runs=st.lists(strings, min_size=1, max_size=4), data=st.data())
def test_an_edit_of_the_text_is_that_edit_of_what_is_read_again(
    runs: list[str], data: st.DataObject
) -> None:
    markup = "<si>" + "".join(f"<r><t>{escape(run)}</t></r>" for run in runs) + "</si>"
    text = "".join(runs)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(strings.filter(bool))
    edits = [(start, end, new)] if end > start else []

    def handle(found: Found) -> list[Edit] | None:
        return edits if isinstance(found, TextGroup) and found.name == "si" else None

    after = replaced(markup, handle)
    expected = text[:start] + new + text[end:] if edits else text
    assert "".join(said for name, said in texts(after) if name == "si") == expected
    if not edits:
        assert after == markup


@given(st.text(st.sampled_from("<>/a \"'=&;!-[]?"), max_size=30))
def test_any_characters_come_through_unchanged(markup: str) -> None:
    assert replaced(markup, lambda _: None) == markup
