"""Telling one state of a workbook on disk from another, without opening it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xltrack.batch.inputs import is_input
from xltrack.writeback.locks import is_held, owner_file

_IN_CLOUD = (
    0x0000_1000  # FILE_ATTRIBUTE_OFFLINE
    | 0x0004_0000  # FILE_ATTRIBUTE_RECALL_ON_OPEN
    | 0x0040_0000  # FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS
)


@dataclass(frozen=True, slots=True)
class Signature:
    """Size and time of a file; two states of a workbook differ in at least one of them.

    ``in_cloud``: the content would have to be fetched before it can be read. It is no part of
    what a state is: a file that is fetched, or given back to the cloud, stays as it was.
    """

    size: int
    modified: int
    in_cloud: bool

    @property
    def state(self) -> tuple[int, int]:
        """What differs after a save."""
        return self.size, self.modified


def signature_of(path: Path) -> Signature | None:
    """Return the signature of a file, None when it is not there or out of reach."""
    try:
        status = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    attributes = getattr(status, "st_file_attributes", 0)
    dataless = getattr(stat, "SF_DATALESS", 0x4000_0000)  # how macOS says it
    in_cloud = bool(attributes & _IN_CLOUD or getattr(status, "st_flags", 0) & dataless)
    return Signature(status.st_size, status.st_mtime_ns, in_cloud)


def workbooks_in(folder: Path) -> Iterator[tuple[Path, Signature]]:
    """Yield the workbooks under a folder that can be refreshed, with their signatures.

    Folders that cannot be read are passed over. Raises: OSError when the folder itself cannot.
    """
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                found = list(entries)
        except OSError:
            if here == folder:
                raise
            continue
        for entry in found:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif is_watched(path):
                signature = signature_of(path)
                if signature is not None:
                    yield path, signature


def is_watched(path: Path) -> bool:
    """Whether a file is a workbook that a refresh can write into."""
    return path.suffix.lower() in (".xlsx", ".xlsm") and is_input(path)


def is_open(path: Path) -> bool:
    """Whether a program has the workbook open."""
    return owner_file(path) is not None or is_held(path)
