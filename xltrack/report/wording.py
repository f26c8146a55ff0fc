"""Words of one report: labels in its language, with the workbook's unit filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xltrack.report.blocks import Cell, CellFormat, Interval, Rate, Sum
from xltrack.template import ColumnLabel, Labels, Settings
from xltrack.text import Lang

RATE_METRICS = {"win_rate", "win_rate_by_value", "conversion", "attainment"}


@dataclass(frozen=True)
class Wording:
    """Labels, language and unit of a report."""

    labels: Labels
    lang: Lang
    unit: str
    minimum_sample: int = 1

    @classmethod
    def of(cls, labels: Labels, settings: Settings, lang: Lang) -> Wording:
        """The wording for a workbook with these settings."""
        parameters = settings.parameters
        key = "unit_wan" if parameters.amount_unit in ("万", "万元") else "unit_other"
        unit = labels.phrase(key, lang, unit=parameters.amount_unit, currency=parameters.currency)
        return cls(labels, lang, unit, parameters.minimum_sample)

    def phrase(self, key: str, **values: object) -> str:
        """A sentence with its blanks filled in."""
        return self.labels.phrase(key, self.lang, **values)

    def header(self, table: str, column: str) -> ColumnLabel:
        """The label, format and width of a column."""
        return self.labels.column(table, column)

    def label(self, table: str, column: str, following: str = "") -> str:
        """How a column is headed; ``following`` is the next column of its kind, if any."""
        part, next_part = (each.partition(":")[2] for each in (column, following))
        text = self.header(table, column).label.of(self.lang)
        return text.format(unit=self.unit, part=part, next=next_part)

    def title(self, table: str) -> str:
        """What a table is called."""
        return self.labels.tables[table].of(self.lang)

    def word(self, column: str, code: str) -> str:
        """A code of a column in words, codes joined by + one after another; else as it is."""
        words = self.labels.values[column]
        glue = "、" if self.lang == "zh" else ", "
        codes = code.split("+")
        if not words.keys() >= set(codes):
            return code
        return glue.join(words[each].of(self.lang) for each in codes)

    def list_of(self, words: Iterable[str]) -> str:
        """Words one after another, as a sentence lists them."""
        return ("\u3001" if self.lang == "zh" else ", ").join(words)

    def shown(self, value: Cell, form: CellFormat) -> str:
        """A cell as text, for every face that has no number formats of its own."""
        if value is None:
            return self.phrase("nothing")
        if isinstance(value, str | Rate | Interval):
            return str(value)
        if isinstance(value, Sum):
            value = value.value
        if form == "amount":
            return f"{value:,.1f}"
        if form == "rate":
            return f"{value:.1%}"
        if form in ("count", "days"):
            return f"{value:,.0f}"
        return str(value)

    def amount(self, value: float) -> str:
        """An amount with its unit."""
        return f"{value:,.1f}{'' if self.lang == 'zh' else ' '}{self.unit}"
