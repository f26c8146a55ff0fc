"""What findings say, as declared in ``templates/findings.toml``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

from xltrack.findings import MASK, Finding
from xltrack.template.declared import Declared, Text, load_template
from xltrack.template.layers import read_toml, typed
from xltrack.template.locate import template_dir
from xltrack.template.messages import load_messages
from xltrack.text import Lang


class FindingText(Declared, frozen=True, kw_only=True):
    """What a finding of one code says, what to do about it, and why it matters.

    ``words`` are the texts of parameters that differ by language, by parameter and value; ``fix``
    tells whether its findings come with a value that corrects them.
    """

    message: Text
    suggestion: Text
    why: Text
    fix: Literal["never", "sometimes", "always"] = "never"
    words: dict[str, dict[str, Text]] = msgspec.field(default_factory=dict)


class _Texts(Declared, frozen=True, kw_only=True):
    codes: dict[str, FindingText]


@cache
def load_finding_texts() -> Mapping[str, FindingText]:
    """The texts of every code, loaded once.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "findings.toml"
    return typed({"codes": read_toml(path)}, _Texts, path).codes


def shown(finding: Finding, lang: Lang) -> tuple[str, str]:
    """What a finding says and what to do about it, in the reader's language."""
    text = load_finding_texts()[finding.code]
    if finding.code in ("F001", "F002"):
        return _of_error(finding, lang), text.suggestion.of(lang)
    values: dict[str, object] = {
        "cell": finding.cell,
        "value": finding.value,
        "field": _field(finding.field, lang),
        "corrected": _corrected(finding),
        "lead_id": finding.lead_id,
        "sheet": finding.sheet,
        "workbook": finding.workbook,
    }
    values |= finding.params
    for name, words in text.words.items():
        if (word := words.get(finding.params.get(name, ""))) is not None:
            values[name] = word.of(lang).format_map(values)
    return text.message.of(lang).format_map(values), text.suggestion.of(lang).format_map(values)


def _of_error(finding: Finding, lang: Lang) -> str:
    text = load_messages().errors[finding.params["reason"]].of(lang)
    return text.format(file=finding.workbook, detail=finding.params.get("detail", ""))


def _field(field: str, lang: Lang) -> str:
    declared = load_template().by_id.get(field)
    return declared.header.of(lang) if declared else field


def _corrected(finding: Finding) -> str:
    if finding.secret is not None:
        return MASK
    value = finding.corrected
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
