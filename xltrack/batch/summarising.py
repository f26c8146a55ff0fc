"""Reading many workbooks for a summary: what is left of them once they were checked.

A worker process sends the columns that an analysis looks at, never those that are private, and
counts of the findings, so that what is kept grows with the leads and not with the workbooks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.batch.across import Across, AcrossWork, counted, look_across
from xltrack.batch.kept import Kept
from xltrack.batch.labels import labels_for
from xltrack.batch.packing import PackedBook, packed
from xltrack.batch.pieces import pieces_of
from xltrack.batch.pool import Pool
from xltrack.batch.process import USUAL_LIMITS, Limits, Lost
from xltrack.batch.protocol import pickled
from xltrack.errors import Reason, UnreadableWorkbook
from xltrack.findings import Finding
from xltrack.leads.finding_counts import FindingCounts
from xltrack.leads.known import Known
from xltrack.leads.named import Named
from xltrack.opc.access import USUAL, Access
from xltrack.template import Settings

if TYPE_CHECKING:
    from xltrack.leads.book import LeadBook

_PIECES_FOR = 4  # as for so many processes, however many there are: pieces do not depend on them


@dataclass(frozen=True)
class Gleaned:
    """What one workbook came to.

    ``leads`` counts rows of one lead once; ``differences``: where its Settings are not the imposed
    ones; ``made_here``: it holds sheets of the program's alone.
    """

    path: Path
    workbook: str
    leads: int = 0
    findings: FindingCounts = field(default_factory=FindingCounts)
    differences: str = ""
    error: UnreadableWorkbook | None = None
    made_here: bool = False


@dataclass(frozen=True)
class GleanedPiece:
    """What workbooks that were read together came to: one book for those with equal Settings."""

    workbooks: list[Gleaned]
    books: list[PackedBook]
    abstracts: bytes


@dataclass
class GleanWork:
    """Reads workbooks that are worked on together, checks them, and keeps what a summary needs."""

    as_of: dt.date
    settings: Settings | None = None
    access: Access = USUAL
    known: Known = field(default_factory=Known, repr=False)

    def __call__(self, workbooks: Sequence[Named]) -> GleanedPiece:
        """The workbooks in their order, their leads, and what the rules across them need."""
        from xltrack.checks import abstract_of  # noqa: PLC0415  # needs pandas
        from xltrack.leads.together import read_together  # noqa: PLC0415
        from xltrack.template import load_template  # noqa: PLC0415

        own: dict[Path, Settings] = {}
        read = read_together(
            workbooks,
            template=load_template(),
            settings=self.settings,
            known=self.known,
            access=self.access,
            own=own if self.settings is not None else None,
        )
        found = {each.workbook: each for book in read.books for each in self._gleaned(book, own)}
        for named in workbooks:
            if named.path in read.errors:
                found[named.name] = _unreadable(named, read.errors[named.path])
        outcomes = [found[named.name] for named in workbooks]
        abstracts = pickled([abstract_of(book) for book in read.books])
        return GleanedPiece(outcomes, [compact(book) for book in read.books], abstracts)

    def _gleaned(self, book: LeadBook, own: Mapping[Path, Settings]) -> Iterator[Gleaned]:
        from xltrack.checks import check_book  # noqa: PLC0415
        from xltrack.checks.differences import settings_differences  # noqa: PLC0415
        from xltrack.leads.identity import leads_by_file  # noqa: PLC0415
        from xltrack.template import load_template  # noqa: PLC0415

        counts = leads_by_file(book.rows, book.customer_suffixes)
        by_name: dict[str, list[Finding]] = {}
        for finding in check_book(book, as_of=self.as_of):
            by_name.setdefault(finding.workbook, []).append(finding)
        for name, path in {source.workbook: source.path for source in book.sources}.items():
            found = by_name.get(name, [])
            differences = ""
            if path in own:
                differences = settings_differences(own[path], book.settings, load_template())
            if differences:
                found.append(Finding("F011", name))
            yield Gleaned(path, name, counts.get(name, 0), FindingCounts.of(found), differences)


def compact(book: LeadBook) -> PackedBook:
    """The book without private columns and findings, packed.

    ``own`` still names the private columns of the team's own, as other workbooks may have them.
    """
    from xltrack.template import load_template  # noqa: PLC0415

    private = {field.id for field in load_template().fields if field.private}
    private |= {name for name, is_private in book.own.items() if is_private}
    columns = [str(name) for name in book.rows.columns if name not in private]
    return packed(replace(book, findings=()), columns)


@dataclass(frozen=True)
class Collected:
    """What all workbooks came to, in the order of their names."""

    workbooks: list[Gleaned]
    books: list[PackedBook]
    across: Mapping[str, Across]


def collect_workbooks(
    paths: Sequence[Path],
    *,
    as_of: dt.date,
    settings: Settings | None = None,
    jobs: int = 1,
    access: Access = USUAL,
    limits: Limits = USUAL_LIMITS,
    on_progress: Callable[[Gleaned], None] | None = None,
) -> Collected:
    """Read and check workbooks, one by one and across them, in processes of their own.

    What comes back does not depend on the order of ``paths`` or on ``jobs``. A workbook that holds
    sheets of the program's alone, such as an earlier summary, is passed over; one that is named
    twice counts once; one that cannot be read comes with why.

    Args:
        paths: the workbooks.
        as_of: the day to look from.
        settings: used instead of each workbook's own.
        jobs: processes.
        access: how large a file may be, and the passwords to try.
        limits: memory and time of a process.
        on_progress: told of each workbook as its turn comes.
    """
    files = sorted({path.resolve(): path for path in reversed(paths)}.items(), key=_place)
    ordered = [path for _, path in files]
    named = [Named(path, label) for path, label in zip(ordered, labels_for(ordered), strict=True)]
    pieces = pieces_of([(each.path, each) for each in named], _PIECES_FOR)
    workbooks: list[Gleaned] = []
    books: list[PackedBook] = []
    work = GleanWork(as_of, settings, access)
    with Kept() as kept, Pool(work, jobs=min(jobs, len(pieces)), limits=limits) as pool:
        for items, result in pool.run(pieces):
            if isinstance(result, Lost):
                lost = UnreadableWorkbook(items[0].path, result.reason, result.detail)
                gleaned = [_unreadable(items[0], lost)]
            else:
                gleaned = result.workbooks
                books.extend(result.books)
                kept.add(result.abstracts)
            for each in gleaned:
                if on_progress is not None:
                    on_progress(each)
                if not each.made_here:
                    workbooks.append(each)
        places = {each.workbook: each.path for each in workbooks if each.error is None}
        across: dict[str, Across] = {}
        if len(places) > 1:
            from xltrack.batch.gathering import summary_settings  # noqa: PLC0415  # needs pandas

            usual = settings or summary_settings(books, next(iter(places)))[0]
            across.update(look_across(AcrossWork(places, usual, counted), kept, pool))
    return Collected(workbooks, books, across)


def _place(file: tuple[Path, Path]) -> tuple[str, str]:
    return file[0].name, str(file[0])


def _unreadable(named: Named, error: UnreadableWorkbook) -> Gleaned:
    from xltrack.checks import finding_of_error  # noqa: PLC0415

    findings = FindingCounts.of([finding_of_error(error, named.name)])
    ours = error.reason is Reason.NO_LEAD_HEADER and made_here(named.path)
    return Gleaned(named.path, named.name, 0, findings, "", error, ours)


def made_here(path: Path) -> bool:
    """Whether every sheet of a workbook was written by the program."""
    from xltrack.leads.opening import one_error  # noqa: PLC0415
    from xltrack.opc import open_package  # noqa: PLC0415
    from xltrack.sheetml.ownership import ownership_of  # noqa: PLC0415
    from xltrack.sheetml.workbook import read_workbook  # noqa: PLC0415

    try:
        with one_error(path):
            workbook = read_workbook(open_package(path))
            owned = ownership_of(workbook)
    except UnreadableWorkbook:
        return False  # of another format, or with a password: nothing the program writes
    names = {sheet.name for sheet in workbook.sheets}
    return bool(owned.owned) and names <= {*owned.owned.values(), *owned.copies}
