"""Declared rules: a code, the fields it looks at, and the function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xltrack.findings import SEVERITIES, Corrected, Severity

if TYPE_CHECKING:
    from xltrack.checks.examined import Examined

Positions = npt.NDArray[np.intp]
Params = Mapping[str, str]


@dataclass(frozen=True)
class Hits:
    """What a rule found in one field, column by column.

    ``at`` are positions in the leads, or in all rows where ``of_rows``. ``values`` are what the
    finding shows, by default the text of the cell; ``params`` what its sentence names besides.
    """

    field: str
    at: Positions
    values: Sequence[str] | None = None
    corrected: Sequence[Corrected] | None = None
    params: Sequence[Params] | None = None
    of_rows: bool = False


Find = Callable[["Examined"], Iterable[Hits]]


@dataclass(frozen=True)
class Rule:
    """One rule of the checks.

    ``fields`` are those it looks at; a finding about a field whose column a sheet lacks stands at
    the first of them that is there.
    """

    code: str
    fields: tuple[str, ...]
    find: Find

    @property
    def severity(self) -> Severity:
        """How grave its findings are unless a team says otherwise."""
        return SEVERITIES[self.code]


RULES: dict[str, Rule] = {}
"""Every declared rule by code, in the order of the codes once all modules are imported."""


def rule(code: str, *, fields: Iterable[str]) -> Callable[[Find], Find]:
    """Declares the decorated function as the rule of ``code``."""

    def declare(find: Find) -> Find:
        RULES[code] = Rule(code, tuple(fields), find)
        return find

    return declare


def positions(mask: Any) -> Positions:
    """The positions where ``mask`` is true; null is not."""
    return np.flatnonzero(np.asarray(mask, dtype=bool))
