"""From hits to findings, each with its place, built column by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import numpy.typing as npt

from xltrack.checks.examined import Examined
from xltrack.checks.privacy import without_private
from xltrack.checks.rule import Hits, Positions, Rule
from xltrack.findings import Corrected, Finding, Secret, Severity
from xltrack.leads.header import column_letters, column_number

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ROW = re.compile(r"\d{1,7}")
_LONGEST, _LOOKED_AT = 60, 1000  # characters that are shown, and that may be

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Placed:
    """Findings with the number of source, row, column and code that they are ordered by."""

    source: Numbers
    row: Numbers
    column: Numbers
    code: Numbers
    findings: Sequence[Finding]


def in_order(parts: Sequence[Placed]) -> tuple[Finding, ...]:
    """All findings by workbook and sheet as they were read, then row, column and code."""
    if not parts:
        return ()
    keys = [
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("code", "column", "row", "source")
    ]
    findings = [finding for part in parts for finding in part.findings]
    return tuple(findings[at] for at in np.lexsort(keys).tolist())


def code_number(code: str) -> int:
    """What codes are ordered by."""
    return int(code[1:]) + (0 if code[0] == "F" else 1000)


def placed_hits(examined: Examined, rule: Rule, hits: Hits, severity: Severity) -> Placed:
    """The findings of ``hits``, each in the cell of its field, else of the rule's next field."""
    rows = hits.at if hits.of_rows else examined.lead_rows[hits.at]
    sources = examined.row_source[rows]
    frame = examined.book.rows
    numbers = frame["row"].to_numpy()[rows].astype(np.int64)
    fields, columns = _columns(examined, rule, hits.field)
    private = hits.field in private_fields(examined)
    names = [(s.workbook, s.sheet, letters) for s, letters in
             zip(examined.sources, map(column_letters, columns), strict=True)]  # fmt: skip
    ids, findings = examined.row_ids, []
    for source, number, lead_id, value, corrected, params in zip(
        sources.tolist(),
        numbers.tolist(),
        [ids[row] for row in rows.tolist()],
        _values(examined, hits, private),
        _corrected(examined, hits, sources),
        hits.params if hits.params is not None else repeat(None),
        strict=False,
    ):
        workbook, sheet, letters = names[source]
        secret = _secret(corrected)
        findings.append(
            Finding(
                rule.code,
                workbook,
                sheet,
                f"{letters}{number}",
                lead_id,
                fields[source],
                value,
                corrected if secret is None else None,
                {} if params is None else params,
                private,
                severity,
                secret,
            )
        )
    return Placed(
        sources.astype(np.int64),
        numbers,
        np.array([*columns, 0], dtype=np.int64)[sources],
        np.full(len(findings), code_number(rule.code)),
        findings,
    )


def _secret(corrected: Corrected) -> Secret | None:
    """A correction in which contact details stand, hidden; None where it may be shown."""
    if isinstance(corrected, str) and without_private(corrected) != corrected:
        return Secret(corrected)
    return None


def _corrected(examined: Examined, hits: Hits, sources: Positions) -> Iterable[Corrected]:
    """The corrections; none where several columns are read as one, as each has its own cell."""
    if hits.corrected is None:
        return repeat(None)
    one = [len(source.columns.get(hits.field, ())) < 2 for source in examined.sources]
    if all(one):
        return hits.corrected
    return [
        value if one[source] else None
        for value, source in zip(hits.corrected, sources.tolist(), strict=True)
    ]


def _columns(examined: Examined, rule: Rule, field: str) -> tuple[list[str], list[int]]:
    """Field and column number of the finding on every source."""
    fields, columns = [], []
    for source in examined.sources:
        for name in (field, *rule.fields):
            column = source.columns.get(name) or (source.own_columns.get(name),)
            if column[0] is not None:
                fields.append(name)
                columns.append(column[0])
                break
        else:
            fields.append(field)
            columns.append(1)
    return fields, columns


def private_fields(examined: Examined) -> set[str]:
    """Fields and columns of the team's own whose values are private."""
    declared = {field.id for field in examined.template.fields if field.private}
    return declared | {name for name, private in examined.book.own.items() if private}


def _values(examined: Examined, hits: Hits, private: bool) -> Iterable[str]:
    values = hits.values
    if values is None:
        if hits.of_rows:
            column = examined.book.rows[hits.field].take(hits.at).tolist()
            values = [value if isinstance(value, str) else "" for value in column]
        else:
            values = examined.pick(hits.field, hits.at)
    if private:
        return values  # masked by the finding itself
    return [_short(value) if len(value) > 4 else value for value in values]


def _short(value: str) -> str:
    """A value without contact details in it, on one line and not too long to be shown."""
    safe = without_private(value[:_LOOKED_AT])
    if "\n" in safe:
        safe = " ".join(safe.split())
    return safe if len(safe) <= _LONGEST else f"{safe[: _LONGEST - 1]}…"


def placed_reading(
    examined: Examined, severities: Mapping[str, Severity | None]
) -> Iterator[Placed]:
    """The findings of reading, those about nothing that a team has switched off."""
    numbers = {(s.workbook, s.sheet): n for n, s in enumerate(examined.sources)}
    keys: list[tuple[int, int, int, int]] = []
    findings: list[Finding] = []
    for finding in examined.book.findings:
        severity = severities.get(finding.code, finding.severity)
        if severity is None:
            continue
        source = numbers.get((finding.workbook, finding.sheet), 0)
        keys.append((source, *_row_and_column(finding.cell), code_number(finding.code)))
        findings.append(_safe(finding, severity))
    if findings:
        table = np.array(keys, dtype=np.int64)
        yield Placed(table[:, 0], table[:, 1], table[:, 2], table[:, 3], findings)


def _safe(finding: Finding, severity: Severity) -> Finding:
    value = finding.value if finding.private else without_private(finding.value[:_LOOKED_AT])
    secret = _secret(finding.corrected)
    if secret is None and value == finding.value and severity == finding.severity:
        return finding
    if secret is None:
        return replace(finding, value=value, severity=severity)
    return replace(finding, value=value, severity=severity, corrected=None, secret=secret)


def _row_and_column(cell: str) -> tuple[int, int]:
    first = cell.partition(":")[0]
    match = _CELL.fullmatch(first)
    if match is not None:
        return int(match[2]), column_number(match[1])
    return (int(first) if _ROW.fullmatch(first) else 0), 0
