"""``diff``, ``merge`` and ``redact``: several copies of a team's workbook, and one to give away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.paths import AnyPath
from xltrack.errors import Reason, UnreadableWorkbook, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from xltrack.leads import LeadBook
    from xltrack.leads.difference import Difference
    from xltrack.opc import Package
    from xltrack.template import Template
    from xltrack.writeback.redact import KnownColumns, Masked

_WITHOUT_LEADS = (Reason.NO_LEADS, Reason.NO_LEAD_HEADER)
_ENDINGS = {
    "ms-excel.sheet.macroEnabled.main+xml": ".xlsm",
    "ms-excel.template.macroEnabled.main+xml": ".xltm",
    "spreadsheetml.template.main+xml": ".xltx",
}


def diff(
    before: AnyPath,
    after: AnyPath,
    *,
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    output: AnyPath | None = None,
    force: bool = False,
) -> Difference:
    """What changed from one workbook, or version of it, to another.

    Leads that came or went, moved on or back, were won, lost or opened again; amounts, owners and
    every other column. Private columns are told as changed, without their values; contact details
    inside texts are masked.

    Args:
        before, after: the two workbooks.
        settings: take the Settings of this workbook for both.
        password_file: a text file of passwords, one a line, for workbooks that need one.
        output: also write the changes as a workbook (``.xlsx``).
        force: overwrite ``output``.

    Raises:
        UnreadableWorkbook: one cannot be read, or holds no leads.
        UsageError: ``output`` does not end in ``.xlsx``.
        Refused: ``output`` exists or cannot be written.
    """
    from dataclasses import replace

    from xltrack.api.analysing import read
    from xltrack.writeback.standalone import write_new

    if output is not None and Path(output).suffix.lower() != ".xlsx":
        raise UsageError("needs_xlsx", Path(output).name)
    old, new = (
        read(path, settings=settings, password_file=password_file) for path in (before, after)
    )
    from xltrack.leads.difference import difference

    found = difference(old, new)
    found = replace(found, changes=_without_contacts(found.changes))
    if output is not None:
        from xltrack.render.changes import change_workbook

        content = change_workbook(found, new.lang)
        write_new(Path(output), lambda out: out.write(content), overwrite=force)
    return found


def _without_contacts(changes: pd.DataFrame) -> pd.DataFrame:
    """The changes with contact details masked where they stand inside other text."""
    from xltrack.checks.privacy import without_private

    found = changes.copy()
    for name in ("customer", "old", "new"):
        texts = [isinstance(value, str) for value in changes[name]]
        found.loc[texts, name] = [without_private(text) for text in changes.loc[texts, name]]
    return found


@dataclass(frozen=True, slots=True)
class Redacted:
    """The receipt of a redaction: no values, only how much was masked where.

    ``masked``: how many places of each part, by kind; ``taken_out``: parts that went or are blank.
    """

    source: Path
    destination: Path
    masked: tuple[Masked, ...]
    taken_out: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many places were masked in all, by kind."""
        counts: dict[str, int] = {}
        for entry in self.masked:
            counts[entry.kind] = counts.get(entry.kind, 0) + entry.count
        return counts

    def as_dict(self) -> dict[str, object]:
        """The receipt as JSON can hold it."""
        parts: dict[str, dict[str, int]] = {}
        for entry in self.masked:
            parts.setdefault(entry.part, {})[entry.kind] = entry.count
        return {
            "source": self.source.name,
            "destination": self.destination.name,
            "masked": self.counts,
            "parts": parts,
            "taken_out": list(self.taken_out),
        }


def redact(
    path: AnyPath,
    *,
    output: AnyPath,
    drop: bool = False,
    keep: Collection[str] = (),
    force: bool = False,
) -> Redacted:
    """Write a copy of a workbook that may leave the team.

    Contact details and other private columns are masked, and what stood in them wherever else it
    stands; so are phone numbers, mail addresses, identity numbers and WeChat ids in any text of
    any part, and who wrote it. Equal values have equal masks, so that the copy still analyses; a
    mask is a number given in order, which nobody can work the value out from. Names of customers,
    contacts and owners stay.

    Args:
        path: the workbook; it is left alone.
        output: where the copy goes.
        drop: take out, or blank, parts that cannot be seen into; without it a workbook that has
            any is refused.
        keep: kinds of such parts that somebody has looked at and that may stay: ``pictures``,
            ``macros``, ``embedded_objects``, ``activex``, ``custom_xml``, ``connections``,
            ``data_model``, ``signature``, ``other``.
        force: overwrite ``output``.

    Raises:
        UnreadableWorkbook, Refused, PackageError: see their reasons; nothing was written.
        UsageError: ``output`` is the workbook itself, or has the wrong ending; an unknown kind.
    """
    from xltrack.template import load_template
    from xltrack.template.exchange_words import load_exchange_words
    from xltrack.writeback.redact import redact_package, write_redacted

    path, place = Path(path), Path(output)
    if place.exists() and path.exists() and place.samefile(path):
        raise UsageError("copy_over_input", place.name)
    for kind in keep:
        if kind not in load_exchange_words().redact.features:
            raise UsageError("unknown_part_kind", kind)
    template = load_template()
    redaction = redact_package(
        path,
        is_private=lambda text: is_private_header(text, template),
        known=_private_columns(path),
        drop=drop,
        keep=keep,
    )
    ending = _ending(redaction.package.laid_over(redaction.overlay))
    if place.suffix.lower() != ending:
        raise UsageError("wrong_ending", ending)
    write_redacted(redaction, place, overwrite=force)
    return Redacted(path, place, redaction.masked, redaction.taken_out)


def is_private_header(text: str, template: Template) -> bool:
    """Whether a column of this name holds something private, on whatever sheet."""
    from xltrack.leads.header import recognise
    from xltrack.text import fold

    field = recognise(text, template)[0]
    if field is not None:
        return template.by_id[field].private
    header = fold(text)
    return any(fold(word) in header for word in template.private.header_words)


def _private_columns(path: Path) -> KnownColumns:
    """The private columns of the lead sheets with the row of their header."""
    from xltrack.api.analysing import read

    try:
        book: LeadBook = read(path)
    except UnreadableWorkbook as error:
        if error.reason not in _WITHOUT_LEADS:
            raise
        return {}
    found: dict[str, dict[int, int]] = {}
    for source in book.sources:
        own = (column for name, column in source.own_columns.items() if book.own[name])
        columns = [*source.columns.get("contact_details", ()), *own]
        found[source.sheet] = dict.fromkeys(columns, source.header_row)
    return found


def _ending(package: Package) -> str:
    """What the name of a workbook of this kind must end in, or no program opens it."""
    from xltrack.sheetml.workbook import workbook_part

    kind = package.content_types.of(workbook_part(package)) or ""
    return next((ending for type_, ending in _ENDINGS.items() if kind.endswith(type_)), ".xlsx")
