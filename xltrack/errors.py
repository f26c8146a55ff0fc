"""What can go wrong with a task, as one family of exceptions.

An error names the file and a stable :class:`Reason`; the sentence a user reads is looked up in the
declared messages (``templates/messages.toml``) when it is shown, in the reader's language, so no
layer below the command line speaks a language of its own.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class Reason(StrEnum):
    """Why a task could not be done. Each value has a text in both languages."""

    # the file cannot be read
    MISSING = "missing"
    NOT_A_FILE = "not_a_file"
    NOT_READABLE = "not_readable"
    EMPTY_FILE = "empty_file"
    NOT_A_WORKBOOK = "not_a_workbook"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a reason
    LEGACY_XLS = "legacy_xls"
    TOO_LARGE = "too_large"
    OUT_OF_MEMORY = "out_of_memory"
    OUT_OF_TIME = "out_of_time"
    CRASHED = "crashed"
    NO_LEAD_HEADER = "no_lead_header"
    NO_LEADS = "no_leads"
    # the workbook is fine, but writing to it would break something
    BINARY_XLSB = "binary_xlsb"
    PLAIN_TEXT = "plain_text"
    OPEN_DOCUMENT = "open_document"
    SIGNED = "signed"
    STRICT = "strict"
    DATE_1904 = "date_1904"
    DUPLICATE_PARTS = "duplicate_parts"
    UTF16_PART = "utf16_part"
    MARKED_FINAL = "marked_final"
    WRITE_PROTECTED = "write_protected"
    OPEN_ELSEWHERE = "open_elsewhere"
    CHANGED_ON_DISK = "changed_on_disk"
    NO_SHEET_LEFT = "no_sheet_left"
    CELL_IN_THE_WAY = "cell_in_the_way"
    OWN_MACROS = "own_macros"
    CANNOT_SEE_INTO = "cannot_see_into"
    STILL_PRIVATE = "still_private"
    # the result cannot be put where it should go
    EXISTS = "exists"
    NO_FOLDER = "no_folder"
    READ_ONLY = "read_only"
    DISK_FULL = "disk_full"
    WRITE_FAILED = "write_failed"


class XltrackError(Exception):
    """Base of every error that xltrack raises on purpose: exit status 2, one line."""


class UnreadableWorkbook(XltrackError):
    """A workbook could not be read; nothing was changed."""

    def __init__(self, path: Path | str, reason: Reason, detail: str = "") -> None:
        super().__init__(path, reason, detail)
        self.path = Path(path)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return _line(self.path.name, self.reason, self.detail)


class Refused(XltrackError):
    """A workbook can be read, but writing would break it or somebody's work; it is untouched."""

    def __init__(self, path: Path | str, reason: Reason, detail: str = "") -> None:
        super().__init__(path, reason, detail)
        self.path = Path(path)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return _line(self.path.name, self.reason, self.detail)


class PackageError(XltrackError):
    """A part of a package is not what the standard asks for."""

    def __init__(self, path: Path | str, part: str, detail: str) -> None:
        super().__init__(path, part, detail)
        self.path = Path(path)
        self.part = part
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.path.name}: {self.part}: {self.detail}"


class TemplateError(XltrackError):
    """A declared template (shipped or a team's own) is wrong at ``key``."""

    def __init__(self, file: Path | str, key: str, detail: str) -> None:
        super().__init__(file, key, detail)
        self.file = Path(file)
        self.key = key
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.file.name}: {self.key}: {self.detail}"


class UsageError(XltrackError, ValueError):
    """A parameter or option that makes no sense; ``reason`` names a declared message.

    ``choices``: ids of what could have been given instead, where the message names them.
    """

    def __init__(self, reason: str, detail: str = "", choices: tuple[str, ...] = ()) -> None:
        super().__init__(reason, detail, choices)
        self.reason = reason
        self.detail = detail
        self.choices = choices

    def __str__(self) -> str:
        return _line(self.reason, self.detail)


def _line(*pieces: str) -> str:
    return ": ".join(piece for piece in pieces if piece)
