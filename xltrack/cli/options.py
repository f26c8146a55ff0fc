"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from xltrack.cli.speech import choose_language, help_text
from xltrack.errors import UsageError


class Language(StrEnum):
    """Languages the program speaks."""

    zh = "zh"
    en = "en"


def parse_day(text: str) -> dt.date:
    """A day as it is typed: 2024-05-31.

    Raises:
        UsageError: not of that form.
    """
    try:
        return dt.date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise UsageError("bad_day", text) from error


def _language(value: Language | None) -> Language | None:
    choose_language(value)
    return value


Lang = Annotated[
    Language | None,
    typer.Option("--lang", callback=_language, is_eager=True, help=help_text("lang")),
]
WorkbookLang = Annotated[Language, typer.Option("--workbook-lang", help=help_text("workbook_lang"))]
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help=help_text("paths"))]
NewPath = Annotated[Path, typer.Argument(metavar="PATH", help=help_text("path_new"))]
Columns = Annotated[str, typer.Option("--columns", help=help_text("columns"))]
Force = Annotated[bool, typer.Option("--force", help=help_text("force"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help=help_text("as_of"))]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help=help_text("settings"))
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", metavar="FILE", help=help_text("password_file"))
]
Week = Annotated[str | None, typer.Option("--week", metavar="YYYY-Www", help=help_text("week"))]
Month = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help=help_text("month"))]
Quarter = Annotated[
    str | None, typer.Option("--quarter", metavar="YYYY-Qn", help=help_text("quarter"))
]
ToDay = Annotated[str | None, typer.Option("--to", metavar="DAY", help=help_text("to_day"))]
