"""Writing sheets back into a team's workbook and leaving every other byte alone.

Three steps: :func:`open_target` (and its refusals), :func:`graft` or :func:`clean` (pure: they
return an :class:`Edit`), :func:`save` (all or nothing). What the sheets say is not known here.
"""

from xltrack.writeback.contents import Contents, SheetContents, inspect
from xltrack.writeback.edit import Edit
from xltrack.writeback.graft import ReadySheet, clean, graft
from xltrack.writeback.receipt import Fate, PartReceipt, Receipt
from xltrack.writeback.save import save
from xltrack.writeback.standalone import write_new, write_standalone
from xltrack.writeback.target import Target, open_target

__all__ = [
    "Contents",
    "Edit",
    "Fate",
    "PartReceipt",
    "ReadySheet",
    "Receipt",
    "SheetContents",
    "Target",
    "clean",
    "graft",
    "inspect",
    "open_target",
    "save",
    "write_new",
    "write_standalone",
]
