"""The review drawn through templates: the shipped ones, or a team's own, in a sandbox."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from xltrack.errors import TemplateError
from xltrack.render.review_context import ReviewContext, as_mapping, each_text

HTML, MARKDOWN, WORD = "review.html", "review.md", "review.docx"
TEMPLATES = {".html": HTML, ".htm": HTML, ".md": MARKDOWN, ".docx": WORD}
"""The template of each ending a review can be written with."""
_MARKS = re.compile(r"([\\`*_\[\]{}|#~!])")
_BEGINS = re.compile(r"^(\d*)([-+.)](?=\s|$)|=+$)")
_MISTAKES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a mistake in a template can raise: Jinja's own, and Python's while it runs."""


def review_html(context: ReviewContext, folder: Path) -> str:
    """The three reports as one page of HTML that fetches nothing.

    Raises: TemplateError naming the file and line of a mistake in a template of ``folder``.
    """
    return _rendered(HTML, as_mapping(context), folder).lstrip()


def review_markdown(context: ReviewContext, folder: Path) -> str:
    """The three reports as Markdown; what leads say is escaped before a template sees it.

    Raises: as :func:`review_html`.
    """
    escaped = each_text(context, markdown_text)
    text = _rendered(MARKDOWN, as_mapping(escaped), folder)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def markdown_text(text: str) -> str:
    r"""Text that Markdown shows as it is.

    >>> markdown_text("=cmd|' /C <b>*")
    "=cmd\\|' /C &lt;b&gt;\\*"
    """
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BEGINS.sub(r"\1\\\2", _MARKS.sub(r"\\\1", plain))


def environment(folder: Path, *, escape: bool) -> SandboxedEnvironment:
    """A sandbox whose templates come from ``folder`` alone."""
    return SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=escape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _rendered(name: str, context: dict[str, Any], folder: Path) -> str:
    path = folder / name
    with mistakes_of(path):
        template = environment(folder, escape=name == HTML).get_template(name)
        return template.render(context)


@contextmanager
def mistakes_of(path: Path) -> Iterator[None]:
    """Turns what a template raises into one line with its file and line."""
    try:
        yield
    except jinja2.TemplateNotFound as error:
        raise TemplateError(path.parent / (error.name or path.name), "-", "missing") from error
    except jinja2.TemplateSyntaxError as error:
        place = Path(error.filename) if error.filename else path
        raise TemplateError(place, f"line {error.lineno}", _told(error)) from error
    except UnicodeDecodeError as error:
        raise TemplateError(path, "-", "not UTF-8") from error
    except _MISTAKES as error:
        place, line = _where(error, path)
        raise TemplateError(place, line, _told(error)) from error


def _where(error: Exception, path: Path) -> tuple[Path, str]:
    """The innermost place inside a template of the folder."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).parent == path.parent:
            return Path(frame.filename), f"line {frame.lineno}"
    return path, "-"


def _told(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


Draw = Callable[[ReviewContext, Path], str]
DRAWN: dict[str, Draw] = {HTML: review_html, MARKDOWN: review_markdown}
"""The faces that are text, by their template."""
