"""What changed between two workbooks: as lines for a terminal, and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xltrack.leads.cells import number_text
from xltrack.leads.difference import CHANGES, Difference
from xltrack.render.lists import ListSheet, list_workbook
from xltrack.template import load_template
from xltrack.template.exchange_words import ChangeWords, load_exchange_words
from xltrack.text import Lang

_MOST_LINES = 30
_WIDTHS = {"change": 14, "lead_id": 16, "customer": 30, "owner": 12, "field": 18}
_LONG = {"old": 36, "new": 36, "sheet": 16, "row": 8}
_WHOLE = frozenset({"added", "gone"})


def change_lines(found: Difference, lang: Lang) -> list[str]:
    """The counts, then the changes by kind, at most thirty of a kind."""
    words = load_exchange_words().changes
    lines = [_heading(found, words, lang)]
    if not found.changes.empty:
        kinds = [kind for kind in CHANGES if found.counts[kind]]
        counts = (f"{words.kinds[kind].of(lang)} {found.counts[kind]:,}" for kind in kinds)
        lines.append(
            "  ".join([*counts, f"{words.kinds['same'].of(lang)} {found.counts['same']:,}"])
        )
    lines += _column_lines(found, words, lang)
    if found.changes.empty:
        return [*lines, words.phrases["none"].of(lang)]
    for kind in CHANGES:
        some = found.changes[found.changes["change"] == kind]
        if some.empty:
            continue
        lines += ["", words.kinds[kind].of(lang)]
        rows: list[Mapping[str, Any]] = some.head(_MOST_LINES).to_dict("records")  # type: ignore[assignment]
        lines += [_line(kind, row, words, lang) for row in rows]
        if len(some) > _MOST_LINES:
            lines.append(words.phrases["more"].of(lang).format(n=f"{len(some) - _MOST_LINES:,}"))
    return lines


def _heading(found: Difference, words: ChangeWords, lang: Lang) -> str:
    return (
        words.phrases["heading"]
        .of(lang)
        .format(
            before=found.before,
            after=found.after,
            leads_before=f"{found.leads_before:,}",
            leads_after=f"{found.leads_after:,}",
        )
    )


def _column_lines(found: Difference, words: ChangeWords, lang: Lang) -> Iterator[str]:
    glue = "、" if lang == "zh" else ", "
    listed = {"columns_added": found.columns_added, "columns_gone": found.columns_gone}
    for key, names in listed.items():
        if names:
            shown = glue.join(_field(name, lang) for name in names)
            yield words.phrases[key].of(lang).format(names=shown)


def _line(kind: str, row: Mapping[str, Any], words: ChangeWords, lang: Lang) -> str:
    phrases = words.phrases
    empty = phrases["empty"].of(lang)
    old, new = _shown(row["old"]) or empty, _shown(row["new"]) or empty
    if kind in _WHOLE:
        what = ""
    elif row["private"]:
        hidden = phrases["private"].of(lang)
        what = phrases["field_private"].of(lang).format(field=_of(row, lang), private=hidden)
    elif kind in ("amount", "field"):
        what = phrases["field_step"].of(lang).format(field=_of(row, lang), old=old, new=new)
    else:
        what = phrases["step"].of(lang).format(old=old, new=new)
    said = (
        phrases["line"]
        .of(lang)
        .format(
            lead=row["lead_id"] or "—",
            customer=row["customer"] or "—",
            owner=row["owner"] or "—",
            what=what,
        )
    )
    return said.rstrip()


def _of(row: Mapping[str, Any], lang: Lang) -> str:
    return _field(str(row["field"]), lang)


def _field(name: str, lang: Lang) -> str:
    declared = load_template().by_id.get(name)
    return declared.header.of(lang) if declared else name


def _shown(value: object) -> str:
    if isinstance(value, float):
        return number_text(value)
    return "" if value is None else str(value).replace("\n", " ")


def change_workbook(found: Difference, lang: Lang) -> bytes:
    """The changes as a workbook: a sheet of counts, a sheet with one row per change."""
    words, look = load_exchange_words().changes, load_template().look
    headers = {key: text.of(lang) for key, text in words.columns.items()}
    counts = [[words.kinds[kind].of(lang), number] for kind, number in found.counts.items()]
    widths = _WIDTHS | _LONG
    sheets = [
        ListSheet(
            words.summary.of(lang),
            [(headers["change"], 20), (headers["leads"], 12)],
            counts,
            [_heading(found, words, lang), *_column_lines(found, words, lang)],
        ),
        ListSheet(
            words.title.of(lang),
            [(headers[key], width) for key, width in widths.items()],
            _rows(found, words, lang),
        ),
    ]
    return list_workbook(sheets, (look.font.of(lang), look.font_size))


def _rows(found: Difference, words: ChangeWords, lang: Lang) -> Iterator[list[object]]:
    kinds = {kind: words.kinds[kind].of(lang) for kind in CHANGES}
    hidden = words.phrases["private"].of(lang)
    for row in found.changes.to_dict("records"):
        values = [row["old"], row["new"]]
        if row["private"]:
            values = ["", hidden]
        yield [
            kinds[row["change"]],
            row["lead_id"],
            row["customer"],
            row["owner"],
            _field(row["field"], lang) if row["field"] else "",
            *values,
            row["sheet"],
            row["row"],
        ]
