"""``xltrack adopt``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xltrack.cli.options import Force, Lang
from xltrack.cli.speech import help_text, language, say

if TYPE_CHECKING:
    from xltrack.api import Adopted
    from xltrack.api.questions import Question
    from xltrack.leads.word_proposals import WordProposal


def adopt(
    path: Annotated[Path, typer.Argument(metavar="SOURCE", help=help_text("adopt_source"))],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=help_text("adopt_output"))
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADER=FIELD", help=help_text("adopt_map")),
    ] = None,
    add: Annotated[str, typer.Option("--add", metavar="FIELDS", help=help_text("adopt_add"))] = "",
    stages: Annotated[
        str, typer.Option("--stages", metavar="NAMES", help=help_text("adopt_stages_order"))
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help=help_text("adopt_yes"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("adopt_dry_run"))] = False,
    break_signature: Annotated[
        bool, typer.Option("--break-signature", help=help_text("break_signature"))
    ] = False,
    force: Force = False,
    lang: Lang = None,  # noqa: ARG001 - chosen by its callback
) -> None:
    """See the declared help."""
    from xltrack import api

    done = api.adopt(
        path,
        output=output,
        mapping=mapping or (),
        add=add,
        stages=stages,
        yes=yes,
        dry_run=dry_run,
        break_signature=break_signature,
        force=force,
        answer=_answer if sys.stdin.isatty() and not yes else None,
    )
    _report(done, output)


def _report(done: Adopted, output: Path | None) -> None:
    if not done.sheets:
        typer.echo(say("adopt_nothing", file=done.path.name))
        return
    for sheet in done.sheets:
        typer.echo(say("adopt_sheet", sheet=sheet.sheet, row=sheet.header_row, leads=sheet.leads))
    typer.echo(say("adopt_columns"))
    for column in done.columns:
        typer.echo(
            say(
                "adopt_column",
                header=column.header,
                field=_field(column.field),
                percent=round(100 * column.confidence),
                because=_because(column.because),
            )
        )
    if done.words:
        typer.echo(say("adopt_words"))
    for word in done.words:
        typer.echo(_word(word))
    typer.echo(say("adopt_stages", stages=" → ".join(name for name, _ in done.stages)))
    _report_rest(done, output)


def _report_rest(done: Adopted, output: Path | None) -> None:
    for name, value in done.parameters.items():
        typer.echo(say("adopt_parameter", name=_parameter(name), value=value))
    for new in done.added:
        typer.echo(
            say(
                "adopt_added",
                sheet=new.sheet,
                column=new.column,
                field=_field(new.field),
                filled=new.filled,
                empty=new.empty,
            )
        )
    if done.lacking:
        names = ", ".join(map(_field, done.lacking))
        typer.echo(say("adopt_lacking", fields=names, ids=",".join(done.lacking)))
    if done.receipt is None:
        typer.echo(say("adopt_dry"))
    elif output is not None:
        typer.echo(say("adopted", file=output.name))


def _answer(question: Question) -> str | None:
    """Ask in the terminal, by numbers; an empty answer takes what is proposed."""
    from rich.prompt import Prompt
    from rich.text import Text

    for number, choice in enumerate(question.choices, start=1):
        typer.echo(f"  {number}  {_choice(question, choice)}")
    asked = Text(_sentence(question))  # what stands in cells is no markup
    if not question.choices:
        return Prompt.ask(asked, default=question.proposed)
    numbers = [str(number) for number in range(1, len(question.choices) + 1)]
    usual = numbers[question.choices.index(question.proposed)]
    said = Prompt.ask(asked, choices=numbers, default=usual, show_choices=False)
    return question.choices[int(said) - 1]


def _sentence(question: Question) -> str:
    subject = question.subject
    if question.kind == "column":
        return say("ask_column", subject=subject, examples=", ".join(question.examples) or "…")
    if question.kind == "word":
        return say("ask_word", subject=subject, field=_field(question.field))
    if question.kind == "stages":
        return say("ask_stages")
    if question.kind == "needed":
        return say("ask_needed", subject=subject)
    if question.kind == "offered":
        return say("ask_offered", subject=_field(subject))
    return say("ask_unit", subject=subject)


def _choice(question: Question, choice: str) -> str:
    if question.kind in ("column", "needed"):
        return _field(choice)
    if question.kind == "offered":
        return say("answer_yes") if choice == "yes" else say("answer_no")
    return _item(choice) if question.kind == "word" else choice


def _word(word: WordProposal) -> str:
    return say(
        "adopt_word",
        field=_field(word.field),
        word=_shown(word),
        item=_item(word.item),
        count=word.count,
    )


def _shown(word: WordProposal) -> str:
    """The word, masked where somebody put something private into a list."""
    from xltrack.leads.privacy import without_private

    return without_private(word.word)


def _item(item: str) -> str:
    from xltrack.template.adopt_words import load_adopt_words

    said = load_adopt_words().items.get(item)
    return said.of(language()) if said is not None else item


def _because(key: str) -> str:
    from xltrack.template.adopt_words import load_adopt_words

    return load_adopt_words().because[key].of(language())


def _field(field: str) -> str:
    """The header of a field in the language of the terminal."""
    from xltrack.template import load_template

    if not field:
        return say("adopt_own")
    return load_template().by_id[field].header.of(language())


def _parameter(name: str) -> str:
    from xltrack.template import load_template

    listed = load_template().parameters
    return next(p.label.of(language()) for p in listed if p.id == name)
