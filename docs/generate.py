"""Writes the pages of docs/ that are made from the program: commands.md, tables.md,
messages.md, checks.md.

``python docs/generate.py`` after a change to an option, a table or a message; a test compares.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable
from pathlib import Path

import typer

os.environ["LC_ALL"] = "en_US.UTF-8"  # help is worded when the commands are imported

from xltrack.analysis import TABLES
from xltrack.analysis.pivots import pivot
from xltrack.cli.app import app
from xltrack.errors import Reason
from xltrack.findings import SEVERITIES
from xltrack.render.review_context import KINDS, variables
from xltrack.template import load_labels
from xltrack.template.definitions import load_definitions
from xltrack.template.finding_texts import FindingText, load_finding_texts
from xltrack.template.messages import load_messages
from xltrack.text import Lang

DOCS = Path(__file__).parent
_ARGUMENTS = re.compile(r"^Args:\n(?: +.*\n)+\n", re.MULTILINE)
MADE = "<!-- made by docs/generate.py: change the program, not this page -->\n"


def commands() -> str:
    """Every command with its options, in English and Chinese."""
    texts = load_messages().help
    by_help = {text.en: text.zh for text in texts.values()}
    group = typer.main.get_command(app)
    lines = [MADE, "# Commands", ""]
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        lines += [f"## xltrack {name}", "", f"{texts[name].en} {texts[name].zh}", ""]
        lines += ["| option | what it does | 作用 |", "| --- | --- | --- |"]
        for parameter in command.params:
            shown = ", ".join(f"`{option}`" for option in parameter.opts)
            if parameter.param_type_name == "argument":
                shown = f"`{parameter.metavar}`"
            if parameter.name == "help":
                continue
            help_ = getattr(parameter, "help", "") or ""
            lines.append(f"| {shown} | {help_} | {by_help.get(help_, '')} |")
        lines.append("")
    return "\n".join(lines)


def tables() -> str:
    """Every table: what a row is, its columns, and how its columns are headed on a sheet."""
    labels = load_labels()
    lines = [
        MADE,
        "# Tables",
        "",
        "Ids are stable: `analyze --format json` and the Python API use them. Rates are fractions"
        " and null where they divide by nothing; amounts are in the workbook's unit. How terms"
        " such as *won*, *due* and *cohort* are meant stands in [analysis.md](analysis.md).",
        "",
    ]
    for name, function in TABLES.items():
        lines += [f"## {name}", "", f"{labels.tables[name].en} · {labels.tables[name].zh}", ""]
        lines += [_described(function), ""]
    sheet = labels.sheets["pivots"]
    lines += ["## pivot:<title>", "", f"{sheet.en} · {sheet.zh}", "", _described(pivot), ""]
    lines += ["## Headings", "", "| id | 中文 | English |", "| --- | --- | --- |"]
    for column, label in labels.columns.items():
        lines.append(f"| `{column}` | {label.label.zh} | {label.label.en} |")
    return "\n".join([*lines, ""])


def _described(function: Callable[..., object]) -> str:
    """A table function's docstring without its arguments; what it refers to follows it."""
    text = _ARGUMENTS.sub("", inspect.cleandoc(function.__doc__ or ""))
    first, found, name = text.partition("; see :func:`")
    if not found:
        return text.replace(":func:", "")
    general = getattr(inspect.getmodule(function), name.rstrip("`."))
    return f"{first}.\n\n{_described(general)}"


def messages() -> str:
    """Every reason a task can fail for, with its sentence in both languages."""
    texts = load_messages().errors
    lines = [
        MADE,
        "# Messages",
        "",
        "What stops a command, by the reason an exception carries. Exit status 2; the file is as it"
        " was.",
        "",
        "| reason | English | 中文 |",
        "| --- | --- | --- |",
    ]
    rows = [f"| `{reason}` | {texts[reason].en} | {texts[reason].zh} |" for reason in Reason]
    lines += [row.replace("\n", "<br>") for row in rows]
    return "\n".join([*lines, ""])


def definitions() -> str:
    """What each metric means, as the sheet of definitions says it too."""
    labels = load_labels()
    lines = [
        MADE,
        "# Definitions",
        "",
        "What stands on the sheet 指标口径 / Definitions. A rate never mixes two bases: *cohort* is"
        " the leads acquired in a window with what became of them, *closed* those won or lost in"
        " the period, *state* the open ones of a day.",
        "",
    ]
    for metric, defined in load_definitions().metrics.items():
        label = labels.column("overview", metric).label
        zh, en = (
            text.format(unit=unit) for text, unit in ((label.zh, "万元"), (label.en, "10k CNY"))
        )
        lines += [f"## {zh} · {en}", "", f"`{metric}`, base {defined.base}. "]
        lines += [f"{defined.definition.en} {defined.definition.zh}", ""]
        lines += [f"{defined.formula.en} · {defined.formula.zh} ({defined.source.en})", ""]
    return "\n".join(lines)


def checks() -> str:
    """Every code of the checks: what, why, how to mend it, and whether a fix is offered."""
    texts = load_finding_texts()
    lines = [
        MADE,
        "# Checks",
        "",
        "Codes never change their meaning. A team switches a rule off or changes how grave it is in"
        " the parameter *Checks* (校验规则) of Settings, e.g. `V155=off, V142=error` or"
        " `V155=关、V142=错误`. *fix* says how often findings come with a value that"
        " `xltrack fix` puts there.",
        "",
        "| code | severity | what | why it matters | how to mend it | fix |",
        f"|{' --- |' * 6}",
    ]
    lines += [_check_row(code, texts[code], "en") for code in sorted(SEVERITIES)]
    lines += ["", "## 校验规则", "", "| 编号 | 级别 | 内容 | 为什么 | 怎么改 | 修复 |"]
    lines += [f"|{' --- |' * 6}"]
    lines += [_check_row(code, texts[code], "zh") for code in sorted(SEVERITIES)]
    return "\n".join([*lines, ""])


_CHINESE = {"error": "错误", "warning": "提醒", "info": "建议"}
_CHINESE |= {"never": "", "sometimes": "确定时", "always": "可以"}


def _check_row(code: str, text: FindingText, lang: Lang) -> str:
    grade, fix = str(SEVERITIES[code]), text.fix.replace("never", "")
    if lang == "zh":
        grade, fix = _CHINESE[grade], _CHINESE[text.fix]
    said = (_blanks(each.of(lang)) for each in (text.message, text.why, text.suggestion))
    return f"| {' | '.join([f'`{code}`', grade, *said, fix])} |"


def _blanks(text: str) -> str:
    """A sentence of a finding with what it fills in shown by name."""
    return re.sub(r"\{(\w+)\}", r"‹\1›", text).replace("|", "\\|")


def review_context() -> str:
    """Every variable of the templates of the review, by what holds it."""
    lines = [
        MADE,
        "# What a template of the review can use",
        "",
        "The names of *context* stand in a template as they are; the others are what they hold. See"
        " [review.md](review.md) for how to make a team's own templates.",
        "",
    ]
    for name, kind in KINDS.items():
        lines += [f"## {name}", "", inspect.cleandoc(kind.__doc__ or ""), ""]
        lines += ["| variable | type | what it is |", "| --- | --- | --- |"]
        for variable, (shape, said) in variables(kind).items():
            lines.append(f"| `{variable}` | `{shape}` | {said} |")
        lines.append("")
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "definitions.md": definitions,
    "tables.md": tables,
    "messages.md": messages,
    "review-context.md": review_context,
    "checks.md": checks,
}


if __name__ == "__main__":
    for page, make in PAGES.items():
        (DOCS / page).write_text(make(), encoding="utf-8")
