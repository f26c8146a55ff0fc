"""Opening a workbook with a password: decrypted in memory, never on disk.

Source: [MS-OFFCRYPTO] 2.3.4 for the streams of an encrypted package.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xltrack.errors import Reason, UnreadableWorkbook, UsageError
from xltrack.opc.access import Passwords

_INFO = "EncryptionInfo"
_MOST_INFO = 1 << 20
_MOST_SPINS = 10_000_000  # rounds of hashing that a file may ask for; the programs ask for 100,000
# what the decrypting library has been seen to raise on damaged files
_FAILURES = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)


def read_passwords(path: Path) -> Passwords:
    """The passwords in a text file, one a line; they are tried in turn.

    Raises: UsageError where the file cannot be read or holds none.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("password_file", path.name) from error
    passwords = Passwords(line for line in lines if line)
    if not passwords:
        raise UsageError("password_file", path.name)
    return passwords


def decrypted(path: Path, passwords: Sequence[str], limit: int) -> bytes:
    """The package inside an encrypted workbook.

    Raises: UnreadableWorkbook (ENCRYPTED without a password, WRONG_PASSWORD where none fits,
    TOO_LARGE beyond ``limit`` bytes, DAMAGED).
    """
    if not passwords:
        raise UnreadableWorkbook(path, Reason.ENCRYPTED)
    from xml.parsers.expat import ExpatError  # noqa: PLC0415

    import msoffcrypto  # noqa: PLC0415  # seldom needed
    from msoffcrypto.exceptions import (  # noqa: PLC0415
        DecryptionError,
        FileFormatError,
        InvalidKeyError,
        ParseError,
    )

    try:
        if path.stat().st_size > limit:
            raise UnreadableWorkbook(path, Reason.TOO_LARGE)
        data = path.read_bytes()
        _refuse_odd_info(path, data)
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        for password in passwords:
            content = _try(office, password, InvalidKeyError, DecryptionError)
            if content is not None:
                return content
    except (*_FAILURES, ExpatError, FileFormatError, ParseError, zipfile.BadZipFile) as error:
        raise UnreadableWorkbook(path, Reason.DAMAGED, type(error).__name__) from None
    raise UnreadableWorkbook(path, Reason.WRONG_PASSWORD)


def _try(office: Any, password: str, *wrong: type[Exception]) -> bytes | None:
    out = io.BytesIO()
    try:
        office.load_key(password=password, verify_password=True)
        office.decrypt(out)
    except wrong:
        return None
    return out.getvalue()


def _refuse_odd_info(path: Path, data: bytes) -> None:
    """No document types, and no hashing without end: both are the file's to ask for."""
    import olefile  # noqa: PLC0415  # comes with the decrypting library

    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        info = compound.openstream(_INFO).read(_MOST_INFO + 1)
    spins = [int(count) for count in re.findall(rb"spinCount\s*=\s*[\"']\s*(\d+)", info)]
    if len(info) > _MOST_INFO or b"<!" in info or max(spins, default=0) > _MOST_SPINS:
        raise UnreadableWorkbook(path, Reason.DAMAGED, _INFO)
