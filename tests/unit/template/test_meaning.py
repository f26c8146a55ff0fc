"""Which item of a list a text can only mean."""

from __future__ import annotations

import pytest

from xltrack.template.meaning import meant_item

KNOWN = {"高": "高", "中": "中", "成交": "成交", "won": "成交"}
AROUND = ["优先级", "已", "阶段"]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("高", "高"),
        ("高优先级", "高"),
        ("优先级:中", "中"),
        ("已成交阶段", "成交"),
        ("WON", "成交"),
        ("很高", ""),
        ("不高优先级", ""),
        ("优先级", ""),
        ("", ""),
    ],
)
def test_only_what_is_certain_is_an_item(text: str, item: str) -> None:
    assert meant_item(text, KNOWN, AROUND) == item
