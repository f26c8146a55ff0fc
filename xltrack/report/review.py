"""The three reports of a review meeting: what follows the leads, what the market says, what to do.

They are composed once from an analysis; a page of HTML, a text, a Word document and the sheet of a
workbook draw the same model.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xltrack.analysis import TABLES, Analysis
from xltrack.report.blocks import Block, Chart, Heading, KeyFigures, Note, TableBlock
from xltrack.report.review_actions import action_sections, next_review
from xltrack.report.review_market import market_conclusion, market_sections
from xltrack.report.review_parts import LINE, Section
from xltrack.report.review_tracking import review_figures, tracking_sections
from xltrack.report.review_words import presentable
from xltrack.report.sentences import conclusion, plan_sentence
from xltrack.report.wording import Wording
from xltrack.text import Lang

_TABLES = (
    "overview",
    "new_leads",
    "funnel",
    "stage_velocity",
    "stage_moves",
    "lost_reasons",
    "follow_ups",
    "first_contact",
    "owners",
    "key_leads",
    "channels",
    "channel_details",
    "persona",
    "persona_summary",
    "persona_changes",
    "competitors",
    "actions",
    "plan_review",
)
REVIEW_TABLES = tuple(name for name in _TABLES if name in TABLES)
"""The tables that the three reports are composed from."""


@dataclass(frozen=True)
class ReviewReport:
    """One of the three reports: its key, title, the sentence to take away, and its sections."""

    key: str
    title: str
    conclusion: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Review:
    """The three reports of one period.

    ``scope`` says what was looked at; ``figures`` are the key figures with their change;
    ``next_review`` is none without a period.
    """

    lang: Lang
    title: str
    scope: str
    figures: KeyFigures
    reports: tuple[ReviewReport, ...]
    next_review: dt.date | None
    sample_note: str


def compose_review(analysis: Analysis, wording: Wording, scope: str) -> Review:
    """The three reports of an analysis that holds :data:`REVIEW_TABLES`.

    ``scope``: one line on what was looked at. Contact details inside texts are masked, and texts
    are cut to what fits on a page.
    """
    period = analysis.period
    sheet = wording.labels.sheets["review"].of(wording.lang)
    composed = (
        ("tracking", conclusion(analysis, wording), tracking_sections(analysis, wording)),
        ("market", market_conclusion(analysis, wording), market_sections(analysis, wording)),
        ("actions", plan_sentence(analysis, wording), action_sections(analysis, wording)),
    )
    return Review(
        lang=wording.lang,
        title=f"{sheet} {period.label}" if period else sheet,
        scope=presentable(scope),
        figures=review_figures(analysis, wording),
        reports=tuple(
            ReviewReport(key, wording.word("report", key), presentable(said, LINE), tuple(sections))
            for key, said, sections in composed
        ),
        next_review=next_review(analysis),
        sample_note=wording.phrase("review_small", n=wording.minimum_sample),
    )


def review_blocks(analysis: Analysis, wording: Wording) -> Iterator[Block]:
    """The three reports one below the other, as blocks of one sheet."""
    review = compose_review(analysis, wording, "")
    for number, report in enumerate(review.reports):
        yield Heading(report.title)
        yield Note(report.conclusion, "conclusion")
        if number == 0:
            yield review.figures
        for section in report.sections:
            yield from _section(section)
    yield Note(review.sample_note)


def _section(section: Section) -> Iterator[Block]:
    """Its charts first, so that they keep their place; then what it says."""
    yield from (block for block in section.blocks if isinstance(block, Chart))
    tables = [block for block in section.blocks if isinstance(block, TableBlock)]
    if not tables:
        yield Note(section.title, "conclusion")
    yield from (block for block in section.blocks if isinstance(block, Note))
    yield from (replace(table, title=section.title) for table in tables)
