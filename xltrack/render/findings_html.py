"""Findings as one page that stands by itself: nothing is fetched, everything is filtered in it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any, BinaryIO

from xltrack.leads.checked import Checked, with_across
from xltrack.render.findings import Sink
from xltrack.render.findings_rows import COLUMNS, heads, row_of, severity_word
from xltrack.template import load_labels
from xltrack.template.locate import template_dir
from xltrack.text import Lang

FILTERS = ("file", "severity", "code", "owner")
SEVERITIES = ("error", "warning", "info")
PAGE = "findings.html"
_WORDS = ("check_title", "check_all", "check_search", "check_no_script")
_SEVERITY = COLUMNS.index("severity")
_NOT_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"}


class HtmlSink(Sink):
    """Keeps all findings, and writes the page at the end."""

    def __init__(self, out: BinaryIO, lang: Lang) -> None:
        self._out = out
        self._lang: Lang = lang
        self._kept: list[Checked] = []

    def add(self, checked: Checked) -> None:
        """Keep it."""
        self._kept.append(checked)

    def close(self) -> None:
        """Write the page."""
        self._out.write(page(with_across(self._kept), self._lang, dt.date.today()).encode())


def page(workbooks: list[Checked], lang: Lang, day: dt.date) -> str:
    """The page of all findings."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(template_dir()), autoescape=True, undefined=StrictUndefined
    )
    labels = load_labels()
    named = dict(zip(COLUMNS, heads(lang), strict=True))
    return environment.get_template(PAGE).render(
        lang="zh-CN" if lang == "zh" else "en",
        colon="\uff1a" if lang == "zh" else ": ",
        words={word: labels.phrase(word, lang) for word in _WORDS},
        day=labels.phrase("check_day", lang, day=day.isoformat()),
        totals=_totals(workbooks, lang),
        filters=[{"name": name, "label": named[name]} for name in FILTERS],
        heads=list(named.values()),
        data=Markup(_in_script(_data(workbooks, lang))),  # noqa: S704  # escaped for where it stands
    )


def _totals(workbooks: list[Checked], lang: Lang) -> list[dict[str, str]]:
    labels = load_labels()
    counts: Counter[str] = Counter(
        finding.severity for checked in workbooks for finding in checked.findings
    )
    unread = sum(checked.error is not None for checked in workbooks)
    totals = [
        (labels.phrase("check_files", lang), len(workbooks)),
        (labels.columns["leads"].label.of(lang), sum(checked.leads for checked in workbooks)),
        *((severity_word(severity, lang), counts[severity]) for severity in SEVERITIES),
    ]
    if unread:
        totals.append((labels.phrase("check_unread", lang), unread))
    return [{"label": label, "count": f"{count:,}"} for label, count in totals]


def _data(workbooks: list[Checked], lang: Lang) -> dict[str, Any]:
    labels = load_labels()
    rows = []
    for checked in workbooks:
        for number, finding in enumerate(checked.findings):
            cells = list(row_of(checked, finding, checked.owner_of(number), lang).cells)
            cells[_SEVERITY] = finding.severity
            rows.append(cells)
    return {
        "lang": lang,
        "columns": COLUMNS,
        "heads": heads(lang),
        "rows": rows,
        "severities": {severity: severity_word(severity, lang) for severity in SEVERITIES},
        "shown": labels.phrases["check_shown"].of(lang),
        "next": labels.phrases["check_next"].of(lang),
        "none": labels.phrases["check_none"].of(lang),
    }


def _in_script(data: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign, escaped in _NOT_IN_SCRIPT.items():
        text = text.replace(sign, escaped)
    return text
