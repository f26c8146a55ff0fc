"""Who is expected to submit a workbook, and whose a submitted one is by its name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xltrack.errors import UsageError
from xltrack.leads.careful import StreamError, read_rows, stream_rows
from xltrack.leads.opening import open_workbook
from xltrack.opc.access import USUAL, Access
from xltrack.template.roster_words import RosterWords, load_roster_words
from xltrack.text import fold, header_key

ENCODINGS = ("utf-8-sig", "gb18030")
_TEXTS = {".csv", ".txt", ".tsv"}
_FIELDS = ("team", "submitter", "word")


@dataclass(frozen=True)
class Entry:
    """One line of a roster; the name of a submitted file holds ``word``."""

    team: str
    submitter: str
    word: str


def read_roster(path: Path, access: Access = USUAL) -> tuple[Entry, ...]:
    """The entries of a roster, a table of team, submitter and file-name word.

    A header names the columns in any order; without one they stand in that order. A word that is
    not given is the submitter's name. Lines without a submitter and a word are passed over.

    Args:
        path: a .csv file (UTF-8 or GB 18030) or a workbook, of which the first sheet counts.
        access: how large a workbook may be, and the passwords to try.

    Raises:
        UnreadableWorkbook: a workbook that cannot be read.
        UsageError: a text that cannot be read, or nobody on the roster.
    """
    lines = _texts(path) if path.suffix.lower() in _TEXTS else _cells(path, access)
    entries = _entries([line for line in lines if any(line)], load_roster_words())
    if not entries:
        raise UsageError("empty_roster", path.name)
    return tuple(dict.fromkeys(entries))


def entry_of(file_name: str, roster: Sequence[Entry]) -> Entry | None:
    """Whose a file is: the entry with the longest word in its name, the first of as long ones.

    >>> team = [Entry("", "张三", "张三"), Entry("", "张三丰", "张三丰")]
    >>> entry_of("5月 张三丰.xlsx", team).submitter
    '张三丰'
    """
    name = fold(file_name)
    fitting = [entry for entry in roster if fold(entry.word) in name]
    return max(fitting, key=lambda entry: len(fold(entry.word)), default=None)


def _texts(path: Path) -> list[list[str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError("unreadable_roster", path.name) from error
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
        try:
            rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        except csv.Error as error:
            raise UsageError("unreadable_roster", path.name) from error
        return [[cell.strip() for cell in row] for row in rows]
    raise UsageError("unreadable_roster", path.name)


def _cells(path: Path, access: Access) -> list[list[str]]:
    import python_calamine  # noqa: PLC0415  # seldom needed

    opened = open_workbook(path, access=access)
    if not opened.sheets:
        return []
    first = opened.sheets[0]
    if first.name in opened.cells:
        rows = opened.cells[first.name]
    else:
        file = path if opened.content is None else io.BytesIO(opened.content)
        try:
            if first.safe:
                rows = read_rows(python_calamine.load_workbook(file), first.name)
            else:
                rows = stream_rows(file, first.name)
        except (python_calamine.CalamineError, StreamError) as error:
            raise UsageError("unreadable_roster", path.name) from error
    return [["" if cell is None else str(cell).strip() for cell in row] for row in rows]


def _entries(lines: Sequence[Sequence[str]], words: RosterWords) -> list[Entry]:
    if not lines:
        return []
    known = {header_key(word): name for name in _FIELDS for word in getattr(words, name)}
    heads = [known.get(header_key(cell), "") for cell in lines[0]]
    if any(heads):
        columns = {name: heads.index(name) for name in _FIELDS if name in heads}
        lines = lines[1:]
    else:
        columns = {name: number for number, name in enumerate(_FIELDS)}
    entries = []
    for line in lines:
        team, submitter, word = (
            line[columns[name]] if columns.get(name, len(line)) < len(line) else ""
            for name in _FIELDS
        )
        if submitter or word:
            entries.append(Entry(team, submitter or word, word or submitter))
    return entries
