"""The tracking workbook as declared in ``templates/tracking.toml``, as typed objects."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from xltrack.errors import TemplateError
from xltrack.template.contradictions import contradictions
from xltrack.template.layers import laid_over, one_text_for_both, read_toml, typed
from xltrack.template.locate import template_dir
from xltrack.text import Lang, header_key

FieldType = Literal["text", "list", "number", "date", "datetime"]
FieldSet = Literal["documented", "default", "optional"]
StageKind = Literal["open", "won", "lost", "paused"]
TWO_ROWS = " / "
"""What stands between the upper and the lower text of a header in two rows."""
SettingsType = Literal["text", "number", "date", "month", "yes_no", "kind", "owner", "aggregate"]


Colour = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{6}$")]
Width = Annotated[float, msgspec.Meta(gt=0, le=255)]
Some = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything declared: immutable, an unknown key is an error with its path."""


class Text(Declared, frozen=True, kw_only=True):
    """One text in both languages."""

    zh: str
    en: str

    def of(self, lang: Lang) -> str:
        """The text in ``lang``."""
        return self.zh if lang == "zh" else self.en


class Field(Declared, frozen=True, kw_only=True):
    """One column of the leads; what a team's own column leaves out has a default."""

    id: str
    header: Text
    help: Text
    set: FieldSet = "default"
    type: FieldType = "text"
    width: Width = 14
    aliases: tuple[str, ...] = ()
    list: str | None = None
    strict: bool = False
    private: bool = False
    required_from: int | Literal["won"] | None = None


class SettingsColumn(Declared, frozen=True, kw_only=True):
    """One column of a Settings table; ``name`` is the growing defined name of its cells."""

    id: str
    header: Text
    width: Width
    type: SettingsType = "text"
    name: str | None = None


class SettingsTable(Declared, frozen=True, kw_only=True):
    """One small table of the Settings sheet with the rows it starts with."""

    id: str
    name: str
    title: Text
    columns: tuple[SettingsColumn, ...]
    rows: tuple[dict[str, Text | str | float], ...] = ()


class FieldRow(Declared, frozen=True, kw_only=True):
    """A row of a Settings table that is there only in a workbook with the column ``field``."""

    field: str
    table: str
    row: dict[str, Text | str | float]


class SettingsSheet(Declared, frozen=True, kw_only=True):
    """The Settings sheet: its tables from left to right.

    ``adopted`` are those that only a workbook has which a team used before.
    """

    rows: Annotated[int, msgspec.Meta(ge=2, le=100_000)]
    tables: tuple[SettingsTable, ...]
    adopted: tuple[SettingsTable, ...] = ()
    with_field: tuple[FieldRow, ...] = ()


class Parameter(Declared, frozen=True, kw_only=True):
    """One row of the Parameters table."""

    id: str
    label: Text
    value: bool | int | float | str


class WorkbookRules(Declared, frozen=True, kw_only=True):
    """How a sheet of leads is laid out and recognised."""

    table: str
    rows: Some
    header_search_rows: int
    minimum_known_columns: int
    header_any: tuple[tuple[str, ...], ...]
    id_month_format: str
    id_digits: int
    total_words: tuple[str, ...]
    own_column: Text
    sheets: dict[str, Text]


class Private(Declared, frozen=True, kw_only=True):
    """Words in a header that make a team's own column private."""

    header_words: tuple[str, ...]


class Customer(Declared, frozen=True, kw_only=True):
    """How customer names are compared."""

    suffixes: tuple[str, ...]


class Amount(Declared, frozen=True, kw_only=True):
    """The unit amounts are kept in, and the factor of each known unit to the smallest."""

    currency: str
    unit: str
    units: dict[str, int]


class Words(Declared, frozen=True, kw_only=True):
    """Words typed into Settings that mean something to the program."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    other: tuple[str, ...]
    severities: dict[Literal["off", "error", "warning", "info"], tuple[str, ...]]
    kinds: dict[StageKind, tuple[str, ...]]
    aggregates: dict[str, tuple[str, ...]]


class Tint(Declared, frozen=True, kw_only=True):
    """How a highlighted cell looks: colours as six hex digits, and what shows without colour."""

    fill: Colour | None = None
    text: Colour | None = None
    hatched: bool = False
    border: bool = False
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


class Look(Declared, frozen=True, kw_only=True):
    """Fonts and colours."""

    font: Text
    font_size: float
    column_pixels: dict[Lang, int]
    row_pixels: dict[Lang, int]
    date_format: str
    datetime_format: str
    number_format: str
    header: Tint
    stage_tints: Annotated[tuple[Colour, ...], msgspec.Meta(min_length=1)]
    won: Tint
    lost: Tint
    paused: Tint
    missing: Tint
    duplicate: Tint
    conflict: Tint
    no_amount: Tint
    overdue: Tint
    close_passed: Tint
    no_detail: Tint
    two_owners: Tint
    priorities: tuple[Tint, ...]
    expected: Tint

    @property
    def tints(self) -> dict[str, Tint]:
        """The looks that have a name of their own."""
        named = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: tint for name, tint in named.items() if isinstance(tint, Tint)}


class Texts(Declared, frozen=True, kw_only=True):
    """Several texts in both languages."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    def of(self, lang: Lang) -> tuple[str, ...]:
        """The texts in ``lang``."""
        return self.zh if lang == "zh" else self.en


class GuideStep(Declared, frozen=True, kw_only=True):
    """One step of the workflow on the guide sheet."""

    title: Text
    lines: Texts


class LegendEntry(Declared, frozen=True, kw_only=True):
    """What a highlight means; ``tint`` names it under ``[look]``."""

    tint: str
    sample: Text
    text: Text


class Guide(Declared, frozen=True, kw_only=True):
    """The guide sheet."""

    title: Text
    intro: Text
    legend_title: Text
    columns_title: Text
    required: Text
    required_from: Text
    steps: tuple[GuideStep, ...]
    legend: tuple[LegendEntry, ...]


class Board(Declared, frozen=True, kw_only=True):
    """The live board: how many rows of each list it has room for, and its own words."""

    stages: Some
    channels: Some
    reasons: Some
    marks: Some
    top_reasons: Some
    title: Text
    as_of: Text
    next_id: Text
    unlisted: Text
    unplaced: Text
    top: Text
    funnel_chart: Text
    channel_chart: Text
    note: Text


class Prompt(Declared, frozen=True, kw_only=True):
    """Title and message of a validation."""

    title: Text
    message: Text


class Template(Declared, frozen=True, kw_only=True, dict=True):
    """Everything ``templates/tracking.toml`` declares.

    ``own_headers``: what headers of one workbook mean, as its team said; an empty field stands for
    a column of the team's own. A header of two rows is written with ``TWO_ROWS`` between them.
    """

    version: int
    own_headers: tuple[tuple[str, str], ...] = ()
    workbook: WorkbookRules
    fields: tuple[Field, ...]
    private: Private
    customer: Customer
    amount: Amount
    settings: SettingsSheet
    parameters: tuple[Parameter, ...]
    words: Words
    look: Look
    board: Board
    guide: Guide
    validation: dict[str, Prompt]
    examples: tuple[dict[str, Any], ...]

    @cached_property
    def by_id(self) -> dict[str, Field]:
        """Fields by id."""
        return {field.id: field for field in self.fields}

    @cached_property
    def by_header(self) -> dict[str, str]:
        """Field id by header key: the workbook's own, documented headers, then aliases."""
        keys: dict[str, str] = dict(self.by_own_header)
        for field in self.fields:
            for header in (field.header.zh, field.header.en):
                keys.setdefault(header_key(header), field.id)
        for field in self.fields:
            for alias in field.aliases:
                keys.setdefault(header_key(alias), field.id)
        return keys

    @cached_property
    def by_own_header(self) -> dict[str, str]:
        """Field id, or an empty text, by the key of the headers that this workbook declares."""
        return {header_key(header): field for header, field in self.own_headers}

    @cached_property
    def has_two_rows(self) -> bool:
        """Whether a header of the workbook's own stands in two rows."""
        return any(TWO_ROWS in header for header, _ in self.own_headers)

    def knowing(self, headers: Iterable[tuple[str, str]]) -> Template:
        """The template with what the headers of one workbook mean; itself where that is nothing."""
        own = tuple(headers)
        return msgspec.structs.replace(self, own_headers=own) if own else self

    @cached_property
    def headers_seen(self) -> dict[str, tuple[str | None, str | None, bool]]:
        """What headers were taken for, kept by what recognises them: sheets repeat each other."""
        return {}

    @cached_property
    def settings_headers(self) -> tuple[tuple[SettingsTable, dict[str, str]], ...]:
        """The Settings tables, each with the ids of its columns by header key, both languages."""
        return tuple(
            (
                table,
                {
                    header_key(text): column.id
                    for column in table.columns
                    for text in (column.header.zh, column.header.en)
                },
            )
            for table in (*self.settings.tables, *self.settings.adopted)
        )

    def columns(self, choice: str) -> tuple[Field, ...]:
        """Fields of a column set: ``documented``, ``default``, ``full`` or ids after commas.

        Raises:
            KeyError: an id that is not declared.
        """
        sets: dict[str, set[str]] = {
            "documented": {"documented"},
            "default": {"documented", "default"},
            "full": {"documented", "default", "optional"},
        }
        if choice in sets:
            return tuple(field for field in self.fields if field.set in sets[choice])
        return tuple(self.by_id[field_id.strip()] for field_id in choice.split(","))

    def settings_table(self, table_id: str) -> SettingsTable:
        """The declared Settings table of that id."""
        return next(table for table in self.settings.tables if table.id == table_id)


@cache
def load_template(declared: Path | None = None) -> Template:
    """The shipped template, or a team's own laid over it; loaded once.

    Args:
        declared: a file of the same format that overrides only what it names.

    Raises:
        TemplateError: names the file and the path of the offending key.
    """
    path = template_dir() / "tracking.toml"
    raw = read_toml(path)
    if declared is not None:
        raw = laid_over(raw, one_text_for_both(read_toml(declared)))
        for entry in raw["fields"]:  # a new column is explained by its header
            if "header" in entry:
                entry.setdefault("help", entry["header"])
    template = typed(raw, Template, declared or path)
    for key, detail in contradictions(template):  # the first is enough
        raise TemplateError(declared or path, key, detail)
    return template
