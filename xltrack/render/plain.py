"""A report's tables as text for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from xltrack.report import TableBlock, Wording

if TYPE_CHECKING:
    from rich.console import Console

NUMBERS = ("count", "rate", "amount", "days")


def print_tables(blocks: Iterable[TableBlock], wording: Wording, console: Console) -> None:
    """Print tables to a terminal, numbers to the right, in the order given."""
    from rich import box  # noqa: PLC0415 - only where text is asked for
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    for block in map(without_hidden, blocks):
        drawn = Table(
            title=f"{block.title}  {block.subtitle}",
            title_justify="left",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
        )
        for column in block.columns:
            drawn.add_column(
                Text(column.label),
                justify="right" if column.format in NUMBERS else "left",
                overflow="fold",
            )
        if block.totals:
            drawn.show_footer = True
            footer = _shown(block, block.totals, wording)
            for column_, cell in zip(drawn.columns, footer, strict=True):
                column_.footer = Text(cell)
        for number, row in enumerate(block.rows):
            style = "dim" if number in block.muted else "bold" if number in block.strong else None
            drawn.add_row(*(Text(cell) for cell in _shown(block, row, wording)), style=style)
        console.print(drawn)
        if not block.rows:
            console.print(Text(wording.phrase("empty_table")))
        if block.more:
            console.print(Text(block.more))


def markdown_tables(blocks: Iterable[TableBlock], wording: Wording) -> str:
    """Tables as Markdown, one heading each; cell text is escaped."""
    lines = []
    for block in map(without_hidden, blocks):
        lines += [f"## {block.title}", "", f"*{block.subtitle}*", ""]
        lines.append(_line(column.label for column in block.columns))
        lines.append(
            _line("---:" if column.format in NUMBERS else "---" for column in block.columns)
        )
        lines += [
            _line(_escaped(cell) for cell in _shown(block, row, wording)) for row in block.rows
        ]
        if block.totals:
            totals = _shown(block, block.totals, wording)
            lines.append(_line(f"**{_escaped(cell)}**" if cell else "" for cell in totals))
        lines += ["", block.more, ""] if block.more else [""]
    return "\n".join(lines)


def without_hidden(block: TableBlock) -> TableBlock:
    """The table without the columns that are for the program alone."""
    kept = [number for number, column in enumerate(block.columns) if not column.hidden]
    if len(kept) == len(block.columns):
        return block
    return replace(
        block,
        columns=tuple(block.columns[number] for number in kept),
        totals=tuple(block.totals[number] for number in kept) if block.totals else (),
        rows=tuple(tuple(row[number] for number in kept) for row in block.rows),
    )


def _shown(block: TableBlock, row: tuple[object, ...], wording: Wording) -> list[str]:
    return [
        wording.shown(cell, column.format)  # type: ignore[arg-type]
        for cell, column in zip(row, block.columns, strict=True)
    ]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
