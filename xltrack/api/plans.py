"""The action plan as the team left it in its workbooks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from xltrack.errors import PackageError, UnreadableWorkbook
from xltrack.opc.access import USUAL, Access

if TYPE_CHECKING:
    from xltrack.leads.plan import PlannedAction
    from xltrack.opc import Package
    from xltrack.sheetml.workbook import Workbook

KEY = "actions"


def plan_in(package: Package, workbook: Workbook) -> tuple[PlannedAction, ...]:
    """What stands on the sheet of actions of a workbook, nothing where it has none.

    Raises: PackageError for a sheet that is not well-formed.
    """
    from xltrack.leads.plan import read_plan
    from xltrack.sheetml.cell_values import cell_values
    from xltrack.sheetml.ownership import ownership_of
    from xltrack.template import load_labels

    sheet = workbook.sheet(ownership_of(workbook).owned.get(KEY, ""))
    if sheet is None or sheet.part is None:
        return ()
    return read_plan(cell_values(package, workbook.part, sheet.part), load_labels())


def plans_of(paths: Iterable[Path], access: Access = USUAL) -> tuple[PlannedAction, ...]:
    """The plans of several workbooks one after another; those of other formats have none.

    ``access``: how large a workbook may be, and the passwords to try.
    """
    from xltrack.opc import open_package
    from xltrack.sheetml.workbook import read_workbook

    plans: list[PlannedAction] = []
    for path in paths:
        try:
            package = open_package(path, access.bounds, access.passwords)
            plans += plan_in(package, read_workbook(package))
        except (UnreadableWorkbook, PackageError):
            continue  # it was read as leads by another reader; only .xlsx files hold a plan
    return tuple(plans)
