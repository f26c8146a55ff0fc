"""Dropdowns and typed validations, read back with openpyxl."""

from __future__ import annotations

import io
from typing import get_args

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.datavalidation import DataValidation

from xltrack.create import write_tracking_workbook
from xltrack.template import load_template
from xltrack.text import Lang

TEMPLATE = load_template()
LANGS: tuple[Lang, ...] = get_args(Lang)


def validations(lang: Lang = "zh", rows: int | None = None) -> dict[str, DataValidation]:
    """Validation by its range on the sheet of leads."""
    stream = io.BytesIO()
    write_tracking_workbook(stream, template=TEMPLATE, lang=lang, rows=rows)
    found = load_workbook(stream).worksheets[0].data_validations.dataValidation
    return {str(entry.sqref): entry for entry in found}


@pytest.mark.parametrize(
    ("cells", "name", "style"),
    [
        ("B2:B5001", "channel_list", "warning"),
        ("G2:G5001", "prio_list", None),  # no style = it blocks
        ("H2:H5001", "stage_list", None),
        ("J2:J5001", "owner_list", "warning"),
        ("M2:M5001", "reason_list", "warning"),
    ],
)
def test_lists_come_from_settings_and_block_or_warn(
    cells: str, name: str, style: str | None
) -> None:
    entry = validations()[cells]
    assert (entry.type, entry.formula1, entry.errorStyle) == ("list", name, style)


@pytest.mark.parametrize("cells", ["K2:K5001", "O2:O5001", "P2:P5001", "Q2:Q5001"])
def test_date_columns_take_dates_only(cells: str) -> None:
    entry = validations()[cells]
    assert entry.type == "date"
    assert entry.errorStyle is None
    assert (entry.formula1, entry.formula2) == ("36526", "401768")  # 2000-01-01, 2999-12-31


def test_the_amount_takes_numbers_of_zero_and_more_or_a_mark_for_none() -> None:
    entry = validations()["L2:L5001"]
    assert entry.type == "custom"
    assert "ISNUMBER($L2),$L2>=0" in str(entry.formula1)
    assert "param_no_loss_marks" in str(entry.formula1)


def test_the_id_follows_the_prefix_in_the_parameters() -> None:
    entry = validations()["A2:A5001"]
    assert entry.type == "custom"
    assert entry.errorStyle == "warning"
    assert "LEFT($A2,LEN(param_id_prefix))=param_id_prefix" in str(entry.formula1)


def test_validations_cover_the_rows_asked_for() -> None:
    assert {cells.split(":")[1][1:] for cells in validations(rows=50)} == {"51"}


@pytest.mark.parametrize("lang", LANGS)
def test_every_validation_says_what_is_wrong_within_excels_limits(lang: Lang) -> None:
    found = validations(lang, rows=1_048_575)
    declared = {prompt.message.of(lang) for prompt in TEMPLATE.validation.values()}
    assert len(found) == 11
    for entry in found.values():
        assert entry.error in declared
        assert entry.errorTitle
        assert len(entry.errorTitle) <= 32
        assert len(str(entry.error)) <= 225
        assert len(str(entry.formula1)) <= 255
