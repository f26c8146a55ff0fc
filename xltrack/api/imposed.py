"""The Settings of one workbook, imposed on others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.api.paths import AnyPath
from xltrack.opc.access import USUAL, Access

if TYPE_CHECKING:
    from xltrack.template import Settings


def imposed_settings(path: AnyPath | None, access: Access = USUAL) -> Settings | None:
    """The Settings of the workbook at ``path``, none without one.

    Raises:
        UnreadableWorkbook: it cannot be read.
    """
    if path is None:
        return None
    from xltrack.leads import read_book
    from xltrack.template import load_template

    return read_book(Path(path), template=load_template(), allow_empty=True, access=access).settings
