"""``xltrack clean`` and ``xltrack inspect``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.options import Force, Lang, Paths
from xltrack.cli.several import each_workbook, expand, outputs_for
from xltrack.cli.speech import explain, help_text, language, say
from xltrack.errors import Refused

if TYPE_CHECKING:
    from xltrack.sheetml.references import Reference
    from xltrack.writeback import Contents, SheetContents


def clean(
    paths: Paths,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=help_text("output"))] = None,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    workbooks = expand(paths)
    outputs = outputs_for(workbooks, output)

    def run(path: Path) -> None:
        from xltrack import api

        cleaned = api.clean(path, output=outputs.get(path), force=force, proceed=_warn)
        if cleaned is None:
            typer.echo(say("left_alone", file=path.name))
            return
        name = cleaned.destination.name
        glue = "、" if language() == "zh" else ", "
        if cleaned.sheets:
            typer.echo(say("cleaned", file=name, sheets=glue.join(cleaned.sheets)))
        else:
            typer.echo(say("nothing_owned", file=name))

    if each_workbook(workbooks, run):
        raise typer.Exit(2)


def _warn(references: tuple[Reference, ...]) -> bool:
    """Name what would point at nothing, and ask where somebody can answer."""
    for reference in references:
        typer.echo(say("pointed_at", place=reference.place, text=reference.text), err=True)
    return not sys.stdin.isatty() or typer.confirm(say("go_on"), err=True)


def inspect(
    paths: Paths,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""

    def run(path: Path) -> None:
        from xltrack import api

        typer.echo("\n".join(_lines(api.inspect(path))))

    if each_workbook(expand(paths), run):
        raise typer.Exit(2)


def _lines(contents: Contents) -> list[str]:
    lines = [
        say(
            "contents",
            file=contents.path.name,
            producer=contents.producer or "?",
            sheets=len(contents.sheets),
            charts=contents.charts,
            pivots=contents.pivot_tables,
            macros=say("with_macros") if contents.macros else say("without_macros"),
        )
    ]
    lines += [say("sheet_line", name=sheet.name, marks=_marks(sheet)) for sheet in contents.sheets]
    if contents.lost_by_others:
        lines.append(say("lost_by_others", features=", ".join(contents.lost_by_others)))
    lines += [say("problem", problem=problem) for problem in contents.problems]
    if contents.refused is None:
        lines.append(say("writable"))
    else:
        lines.append(explain(Refused(contents.path, contents.refused)))
    return lines


def _marks(sheet: SheetContents) -> str:
    marks = []
    if sheet.owned:
        marks.append(say("mark_owned"))
    if sheet.copy:
        marks.append(say("mark_copy"))
    if sheet.state != "visible":
        marks.append(say("mark_hidden"))
    marks += [say("mark_table", name=table) for table in sheet.tables]
    if sheet.charts:
        marks.append(say("mark_charts", n=sheet.charts))
    if sheet.pivot_tables:
        marks.append(say("mark_pivots", n=sheet.pivot_tables))
    return f" ({', '.join(marks)})" if marks else ""
