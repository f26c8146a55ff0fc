"""Part names and the paths between them.

A part name is written here as the zip directory has it, with forward slashes and without the
leading one (``xl/workbook.xml``); the package itself, as a source of relationships, is ``""``.
Names are equal when they are equal without regard to case, as the standard asks.

Source: ECMA-376 part 2, 6.2 (part names) and annex on zip mapping.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from urllib.parse import unquote

CONTENT_TYPES = "[Content_Types].xml"
_NUMBER = re.compile(r"\d+$")


def part_name(item: str) -> str:
    """Return the part name of a zip item, whatever slashes its writer used.

    >>> part_name("\\\\xl\\\\workbook.xml")
    'xl/workbook.xml'
    """
    return item.replace("\\", "/").lstrip("/")


def fold(name: str) -> str:
    """Return the form under which two names are compared."""
    return name.lower()


def relationships_name(source: str) -> str:
    """Return the name of the part that holds the relationships of ``source``.

    >>> relationships_name("xl/workbook.xml"), relationships_name("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def source_of(relationships: str) -> str | None:
    """Return the part that a relationships part speaks for, None for any other part.

    >>> source_of("xl/_rels/workbook.xml.rels")
    'xl/workbook.xml'
    """
    folder, name = posixpath.split(relationships)
    if posixpath.basename(folder).lower() != "_rels" or not name.lower().endswith(".rels"):
        return None
    return posixpath.join(posixpath.dirname(folder), name[: -len(".rels")])


def resolve(source: str, target: str) -> str:
    """Return the part name that an internal relationship target of ``source`` means.

    >>> resolve("xl/worksheets/sheet1.xml", "../drawings/drawing1.xml")
    'xl/drawings/drawing1.xml'
    >>> resolve("xl/workbook.xml", "/xl/styles.xml")
    'xl/styles.xml'
    """
    path = unquote(target.replace("\\", "/").partition("#")[0])
    if not path.startswith("/"):
        path = posixpath.join("/", posixpath.dirname(source), path)
    return posixpath.normpath(path).lstrip("/")


def relative(source: str, part: str) -> str:
    """Return the target that leads from ``source`` to ``part``.

    >>> relative("xl/workbook.xml", "xl/worksheets/sheet1.xml")
    'worksheets/sheet1.xml'
    """
    return posixpath.relpath("/" + part, "/" + posixpath.dirname(source))


def extension(name: str) -> str:
    """Return the extension in lower case and without its dot, also of a name that begins with it.

    >>> extension("xl/media/Image1.PNG"), extension("_rels/.rels")
    ('png', 'rels')
    """
    return posixpath.basename(name).rpartition(".")[2].lower() if "." in name else ""


def free_name(like: str, taken: Collection[str]) -> str:
    """Return ``like`` with the lowest number that makes it a name not in ``taken`` (folded names).

    >>> free_name("xl/charts/chart7.xml", {"xl/charts/chart1.xml"})
    'xl/charts/chart2.xml'
    """
    stem, suffix = posixpath.splitext(like)
    stem = _NUMBER.sub("", stem)
    number = 1
    while fold(f"{stem}{number}{suffix}") in taken:
        number += 1
    return f"{stem}{number}{suffix}"
