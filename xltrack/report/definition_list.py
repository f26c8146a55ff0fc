"""The definitions of the metrics as a block."""

from __future__ import annotations

from xltrack.report.blocks import Column, TableBlock
from xltrack.report.wording import Wording
from xltrack.template.definitions import load_definitions

COLUMNS = ("metric_name", "base", "definition", "formula", "source")


def definition_block(wording: Wording) -> TableBlock:
    """Every metric with its base, definition, formula and source."""
    lang = wording.lang
    rows = tuple(
        (
            wording.label("overview", metric),
            wording.word("base", defined.base),
            defined.definition.of(lang),
            defined.formula.of(lang),
            defined.source.of(lang),
        )
        for metric, defined in load_definitions().metrics.items()
    )
    columns = tuple(
        Column(
            column,
            wording.label("definitions", column),
            "text",
            wording.header("definitions", column).width,
        )
        for column in COLUMNS
    )
    return TableBlock(
        "definitions",
        wording.labels.sheets["definitions"].of(lang),
        "",
        columns,
        rows,
        worklist=True,
    )
