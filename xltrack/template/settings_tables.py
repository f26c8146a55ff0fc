"""Settings out of their tables: the template's own, or the cells of a Settings sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, TypeVar

from xltrack.template.check_settings import wrong_entries
from xltrack.template.declared import StageKind, Template, Text
from xltrack.template.settings import (
    Channel,
    Competitor,
    LostReason,
    Owner,
    Parameters,
    Pivot,
    Priority,
    Settings,
    SettingsProblem,
    Stage,
    Target,
)
from xltrack.text import Lang, fold, header_key, split_list

Row = Mapping[str, object]
T = TypeVar("T")


def default_settings(template: Template, lang: Lang) -> Settings:
    """The template's own settings in one language."""
    tables = {
        table.id: [
            {key: cell.of(lang) if isinstance(cell, Text) else cell for key, cell in row.items()}
            for row in table.rows
        ]
        for table in template.settings.tables
    }
    tables["parameters"] = [
        {"parameter": parameter.label.of(lang), "value": parameter.value}
        for parameter in template.parameters
    ]
    return _Reading(template).settings(tables, lang)


def settings_of(template: Template, tables: Mapping[str, Sequence[Row]], lang: Lang) -> Settings:
    """Settings from the rows of Settings tables by table id, each cell by column id."""
    return _Reading(template).settings(tables, lang)


def read_settings(template: Template, rows: Sequence[Sequence[object]], lang: Lang) -> Settings:
    """Settings from the cells of a Settings sheet.

    A table is found by the header of its first column followed by at least one more of its
    columns, wherever it stands; a table that is not there keeps the template's rows.

    Args:
        template: the declared template.
        rows: the sheet's cell values from A1, row by row; empty cells are ``None`` or ``""``.
        lang: language of the workbook, for what is not on the sheet.
    """
    tables = _find_tables(template, rows)
    default = default_settings(template, lang)
    if not tables:
        return default
    found = _Reading(template).settings(tables, lang, default.parameters)
    kept = {
        entry.name: getattr(default, entry.name)
        for entry in fields(Settings)
        if entry.name in {table.id for table in template.settings.tables} - {"parameters"}
        and (
            entry.name not in tables
            or (entry.name in ("stages", "priorities") and not getattr(found, entry.name))
        )
    }
    return replace(found, **kept)


@dataclass(frozen=True)
class Run:
    """Headers side by side on a Settings sheet and the rows below them.

    ``table`` is empty and ``columns`` hold None where the template does not know them.
    """

    table: str
    headers: tuple[str, ...]
    columns: tuple[str | None, ...]
    body: tuple[tuple[object, ...], ...]


def settings_runs(template: Template, rows: Sequence[Sequence[object]]) -> list[Run]:
    """The tables of a Settings sheet, and what else stands in their header rows, by place."""
    known: dict[str, tuple[int, int, int, Sequence[str | None]]] = {}
    unknown: list[tuple[int, int, int]] = []
    for top, row in enumerate(rows):
        keys = [_header_key(cell) for cell in row]
        for left in range(len(keys)):
            if not keys[left] or (left and keys[left - 1]):
                continue  # a table starts after an empty column
            end = next((i for i in range(left, len(keys)) if not keys[i]), len(keys))
            table_id, columns = _matching_table(template, keys[left:end])
            if table_id and table_id not in known:
                known[table_id] = (top, left, end, columns)
            elif not table_id:
                unknown.append((top, left, end))
    tops = {top for top, *_ in known.values()}
    found = [(place[:3], table, place[3]) for table, place in known.items()]
    found += [(place, "", (None,) * (place[2] - place[1])) for place in unknown if place[0] in tops]
    return [_run(rows, *entry) for entry in sorted(found, key=lambda entry: entry[0][:2])]


def _run(
    rows: Sequence[Sequence[object]],
    place: tuple[int, int, int],
    table: str,
    columns: Sequence[str | None],
) -> Run:
    top, left, end = place
    headers = tuple(str(cell) for cell in rows[top][left:end])
    return Run(table, headers, tuple(columns), _body(rows[top + 1 :], left, end))


def _header_key(cell: object) -> str:
    """What a cell is compared by as a header; most cells of a Settings sheet are none."""
    return "" if cell is None else _text_key(cell if isinstance(cell, str) else str(cell))


_text_key = lru_cache(maxsize=4096)(header_key)


def _find_tables(
    template: Template, rows: Sequence[Sequence[object]]
) -> dict[str, list[dict[str, object]]]:
    return {
        run.table: [
            {
                column: cell
                for column, cell in zip(run.columns, cells, strict=False)
                if column and cell not in (None, "")
            }
            for cells in run.body
        ]
        for run in settings_runs(template, rows)
        if run.table
    }


def _matching_table(template: Template, run: list[str]) -> tuple[str, list[str | None]]:
    best: tuple[int, str, list[str | None]] = (1, "", [])
    for table, ids in template.settings_headers:
        first = ids.get(run[0])
        if first is None or first != table.columns[0].id:
            continue
        columns = [ids.get(key) for key in run]
        known = sum(column is not None for column in columns)
        if known > best[0]:
            best = (known, table.id, columns)
    return best[1], best[2]


def _body(rows: Sequence[Sequence[object]], left: int, end: int) -> tuple[tuple[object, ...], ...]:
    cut = (tuple(row[left:end]) for row in rows)
    return tuple(cells for cells in cut if any(cell not in (None, "") for cell in cells))


class _Reading:
    """Turns rows of raw cells into settings and remembers what could not be used."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.problems: list[SettingsProblem] = []

    def settings(
        self,
        tables: Mapping[str, Sequence[Row]],
        lang: Lang,
        parameters: Parameters | None = None,
    ) -> Settings:
        """All tables; one that is missing is empty."""
        return Settings(
            lang=lang,
            channels=self._named(tables, "channels", "channel", self._channel),
            stages=self._named(tables, "stages", "stage", self._stage),
            priorities=self._named(tables, "priorities", "priority", self._priority),
            lost_reasons=self._named(tables, "lost_reasons", "reason", self._lost_reason),
            owners=self._named(tables, "owners", "owner", self._owner),
            competitors=self._named(tables, "competitors", "competitor", self._competitor),
            targets=self._each(tables, "targets", self._target),
            pivots=self._named(tables, "pivots", "title", self._pivot),
            holidays=self._each(tables, "holidays", self._holiday),
            parameters=self._parameters(tables.get("parameters", ()), parameters or Parameters()),
            problems=tuple(self.problems),
        )

    def _named(
        self,
        tables: Mapping[str, Sequence[Row]],
        table: str,
        key: str,
        build: Callable[[str, Row], T],
    ) -> tuple[T, ...]:
        rows = [(_text(row.get(key)), row) for row in tables.get(table, ())]
        return tuple(build(name, row) for name, row in rows if name)

    def _each(
        self,
        tables: Mapping[str, Sequence[Row]],
        table: str,
        build: Callable[[Row], T | None],
    ) -> tuple[T, ...]:
        built = [build(row) for row in tables.get(table, ())]
        return tuple(entry for entry in built if entry is not None)

    def _channel(self, name: str, row: Row) -> Channel:
        return Channel(name, _entries(row.get("synonyms")), _text(row.get("note")))

    def _stage(self, name: str, row: Row) -> Stage:
        return Stage(
            name,
            self._kind(row.get("kind")),
            self._number("stages", "limit_days", row, 0),
            _text(row.get("definition")),
            _text(row.get("measure")),
        )

    def _kind(self, value: object) -> StageKind:
        word = fold(_text(value))
        for kind, words in self.template.words.kinds.items():
            if word == kind or word in map(fold, words):
                return kind
        if word:
            self._problem("stages", "kind", value)
        return "open"

    def _priority(self, name: str, row: Row) -> Priority:
        days = self._number("priorities", "interval_days", row, 7)
        return Priority(name, days, _text(row.get("note")))

    def _lost_reason(self, name: str, row: Row) -> LostReason:
        return LostReason(name, _entries(row.get("synonyms")), _text(row.get("measure")))

    def _owner(self, name: str, row: Row) -> Owner:
        active = self._yes_or_no("owners", "active", row.get("active"), True)
        return Owner(name, active, _text(row.get("group")), _text(row.get("successor")))

    def _competitor(self, name: str, row: Row) -> Competitor:
        return Competitor(name, _entries(row.get("synonyms")), _text(row.get("talking_points")))

    def _pivot(self, name: str, row: Row) -> Pivot:
        keys = ("rows", "columns", "value", "aggregate")
        return Pivot(name, *(_text(row.get(key)) for key in keys))

    def _target(self, row: Row) -> Target | None:
        month = _month(row.get("month"))
        amount = self._number("targets", "target", row, None)
        if month is None:
            self._problem("targets", "month", row.get("month"))
        if month is None or amount is None:
            return None
        return Target(month, _text(row.get("owner")), amount)

    def _holiday(self, row: Row) -> dt.date | None:
        day = _day(row.get("day"))
        if day is None:
            self._problem("holidays", "day", row.get("day"))
        return day

    def _parameters(self, rows: Sequence[Row], start: Parameters) -> Parameters:
        labels = {
            header_key(text): parameter
            for parameter in self.template.parameters
            for text in (parameter.label.zh, parameter.label.en, parameter.id)
        }
        changes: dict[str, Any] = {}
        for row in rows:
            parameter = labels.get(header_key(_text(row.get("parameter"))))
            if parameter is None or "value" not in row:
                continue
            value = self._typed(parameter.id, parameter.value, row)
            if value is not None:
                changes[parameter.id] = value
        for entry in wrong_entries(str(changes.get("checks", "")), self.template):
            self._problem("parameters", "checks", entry)
        return replace(start, **changes)

    def _typed(self, key: str, like: object, row: Row) -> object:
        if isinstance(like, bool):
            return self._yes_or_no("parameters", key, row.get("value"), like)
        if isinstance(like, int | float):
            number = self._number("parameters", "value", row, None)
            if number is None or number < 0:
                return None
            return int(number) if isinstance(getattr(Parameters(), key), int) else number
        return _text(row.get("value"))

    def _number(self, table: str, key: str, row: Row, default: float | None) -> Any:
        value = row.get(key)
        if value in (None, ""):
            return default
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self._problem(table, key, value)
            return default

    def _yes_or_no(self, table: str, key: str, value: object, default: bool) -> bool:
        if isinstance(value, bool):
            return value
        word = fold(_text(value))
        if word in map(fold, self.template.words.yes):
            return True
        if word in map(fold, self.template.words.no):
            return False
        if word:
            self._problem(table, key, value)
        return default

    def _problem(self, table: str, column: str, value: object) -> None:
        self.problems.append(SettingsProblem(table, column, _text(value)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _entries(value: object) -> tuple[str, ...]:
    return tuple(split_list(_text(value)))


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(_text(value).replace("/", "-").replace(".", "-"))
    except ValueError:
        return None


def _month(value: object) -> str | None:
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}"
    try:
        return f"{dt.datetime.strptime(_text(value).replace('/', '-')[:7], '%Y-%m'):%Y-%m}"
    except ValueError:
        return None
