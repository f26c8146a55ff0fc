"""What each of many workbooks is called in results: its name, or more of its path if need be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path


def labels_for(paths: Sequence[Path]) -> list[str]:
    """The names of files; where several have one name, with as many folders as tell them apart.

    >>> labels_for([Path("a/leads.xlsx"), Path("b/leads.xlsx"), Path("b/north.xlsx")])
    ['a/leads.xlsx', 'b/leads.xlsx', 'north.xlsx']
    """
    labels = [path.name or str(path) for path in paths]
    depth = 1
    while True:
        counted = Counter(labels)
        repeated = [number for number, label in enumerate(labels) if counted[label] > 1]
        if not repeated:
            return labels
        depth += 1
        for number in repeated:
            parts = paths[number].absolute().parts
            labels[number] = "/".join(part.strip("/\\") for part in parts[-depth:])
            if depth > len(parts):
                labels[number] = f"{paths[number]} ({number + 1})"
