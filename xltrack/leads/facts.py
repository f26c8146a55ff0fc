"""What follows from each lead by definition: outcome, stage index, close day, due day.

Computed once and used by checks and analysis alike, so that no two figures can disagree on
whether a lead is won, when it closed or since when it is overdue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from xltrack.leads.follow_up import last_contact
from xltrack.template import Settings, lookup
from xltrack.template.check_words import load_check_words
from xltrack.template.meaning import meant_item
from xltrack.text import fold

if TYPE_CHECKING:
    from xltrack.leads.journal import Journal

OUTCOMES = ["open", "won", "lost"]
STATUSES = ["overdue", "due", "due_soon", "not_contacted", "no_date"]
DETAIL_MARKS = "[:\uff1a]"

Bools = npt.NDArray[np.bool_]
Column = pd.Series  # of a category


def lead_facts(
    leads: pd.DataFrame, settings: Settings, as_of: dt.date, journal: Journal | None = None
) -> pd.DataFrame:
    """One row per lead, aligned with ``leads``.

    ``journal``: what it noted up to ``as_of`` tells the close day of a lead that has none of its
    own, and the index of one that left the funnel.

    Columns:
        outcome (category): open, won, lost.
        paused (bool): stands at a stage of the kind paused and is not lost.
        stage (category, Settings order): null where empty or not in Settings.
        index (float): 1 for the first stage of the funnel; for a stage without one that of the
            last stage that the journal knows to have one, else null.
        channel, detail (category): 「渠道:细节」 split, synonyms joined; an unknown channel stays
            as typed; null where empty.
        reason (category): synonyms joined, null where no reason is filled.
        owner, priority (category): null where empty; an unknown priority stays as typed.
        rank (float): position of the priority in Settings, 0 first; null where unknown.
        interval_days (float): days between follow-ups of that priority; null where unknown.
        value (float): the amount of a won lead, the expected amount of any other.
        acquired_on (date): null where only the month in the id is known, or nothing.
        acquired_from, acquired_to (date): first and last day the lead can be acquired on.
        last_contact (date): latest dated entry of the log not after ``as_of``.
        close_day (date): null for open leads and where nothing tells it.
        close_presumed (bool): the close day is neither the lead's own nor from the journal.
        due (date): when the next follow-up is due; null for closed and paused leads and where
            there is no date to count from.
        days_overdue (float): ``as_of`` − ``due``, negative while it is ahead.
        status (category): overdue, due, due_soon, not_contacted, no_date; null where nothing is
            due within the window.

    Source: guide, steps 1 to 3.
    """
    facts = pd.DataFrame(index=leads.index)
    _add_stage(facts, leads, settings)
    _add_words(facts, leads, settings)
    _add_value(facts, leads)
    _add_acquired(facts, leads)
    facts["last_contact"] = last_contact(leads["latest_follow_up"], as_of)
    noted = _noted(facts, leads, settings, as_of, journal) if journal else None
    _add_close(facts, leads, noted)
    _add_due(facts, leads, settings, as_of)
    return facts


def standing(leads: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """How each lead stands: stage, index, reason, outcome, paused, owner and value.

    The columns are those of :func:`lead_facts`, without a journal.
    """
    facts = pd.DataFrame(index=leads.index)
    _add_stage(facts, leads, settings)
    facts["owner"] = leads["owner"].astype("category")
    _add_value(facts, leads)
    return facts


def _noted(
    facts: pd.DataFrame,
    leads: pd.DataFrame,
    settings: Settings,
    as_of: dt.date,
    journal: Journal,
) -> pd.Series[pd.Timestamp]:
    """The close days that the journal tells; fills the index of leads that left the funnel."""
    from xltrack.leads.journal_history import close_days, last_index  # noqa: PLC0415  # seldom

    place = journal.places(leads)
    outside = facts["index"].isna() & facts["stage"].notna()
    if outside.any():
        known = last_index(journal, settings, as_of, place[outside.to_numpy()])
        facts.loc[outside, "index"] = known
    days = close_days(journal, settings, as_of, place, facts["outcome"])
    return pd.Series(days, index=facts.index)


def _add_stage(facts: pd.DataFrame, leads: pd.DataFrame, settings: Settings) -> None:
    names = [stage.name for stage in settings.stages]
    facts["stage"] = _canonical(leads["stage"], lookup(settings.stages), names).cat.set_categories(
        names
    )
    codes = facts["stage"].cat.codes.to_numpy()
    funnel = {stage.name: number for number, stage in enumerate(settings.funnel, start=1)}
    facts["index"] = _take([float(funnel.get(name, np.nan)) for name in names], codes)

    kinds = [stage.kind for stage in settings.stages]
    won = _is_kind(kinds, "won", codes)
    reason = _canonical(
        leads["lost_reason"], lookup(settings.lost_reasons), drop=settings.no_loss_marks
    )
    facts["reason"] = reason
    lost = ~won & (reason.notna().to_numpy() | _is_kind(kinds, "lost", codes))
    facts["outcome"] = pd.Categorical.from_codes(
        np.select([won, lost], [1, 2], 0).astype(np.int8), categories=pd.Index(OUTCOMES)
    )
    facts["paused"] = ~lost & _is_kind(kinds, "paused", codes)


def _add_words(facts: pd.DataFrame, leads: pd.DataFrame, settings: Settings) -> None:
    channel = leads["channel"].astype("category")
    typed = [str(word) for word in channel.cat.categories]
    split = pd.Series(typed, dtype="str").str.split(DETAIL_MARKS, n=1, regex=True)
    heads = [parts[0].strip() for parts in split]
    details = [parts[1].strip() if len(parts) > 1 else "" for parts in split]
    words = lookup(settings.channels)
    facts["channel"] = _recode(channel, [words.get(fold(head), head) for head in heads])
    facts["detail"] = _recode(channel, details)
    facts["owner"] = leads["owner"].astype("category")
    names = [priority.name for priority in settings.priorities]
    facts["priority"] = _canonical(leads["priority"], _priority_words(leads, settings), names)
    codes = facts["priority"].cat.codes.to_numpy()
    others = len(facts["priority"].cat.categories) - len(names)
    facts["rank"] = _take([*map(float, range(len(names))), *[np.nan] * others], codes)
    days = [priority.interval_days for priority in settings.priorities]
    facts["interval_days"] = _take([*days, *[np.nan] * others], codes)


def _priority_words(leads: pd.DataFrame, settings: Settings) -> dict[str, str]:
    """What means each priority: its name, and what says it with a word more, such as 高优先级.

    Such a lead is followed up like any other; the checks say how it should be written.
    """
    words = lookup(settings.priorities)
    around = [fold(word) for word in load_check_words().around_items]
    for typed in leads["priority"].dropna().unique():
        if fold(typed) not in words and (meant := meant_item(typed, words, around)):
            words[fold(typed)] = meant
    return words


def _add_value(facts: pd.DataFrame, leads: pd.DataFrame) -> None:
    expected = leads["expected_amount"]
    if expected.notna().any():
        facts["value"] = leads["amount"].where(facts["outcome"] == "won", expected)
    else:
        facts["value"] = leads["amount"]


def _add_acquired(facts: pd.DataFrame, leads: pd.DataFrame) -> None:
    day = leads["acquired_on"].astype("datetime64[s]")
    facts["acquired_on"] = day
    first, last = day.copy(), day.copy()
    unknown = day.isna()
    if unknown.any():
        month = id_month(leads.loc[unknown, "lead_id"])
        first[unknown] = month
        last[unknown] = month + pd.offsets.MonthEnd(0)
    facts["acquired_from"], facts["acquired_to"] = first, last


def id_month(lead_ids: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """First day of the month in a lead id (prefix, YYYYMM, running number); null without one.

    >>> id_month(pd.Series(["LX202405001", "LX-HD-202412017", "A7"])).dt.strftime("%Y-%m").tolist()
    ['2024-05', '2024-12', nan]
    """
    month = lead_ids.astype("str").str.extract(r"^\D*(20\d\d(?:0[1-9]|1[0-2]))\d{3,}$")[0]
    return pd.to_datetime(month, format="%Y%m").astype("datetime64[s]")


def _add_close(
    facts: pd.DataFrame, leads: pd.DataFrame, noted: pd.Series[pd.Timestamp] | None
) -> None:
    own = leads["closed_on"].astype("datetime64[s]")
    if noted is not None:
        own = own.fillna(noted)
    won, lost = facts["outcome"] == "won", facts["outcome"] == "lost"
    presumed = leads["expected_close"].astype("datetime64[s]").where(won)
    presumed = presumed.fillna(facts["last_contact"])
    closed = won | lost
    facts["close_day"] = own.fillna(presumed).where(closed)
    facts["close_presumed"] = closed & own.isna() & facts["close_day"].notna()


def _add_due(facts: pd.DataFrame, leads: pd.DataFrame, settings: Settings, as_of: dt.date) -> None:
    contact, agreed = facts["last_contact"], leads["next_follow_up"].astype("datetime64[s]")
    followed = contact + _days(facts["interval_days"])
    first = facts["acquired_on"] + pd.Timedelta(days=settings.parameters.first_contact_days)
    due = followed.where(contact.notna(), first)
    due = agreed.where(agreed.notna() & (contact.isna() | (agreed > contact)), due)
    if settings.parameters.shift_to_working_days:
        due = _to_working_day(due, settings.holidays)
    active = (facts["outcome"] == "open") & ~facts["paused"]
    facts["due"] = due.where(active)
    late = (pd.Timestamp(as_of) - facts["due"]).dt.days.astype("float64")
    facts["days_overdue"] = late
    new = contact.isna() & (late >= 0)
    soon = (late < 0) & (late >= -settings.parameters.due_soon_days)
    code = np.select(
        [new, late > 0, late == 0, soon, active & facts["due"].isna()], [3, 0, 1, 2, 4], -1
    )
    facts["status"] = pd.Categorical.from_codes(code.astype(np.int8), categories=pd.Index(STATUSES))


def _days(numbers: pd.Series[float]) -> pd.Series[pd.Timedelta]:
    seconds = np.full(len(numbers), np.timedelta64("NaT", "s"))
    known = numbers.notna().to_numpy()
    seconds[known] = (numbers[known].to_numpy() * 86_400).astype("timedelta64[s]")
    return pd.Series(seconds, index=numbers.index)


def _to_working_day(
    days: pd.Series[pd.Timestamp], holidays: Sequence[dt.date]
) -> pd.Series[pd.Timestamp]:
    known = days.notna()
    moved = days.copy()
    moved[known] = np.busday_offset(
        days[known].to_numpy().astype("datetime64[D]"), 0, roll="forward", holidays=list(holidays)
    ).astype("datetime64[s]")
    return moved


def _canonical(
    column: pd.Series[str],
    words: dict[str, str],
    first: Sequence[str] = (),
    drop: frozenset[str] = frozenset(),
) -> Column:
    """The column as a category with synonyms joined; ``first`` leads the categories."""
    typed = column.astype("category")
    names = []
    for word in typed.cat.categories:
        key = fold(str(word))
        names.append("" if key in drop else words.get(key, str(word).strip()))
    return _recode(typed, names, first)


def _recode(typed: Column, names: list[str], first: Sequence[str] = ()) -> Column:
    """Replace the categories of ``typed`` by ``names``, in order; an empty name becomes null."""
    categories = list(dict.fromkeys([*first, *sorted(name for name in set(names) if name)]))
    position = {name: number for number, name in enumerate(categories)}
    codes = np.array([*(position.get(name, -1) for name in names), -1], dtype=np.int32)
    return pd.Series(
        pd.Categorical.from_codes(
            codes[typed.cat.codes.to_numpy()], categories=pd.Index(categories)
        ),
        index=typed.index,
    )


def _take(values: list[float], codes: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    taken: npt.NDArray[np.float64] = np.array([*values, np.nan])[codes]
    return taken


def _is_kind(kinds: Sequence[str], kind: str, codes: npt.NDArray[np.integer]) -> Bools:
    taken: Bools = np.array([*(each == kind for each in kinds), False])[codes]
    return taken
