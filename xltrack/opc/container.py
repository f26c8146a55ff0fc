"""What kind of file something is, told from its first bytes, not from its name."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import BinaryIO

from xltrack.opc.archive import CHUNK, unreadable

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08PK\3\4")


class Container(Enum):
    """The kinds of file that a path may turn out to be."""

    EMPTY = "empty"
    ZIP = "zip"
    ENCRYPTED = "encrypted"
    """A compound file with an encrypted package in it: a workbook with a password."""
    COMPOUND = "compound"
    """Any other compound file: the programs' formats up to 2003."""
    OTHER = "other"


def container_of(path: Path) -> Container:
    """Return the kind of the file at ``path``.

    Raises: UnreadableWorkbook when there is no such file or the system will not open it.

    Source: [MS-CFB] 2.2 for the signature, [MS-OFFCRYPTO] 2.3.4.4 for the stream's name.
    """
    try:
        with path.open("rb") as file:
            head = file.read(8)
            if not head:
                return Container.EMPTY
            if head.startswith(_ZIP):
                return Container.ZIP
            if head != _COMPOUND:
                return Container.OTHER
            return Container.ENCRYPTED if _holds(file, _ENCRYPTED_STREAM) else Container.COMPOUND
    except OSError as error:
        raise unreadable(path, error) from error


def _holds(file: BinaryIO, needle: bytes) -> bool:
    tail = b""
    while chunk := file.read(CHUNK):
        if needle in tail + chunk:
            return True
        tail = chunk[-len(needle) :]
    return False
