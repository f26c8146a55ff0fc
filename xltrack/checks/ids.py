"""Lead ids: their documented form, and the month that they say."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xltrack.template import Settings, Template


def id_pattern(settings: Settings, template: Template) -> re.Pattern[str]:
    """The documented form: prefix, year and month, running number.

    A group of a team may add its own letters between dashes: LX-HD-202405001.
    """
    prefix = re.escape(settings.parameters.id_prefix)
    digits = template.workbook.id_digits
    return re.compile(rf"{prefix}(?:-?[A-Za-z]+-)?20\d\d(?:0[1-9]|1[0-2])\d{{{digits},}}", re.ASCII)


def id_months(lead_ids: pa.Array) -> npt.NDArray[np.int64]:
    """Months since year 0 that ids say; −1 for an id that says none.

    >>> id_months(pa.array(["LX202405001", "A7", None])).tolist()
    [24292, -1, -1]
    """
    found = pc.extract_regex(lead_ids, r"^\D*(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])\d{3,}$")
    year, month = (pc.cast(pc.struct_field(found, part), pa.int64()) for part in ("year", "month"))
    months = pc.fill_null(pc.add(pc.multiply(year, 12), pc.subtract(month, 1)), -1)
    counted: npt.NDArray[np.int64] = months.to_numpy(zero_copy_only=False)
    return counted
