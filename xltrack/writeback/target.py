"""A team's workbook, opened for writing back; what must not be written to is refused here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from xltrack.errors import Reason, Refused, UnreadableWorkbook
from xltrack.opc import Package, open_package
from xltrack.opc.markup import children, is_utf16, local_name
from xltrack.opc.names import CONTENT_TYPES, relationships_name
from xltrack.sheetml.ownership import ownership_of
from xltrack.sheetml.styles import edit_styles, font_of
from xltrack.sheetml.tables import Table, read_tables
from xltrack.sheetml.vocabulary import is_true
from xltrack.sheetml.workbook import Workbook, read_workbook
from xltrack.sheetml.worksheet import has_shared_strings
from xltrack.writeback.locks import refuse_open

MAX_SHEET_NAME = 31
_READABLE_ONLY = frozenset(
    {Reason.LEGACY_XLS, Reason.BINARY_XLSB, Reason.PLAIN_TEXT, Reason.OPEN_DOCUMENT}
)


@dataclass(frozen=True)
class Target:
    """A workbook that may be written back to, as it was when it was opened.

    ``owned``: the name that each owned sheet has now, by key. Authors of scratch sheets ask
    :meth:`sheet_name` and :meth:`table_name` first, so that formulas name what is there.
    """

    path: Path
    package: Package
    workbook: Workbook
    owned: Mapping[str, str]
    copies: frozenset[str]
    forced: bool = False
    _given: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def body_font(self) -> tuple[str, float]:
        """Name and size in points of the workbook's default font."""
        if self.styles_part is None:
            return font_of(None)
        styles = edit_styles(self.package.read(self.styles_part), self.path, self.styles_part)
        return font_of(styles.body_font())

    @cached_property
    def styles_part(self) -> str | None:
        """The styles part, None in a workbook without one."""
        return self.package.related(self.workbook.part, "styles")

    def sheet_name(self, key: str, preferred: str) -> str:
        """Return the name of the owned sheet of ``key``.

        That is the one that it has, else ``preferred``, numbered while a sheet of somebody else
        has that name; at most 31 characters.
        """
        if key in self.owned:
            return self.owned[key]
        if key not in self._given:
            others = [name for other, name in self._given.items() if other != key]
            taken = {name.casefold() for name in (*self._sheet_names, *others)}
            self._given[key] = free_name(preferred, taken)
        return self._given[key]

    @cached_property
    def inline_strings(self) -> bool:
        """Whether texts of owned sheets are inline strings; see
        :func:`xltrack.sheetml.worksheet.string_cells`."""
        return has_shared_strings(self.package, self.workbook.part)

    @property
    def _sheet_names(self) -> list[str]:
        return [sheet.name for sheet in self.workbook.sheets]

    def table_name(self, preferred: str) -> str:
        """Return ``preferred``, numbered while one of the team's tables or names is called so."""
        taken = {table.name.casefold() for table in self.user_tables}
        taken |= {name.name.casefold() for name in self.workbook.names}
        name, number = preferred, 1
        while name.casefold() in taken:
            number += 1
            name = f"{preferred}_{number}"
        return name

    @cached_property
    def user_tables(self) -> list[Table]:
        """The tables that are not on owned sheets."""
        return read_tables(
            self.package, without=set(self.parts_of_sheets(set(self.owned.values())))
        )

    def parts_of_sheets(self, names: Collection[str]) -> dict[str, str]:
        """Return the parts that only these sheets lead to: spelled names by folded names."""
        barred = [
            (self.workbook.part, sheet.relationship)
            for sheet in self.workbook.sheets
            if sheet.name in names
        ]
        if not barred:
            return {}
        kept = self.package.reachable(barred)
        return {k: name for k, name in self.package.reachable().items() if k not in kept}


def open_target(
    path: Path,
    *,
    break_signature: bool = False,
    force: bool = False,
    in_place: bool = True,
) -> Target:
    """Return the workbook at ``path``, ready to be written back to.

    ``in_place``: False when the result will go elsewhere, so that a workbook may stay open.
    ``force``: write to a workbook that is marked as final or asks to be opened read-only.

    Raises: UnreadableWorkbook (missing, empty, encrypted, damaged, no workbook, too large);
    PackageError (a part is broken); Refused: an older or a binary format, plain text, OpenDocument,
    the strict dialect, 1904 dates, two parts of one name, a signature, marked as final, reserved,
    UTF-16 in a part that would be edited, open in another program.
    """
    path = Path(path)
    try:
        package = open_package(path)
        workbook = read_workbook(package)
    except UnreadableWorkbook as error:
        if error.reason in _READABLE_ONLY:
            raise Refused(path, error.reason, error.detail) from error
        raise
    _refuse_kinds(path, package, workbook)
    if not break_signature and _is_signed(package):
        raise Refused(path, Reason.SIGNED)
    if not force:
        _refuse_protection(path, package, workbook)
    if in_place:
        refuse_open(path)
    owned = ownership_of(workbook)
    return Target(path, package, workbook, owned.owned, owned.copies, force)


def _refuse_kinds(path: Path, package: Package, workbook: Workbook) -> None:
    if workbook.strict:
        raise Refused(path, Reason.STRICT)
    if workbook.date_1904:
        raise Refused(path, Reason.DATE_1904)
    edited = [
        CONTENT_TYPES,
        workbook.part,
        relationships_name(workbook.part),
        package.related(workbook.part, "styles"),
        package.related("", "extended-properties"),
    ]
    for part in edited:
        if part is not None and part in package and is_utf16(_start(package, part)):
            raise Refused(path, Reason.UTF16_PART, part)


def _start(package: Package, part: str) -> bytes:
    return next(iter(package.chunks(part)), b"")


def _is_signed(package: Package) -> bool:
    return any("/digital-signature/" in r.type for r in package.relationships())


def _refuse_protection(path: Path, package: Package, workbook: Workbook) -> None:
    if workbook.reserved:
        raise Refused(path, Reason.WRITE_PROTECTED)
    custom = package.related("", "custom-properties")
    if custom is None:
        return
    for element in children(package.xml(custom)):
        final = local_name(element) == "property" and element.get("name") == "_MarkAsFinal"
        if final and any(is_true((value.text or "").strip()) for value in children(element)):
            raise Refused(path, Reason.MARKED_FINAL)


def free_name(preferred: str, taken: Collection[str]) -> str:
    """``preferred`` as a sheet may be named, numbered while it is one of the casefolded names."""
    name, number = _cut(preferred, MAX_SHEET_NAME), 1
    while name.casefold() in taken:
        number += 1
        ending = f" ({number})"
        name = _cut(preferred, MAX_SHEET_NAME - len(ending)) + ending
    return name


def _cut(name: str, length: int) -> str:
    """Excel counts UTF-16 units, so that a character beyond the basic plane is two."""
    units = name.encode("utf-16-le")[: 2 * length]
    return units.decode("utf-16-le", "ignore")
