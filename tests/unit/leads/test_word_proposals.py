"""What the words of a team's lists are to the template."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

from xltrack.leads.vocabulary import Vocabulary
from xltrack.leads.word_proposals import people, propose_words
from xltrack.template import load_template
from xltrack.template.adopt_words import load_adopt_words

KNOWN = Vocabulary(load_template(), load_adopt_words())
FIELDS = ("stage", "priority", "channel", "lost_reason", "owner")


def frame(**columns: Sequence[str | None]) -> pd.DataFrame:
    height = max(map(len, columns.values()))
    whole = {field: list(columns.get(field, [None] * height)) for field in FIELDS}
    return pd.DataFrame(whole, dtype="str")


@pytest.mark.parametrize(
    ("field", "word", "item"),
    [
        ("stage", "已签约", "成交"),
        ("stage", "谈单中", "商务谈判"),
        ("stage", "Closed Won", "成交"),
        ("stage", "丢单", "lost"),
        ("stage", "暂停", "paused"),
        ("stage", "New", "初识"),
        ("priority", "A类", "高"),
        ("priority", "Medium", "中"),
        ("channel", "老客户介绍", "转介绍"),
        ("channel", "Trade show", "行业展会"),
        ("channel", "门店", "new"),
        ("lost_reason", "太贵", "价格过高"),
        ("lost_reason", "—", "no_loss"),
        ("lost_reason", "N/A", "no_loss"),
        ("lost_reason", "老板不同意", "new"),
    ],
)
def test_a_word_that_is_known(field: str, word: str, item: str) -> None:
    (proposal,) = propose_words(frame(**{field: [word, word]}), KNOWN)
    assert (proposal.word, proposal.count, proposal.item) == (word, 2, item)
    assert proposal.confidence == 1


@pytest.mark.parametrize(
    ("field", "word", "item"),
    [("stage", "已签约客户", "成交"), ("stage", "上门", "open"), ("priority", "甲", "new")],
)
def test_a_word_that_is_not_known_is_unsure(field: str, word: str, item: str) -> None:
    (proposal,) = propose_words(frame(**{field: [word]}), KNOWN)
    assert proposal.item == item
    assert proposal.confidence < KNOWN.sure.sure


def test_the_detail_behind_a_channel_is_no_part_of_it() -> None:
    (proposal,) = propose_words(frame(channel=["展会:广交会", "展会\uff1a工博会"]), KNOWN)
    assert (proposal.word, proposal.count) == ("展会", 2)


def test_of_free_text_only_what_repeats_is_a_word_of_a_list() -> None:
    texts = [f"原因{n}" for n in range(60)] + ["甲", "甲"]
    assert [p.word for p in propose_words(frame(lost_reason=texts), KNOWN)] == ["甲"]


def test_cells_of_several_people_are_no_person() -> None:
    rows = frame(owner=["张伟", "李娜", "张伟", "张伟、李娜", "Ann/Ben"])
    assert people(rows, KNOWN) == ["张伟", "李娜"]
