"""A look into a workbook: what it holds, what of it is ours, whether it can be written back to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from xltrack.errors import PackageError, Reason, Refused
from xltrack.opc import Package, open_package
from xltrack.opc.markup import children, local_name
from xltrack.sheetml import lint
from xltrack.sheetml.features import LOST_BY_OTHERS, features, parts_by_kind
from xltrack.sheetml.ownership import ownership_of
from xltrack.sheetml.tables import read_tables
from xltrack.sheetml.workbook import Sheet, read_workbook
from xltrack.writeback.target import open_target


@dataclass(frozen=True, slots=True)
class SheetContents:
    """A sheet: ``owned`` is its key where it is ours; ``copy``, whether it was copied from one."""

    name: str
    kind: str
    state: str
    owned: str | None
    copy: bool
    tables: tuple[str, ...]
    charts: int
    pivot_tables: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workbook holds.

    ``features``: all that it holds besides cells; ``lost_by_others``: those of them that programs
    drop which rebuild a workbook on saving; ``refused``: why it cannot be written back to, None
    where it can; ``problems``: what is wrong with the package as it stands.
    """

    path: Path
    producer: str
    sheets: tuple[SheetContents, ...]
    tables: tuple[str, ...]
    names: int
    charts: int
    pivot_tables: int
    macros: bool
    features: tuple[str, ...]
    lost_by_others: tuple[str, ...]
    refused: Reason | None
    problems: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the contents as JSON can hold them."""
        return asdict(self) | {"path": str(self.path)}


def inspect(path: Path) -> Contents:
    """Return what the workbook at ``path`` holds; nothing is changed.

    Raises: UnreadableWorkbook, PackageError for what is no workbook or a broken one; Refused for
    one with two parts of one name.
    """
    path = Path(path)
    package = open_package(path)
    workbook = read_workbook(package)
    ownership = ownership_of(workbook)
    keys = {name: key for key, name in ownership.owned.items()}
    tables = {table.part.lower(): table.name for table in read_tables(package)}
    by_kind = parts_by_kind(package)
    found = features(package)
    return Contents(
        path=path,
        producer=_producer(package),
        sheets=tuple(
            _sheet(package, sheet, keys.get(sheet.name), sheet.name in ownership.copies, tables)
            for sheet in workbook.sheets
        ),
        tables=tuple(tables.values()),
        names=len(workbook.names),
        charts=len(by_kind.get("chart", [])),
        pivot_tables=len(by_kind.get("pivotTable", [])),
        macros="macros" in found or "macro_sheets" in found,
        features=found,
        lost_by_others=tuple(name for name in found if name in LOST_BY_OTHERS),
        refused=_refusal(path),
        problems=tuple(f"{problem.part}: {problem.what}" for problem in lint(package)),
    )


def _sheet(
    package: Package, sheet: Sheet, key: str | None, copy: bool, tables: dict[str, str]
) -> SheetContents:
    related = package.relationships(sheet.part) if sheet.part else []
    drawings = [r.part for r in related if r.kind == "drawing" and r.part]
    charts = [r for part in drawings for r in package.relationships(part) if r.kind == "chart"]
    owned_tables = [tables.get((r.part or "").lower()) for r in related if r.kind == "table"]
    return SheetContents(
        name=sheet.name,
        kind=sheet.kind,
        state=sheet.state,
        owned=key,
        copy=copy,
        tables=tuple(name for name in owned_tables if name is not None),
        charts=len(charts),
        pivot_tables=sum(r.kind == "pivotTable" for r in related),
    )


def _producer(package: Package) -> str:
    part = package.related("", "extended-properties")
    if part is None:
        return ""
    said = {local_name(e): (e.text or "").strip() for e in children(package.xml(part))}
    return " ".join(said[key] for key in ("Application", "AppVersion") if said.get(key))


def _refusal(path: Path) -> Reason | None:
    try:
        open_target(path)
    except Refused as refusal:
        return refusal.reason
    except PackageError:
        return Reason.DAMAGED
    return None
