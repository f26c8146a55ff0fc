"""The sheets a refresh writes: which there are, and when one has nothing to say."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from xltrack.analysis import Analysis
from xltrack.analysis.pivots import distinct, pivot_id
from xltrack.errors import UsageError
from xltrack.report.blocks import Heading, Note, Report, Sheet
from xltrack.report.compositions import COMPOSITIONS, Page
from xltrack.report.pivot_block import PIVOT
from xltrack.report.wording import Wording
from xltrack.template import Labels, Settings, Template
from xltrack.text import Lang

DEFAULT_SHEETS = ("overview", "follow_ups", "conversion", "channels", "actions", "checks")
SHEETS = tuple(COMPOSITIONS)


def usual_sheets(settings: Settings) -> list[str]:
    """Keys of the sheets of a team that has not chosen any: the six, and its own pivots."""
    return [*DEFAULT_SHEETS, *(["pivots"] if settings.pivots else [])]


def build_report(
    analysis: Analysis,
    labels: Labels,
    template: Template,
    lang: Lang,
    sheets: Collection[str] = DEFAULT_SHEETS,
    *,
    always: Collection[str] = (),
    linked: bool = True,
) -> Report:
    """The report of an analysis; a sheet that has nothing to say is not in it.

    Args:
        analysis: its tables.
        labels: the declared words.
        template: the declared columns, by which findings name them.
        lang: language of the workbook.
        sheets: keys of the sheets wanted; see :func:`sheet_keys` for names.
        always: keys of sheets that are made even with nothing to say.
        linked: the leads stand in the workbook the report is drawn into, so rows can link there.

    Raises:
        UsageError: an unknown sheet key.
    """
    wording = Wording.of(labels, analysis.settings, lang)
    page = Page(analysis, wording, template, linked)
    built = []
    for key in sheets:
        if key not in COMPOSITIONS:
            raise UsageError("unknown_sheet", key, SHEETS)
        composition = COMPOSITIONS[key]
        if key not in always and not composition.worth(analysis):
            continue
        name = labels.sheets[key].of(lang)
        blocks = (
            Heading(name),
            Note(scope_line(analysis, wording), "subtitle"),
            *composition.compose(page),
            Note(wording.phrase(composition.foot)),
        )
        built.append(Sheet(key, name, blocks))
    return Report(lang, tuple(built))


def tables_for(sheets: Collection[str], settings: Settings) -> list[str]:
    """Ids of the tables that these sheets need."""
    wanted = [table for key in sheets for table in COMPOSITIONS[key].tables]
    pivots = [pivot_id(each) for each in distinct(settings.pivots)] if PIVOT in wanted else []
    return list(dict.fromkeys([*(table for table in wanted if table != PIVOT), *pivots]))


def sheet_keys(names: Iterable[str], labels: Labels) -> list[str]:
    """Keys of sheets given by key or by name in either language.

    Raises:
        UsageError: a name that is none of them.
    """
    by_name = {
        name: key
        for key, text in labels.sheets.items()
        if key in COMPOSITIONS
        for name in (key, text.zh, text.en.lower())
    }
    keys = []
    for name in names:
        key = by_name.get(name.strip()) or by_name.get(name.strip().lower())
        if key is None:
            raise UsageError("unknown_sheet", name, SHEETS)
        keys.append(key)
    return list(dict.fromkeys(keys))


def scope_line(analysis: Analysis, wording: Wording) -> str:
    """What was looked at: the as-of day, the period, how many workbooks."""
    pieces = [wording.phrase("as_of", day=analysis.as_of)]
    if analysis.period:
        period = analysis.period
        pieces.append(
            wording.phrase("period", period=period.label, start=period.start, end=period.end)
        )
    else:
        pieces.append(wording.phrase("everything"))
    workbooks = {source.path for source in analysis.sources}
    if len(workbooks) > 1:
        pieces.append(wording.phrase("workbooks", n=len(workbooks)))
    return " · ".join(pieces)
