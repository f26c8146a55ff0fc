"""Short texts to paste into a team's chat: what each owner should follow up now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from xltrack.analysis import Analysis
from xltrack.report.review_words import presentable
from xltrack.report.wording import Wording

DIGEST_TABLES = ("follow_ups", "owners")
NAMES, OWNERS, LONGEST = 3, 5, 24
"""Customers named of each kind, owners named for the team, characters of a name."""
KINDS = ("overdue", "due", "not_contacted", "due_soon", "no_date")


@dataclass(frozen=True)
class Digest:
    """A text for one owner, or for the team where ``owner`` is none."""

    owner: str | None
    text: str

    def __str__(self) -> str:
        return self.text


def digests(
    analysis: Analysis, wording: Wording, owners: Collection[str] = ()
) -> tuple[Digest, ...]:
    """One text per owner with something to follow up, and one for the team at the end.

    Contact details inside customers' names are masked.

    Args:
        analysis: holds :data:`DIGEST_TABLES`.
        wording: the language of the texts.
        owners: only these, with or without something to do, and no text for the team.
    """
    frame = analysis["follow_ups"]
    if owners:
        return tuple(Digest(name, _of_owner(name, analysis, wording)) for name in owners)
    busy = frame["owner"].dropna().drop_duplicates()
    order = [name for name in analysis["owners"]["owner"].dropna() if name in set(busy)]
    texts = [Digest(name, _of_owner(name, analysis, wording)) for name in sorted(order)]
    return (*texts, Digest(None, _of_team(analysis, wording)))


def _of_owner(name: str, analysis: Analysis, wording: Wording) -> str:
    frame = analysis["follow_ups"]
    mine = frame[frame["owner"] == name]
    parts = [_part(kind, mine, analysis, wording) for kind in KINDS]
    said = _joined([part for part in parts if part], wording)
    return wording.phrase(
        "digest_owner",
        owner=presentable(name, LONGEST),
        left=_left(name, analysis, wording),
        parts=said or wording.phrase("digest_nothing"),
    )


def _part(kind: str, frame: pd.DataFrame, analysis: Analysis, wording: Wording) -> str:
    """How many leads of one kind there are, and whose; empty for none."""
    rows = frame[frame["status"] == kind]
    if rows.empty:
        return ""
    names = [presentable(name, LONGEST) for name in rows["customer"].dropna().head(NAMES)]
    more = "…" if len(rows) > len(names) else ""
    return wording.phrase(
        f"digest_{kind}",
        n=f"{len(rows):,}",
        urgent=_urgent(rows, analysis, wording),
        names=wording.list_of(names) + more,
    )


def _urgent(rows: pd.DataFrame, analysis: Analysis, wording: Wording) -> str:
    """How many of them are of the first priority; empty for none."""
    first = analysis.settings.priorities[0].name
    count = int((rows["priority"] == first).sum())
    return wording.phrase("digest_urgent", priority=first, n=count) if count else ""


def _left(name: str, analysis: Analysis, wording: Wording) -> str:
    """That the owner is gone, and who takes over."""
    for owner in analysis.settings.owners:
        if owner.name == name and not owner.active:
            successor = owner.successor or wording.phrase("nothing")
            return wording.phrase("digest_left", successor=successor)
    return ""


def _of_team(analysis: Analysis, wording: Wording) -> str:
    frame = analysis["follow_ups"]
    late = frame[frame["status"] == "overdue"]
    parts = []
    if len(late):
        counts = late["owner"].dropna().value_counts()
        ranked = sorted(counts.items(), key=lambda each: (-int(each[1]), str(each[0])))
        named = [f"{presentable(str(name), LONGEST)} {count}" for name, count in ranked[:OWNERS]]
        parts.append(
            wording.phrase(
                "digest_team_overdue",
                n=f"{len(late):,}",
                urgent=_urgent(late, analysis, wording),
                names=wording.list_of(named) + ("…" if len(ranked) > OWNERS else ""),
            )
        )
    parts += _counts(frame, wording)
    said = _joined(parts, wording) or wording.phrase("digest_nothing")
    return wording.phrase("digest_team", day=analysis.as_of, parts=said)


def _counts(frame: pd.DataFrame, wording: Wording) -> Iterator[str]:
    for kind in KINDS[1:]:
        count = int((frame["status"] == kind).sum())
        if count:
            status = wording.word("status", kind).lower()  # inside a sentence
            yield wording.phrase("digest_count", status=status, n=f"{count:,}")
    unowned = int(frame["owner"].isna().sum())
    if unowned:
        yield wording.phrase("digest_unowned", n=f"{unowned:,}")


def _joined(parts: list[str], wording: Wording) -> str:
    return ("\uff1b" if wording.lang == "zh" else "; ").join(parts)
