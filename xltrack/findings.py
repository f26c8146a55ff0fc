"""Findings: what is remarkable about a team's data, as data.

A finding names a stable code, a place and a value. Its sentence is looked up in
``templates/findings.toml`` when it is shown, in the reader's language.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, cast

Severity = Literal["error", "warning", "info"]
Corrected = str | float | dt.date | None

_ERRORS = "F001 F002 F003 F007 V101 V102 V103 V104 V110 V111 V120 V130 V133 V140 V141 V160 V161"
_WARNINGS = (
    "F004 F005 F006 F008 F011 V105 V112 V121 V122 V131 V132 V142 V143 V144 V150 V151 V152 V153 "
    "V162 V163 V165 V170 V171 V181 V190"
)
_INFOS = "F009 F010 V154 V155 V156 V164 V180 V191"

_BY_SEVERITY: Mapping[Severity, str] = {"error": _ERRORS, "warning": _WARNINGS, "info": _INFOS}

SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {code: severity for severity, codes in _BY_SEVERITY.items() for code in codes.split()}
)
"""Severity by code; a code never changes its meaning."""

_USUAL = cast("Severity", "")  # that of the code
_SHOWN = 2
MASK = "***"
"""What hides a private value."""


class Secret:
    """A private value on its way to a fix: nothing that prints, copies or exports shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str | float | dt.date) -> None:
        self._value = value

    def reveal(self) -> str | float | dt.date:
        """The value; only for writing it back into the cell it belongs to."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One finding about a workbook.

    ``cell`` is an A1 reference or empty, ``field`` a field id or a header of the team's own,
    ``corrected`` the value that a fix may put there (None: none is safe), ``params`` what the
    sentence names besides. ``private`` masks ``value`` at once, so that it is nowhere to leak from,
    and hides ``corrected`` in ``secret``. ``severity`` is that of the code unless a team sets it.

    Raises: KeyError for a code that is not declared.

    >>> Finding("V170", "a.xlsx", value="13812345678", private=True).value
    '13***'
    """

    code: str
    workbook: str
    sheet: str = ""
    cell: str = ""
    lead_id: str = ""
    field: str = ""
    value: str = ""
    corrected: Corrected = None
    params: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    private: bool = False
    severity: Severity = _USUAL
    secret: Secret | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Look the severity up, and mask what is private."""
        usual = SEVERITIES[self.code]
        if not self.severity:
            object.__setattr__(self, "severity", usual)
        if self.private:
            object.__setattr__(self, "value", masked(self.value))
            if self.corrected is not None:
                object.__setattr__(self, "secret", Secret(self.corrected))
                object.__setattr__(self, "corrected", None)

    @property
    def correction(self) -> Corrected:
        """What a fix writes into the cell, private or not; never to be shown."""
        return self.corrected if self.secret is None else self.secret.reveal()


def masked(value: str) -> str:
    """A private value with all but its first two characters hidden; short ones wholly.

    >>> masked("13812345678"), masked("abc"), masked("")
    ('13***', '***', '')
    """
    if not value:
        return ""
    return value[:_SHOWN] + MASK if len(value) > 2 * _SHOWN else MASK
