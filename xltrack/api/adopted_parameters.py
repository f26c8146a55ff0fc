"""The single values of Settings that a team's sheets say: currency, unit, prefix of the ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xltrack.api.questions import Asking, Question
from xltrack.create.names import word
from xltrack.leads.added_columns import usual_prefix
from xltrack.leads.amounts import currency_of
from xltrack.leads.cells import kind_of
from xltrack.leads.header import recognise
from xltrack.leads.word_proposals import NO_LOSS, WordProposal
from xltrack.template.check_settings import MISSING_COLUMN, OWN_IDS
from xltrack.text import fold, split_list

if TYPE_CHECKING:
    from xltrack.api.adoption import Columns
    from xltrack.leads import LeadBook
    from xltrack.leads.header_proposals import ColumnProposal
    from xltrack.leads.vocabulary import Vocabulary

_MONEY = ("amount", "expected_amount")
_WHOLE = "元"
"""The unit of plain money, whatever the currency."""
_LARGE = 2000
"""A median above it is no amount in 10,000s, but one in the currency itself."""


def adopted_parameters(
    columns: Columns,
    book: LeadBook,
    words: Sequence[WordProposal],
    known: Vocabulary,
    asking: Asking,
) -> dict[str, object]:
    """Parameters by id, those alone that are not the template's."""
    usual = {parameter.id: parameter.value for parameter in known.template.parameters}
    found: dict[str, object] = {}
    money = [p for p in columns.meanings.values() if p.field in _MONEY]
    said = Counter(code for p in money if (code := currency_of(p.header)) is not None)
    if said:
        found["currency"] = said.most_common(1)[0][0]
    unit = _unit(money, str(found.get("currency", usual["currency"])), columns, known, asking)
    if unit is not None:
        found["amount_unit"] = unit
    ids = book.rows["lead_id"].dropna().tolist()
    prefix = usual_prefix(ids, known.template)
    if prefix is not None:
        found["id_prefix"] = prefix
    found["checks"] = _checks(book, columns, known, own_ids=bool(ids) and prefix is None)
    marks = [w.word for w in words if w.item == NO_LOSS]
    there = split_list(str(usual["no_loss_marks"]))
    more = [mark for mark in marks if fold(mark) not in map(fold, there)]
    if more:
        found["no_loss_marks"] = "\u3001".join([*there, *more])
    return {key: value for key, value in found.items() if value != usual[key]}


def _checks(book: LeadBook, columns: Columns, known: Vocabulary, *, own_ids: bool) -> str:
    """The rules that do not suit a workbook which keeps its own form."""
    severities = known.template.words.severities
    there = {p.field for p in columns.meanings.values()}
    there |= {field for fields in columns.added.values() for field in fields}
    documented = {field.id for field in known.template.fields if field.set == "documented"}
    entries = []
    if own_ids:
        entries.append(f"{OWN_IDS}={word(('off', *severities['off']), book.lang)}")
    if documented - there:  # the team decides which columns it has
        entries.append(f"{MISSING_COLUMN}={word(('info', *severities['info']), book.lang)}")
    return ("\u3001" if book.lang == "zh" else ", ").join(entries)


def _unit(
    money: Sequence[ColumnProposal],
    currency: str,
    columns: Columns,
    known: Vocabulary,
    asking: Asking,
) -> str | None:
    """The unit to count in: that of the headers, else what the size of the numbers suggests."""
    template = columns.template(known.template)
    units = [recognise(proposal.header, template)[1] for proposal in money]
    told = [unit for unit in units if unit is not None]
    if currency != known.template.amount.currency:
        return told[0] if told and fold(told[0]) not in _PLAIN else _WHOLE
    if told or not money:
        return None  # a unit in the header counts, and the template's is fine
    numbers = sorted(
        float(cell)  # type: ignore[arg-type]
        for proposal in money
        for cell in proposal.content.cells
        if kind_of(cell) == "number"
    )
    if not numbers or numbers[len(numbers) // 2] < _LARGE:
        return None
    usual = known.template.amount.unit
    said = asking.ask(Question("unit", money[0].header, _WHOLE, 0.7, (_WHOLE, usual)))
    return said if said != usual else None


_PLAIN = ("cny", "usd", "元")
