"""VBA projects: what is in one, and one made for a workbook out of that which xlwings ships.

Text is all that is kept of a module: what Excel compiles from it goes with the versions it was
compiled for, and is made again when the workbook is opened.

Source: [MS-OVBA] 2.3.1 (the text of a project), 2.3.4 (its binary description).
"""

from __future__ import annotations

import codecs
import io
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import olefile

from xltrack.create.button_compound import compound_file
from xltrack.create.button_compression import compress, decompress

_CODE_PAGE, _VERSION, _MODULES, _END = 0x03, 0x09, 0x0F, 0x10
_NAME, _NAME_WIDE, _STREAM, _STREAM_WIDE = 0x19, 0x47, 0x1A, 0x32
_OFFSET, _IS_PROCEDURAL = 0x31, 0x21
_MOST_TEXT = 1 << 26  # of all modules, in letters
_FRESH = b"\xcc\x61\xff\xff\x00\x00\x00"
"""A project without anything compiled."""
_ENCODING = "cp1252"
_ITEM = re.compile(r"(?:Document|Module|Class|BaseClass)=")
_VB_NAME = re.compile(r'Attribute VB_Name = "[^"]*"')
_VB_BASE = re.compile(r'Attribute VB_Base = "([^"]*)"')
_BASE_OF_WORKBOOK, _BASE_OF_SHEET, _BASE_OF_CHART = "0{00020819", "0{00020820", "0{00020821"
_XLWINGS_VERSION = re.compile(r'XLWINGS_VERSION As String = "([0-9][\w.]*)"')

Records = tuple[tuple[int, bytes], ...]


class UnexpectedProject(ValueError):
    """A VBA project that is damaged, or not built as the one that is known."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a VBA project; a document module belongs to the workbook or to a sheet."""

    name: str
    text: str
    document: bool
    records: Records

    @property
    def code(self) -> str:
        """The text without the lines that no editor shows, and without blank ends."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not line.startswith("Attribute ")).strip()


@dataclass(frozen=True, slots=True)
class VbaProject:
    """A VBA project that was read: its modules, and what describes them."""

    modules: tuple[Module, ...]
    head: Records
    listing: str
    compiled: bool
    """Whether it holds compiled code besides the text."""

    def module(self, name: str) -> Module | None:
        """Return the module of this name, in any case."""
        return next((m for m in self.modules if m.name.casefold() == name.casefold()), None)

    @property
    def xlwings_version(self) -> str | None:
        """The version that the module of xlwings says it is of; None without one."""
        found = (_XLWINGS_VERSION.search(module.text) for module in self.modules)
        return next((match[1] for match in found if match), None)


def read_project(data: bytes) -> VbaProject:
    """Return the project in ``data``, the content of ``vbaProject.bin``.

    Raises: UnexpectedProject.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            streams = {
                "/".join(path).casefold(): compound.openstream(path).read()
                for path in compound.listdir()
            }
        return _project(streams)
    except (OSError, KeyError, IndexError, struct.error, ValueError) as error:
        raise UnexpectedProject(f"VBA: {error}") from error


def _project(streams: dict[str, bytes]) -> VbaProject:
    listing = streams["project"].decode(_ENCODING, "replace")
    head, parts = _described(decompress(streams["vba/dir"]))
    documents = {
        line.removeprefix("Document=").partition("/")[0].casefold()
        for line in listing.splitlines()
        if line.startswith("Document=")
    }
    encoding = _encoding(int.from_bytes(dict(head).get(_CODE_PAGE, b""), "little"))
    modules: list[Module] = []
    for records in parts:
        if sum(len(module.text) for module in modules) > _MOST_TEXT:
            raise ValueError("too much text")
        said = dict(records)
        name = said[_STREAM_WIDE].decode("utf-16-le")
        offset = struct.unpack("<I", said[_OFFSET])[0]
        text = decompress(streams[f"vba/{name.casefold()}"][offset:]).decode(encoding, "replace")
        modules.append(Module(name, text, name.casefold() in documents, records))
    compiled = streams["vba/_vba_project"][2:4] != b"\xff\xff"
    return VbaProject(tuple(modules), head, listing, compiled)


def _encoding(page: int) -> str:
    """The code page of a project's text; that of the West for one that Python does not know."""
    known = {10000: "mac_roman", 65001: "utf-8"}
    try:
        return codecs.lookup(known.get(page, f"cp{page}")).name
    except LookupError:
        return _ENCODING


def _described(data: bytes) -> tuple[Records, tuple[Records, ...]]:
    """The records before the modules, and those of each module."""
    head: list[tuple[int, bytes]] = []
    modules: list[list[tuple[int, bytes]]] = []
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<HI", data, at)
        size = 6 if kind == _VERSION else size  # whose size says 4 and means the version alone
        content, at = data[at + 6 : at + 6 + size], at + 6 + size
        if kind == _END:
            return tuple(head), tuple(map(tuple, modules))
        if kind == _NAME:
            modules.append([])
        (modules[-1] if modules else head).append((kind, content))
    raise ValueError("the description does not end")


def made_project(
    shipped: VbaProject, macros: Module, workbook: str, sheets: Sequence[str], charts: Sequence[str]
) -> bytes:
    """Return a project with the modules of ``shipped``, ``macros`` in place of its sample.

    ``workbook``, ``sheets``, ``charts``: the names by which the workbook and its sheets are known
    to macros; each gets an empty document module.

    Raises: UnexpectedProject when ``shipped`` lacks what is needed, or a name is not Western.
    """
    of_workbook = _document(shipped, _BASE_OF_WORKBOOK)
    of_sheet = _document(shipped, _BASE_OF_SHEET)
    documents = [_named(of_workbook, workbook)]
    documents += [_named(of_sheet, name) for name in sheets]
    chart = replace(of_sheet, text=of_sheet.text.replace(_BASE_OF_SHEET, _BASE_OF_CHART))
    documents += [_named(chart, name) for name in charts]
    kept = [m for m in shipped.modules if not m.document and m.name != macros.name]
    modules = [*documents, macros, *kept]
    try:
        return compound_file(
            {
                "PROJECT": _listing(shipped.listing, modules).encode(_ENCODING),
                "PROJECTwm": _names(modules),
                "VBA": {
                    "_VBA_PROJECT": _FRESH,
                    "dir": compress(_description(shipped.head, modules)),
                    **{module.name: compress(module.text.encode(_ENCODING)) for module in modules},
                },
            }
        )
    except UnicodeEncodeError as error:
        raise UnexpectedProject(f"VBA: {error}") from error


def macro_module(shipped: VbaProject, sample: str, name: str, text: str) -> Module:
    """Return a module of macros called ``name``, described as the module ``sample`` is.

    Raises: UnexpectedProject without that module.
    """
    module = shipped.module(sample)
    if module is None:
        raise UnexpectedProject(f"VBA: no {sample}")
    lines = [f'Attribute VB_Name = "{name}"', *text.splitlines()]
    return _named(replace(module, text="\r\n".join([*lines, ""])), name)


def _document(project: VbaProject, base: str) -> Module:
    for module in project.modules:
        match = _VB_BASE.search(module.text)
        if module.document and match and match[1].startswith(base):
            if module.code:
                raise UnexpectedProject(f"VBA: {module.name} is not empty")
            return module
    raise UnexpectedProject(f"VBA: no module of {base}")


def _named(module: Module, name: str) -> Module:
    text = _VB_NAME.sub(lambda _: f'Attribute VB_Name = "{name}"', module.text, count=1)
    try:
        narrow = name.encode(_ENCODING)
    except UnicodeEncodeError as error:
        raise UnexpectedProject(f"VBA: {name}") from error
    wide = name.encode("utf-16-le")
    names = {_NAME: narrow, _STREAM: narrow, _NAME_WIDE: wide, _STREAM_WIDE: wide}
    records = tuple((kind, names.get(kind, content)) for kind, content in module.records)
    return replace(module, name=name, text=text, records=records)


def _listing(shipped: str, modules: Iterable[Module]) -> str:
    """The text of the project: the lines that name modules, and no windows of an editor."""
    items = []
    for module in modules:
        if module.document:
            items.append(f"Document={module.name}/&H00000000")
        else:
            procedural = any(kind == _IS_PROCEDURAL for kind, _ in module.records)
            items.append(f"{'Module' if procedural else 'Class'}={module.name}")
    lines = shipped.partition("[Workspace]")[0].splitlines()
    named = [number for number, line in enumerate(lines) if _ITEM.match(line)]
    if not named:
        raise UnexpectedProject("VBA: no modules listed")
    before = lines[: named[0]]
    after = [line for line in lines[named[0] :] if not _ITEM.match(line)]
    return "\r\n".join([*before, *items, *after])


def _names(modules: Iterable[Module]) -> bytes:
    pairs = (
        m.name.encode(_ENCODING) + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules
    )
    return b"".join(pairs) + b"\0\0"


def _description(head: Records, modules: Sequence[Module]) -> bytes:
    counted = struct.pack("<H", len(modules))
    records = [(kind, counted if kind == _MODULES else content) for kind, content in head]
    for module in modules:
        changes = {_OFFSET: struct.pack("<I", 0)}
        records += [(kind, changes.get(kind, content)) for kind, content in module.records]
    out = bytearray()
    for kind, content in [*records, (_END, b"")]:
        size = 4 if kind == _VERSION else len(content)
        out += struct.pack("<HI", kind, size) + content
    return bytes(out)
