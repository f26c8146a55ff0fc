"""The submitted workbooks one by one, and who has submitted none."""

from __future__ import annotations

from collections.abc import Iterator

from xltrack.leads.submissions import Submission, Submissions
from xltrack.report.blocks import Block, Cell, CellFormat, Column, Note, TableBlock
from xltrack.report.monthly import listed, submitted_sentence
from xltrack.report.wording import Wording
from xltrack.template.finding_texts import shown

_EXPECTED = ("submitter", "team")
_COLUMNS = (
    *("file", "state", "leads", "counted", "new", "errors", "warnings", "presumed"),
    *("differences", "left_out"),
)
_MISSING = ("submitter", "team", "word")


def submission_blocks(submissions: Submissions, wording: Wording) -> Iterator[Block]:
    """Who has not submitted, then each workbook with what it brought."""
    unread = [each.workbook for each in submissions.unreadable]
    said = [submitted_sentence(submissions, wording)]
    if unread:
        said.append(wording.phrase("summary_unread", n=len(unread), names=listed(unread, wording)))
    yield Note(" ".join(said), "conclusion")
    if submissions.missing:
        yield _missing(submissions, wording)
    yield _workbooks(submissions, wording)


def _missing(submissions: Submissions, wording: Wording) -> TableBlock:
    rows = tuple((each.submitter, each.team, each.word) for each in submissions.missing)
    columns = tuple(_column("missing", name, wording) for name in _MISSING)
    strong = frozenset(range(len(rows)))
    subtitle = wording.phrase("summary_by_roster")
    return TableBlock("missing", wording.title("missing"), subtitle, columns, rows, strong=strong)


def _workbooks(submissions: Submissions, wording: Wording) -> TableBlock:
    names = (*(_EXPECTED if submissions.roster is not None else ()), *_COLUMNS)
    columns = tuple(_column("submissions", name, wording) for name in names)
    rows = [_cells(each, wording) for each in submissions.workbooks]
    return TableBlock(
        id="submissions",
        title=wording.title("submissions"),
        subtitle=wording.phrase("summary_submissions_note"),
        columns=columns,
        rows=tuple(tuple(row[name] for name in names) for row in rows),
        strong=frozenset(n for n, each in enumerate(submissions.workbooks) if each.error),
        worklist=True,
    )


def _column(table: str, name: str, wording: Wording) -> Column:
    declared = wording.header(table, name)
    form: CellFormat = declared.format  # type: ignore[assignment]
    return Column(name, wording.label(table, name), form, declared.width)


def _cells(each: Submission, wording: Wording) -> dict[str, Cell]:
    read = each.error is None
    nobody = wording.phrase("summary_nobody")
    return {
        "submitter": each.entry.submitter if each.entry else nobody,
        "team": each.entry.team if each.entry else "",
        "file": each.workbook,
        "state": wording.word("submission", _state(each)),
        "leads": each.leads if read else None,
        "counted": each.counted if read else None,
        "new": each.new if read else None,
        "errors": each.errors,
        "warnings": each.warnings,
        "presumed": each.presumed if read else None,
        "differences": each.differences,
        "left_out": left_out_text(each, wording),
    }


def _state(each: Submission) -> str:
    if each.error is not None:
        return "unreadable"
    if each.copy_of:
        return "copy"
    return "read" if each.leads else "empty"


def left_out_text(each: Submission, wording: Wording) -> str:
    """What of a workbook is not in the figures, and why."""
    if each.error is not None:
        return _reason(each, wording)
    reasons = [wording.phrase("summary_copy", other=each.copy_of)] if each.copy_of else []
    reasons += [
        wording.word("left_out_because", kind).format(n=f"{count:,}")
        for kind, count in each.left_out.items()
    ]
    return wording.phrase("summary_glue").join(reasons)


def _reason(each: Submission, wording: Wording) -> str:
    from xltrack.checks import finding_of_error  # noqa: PLC0415  # for the few that need it

    if each.error is None:
        return ""
    message, _ = shown(finding_of_error(each.error, each.workbook), wording.lang)
    return message
