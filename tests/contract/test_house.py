"""The house keeps its order: quick start, module sizes, public names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import xltrack

PACKAGE = Path(xltrack.__file__).parent
HEAVY = (
    "pandas",
    "numpy",
    "openpyxl",
    "xlsxwriter",
    "fastexcel",
    "python_calamine",
    "pyarrow",
    "lxml",
)


@pytest.mark.parametrize("arguments", [["--help"], ["refresh", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['xltrack', *{arguments!r}]\n"
        "from xltrack.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "[]"


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, xltrack; print([n for n in {HEAVY!r} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_public_names_are_sorted_and_there() -> None:
    assert list(xltrack.__all__) == sorted(xltrack.__all__)
    for name in xltrack.__all__:
        assert getattr(xltrack, name).__doc__


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="analyse"):
        _ = xltrack.analyse


def test_modules_stay_readable() -> None:
    sizes = {
        str(file.relative_to(PACKAGE)): file.read_text(encoding="utf-8").count("\n")
        for file in PACKAGE.rglob("*.py")
    }
    assert len(sizes) > 50
    assert {name: lines for name, lines in sizes.items() if lines > 400} == {}
