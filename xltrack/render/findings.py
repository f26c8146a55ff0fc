"""The findings of a check in every form: each takes workbooks one by one, and then closes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from xltrack.leads.checked import Checked, Write
from xltrack.text import Lang

if TYPE_CHECKING:
    from typing import Self


class Sink(ABC):
    """Takes workbooks in their order; what is left to be written is written at the end.

    ``write`` writes one workbook by itself, where the form lets each stand by itself.
    """

    write: Write | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()

    @abstractmethod
    def add(self, checked: Checked) -> None:
        """Take one workbook, or the findings across workbooks of one."""

    @abstractmethod
    def close(self) -> None:
        """Write what is left."""


def sink_for(
    form: str, out: BinaryIO, lang: Lang, *, folder: Path | None = None, plain: bool = True
) -> Sink:
    """What writes findings to ``out`` in the form called text, json, jsonl, csv, html or xlsx.

    ``folder`` is where the result will stand, for links; ``plain``: no colours.
    """
    match form:
        case "json":
            from xltrack.render.findings_json import JsonSink  # noqa: PLC0415

            return JsonSink(out, lang)
        case "jsonl":
            from xltrack.render.findings_json import JsonLinesSink  # noqa: PLC0415

            return JsonLinesSink(out, lang)
        case "csv":
            from xltrack.render.findings_csv import CsvSink  # noqa: PLC0415

            return CsvSink(out, lang)
        case "html":
            from xltrack.render.findings_html import HtmlSink  # noqa: PLC0415

            return HtmlSink(out, lang)
        case "xlsx":
            from xltrack.render.findings_xlsx import XlsxSink  # noqa: PLC0415

            return XlsxSink(out, lang, folder)
        case _:
            from xltrack.render.findings_text import TextSink  # noqa: PLC0415

            return TextSink(out, lang, plain=plain)
