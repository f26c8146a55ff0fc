"""What docstrings show is what comes out."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import xltrack

PACKAGE = Path(xltrack.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
    for file in PACKAGE.rglob("*.py")
    if ">>> " in file.read_text(encoding="utf-8") and file.name != "__init__.py"
)


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_come_out_as_shown(module: str) -> None:
    result = doctest.testmod(import_module(module))
    assert result.failed == 0
