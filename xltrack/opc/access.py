"""What a reader may take of a file, and the passwords it may try."""

from __future__ import annotations

from dataclasses import dataclass

from xltrack.opc.bounds import DEFAULT_BOUNDS, Bounds


class Passwords(tuple[str, ...]):
    """Passwords to try in turn; never shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        """How many there are."""
        return f"<{len(self)} passwords>"

    __str__ = __repr__


NO_PASSWORDS = Passwords()


@dataclass(frozen=True)
class Access:
    """How workbooks may be opened."""

    bounds: Bounds = DEFAULT_BOUNDS
    passwords: Passwords = NO_PASSWORDS


USUAL = Access()
