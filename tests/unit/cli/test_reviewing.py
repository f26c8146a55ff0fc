"""``xltrack review`` and ``xltrack digest`` as they are typed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

import xltrack


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return xltrack.demo(tmp_path_factory.mktemp("demo") / "demo.xlsx", leads=40, seed=1)


def run(folder: Path, *arguments: str | Path) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "xltrack", *map(str, arguments), "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_review_writes_its_file_and_names_it(demo: Path, tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "review", demo, "--month", "2024-05", "-o", "may.md")
    assert (status, out.strip(), err) == (0, "Wrote may.md.", "")
    assert (tmp_path / "may.md").read_text(encoding="utf-8").startswith("# 复盘 2024-05\n")


def test_a_review_overwrites_only_when_forced(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "may.html").write_text("mine", encoding="utf-8")
    arguments = ("review", demo, "--month", "2024-05", "-o", "may.html")
    status, _, err = run(tmp_path, *arguments)
    assert status == 2
    assert err.startswith("may.html exists already")
    assert (tmp_path / "may.html").read_text(encoding="utf-8") == "mine"
    assert run(tmp_path, *arguments, "--force")[0] == 0
    assert (tmp_path / "may.html").read_text(encoding="utf-8") != "mine"


def test_own_templates_are_copied_and_used(demo: Path, tmp_path: Path) -> None:
    status, out, _ = run(tmp_path, "review", "--init", "own")
    assert status == 0
    assert "review.css, review.docx, review.html, review.md" in out
    (tmp_path / "own" / "review.md").write_text("{{ title }}: {{ oops }}\n", encoding="utf-8")
    arguments = ("review", demo, "--month", "2024-05", "-o", "may.md", "--templates", "own")
    status, _, err = run(tmp_path, *arguments)
    assert status == 2
    assert err.strip() == "Template review.md is wrong at line 1: 'oops' is undefined"
    assert not (tmp_path / "may.md").exists()
    (tmp_path / "own" / "review.md").write_text("# {{ title }}\n", encoding="utf-8")
    assert run(tmp_path, *arguments)[0] == 0
    assert (tmp_path / "may.md").read_text(encoding="utf-8") == "# 复盘 2024-05\n"


def test_digest_prints_its_texts_and_nothing_else(demo: Path, tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "digest", demo, "--as-of", "2024-06-30")
    assert (status, err) == (0, "")
    texts = out.strip().split("\n\n")
    assert texts[-1].startswith("团队(截至 2024-06-30)")
    assert len(texts) == len(xltrack.digest(demo, as_of=dt.date(2024, 6, 30)))


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(demo: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK nothing")
    for arguments in (("digest",), ("review", "--month", "2024-05", "-o", "may.md")):
        status, out, err = run(tmp_path, *arguments, demo, broken)
        assert status == 2
        assert "broken.xlsx" in err
        assert out.strip()
