"""Cells that must be filled at the stage a lead has reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from xltrack.checks.examined import Examined, Mask
from xltrack.checks.rule import Hits, positions, rule
from xltrack.template import Field
from xltrack.text import fold

_CODES_OF_THEIR_OWN = {"lead_id": "V101", "owner": "V160", "amount": "V141"}


@rule("V110", fields=("customer", "lead_id"))
def required_missing(examined: Examined) -> Iterator[Hits]:
    """A field that the lead's stage requires is empty, or says no more than 待定 or 同上."""
    for field_id, mask in missing(examined).items():
        at = positions(mask)
        is_text = examined.template.by_id[field_id].type in ("text", "list")
        yield Hits(field_id, at, None if is_text else [""] * len(at))


def missing(examined: Examined) -> Mapping[str, Mask]:
    """By field, which leads lack it though their stage requires it."""
    if examined.missing is None:
        examined.missing = {
            field.id: _missing(examined, field)
            for field in examined.template.fields
            if field.required_from is not None and field.id not in _CODES_OF_THEIR_OWN
        }
    return examined.missing


def _missing(examined: Examined, field: Field) -> Mask:
    due = examined.has_column(field.id)
    if field.required_from == "won":
        due = due & examined.is_won
    elif isinstance(field.required_from, int) and field.required_from > 1:
        due = due & (examined.facts["index"] >= field.required_from).to_numpy()
    empty = ~examined.filled(field.id) | says_nothing(examined, field)
    return due & empty & ~examined.is_unreadable(field.id)


def says_nothing(examined: Examined, field: Field) -> Mask:
    """Which leads hold a mark or a word there that stands for nothing."""
    if field.type == "text":
        return examined.leads_saying_nothing(field.id)
    if field.type == "list":
        codes, typed = examined.encoded(field.id)
        marks = examined.settings.no_loss_marks
        return np.array([*(fold(text) in marks for text in typed), False])[codes]
    return np.zeros(len(examined.leads), dtype=bool)
