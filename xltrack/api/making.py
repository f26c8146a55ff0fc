"""``new`` and ``demo``: workbooks that the program makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from xltrack.api.paths import AnyPath
from xltrack.errors import UsageError

if TYPE_CHECKING:
    from xltrack.template import Template
    from xltrack.text import Lang


def new(
    path: AnyPath,
    *,
    workbook_lang: Lang = "zh",
    columns: str = "default",
    rows: int | None = None,
    id_prefix: str | None = None,
    example: bool = False,
    declared: AnyPath | None = None,
    button: bool = False,
    upgrade: bool = False,
    force: bool = False,
) -> Path:
    """Write a tracking workbook, or bring the Settings of one up to date; return where it is.

    Args:
        path: the ``.xlsx`` file to write, ``.xlsm`` with ``button``.
        workbook_lang: language of headers, lists and help in it.
        columns: ``documented`` (the 14), ``default``, ``full``, or field ids after commas.
        rows: rows prepared with dropdowns and formats; none = as declared.
        id_prefix: prefix of lead ids; none = as declared.
        example: put the guide's four leads in.
        declared: a team's own template file; it overrides what it names.
        button: with the buttons for refreshing and checking, over the header row.
        upgrade: ``path`` is an older workbook: missing Settings tables, columns and parameters
            appear, what the team typed stays, everything else is untouched.
        force: overwrite a file that exists; with ``upgrade``, write to one marked final.

    Raises:
        UsageError: an unknown column, a name with another ending, ``button`` with ``upgrade``.
        TemplateError: ``declared`` is wrong; names the key.
        Refused: the file exists, or its folder cannot be written to.
    """
    from xltrack.api.buttons import write_with_buttons
    from xltrack.create import write_tracking_workbook
    from xltrack.create.layout import HEADER_POINTS
    from xltrack.template import load_template
    from xltrack.template.button import load_buttons

    template = load_template(Path(declared) if declared is not None else None)
    if upgrade and button:
        raise UsageError("button_and_upgrade")
    if upgrade:
        return _upgraded(Path(path), template, force)
    height = load_buttons().header_points if button else HEADER_POINTS

    def write(out: BinaryIO) -> None:
        write_tracking_workbook(
            out,
            template=template,
            lang=workbook_lang,
            columns=columns,
            rows=rows,
            id_prefix=id_prefix,
            example=example,
            header_points=height,
        )

    if button:
        write_with_buttons(Path(path), write, template, workbook_lang, force)
        return Path(path)
    return _write_new(Path(path), write, force)


def demo(
    path: AnyPath,
    *,
    leads: int = 200,
    seed: int = 1,
    until: dt.date = dt.date(2024, 6, 30),
    workbook_lang: Lang = "zh",
    columns: str = "default",
    force: bool = False,
) -> Path:
    """Write a workbook of realistic leads, the same for the same arguments.

    Args:
        path: the ``.xlsx`` file to write.
        leads: how many.
        seed: of the random choices.
        until: last day of the six months they span.
        workbook_lang, columns, force: as for :func:`new`.

    Raises:
        UsageError: fewer than 0 leads, an unknown column, a name that does not end in ``.xlsx``.
        Refused: the file exists, or its folder cannot be written to.
    """
    from xltrack.create import write_demo
    from xltrack.template import load_template

    if leads < 0:
        raise UsageError("too_few_leads", str(leads))

    def write(out: BinaryIO) -> None:
        write_demo(
            out,
            template=load_template(),
            leads=leads,
            seed=seed,
            until=until,
            lang=workbook_lang,
            columns=columns,
        )

    return _write_new(Path(path), write, force)


def _upgraded(path: Path, template: Template, force: bool) -> Path:
    from xltrack.create import upgrade_settings
    from xltrack.writeback import open_target, save

    save(upgrade_settings(open_target(path, force=force), template=template))
    return path


def _write_new(path: Path, write: Callable[[BinaryIO], object], overwrite: bool) -> Path:
    """A new file at ``path``, whole or not at all."""
    from xltrack.writeback import write_new

    if path.suffix.lower() != ".xlsx":
        raise UsageError("needs_xlsx", path.name)
    write_new(path, write, overwrite=overwrite)
    return path
