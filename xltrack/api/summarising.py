"""``summary``: a month of many submitted workbooks in one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.paths import MIB, AnyPath, access_with
from xltrack.errors import Reason, Refused, UsageError

if TYPE_CHECKING:
    from xltrack.analysis import Analysis, Period
    from xltrack.batch.gathering import Gathered
    from xltrack.batch.summarising import Collected, Gleaned
    from xltrack.leads.plan import PlannedAction
    from xltrack.leads.roster import Entry
    from xltrack.leads.submissions import Submission, Submissions
    from xltrack.opc.access import Access
    from xltrack.report import Wording
    from xltrack.template import Settings


@dataclass(frozen=True)
class Summarised:
    """What a summary came to.

    Attributes:
        path: the workbook that was written.
        review: the page of the three reports, none where it was not asked for.
        analysis: the tables of the merged leads.
        submissions: each submitted workbook, and who has not submitted.
    """

    path: Path
    review: Path | None
    analysis: Analysis = field(repr=False)
    submissions: Submissions = field(repr=False)

    @property
    def leads(self) -> int:
        """How many leads were merged, those acquired after the as-of day included."""
        future = sum(each.left_out.get("future", 0) for each in self.submissions.workbooks)
        return future + sum(each.counted for each in self.submissions.workbooks)

    @property
    def missing(self) -> tuple[Entry, ...]:
        """Who is on the roster and has submitted nothing."""
        return self.submissions.missing

    @property
    def unreadable(self) -> tuple[Submission, ...]:
        """The workbooks that could not be read."""
        return self.submissions.unreadable

    @property
    def errors(self) -> int:
        """How many findings are errors, over all workbooks."""
        return sum(each.errors for each in self.submissions.workbooks)

    @property
    def warnings(self) -> int:
        """How many findings are warnings, over all workbooks."""
        return sum(each.warnings for each in self.submissions.workbooks)


def summary(
    paths: AnyPath | Iterable[AnyPath],
    *,
    output: AnyPath | None = None,
    as_of: dt.date | None = None,
    week: str | None = None,
    month: str | None = None,
    quarter: str | None = None,
    roster: AnyPath | None = None,
    review: AnyPath | None = None,
    settings: AnyPath | None = None,
    password_file: AnyPath | None = None,
    jobs: int | None = None,
    memory: int = 4096,
    seconds: float = 300,
    max_size: int = 12_288,
    force: bool = False,
    each: Callable[[Gleaned], None] | None = None,
) -> Summarised:
    """Write the summary of a week, month or quarter over submitted workbooks.

    Workbooks are read in processes of their own; one that cannot be read is named in the summary
    and the others go on. Leads are merged: rows of one id and one customer are one lead. Amounts
    are brought into one unit; those in another currency are left out and counted. The language is
    that of the first workbook by name, and so are the Settings, to which owners and targets of the
    others are added. No contact details are in what is written.

    Args:
        paths: workbooks, folders or globs; earlier summaries among them are passed over.
        output: the .xlsx file to write. What was typed into the action plan of the one that it
            replaces is kept.
        as_of: the day to look from; none = the last day of the period, or today before that.
        week, month, quarter: 2024-W20, 2024-05, 2024-Q2; exactly one of them.
        roster: a .csv or .xlsx of who should submit: team, submitter, file-name word.
        review: also write the three reports of the review to this .html file.
        settings: take the Settings of this workbook.
        password_file: a text file of passwords, one a line, for workbooks that need one.
        jobs: how many processes; none = as many as there are cores.
        memory: MiB that each process may have, where the system can see to that.
        seconds: how long a workbook may take.
        max_size: MiB that a workbook may unpack to.
        force: overwrite ``output`` and ``review``.
        each: told of each workbook as its turn comes.

    Raises:
        UnreadableWorkbook: ``settings`` or ``roster`` cannot be read, or none of the workbooks.
        Refused: a file is in the way, or cannot be written.
        UsageError: no or more than one period, no workbook found, a limit below 1, an unusable
            roster or password file.
    """
    from xltrack.analysis.period import choose_period
    from xltrack.api.imposed import imposed_settings
    from xltrack.batch.inputs import find_workbooks
    from xltrack.batch.memory import lean
    from xltrack.batch.pieces import usual_jobs
    from xltrack.batch.process import Limits
    from xltrack.batch.summarising import collect_workbooks

    period = choose_period(week, month, quarter)
    if period is None:
        raise UsageError("no_summary_period")
    if min(memory, seconds, max_size, 1 if jobs is None else jobs) < 1:
        raise UsageError("below_one")
    place, page = _places(output, review, force=force)
    access = access_with(password_file, max_size)
    expected = _roster(roster, access)
    imposed = imposed_settings(settings, access)
    found = find_workbooks([paths] if isinstance(paths, str | Path) else paths)
    found = _inputs(found, place, force=force)
    day = min(as_of or dt.date.today(), period.end)
    collected = collect_workbooks(
        found,
        as_of=day,
        settings=imposed,
        jobs=jobs or usual_jobs(),
        access=access,
        limits=Limits(memory * MIB, seconds),
        on_progress=each,
    )
    with lean():
        drawn = _Drawn(collected, period, day, imposed, expected, place)
        drawn.write(place, page, force=force)
    return Summarised(place, page, drawn.analysis, drawn.submissions)


def _places(
    output: AnyPath | None, review: AnyPath | None, *, force: bool
) -> tuple[Path, Path | None]:
    """Where results go; what is in the way is refused before any work."""
    if output is None:
        raise UsageError("no_summary_output")
    place, page = Path(output), Path(review) if review is not None else None
    if place.suffix.lower() != ".xlsx":
        raise UsageError("needs_xlsx", place.name)
    if page is not None and page.suffix.lower() not in (".html", ".htm"):
        raise UsageError("review_page", page.name)
    for path in filter(None, (place, page)):
        if path.exists() and not force:
            raise Refused(path, Reason.EXISTS)
        if not path.parent.is_dir():
            raise Refused(path, Reason.NO_FOLDER, str(path.parent))
    return place, page


def _inputs(found: Sequence[Path], place: Path, *, force: bool) -> list[Path]:
    """The workbooks without the summary that is to be replaced.

    Raises: UsageError where that one is no summary, or where nothing is left.
    """
    if not force or not place.exists():
        return list(found)
    others = [path for path in found if path.resolve() != place.resolve()]
    if len(others) < len(found) and not _is_summary(place):
        raise UsageError("summary_is_input", place.name)
    if not others:
        raise UsageError("nothing_found", str(place))
    return others


def _is_summary(place: Path) -> bool:
    from xltrack.batch.summarising import made_here

    return made_here(place)


def _roster(path: AnyPath | None, access: Access) -> tuple[Entry, ...] | None:
    if path is None:
        return None
    from xltrack.leads.roster import read_roster

    return read_roster(Path(path), access)


class _Drawn:
    """A summary between reading and writing."""

    def __init__(
        self,
        collected: Collected,
        period: Period,
        day: dt.date,
        imposed: Settings | None,
        roster: Sequence[Entry] | None,
        place: Path,
    ) -> None:
        from xltrack.analysis import analyze_book
        from xltrack.analysis.comparison import comparison
        from xltrack.analysis.outlook import outlook
        from xltrack.analysis.scope import scope_of
        from xltrack.batch.memory import let_go
        from xltrack.batch.tallying import tally
        from xltrack.leads.facts import lead_facts
        from xltrack.leads.finding_counts import FindingCounts
        from xltrack.leads.submissions import Submissions
        from xltrack.report.summary import SUMMARY_TABLES

        self.period, self.day = period, day
        gathered = _gathered(collected, imposed)
        book = gathered.book
        facts = lead_facts(book.leads, book.settings, day, book.journal)
        self.scope = scope_of(book.leads, book.settings, day, period, book.journal, facts)
        workbooks = tally(
            collected.workbooks,
            book.leads,
            facts,
            self.scope,
            across=collected.across,
            foreign=gathered.foreign,
            roster=roster,
        )
        self.book = book.of_leads(self.scope.leads)
        del book, gathered, facts  # leads acquired later need no room any more
        let_go()
        self.submissions = Submissions(workbooks, roster)
        self.counts = FindingCounts()
        for each in workbooks:
            self.counts = self.counts.plus(each.findings)
        self.plan = _plan_of(place)
        self.analysis = analyze_book(
            self.book,
            as_of=day,
            period=period,
            tables=SUMMARY_TABLES,
            findings=self.counts,
            plan=self.plan,
            scope=self.scope,
        )
        self.figures = comparison(self.scope, self.counts)
        values = self.figures.frame.set_index("metric")["value"]
        self.outlook = outlook(self.scope, values["average_deal"], values["conversion"])

    def write(self, place: Path, page: Path | None, *, force: bool) -> None:
        """Write the workbook, and the page of the review if it is wanted."""
        from xltrack.render.xlsx import draw_workbook
        from xltrack.report.monthly import Month
        from xltrack.report.summary import build_summary, sheet_names
        from xltrack.template import load_template
        from xltrack.writeback import write_new, write_standalone

        template, wording = load_template(), self._wording()
        month = Month(self.analysis, self.figures, self.outlook, self.submissions, wording)
        report = build_summary(month, template)
        font = (template.look.font.of(wording.lang), template.look.font_size)
        scratch = draw_workbook(report, font=font)
        content = self._page(wording).encode() if page is not None else b""
        write_standalone(place, place, scratch, sheet_names(report), overwrite=force)
        if page is not None:
            write_new(page, lambda out: out.write(content), overwrite=force)

    def _wording(self) -> Wording:
        from xltrack.report import Wording
        from xltrack.template import load_labels

        return Wording.of(load_labels(), self.book.settings, self.book.lang)

    def _page(self, wording: Wording) -> str:
        """The three reports of the review, as a page of HTML."""
        from xltrack.analysis import analyze_book
        from xltrack.api.plans import plans_of
        from xltrack.api.reviewing import FOLDER
        from xltrack.render.review_context import review_context
        from xltrack.render.review_pages import review_html
        from xltrack.report.review import REVIEW_TABLES, compose_review
        from xltrack.report.sheets import scope_line
        from xltrack.template.locate import template_dir

        there = [each.path for each in self.submissions.workbooks if each.error is None]
        analysis = analyze_book(
            self.book,
            as_of=self.day,
            period=self.period,
            tables=REVIEW_TABLES,
            findings=self.counts,
            plan=(*self.plan, *plans_of(there)),
            scope=self.scope,
        )
        review = compose_review(analysis, wording, scope_line(analysis, wording))
        return review_html(review_context(review, wording), template_dir() / FOLDER)


def _gathered(collected: Collected, imposed: Settings | None) -> Gathered:
    """The merged leads.

    Raises: UnreadableWorkbook where none of the workbooks could be read.
    """
    from xltrack.batch.gathering import gather, summary_settings

    read = [each.workbook for each in collected.workbooks if each.error is None]
    if not read:
        errors = [each.error for each in collected.workbooks if each.error is not None]
        if not errors:
            raise UsageError("nothing_found", "")
        raise errors[0]
    _, whole = summary_settings(collected.books, read[0])
    copies = {name: each.copy_of for name, each in collected.across.items() if each.copy_of}
    return gather(collected.books, read, imposed or whole, copies)


def _plan_of(place: Path) -> tuple[PlannedAction, ...]:
    """What was typed into the plan of the summary that will be replaced."""
    from xltrack.api.plans import plans_of

    return plans_of([place]) if place.exists() else ()
