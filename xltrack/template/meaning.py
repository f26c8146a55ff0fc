"""Which item of a list a text can only mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xltrack.text import fold

_BESIDE = " :()[]\u3010\u3011-_,.\u3002\u3001"


def meant_item(text: str, known: Mapping[str, str], around: Iterable[str]) -> str:
    """The item that a text can only mean: by synonym, or with words around it; else empty.

    Args:
        text: as it was typed.
        known: names of items by folded name and synonym.
        around: folded words that may stand beside an item and say nothing, longest first.

    >>> meant_item("高优先级", {"高": "高"}, ["优先级"])
    '高'
    """
    plain = fold(text)
    if plain in known:
        return known[plain]
    for word in around:
        if word in plain and (rest := plain.replace(word, "", 1).strip(_BESIDE)) != plain:
            if rest in known:
                return known[rest]
            plain = rest
    return ""
