"""A team's own templates: a sandbox, strict, and an error that says where."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import meta

import xltrack
from xltrack.render.review_context import (
    KINDS,
    CellText,
    ChartText,
    ColumnText,
    FigureText,
    ReportText,
    ReviewContext,
    RowText,
    SectionText,
    TableText,
    variables,
)
from xltrack.render.review_docx import review_docx
from xltrack.render.review_pages import markdown_text, review_html, review_markdown
from xltrack.template.locate import template_dir

SHIPPED = template_dir() / "review"


@pytest.fixture
def context() -> ReviewContext:
    """A review of one section, with text that means something to HTML and Markdown."""
    table = TableText(
        "t",
        "Title",
        "base",
        (ColumnText("channel", "A|B", False, 10), ColumnText("leads", "n", True, 5)),
        (
            RowText(
                (CellText("<b>|{{7*7}}", False, False), CellText("3", True, False)), True, False
            ),
        ),
        "1 more",
    )
    chart = ChartText("chart", "a: 1", "<svg><title>t</title></svg>")
    section = SectionText("channels", "Channels", "cohort", ("one <line>",), (table,), (chart,))
    report = ReportText("market", "Market & more", "said", (section,))
    figure = FigureText("Won", "40.0%", "(2/5)*", "= 0%", "closed", True)
    return ReviewContext("en", "Review", "as of", (figure,), (report,), "2024-07-01", "* few")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a copy of the shipped templates."""
    return xltrack.review(init=tmp_path / "own")


def test_html_escapes_and_keeps_drawings(context: ReviewContext) -> None:
    page = review_html(context, SHIPPED)
    assert page.startswith("<!doctype html>")
    assert "&lt;b&gt;|{{7*7}}" in page
    assert "<svg><title>t</title></svg>" in page
    assert "Market &amp; more" in page


def test_markdown_escapes_before_a_template_sees_it(context: ReviewContext) -> None:
    text = review_markdown(context, SHIPPED)
    assert r"| &lt;b&gt;\|\{\{7\*7\}\} | 3 |" in text
    assert r"| A\|B | n |" in text
    assert "one &lt;line&gt;" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("# a", r"\# a"), ("- a", r"\- a"), ("-5", "-5"), ("1. a", r"1\. a"), ("===", r"\===")],
)
def test_markdown_text_starts_no_block(text: str, shown: str) -> None:
    assert markdown_text(text) == shown


def test_the_same_review_is_the_same_word_document(context: ReviewContext) -> None:
    assert review_docx(context, SHIPPED) == review_docx(context, SHIPPED)


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("{{ nothing_of_the_kind }}", "nothing_of_the_kind"),
        ("{{ title.missing }}", "missing"),
        ("{% for %}", "[Ee]xpected"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ title.__class__.__mro__ }}", "unsafe|__class__"),
        ("{% include 'other.html' %}", "missing"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    own: Path, context: ReviewContext, line: str, detail: str
) -> None:
    (own / "review.html").write_text(f"one\ntwo\n{line}\n", encoding="utf-8")
    with pytest.raises(xltrack.TemplateError, match=detail) as raised:
        review_html(context, own)
    if "include" in line:
        assert raised.value.file.name == "other.html"
    else:
        assert (raised.value.file.name, raised.value.key) == ("review.html", "line 3")


def test_a_folder_without_the_template_is_an_error(context: ReviewContext, tmp_path: Path) -> None:
    for draw in (review_html, review_markdown, review_docx):
        with pytest.raises(xltrack.TemplateError, match="missing"):
            draw(context, tmp_path)


def test_a_word_template_that_is_none_is_an_error(own: Path, context: ReviewContext) -> None:
    (own / "review.docx").write_bytes(b"not a document")
    with pytest.raises(xltrack.TemplateError, match=r"review\.docx"):
        review_docx(context, own)


def test_templates_come_from_their_folder_alone(own: Path, context: ReviewContext) -> None:
    (own.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (own / "review.html").write_text("{% include '../secret.txt' %}", encoding="utf-8")
    with pytest.raises(xltrack.TemplateError):
        review_html(context, own)


def test_init_overwrites_nothing_unless_forced(own: Path) -> None:
    assert {file.name for file in own.iterdir()} == {file.name for file in SHIPPED.iterdir()}
    (own / "review.css").write_text("mine", encoding="utf-8")
    with pytest.raises(xltrack.Refused):
        xltrack.review(init=own)
    assert (own / "review.css").read_text(encoding="utf-8") == "mine"
    xltrack.review(init=own, force=True)
    assert (own / "review.css").read_bytes() == (SHIPPED / "review.css").read_bytes()


def test_every_variable_of_the_context_is_documented() -> None:
    reached = {kind.__name__ for kind in kinds_of(ReviewContext)}
    assert reached == {kind.__name__ for kind in KINDS.values()}
    page = (Path(xltrack.__file__).parent.parent / "docs" / "review-context.md").read_text("utf-8")
    for name, kind in KINDS.items():
        documented = re.search(rf"## {name}\n(.*?)(?:\n## |\Z)", page, re.DOTALL)
        assert documented is not None
        names = re.findall(r"^\| `(\w+)` \|", documented[1], re.MULTILINE)
        assert names == [field.name for field in fields(kind)] == list(variables(kind))


def kinds_of(kind: Any) -> Iterator[type]:
    """A class of the context and those its variables hold."""
    yield kind
    module = inspect.getmodule(kind)
    for field in fields(kind):
        for name in re.findall(r"\w+", str(field.type).partition(",")[0]):
            held = getattr(module, name, None)
            if isinstance(held, type) and is_dataclass(held):
                yield from kinds_of(held)


def test_shipped_templates_use_documented_variables_only() -> None:
    known = set(variables(ReviewContext))
    for name in ("review.html", "review.md"):
        tree = jinja2.Environment(autoescape=True).parse((SHIPPED / name).read_text("utf-8"))
        assert meta.find_undeclared_variables(tree) <= known
