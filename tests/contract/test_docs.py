"""Pages that are made from the program say what the program does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import xltrack

ROOT = Path(xltrack.__file__).parent.parent
PAGES = ("commands.md", "tables.md", "messages.md", "review-context.md", "checks.md")


def test_generated_pages_are_up_to_date(tmp_path: Path) -> None:
    copy = tmp_path / "generate.py"
    copy.write_bytes((ROOT / "docs" / "generate.py").read_bytes())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(copy)], check=True, env=environment)
    for page in PAGES:
        made = (tmp_path / page).read_text(encoding="utf-8")
        kept = (ROOT / "docs" / page).read_text(encoding="utf-8")
        assert made == kept, f"run docs/generate.py: {page} is out of date"
        assert made.count("\n") > 20
