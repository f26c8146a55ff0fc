"""The demonstration workbook: a filled tracking workbook of a sales team that does not exist."""

from __future__ import annotations

import datetime as dt
from typing import Any, BinaryIO

from xltrack.create.demo_leads import DemoLeads
from xltrack.create.demo_words import DemoWords, demo_words
from xltrack.create.workbook import new_layout, write_workbook
from xltrack.errors import UsageError
from xltrack.template import Template, default_settings
from xltrack.text import Lang

_MOST_LEADS = 1_000_000
_SPARE_ROWS = 500  # prepared below the last lead


def write_demo(
    stream: BinaryIO,
    *,
    template: Template,
    leads: int = 200,
    seed: int = 1,
    until: dt.date = dt.date(2024, 6, 30),
    lang: Lang = "zh",
    columns: str = "default",
) -> None:
    """Writes a filled workbook: six months of leads up to ``until``.

    The same arguments give the same bytes. Up to 5,000 leads hold a few slips of life (a date as
    text, an amount with a unit); above that the date and number columns are clean. Gaps and
    doubled ids occur at any size.

    Raises:
        UsageError: an unknown column; ``too_few_leads`` below 0, ``too_many_leads`` above a
            million.
    """
    if leads < 0:
        raise UsageError("too_few_leads", str(leads))
    if leads > _MOST_LEADS:
        raise UsageError("too_many_leads", str(leads))
    rows = max(template.workbook.rows, leads + _SPARE_ROWS)
    layout = new_layout(template, lang, columns, rows)
    words = demo_words()
    made = DemoLeads(template, default_settings(template, lang), words, leads, seed, until)
    write_workbook(stream, layout, made, _settings(words, made), as_of=until)


def _settings(words: DemoWords, made: DemoLeads) -> dict[str, list[dict[str, Any]]]:
    """Rows of the Settings tables that the template leaves empty."""
    return {
        "owners": [
            {
                "owner": person.owner,
                "active": person.active,
                "group": person.group,
                "successor": person.successor,
            }
            for person in words.owners
        ],
        "competitors": [
            {
                "competitor": entry.competitor,
                "synonyms": entry.synonyms,
                "talking_points": entry.talking_points,
            }
            for entry in words.competitors
        ],
        "targets": _targets(words, made),
        "holidays": [
            {"day": day, "note": holiday.note}
            for year in range(made.first_day.year, made.until.year + 1)
            for holiday in words.holidays
            if made.first_day <= (day := dt.date(year, holiday.month, holiday.day))
        ],
    }


def _targets(words: DemoWords, made: DemoLeads) -> list[dict[str, Any]]:
    """A target for the team in each month, and its share for each active person."""
    people = [person for person in words.owners if person.active]
    team = round(made.count / 6 * words.targets.per_lead)
    rows: list[dict[str, Any]] = []
    month = made.first_day
    while month <= made.until:
        rows.append({"month": f"{month:%Y-%m}", "owner": None, "target": team})
        rows += [
            {
                "month": f"{month:%Y-%m}",
                "owner": person.owner,
                "target": round(team / len(people), 1),
            }
            for person in people
        ]
        month = dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return rows
