"""The third report: what became of the last plan, what to do next, who helps, when to meet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd

from xltrack.analysis import Analysis
from xltrack.report.action_plan import action_block, evidence_text, problem_text
from xltrack.report.blocks import Cell, Column, Note, TableBlock
from xltrack.report.review_parts import Part, Section, column_of, section
from xltrack.report.review_words import presentable_table
from xltrack.report.wording import Wording
from xltrack.template.finding_texts import load_finding_texts

PROBLEMS, REVIEWED, LINES = 5, 8, 6
"""What fits on a page."""
OVER = frozenset({"done", "cancelled"})
WORDS = frozenset({"unit", "main_stage", "main_channel", "reason"})
"""What is filled into a sentence of evidence besides figures."""
FIGURE = r"[-\d,.%\u2014]+"


class _Figures(dict[str, str]):
    """Figures by name; one that is not known is a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def action_sections(analysis: Analysis, wording: Wording) -> Iterator[Section]:
    """The sections of the third report."""
    yield section("last_plan", wording, _last_plan(analysis, wording))
    problems, measures = _problems(analysis, wording)
    nothing = Note(wording.phrase("no_problem"), "subtitle")
    yield section("problems", wording, [problems] if problems.rows else [nothing])
    if measures.rows:
        yield section("measures", wording, [measures])
    yield section("support", wording, _support(analysis, wording))
    day = next_review(analysis)
    key = "review_next" if day else "review_no_next"
    yield section("next_review", wording, [Note(wording.phrase(key, day=day), "subtitle")])


def next_review(analysis: Analysis) -> dt.date | None:
    """The first working day after the next period ends; none without a period.

    Weekends and the holidays of Settings are no working days.
    """
    if analysis.period is None:
        return None
    after = analysis.period.following().end + dt.timedelta(days=1)
    holidays = np.array(analysis.settings.holidays, dtype="datetime64[D]")
    day = np.busday_offset(np.datetime64(after, "D"), 0, roll="forward", holidays=holidays)
    return cast("dt.date", day.item())


def watched(problem: str, evidence: str, template: str, wording: Wording) -> str | None:
    """The figure to watch out of a sentence of evidence, in the words of ``template``.

    ``evidence`` may be in either language; none where it is not such a sentence.
    """
    figures = _figures_in(problem, evidence, wording)
    return None if figures is None else template.format_map(figures)


def _figures_in(problem: str, evidence: str, wording: Wording) -> _Figures | None:
    """The figures in a sentence of evidence, by name, as they are written there."""
    sentence = wording.labels.values["evidence"].get(problem)
    for text in (sentence.zh, sentence.en) if sentence else ():
        match = re.fullmatch(_pattern(text), evidence)
        if match:
            figures = _Figures(match.groupdict())
            figures["unit"] = wording.unit
            figures.update(_decided(figures))
            return figures
    return None


def _pattern(sentence: str) -> str:
    """A pattern that finds again what was filled into a sentence."""
    seen: set[str] = set()
    pieces = []
    for piece in re.split(r"(\{\w+\})", sentence):
        name = piece[1:-1]
        if not piece.startswith("{"):
            pieces.append(re.escape(piece))
        elif name in seen:
            pieces.append(f"(?P={name})")
        else:
            seen.add(name)
            pieces.append(f"(?P<{name}>{'.*?' if name in WORDS else FIGURE})")
    return "".join(pieces)


def _decided(figures: Mapping[str, str]) -> dict[str, str]:
    """How many leads were decided at a step: those that moved on and those that were lost."""
    try:
        both = [int(figures[name].replace(",", "")) for name in ("moved_on", "lost")]
    except (KeyError, ValueError):
        return {}
    return {"decided": f"{sum(both):,}"}


def _last_plan(analysis: Analysis, wording: Wording) -> Iterator[Part]:
    frame = analysis["plan_review"]
    if frame.empty:
        yield Note(wording.phrase("review_no_plan"), "subtitle")
        return
    noted = frame["noted_on"].dropna()
    known = not noted.empty
    if not known:
        yield Note(wording.phrase("review_plan_undated"), "subtitle")
    elif noted.iloc[0] >= analysis.as_of:
        yield Note(wording.phrase("review_plan_new", day=noted.iloc[0]), "subtitle")
    else:
        yield Note(wording.phrase("review_plan_of", day=noted.iloc[0]), "subtitle")
    yield last_plan_block(analysis, wording, REVIEWED)


def last_plan_block(analysis: Analysis, wording: Wording, most: int) -> TableBlock:
    """The actions of the last plan, each with its figure then and now in words."""
    frame = analysis["plan_review"]
    records = cast("list[dict[str, Any]]", frame.head(most).to_dict("records"))
    rows = tuple(_reviewed(record, wording) for record in records)
    ids = ("problem", "measure", "owner", "deadline", "status", "evidence_before", "evidence_now")
    columns = tuple(column_of("plan_review", column, wording) for column in ids)
    hidden = len(frame) - len(rows)
    block = TableBlock(
        "plan_review",
        wording.title("plan_review"),
        "",
        columns,
        rows,
        muted=frozenset(n for n, r in enumerate(records) if r["status"] in OVER),
        more=wording.phrase("review_more", n=hidden) if hidden else "",
    )
    return presentable_table(block)


def _reviewed(record: Mapping[str, Any], wording: Wording) -> tuple[Cell, ...]:
    problem, before, now = record["problem"], record["evidence_before"], record["evidence_now"]
    template = wording.labels.values["watch"].get(problem)
    figures = template.of(wording.lang) if template else ""
    told = evidence_text(problem, now, wording) if now is not None else None
    return (
        problem_text(record["problem_id"], problem, wording),
        record["measure"] or _usual(problem, wording),
        record["owner"],
        record["deadline"] if isinstance(record["deadline"], dt.date | str) else None,
        wording.word("status", record["status"]),
        before and (watched(problem, before, figures, wording) or before),
        told and (watched(problem, told, figures, wording) or told),
    )


def _usual(problem: str, wording: Wording) -> str | None:
    usual = wording.labels.values["measure"].get(problem)
    return usual.of(wording.lang) if usual else None


def _problems(analysis: Analysis, wording: Wording) -> tuple[TableBlock, TableBlock]:
    """The most urgent problems with their figures, and what is to be done about each."""
    plan = action_block(analysis, wording)
    found = [row for number, row in enumerate(plan.rows) if number not in plan.muted][:PROBLEMS]
    at = {column.id: number for number, column in enumerate(plan.columns)}
    subjects = [str(row[at["problem_id"]]) for row in found]
    kinds = [subject.partition(":")[0] for subject in subjects]
    number = Column("number", "#", "count", 5)
    problems = replace(
        plan,
        id="problems",
        title=wording.word("section", "problems"),
        subtitle="",
        columns=(number, *_plain(plan, at, "problem", "evidence")),
        rows=tuple(
            (n, _told(subject, row[at["problem"]], wording), row[at["evidence"]])
            for n, (subject, row) in enumerate(zip(subjects, found, strict=True), 1)
        ),
        muted=frozenset(),
    )
    watch = tuple(column_of("plan_review", column, wording) for column in ("watch", "goal"))
    measures = replace(
        problems,
        id="measures",
        title=wording.word("section", "measures"),
        columns=(number, *_plain(plan, at, "measure", "owner", "deadline"), *watch),
        rows=tuple(
            (
                n,
                *(row[at[column]] or None for column in ("measure", "owner", "deadline")),
                *_watch(kind, str(row[at["evidence"]]), analysis, wording),
            )
            for n, (kind, row) in enumerate(zip(kinds, found, strict=True), 1)
        ),
    )
    return presentable_table(problems), presentable_table(measures)


def _told(problem_id: str, problem: Cell, wording: Wording) -> Cell:
    """The problem in words; for data errors with what the code means."""
    kind, _, code = problem_id.partition(":")
    texts = load_finding_texts()
    if kind != "data" or code not in texts:
        return problem
    return wording.phrase("review_data", problem=problem, why=texts[code].why.of(wording.lang))


def _plain(plan: TableBlock, at: Mapping[str, int], *ids: str) -> list[Column]:
    return [replace(plan.columns[at[column]], typed=False, choices=()) for column in ids]


def _watch(problem: str, evidence: str, analysis: Analysis, wording: Wording) -> tuple[Cell, Cell]:
    """The figure to watch, and what it should become."""
    figures = _figures_in(problem, evidence, wording)
    if figures is None:
        return None, None
    figures.update(_averages(analysis, wording))
    words = wording.labels.values
    return (
        words["watch"][problem].of(wording.lang).format_map(figures),
        words["goal"][problem].of(wording.lang).format_map(figures),
    )


def _averages(analysis: Analysis, wording: Wording) -> dict[str, str]:
    """What the weak are measured by: all steps together, all channels together."""
    funnel, channels = analysis["funnel"], analysis["channels"]
    went_on = int(funnel["reached"].iloc[1:].sum())
    decided = went_on + int(funnel["lost"].iloc[:-1].sum())
    leads = int(channels["leads"].sum())
    per_lead = channels["revenue"].sum() / leads if leads else None
    return {
        "average_step": f"{went_on / decided:.1%}({went_on}/{decided})" if decided else "—",
        "average_per_lead": "—" if per_lead is None else wording.amount(per_lead),
    }


def _support(analysis: Analysis, wording: Wording) -> Iterator[Note]:
    """What the team cannot do alone, as far as the figures and the plan tell."""
    lines = [*_needs(analysis, wording), *_hand_overs(analysis, wording)]
    for line in lines[:LINES] or [wording.phrase("review_no_support")]:
        yield Note(line, "subtitle")
    if len(lines) > LINES:
        yield Note(wording.phrase("review_more", n=len(lines) - LINES), "subtitle")


def _hand_overs(analysis: Analysis, wording: Wording) -> Iterator[str]:
    successors = {owner.name: owner.successor for owner in analysis.settings.owners}
    frame = analysis["owners"]
    for row in frame[(frame["active"] == False) & (frame["open"] > 0)].to_dict("records"):  # noqa: E712 - null is neither
        yield wording.phrase(
            "review_hand_over",
            owner=row["owner"],
            n=row["open"],
            successor=successors.get(row["owner"]) or wording.phrase("nothing"),
        )


def _needs(analysis: Analysis, wording: Wording) -> Iterator[str]:
    values = analysis["overview"].set_index("metric")["value"]
    gap, needed = values.get("gap", np.nan), values.get("leads_needed", np.nan)
    if gap > 0:
        leads = wording.phrase("nothing") if pd.isna(needed) else f"{needed:,.0f}"
        yield wording.phrase("review_gap", gap=wording.amount(float(gap)), n=leads)
    frame = analysis["channels"]
    invest = frame.loc[frame["verdict"] == "invest", "channel"]
    if len(invest):
        yield wording.phrase("review_budget", channels=wording.list_of(map(str, invest)))
    plan = analysis["actions"]
    open_ = plan[~plan["status"].isin(OVER)]
    unowned = int(open_["owner"].isna().sum())
    if unowned:
        yield wording.phrase("review_unowned", n=unowned)
    late = [day for day in open_["deadline"] if isinstance(day, dt.date) and day < analysis.as_of]
    if late:
        yield wording.phrase("review_late", n=len(late))
