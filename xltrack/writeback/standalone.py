"""Files that the program makes: a new workbook, and one that holds owned sheets alone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from xltrack.errors import Reason, Refused
from xltrack.opc import open_package
from xltrack.writeback.disk import Write, replace_file
from xltrack.writeback.graft import ReadySheet, graft
from xltrack.writeback.locks import owner_file
from xltrack.writeback.receipt import Fate, PartReceipt, Receipt
from xltrack.writeback.save import stored_digests
from xltrack.writeback.target import open_target

_NO_SHEETS: Mapping[str, ReadySheet] = MappingProxyType({})


def write_new(path: Path, write: Write, *, overwrite: bool = False) -> None:
    """Write a new file, whole or not at all.

    Raises: Refused (EXISTS unless ``overwrite``, OPEN_ELSEWHERE, NO_FOLDER, READ_ONLY, DISK_FULL,
    WRITE_FAILED).
    """
    place = path.resolve()
    if place.is_dir() or (place.exists() and not overwrite):
        raise Refused(path, Reason.EXISTS)
    if not place.parent.is_dir():
        raise Refused(path, Reason.NO_FOLDER, str(path.parent))
    if owner := owner_file(place):
        raise Refused(path, Reason.OPEN_ELSEWHERE, owner.name)
    replace_file(place, write, lambda _: None)


def write_standalone(
    source: Path,
    place: Path,
    scratch: bytes,
    keys: Mapping[str, str],
    *,
    ready: Mapping[str, ReadySheet] = _NO_SHEETS,
    overwrite: bool = False,
) -> Receipt:
    """Write the scratch workbook to ``place`` with its sheets marked as owned.

    ``source``: the workbook it says something about; ``keys``: the ownership key of each sheet, by
    its name; ``ready``: as for :func:`graft`; ``overwrite``: what is in the way is replaced. What
    is written can be refreshed like any workbook.

    Raises: ValueError for a scratch workbook that cannot be grafted; Refused as :func:`write_new`.
    """
    content = _marked(scratch, keys, ready)
    write_new(place, lambda out: out.write(content), overwrite=overwrite)
    digests = stored_digests(open_package(place).archive)
    parts = [PartReceipt(name, Fate.ADDED, None, digest) for name, digest in digests.items()]
    return Receipt(source, place, None, True, tuple(parts))


def _marked(scratch: bytes, keys: Mapping[str, str], ready: Mapping[str, ReadySheet]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "standalone.xlsx"
        place.write_bytes(scratch)
        owned = {key: name for name, key in keys.items()}
        target = replace(open_target(place), owned=owned)
        return graft(target, scratch, keys, ready=ready).to_bytes()
