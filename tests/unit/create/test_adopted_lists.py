"""The lists of Settings filled with a team's own words."""

from __future__ import annotations

from xltrack.create.adopted_lists import list_rows
from xltrack.leads.word_proposals import WordProposal
from xltrack.template import load_template

TEMPLATE = load_template()


def word(field: str, text: str, item: str, count: int = 1) -> WordProposal:
    return WordProposal(field, text, count, item, 1.0)


def names(rows: list[dict[str, object]], key: str) -> list[object]:
    return [row[key] for row in rows]


def test_without_words_the_lists_are_those_of_the_template() -> None:
    rows = list_rows(TEMPLATE, "en", [], [])
    assert names(rows["stages"], "stage") == [
        "New",
        "Interested",
        "Comparing",
        "Negotiation",
        "Won",
    ]
    assert names(rows["priorities"], "priority") == ["High", "Medium", "Low"]
    assert len(rows["channels"]) == 7
    assert rows["owners"] == []


def test_the_template_s_own_names_keep_its_whole_funnel() -> None:
    said = [word("stage", "成交", "成交"), word("stage", "流失", "lost")]
    rows = list_rows(TEMPLATE, "zh", said, [])["stages"]
    assert names(rows, "stage") == ["初识", "意向明确", "方案对比", "商务谈判", "成交", "流失"]
    assert names(rows, "kind") == ["open"] * 4 + ["won", "lost"]


def test_own_words_replace_it_and_keep_what_it_knows() -> None:
    said = [word("stage", "谈单中", "商务谈判"), word("stage", "触达", "初识")]
    rows = list_rows(TEMPLATE, "zh", said, [])["stages"]
    assert names(rows, "stage") == ["触达", "谈单中", "成交"]  # a funnel has to end
    assert names(rows, "limit_days") == [14, 30, 0]


def test_stages_without_a_place_come_before_the_won_one_or_where_somebody_says() -> None:
    said = [
        word("stage", "上门", "open"),
        word("stage", "签约", "成交"),
        word("stage", "触达", "初识"),
    ]
    rows = list_rows(TEMPLATE, "zh", said, [])["stages"]
    assert names(rows, "stage") == ["触达", "上门", "签约"]
    rows = list_rows(TEMPLATE, "zh", said, [], ["上门", "触达"])["stages"]
    assert names(rows, "stage") == ["上门", "触达", "签约"]


def test_the_most_frequent_word_names_a_channel_and_the_others_are_synonyms() -> None:
    said = [
        word("channel", "老客户介绍", "转介绍", 9),
        word("channel", "朋友介绍", "转介绍", 2),
        word("channel", "门店", "new", 1),
    ]
    first, last = list_rows(TEMPLATE, "zh", said, [])["channels"]
    assert first["channel"] == "老客户介绍"
    assert first["synonyms"].split("、") == [
        *("朋友介绍", "转介绍", "老客户推荐", "客户推荐", "介绍")
    ]
    assert last == {"channel": "门店"}


def test_a_name_of_the_template_stays_the_name() -> None:
    said = [word("lost_reason", "太贵", "价格过高", 9), word("lost_reason", "价格过高", "价格过高")]
    rows = list_rows(TEMPLATE, "zh", said, [])["lost_reasons"]
    assert names(rows, "reason")[0] == "价格过高"
    assert len(rows) == 7


def test_own_priorities_keep_the_intervals_of_those_they_are() -> None:
    said = [
        word("priority", "B类", "中"),
        word("priority", "A类", "高"),
        word("priority", "X", "new"),
    ]
    rows = list_rows(TEMPLATE, "zh", said, ["张伟"])
    assert names(rows["priorities"], "priority") == ["A类", "B类", "X"]
    assert names(rows["priorities"], "interval_days") == [3, 7, 7]
    assert rows["owners"] == [{"owner": "张伟", "active": True}]
