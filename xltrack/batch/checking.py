"""Checking many workbooks: in processes of their own, with the findings across them at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.batch.across import AcrossWork, look_across
from xltrack.batch.kept import Kept
from xltrack.batch.labels import labels_for
from xltrack.batch.pieces import pieces_of
from xltrack.batch.pool import Pool
from xltrack.batch.process import USUAL_LIMITS, Limits, Lost
from xltrack.batch.protocol import pickled
from xltrack.errors import UnreadableWorkbook
from xltrack.findings import Finding
from xltrack.leads.checked import Checked, Write, written
from xltrack.leads.known import Known
from xltrack.leads.named import Named
from xltrack.opc.access import USUAL, Access
from xltrack.template import Settings

if TYPE_CHECKING:
    from xltrack.leads.book import LeadBook
    from xltrack.leads.together import Together


@dataclass
class CheckWork:
    """Reads workbooks that are worked on together, and checks those that can be read."""

    as_of: dt.date
    settings: Settings | None = None
    access: Access = USUAL
    across: bool = True
    write: Write | None = None
    known: Known = field(default_factory=Known, repr=False)

    def __call__(self, workbooks: Sequence[Named]) -> CheckedPiece:
        """The workbooks in their order, and what the rules across workbooks need of them."""
        read = self._read(workbooks)
        from xltrack.checks import abstract_of  # noqa: PLC0415  # needs pandas, loaded meanwhile

        found = {name: checked for book in read.books for name, checked in self._checked(book)}
        errors = {
            named.name: _unreadable(named, read.errors[named.path])
            for named in workbooks
            if named.path in read.errors
        }
        outcomes = [{**found, **errors}[named.name] for named in workbooks]
        if self.write is not None:
            outcomes = [written(checked, self.write) for checked in outcomes]
        abstracts = pickled([abstract_of(book) for book in read.books]) if self.across else None
        return CheckedPiece(outcomes, abstracts)

    def _read(self, workbooks: Sequence[Named]) -> Together:
        from xltrack.leads.together import read_together  # noqa: PLC0415
        from xltrack.template import load_template  # noqa: PLC0415

        return read_together(
            workbooks,
            template=load_template(),
            settings=self.settings,
            known=self.known,
            access=self.access,
        )

    def _checked(self, book: LeadBook) -> Iterator[tuple[str, Checked]]:
        from xltrack.checks import check_book  # noqa: PLC0415
        from xltrack.leads.identity import leads_by_file  # noqa: PLC0415
        from xltrack.leads.owners import owners_of  # noqa: PLC0415

        counts = leads_by_file(book.rows, book.customer_suffixes)
        found = check_book(book, as_of=self.as_of)
        by_name: dict[str, list[tuple[Finding, str]]] = {}
        for finding, owner in zip(found, owners_of(found, book), strict=True):
            by_name.setdefault(finding.workbook, []).append((_without_secret(finding), owner))
        for name, path in {source.workbook: source.path for source in book.sources}.items():
            pairs = by_name.get(name, ())
            findings, owners = (
                (tuple(each) for each in zip(*pairs, strict=True)) if pairs else ((), ())
            )
            yield name, Checked(path, name, counts.get(name, 0), findings, owners)


@dataclass(frozen=True)
class CheckedPiece:
    """What a piece of work came to; its ``abstracts`` are a list, pickled."""

    workbooks: list[Checked]
    abstracts: bytes | None


def _without_secret(finding: Finding) -> Finding:
    """The finding without the private value that a fix would write."""
    return finding if finding.secret is None else replace(finding, secret=None)


def _unreadable(named: Named, error: UnreadableWorkbook) -> Checked:
    from xltrack.checks import finding_of_error  # noqa: PLC0415

    return Checked(named.path, named.name, 0, (finding_of_error(error, named.name),), error=error)


def check_workbooks(
    paths: Sequence[Path],
    *,
    as_of: dt.date,
    settings: Settings | None = None,
    jobs: int = 1,
    access: Access = USUAL,
    limits: Limits = USUAL_LIMITS,
    write: Write | None = None,
    on_progress: Callable[[Checked], None] | None = None,
) -> Iterator[Checked]:
    """What checking comes to for each workbook, in their order whatever the ``jobs``.

    After the last one come the findings across workbooks, for each workbook that has any. A
    workbook that cannot be read, or whose process died over it, comes with that as its finding.

    Args:
        paths: the workbooks.
        as_of: the day to look from.
        settings: used instead of each workbook's own.
        jobs: processes.
        access: how large a file may be, and the passwords to try.
        limits: memory and time of a process.
        write: writes the findings of each workbook in its process, which spares sending them; must
            be something that pickle can send.
        on_progress: told of each workbook as its turn comes.
    """
    named = [Named(path, label) for path, label in zip(paths, labels_for(paths), strict=True)]
    pieces = pieces_of([(each.path, each) for each in named], jobs)
    work = CheckWork(as_of, settings, access, across=len(named) > 1, write=write)
    with Kept() as kept, Pool(work, jobs=min(jobs, len(pieces)), limits=limits) as pool:
        for items, result in pool.run(pieces):
            if isinstance(result, Lost):
                lost = UnreadableWorkbook(items[0].path, result.reason, result.detail)
                outcomes = [_unreadable(items[0], lost)]
            else:
                outcomes = result.workbooks
                if result.abstracts is not None:
                    kept.add(result.abstracts)
            for checked in outcomes:
                if on_progress is not None:
                    on_progress(checked)
                yield checked
        if len(named) > 1:
            places = {each.name: each.path for each in named}
            each = partial(written, write=write) if write is not None else _as_found
            yield from look_across(AcrossWork(places, settings, each), kept, pool)


def _as_found(checked: Checked) -> Checked:
    return checked
