"""``xltrack doctor``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.options import Lang
from xltrack.cli.speech import help_text, language, say

if TYPE_CHECKING:
    from xltrack.doctor import Examined


def doctor(
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help=help_text("path_doctor"))
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help=help_text("fix_doctor"))] = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack.doctor import Verdict
    from xltrack.doctor import doctor as examine

    found = examine(path, fix=fix)
    for examined in found:
        typer.echo("\n".join(_lines(examined)))
    counts = Counter(Verdict.GOOD if each.repaired else each.verdict for each in found)
    typer.echo(
        say(
            "doctor_summary",
            good=counts[Verdict.GOOD],
            faults=counts[Verdict.FAULT],
            warnings=counts[Verdict.WARNING],
            unknown=counts[Verdict.UNKNOWN],
        )
    )
    if counts[Verdict.FAULT]:
        raise typer.Exit(1)


def _lines(examined: Examined) -> list[str]:
    from xltrack.template.doctor_texts import load_doctor_texts

    texts, lang = load_doctor_texts(), language()
    subject = texts.subjects[examined.subject]
    title, text = subject.title.of(lang), subject.states[examined.state].of(lang)
    text = text.format(**examined.values)
    mark = texts.verdicts["good" if examined.repaired else examined.verdict].of(lang)
    if examined.repaired:
        return [say("doctor_line", mark=mark, title=title, text=say("doctor_fixed", text=text))]
    lines = [say("doctor_line", mark=mark, title=title, text=text)]
    remedy = subject.remedies.get(examined.state)
    if remedy is not None:
        lines.append(say("doctor_remedy", text=remedy.of(lang).format(**examined.values)))
    if "trouble" in examined.values:
        lines.append(say("doctor_remedy", text=examined.values["trouble"]))
    return lines
