"""Coverage-guided fuzzing of the package layer and its parsers, for a fixed budget.

    python tests/hostile/fuzz_packages.py [FOLDER_OF_SEEDS] -max_total_time=60

Needs atheris, which is not among the development dependencies. The input is a whole file, and also
the content of one part of an otherwise good workbook (which part, its first byte says); the seeds
are the workbooks of the folder and their small parts. Whatever the bytes, opening, looking into and
grafting end in one of our errors or in a workbook; anything else stops the run and leaves the input
that did it.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

with atheris.instrument_imports(include=["xltrack", "zipfile"]):
    import xlsxwriter

    from xltrack.errors import XltrackError
    from xltrack.opc.bounds import Bounds
    from xltrack.opc.package import package_from_bytes
    from xltrack.sheetml import lint, ownership
    from xltrack.sheetml.features import features
    from xltrack.writeback import clean, graft, open_target, save

BOUNDS = Bounds(entries=200, entry_size=1 << 22, total_size=1 << 24, parsed_size=1 << 20)
FOLDER = Path(tempfile.mkdtemp())


def scratch() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("own")
    sheet.write(0, 0, "x", book.add_format({"bold": True}))
    sheet.add_table("C1:D3", {"name": "Own"})
    book.close()
    return out.getvalue()


SCRATCH = scratch()
MOST = 8_000
with zipfile.ZipFile(io.BytesIO(SCRATCH)) as good:
    PARTS = {name: good.read(name).replace(b"own", b"Leads") for name in good.namelist()}
NAMES = sorted(PARTS)


def look(data: bytes) -> None:
    package = package_from_bytes(data, "fuzz", BOUNDS)
    ownership(package)
    features(package)
    lint(package)


def write(data: bytes) -> None:
    path = FOLDER / "fuzz.xlsx"
    path.write_bytes(data)
    target = open_target(path)
    try:
        edit = graft(target, SCRATCH, {target.sheet_name("own", "own"): "own"})
    except ValueError as error:
        if "is called" in str(error) or "already" in str(error):
            return  # the names own are taken, which an author asks about first
        raise
    save(edit, backup=False)
    save(clean(open_target(path)), backup=False)


def with_part(data: bytes) -> bytes:
    """Return a good workbook with one part replaced."""
    parts = dict(PARTS)
    parts[sorted(parts)[data[0] % len(parts)]] = data[1:]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def one(data: bytes) -> None:
    for content in (data, with_part(data)) if data else ():
        for attempt in (look, write):
            try:
                attempt(content)
            except XltrackError:
                continue


def seeds(workbooks: Path) -> Path:
    """Return a folder with the small workbooks and, by the kind of part, their small parts."""
    folder = Path(tempfile.mkdtemp())
    kinds = {Path(name).name.rstrip(".0123456789xml") or name: n for n, name in enumerate(NAMES)}
    for path in sorted(workbooks.iterdir()):
        if not path.is_file() or path.stat().st_size > MOST or not zipfile.is_zipfile(path):
            continue
        (folder / path.name).write_bytes(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                kind = Path(info.filename).name.rstrip(".0123456789xml") or info.filename
                if kind in kinds and info.file_size < MOST:
                    seed = folder / f"{path.name}-{kind}"
                    try:
                        seed.write_bytes(bytes([kinds[kind]]) + archive.read(info))
                    except zipfile.BadZipFile:
                        continue
    return folder


if __name__ == "__main__":
    if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir():
        sys.argv[1] = str(seeds(Path(sys.argv[1])))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
