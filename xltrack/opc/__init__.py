"""Packages after the Open Packaging Conventions: parts, relationships, content types, raw zip.

Nothing in here knows what a spreadsheet is. The promise that the layers above rest on: a part
that is not in the overlay of a :class:`Package` is written as the very bytes that it was stored
as, and is never inflated or parsed for that.
"""

from xltrack.opc.bounds import DEFAULT_BOUNDS, Bounds
from xltrack.opc.lint import Problem, lint
from xltrack.opc.package import Overlay, Package, open_package, package_from_bytes

__all__ = [
    "DEFAULT_BOUNDS",
    "Bounds",
    "Overlay",
    "Package",
    "Problem",
    "lint",
    "open_package",
    "package_from_bytes",
]
