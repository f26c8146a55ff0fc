"""Two validators have nothing to say of a new workbook: the Open XML SDK and openxml-audit."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from xltrack.create import upgrade_settings, write_demo, write_tracking_workbook
from xltrack.template import load_template
from xltrack.text import Lang
from xltrack.writeback import open_target, save

TEMPLATE = load_template()
VALIDATOR = Path(__file__).parents[1] / "fidelity" / "validator"
DAY = dt.date(2024, 5, 15)
Require = Callable[[object, str], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A workbook of each kind."""
    folder = tmp_path_factory.mktemp("made")
    kinds: list[tuple[Lang, str]] = [
        ("zh", "default"), ("en", "full"), ("zh", "documented"), ("zh", "default,+竞标(Y/N)"),
    ]  # fmt: skip
    for number, (lang, columns) in enumerate(kinds):
        with (folder / f"new{number}.xlsx").open("wb") as stream:
            write_tracking_workbook(
                stream, template=TEMPLATE, lang=lang, columns=columns, example=True, as_of=DAY
            )
    with (folder / "demo.xlsx").open("wb") as stream:
        write_demo(stream, template=TEMPLATE, leads=60)
    with (folder / "upgraded.xlsx").open("wb") as stream:
        older = TEMPLATE.__class__(**{
            name: getattr(TEMPLATE, name) for name in TEMPLATE.__struct_fields__
        } | {"parameters": TEMPLATE.parameters[:4]})  # fmt: skip
        write_tracking_workbook(stream, template=older, as_of=DAY)
    edit = upgrade_settings(open_target(folder / "upgraded.xlsx"), template=TEMPLATE)
    assert edit.changed
    save(edit, backup=False)
    return sorted(folder.glob("*.xlsx"))


def test_the_open_xml_sdk_has_no_message(made: list[Path], require: Require) -> None:
    node = shutil.which("node")
    require(node, "node is not installed")
    require((VALIDATOR / "node_modules").is_dir(), "run: npm ci --prefix tests/fidelity/validator")
    run = subprocess.run(
        [str(node), str(VALIDATOR / "validate.mjs")],
        input="".join(f"{path}\n" for path in made),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == len(made) == 6
    for path, messages in zip(made, answers, strict=True):
        assert messages == [], path.name


def test_openxml_audit_has_no_message(made: list[Path], require: Require) -> None:
    require(importlib.util.find_spec("openxml_audit"), "openxml-audit is not installed")
    audit = importlib.import_module("openxml_audit")
    for path in made:
        found = audit.OpenXmlValidator().validate(str(path)).errors
        assert [(entry.part_uri, entry.description) for entry in found] == [], path.name
