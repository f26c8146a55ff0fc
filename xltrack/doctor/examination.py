"""The outcome of looking at one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

Repair = Callable[[], None]


class Verdict(StrEnum):
    """How something was found."""

    GOOD = "good"
    FAULT = "fault"
    """A button will not work."""
    WARNING = "warning"
    """A button works, but not everywhere or not for long."""
    UNKNOWN = "unknown"
    """It cannot be looked at from here."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found: ``state`` of the thing ``subject``, both declared in
    ``templates/doctor.toml`` with their texts, which ``values`` fill in.

    ``repaired``: whether it was put right; ``repair`` does that, where it can be done safely.
    """

    subject: str
    state: str
    verdict: Verdict
    values: Mapping[str, str] = field(default_factory=dict)
    repair: Repair | None = None
    repaired: bool = False

    def put_right(self) -> Examined:
        """Return this after its repair was made; itself where there is none."""
        if self.repair is None:
            return self
        self.repair()
        return replace(self, repaired=True, repair=None)


def good(subject: str, state: str = "good", **values: object) -> Examined:
    """Something that is in order."""
    return Examined(subject, state, Verdict.GOOD, _texts(values))


def fault(subject: str, state: str, repair: Repair | None = None, **values: object) -> Examined:
    """Something that keeps a button from working."""
    return Examined(subject, state, Verdict.FAULT, _texts(values), repair)


def warning(subject: str, state: str, repair: Repair | None = None, **values: object) -> Examined:
    """Something to keep in mind."""
    return Examined(subject, state, Verdict.WARNING, _texts(values), repair)


def unknown(subject: str, state: str = "unknown", **values: object) -> Examined:
    """Something that cannot be looked at."""
    return Examined(subject, state, Verdict.UNKNOWN, _texts(values))


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}
