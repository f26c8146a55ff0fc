"""The review in a browser and in a word processor."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import xltrack
from tests.conftest import Require
from tests.e2e.review_fullest import write_fullest

Print = Callable[[Path], Path]
PHONE = 390
MEASURE = """<!doctype html><iframe id="page" src="{name}" style="width:{width}px;height:900px">
</iframe><p id="told"></p><script>
document.getElementById("page").onload = event => {{
  const page = event.target.contentDocument.documentElement;
  const told = "wide " + page.scrollWidth + " of " + page.clientWidth;
  document.getElementById("told").textContent = told;
}};
</script>"""  # fmt: skip


@pytest.fixture(scope="module")
def browser(require: Require) -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    require(found, "no Chromium to open the page with")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def fullest(folder: Path) -> Path:
    return write_fullest(folder / "fullest.xlsx")


@pytest.fixture(scope="module", params=["zh", "en", "fullest"])
def page(request: pytest.FixtureRequest, folder: Path, fullest: Path) -> Path:
    """The page of a demo in either language, and that with every table full."""
    workbook = fullest
    if request.param != "fullest":
        workbook = folder / f"{request.param}.xlsx"
        xltrack.demo(workbook, leads=300, seed=1, workbook_lang=request.param)
    return xltrack.review(workbook, month="2024-05", output=folder / f"{request.param}.html")


def run(browser: str, folder: Path, *arguments: str) -> str:
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}"]
    done = subprocess.run([*command, *arguments], capture_output=True, check=True, timeout=120)
    return done.stdout.decode()


def pages_of(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def test_prints_on_three_pages_of_a4(page: Path, browser: str, tmp_path: Path) -> None:
    pdf = tmp_path / "review.pdf"
    run(browser, tmp_path, f"--print-to-pdf={pdf}", "--no-pdf-header-footer", page.as_uri())
    assert pages_of(pdf) == 3
    size = re.search(rb"/MediaBox\s*\[([^]]+)\]", pdf.read_bytes())
    assert size is not None
    assert [round(float(each)) for each in size[1].split()] == [0, 0, 595, 842]


def test_fits_a_phone_without_sliding_sideways(page: Path, browser: str, tmp_path: Path) -> None:
    frame = page.with_name("frame.html")
    frame.write_text(MEASURE.format(name=page.name, width=PHONE), encoding="utf-8")
    told = run(
        browser,
        tmp_path,
        "--allow-file-access-from-files",
        "--virtual-time-budget=3000",
        "--dump-dom",
        frame.as_uri(),
    )
    found = re.search(r'"told">wide (\d+) of (\d+)', told)
    assert found is not None
    assert int(found[1]) <= int(found[2]) <= PHONE


def test_fetches_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in text
    assert re.findall(r"(?i)https?://(?!www\.w3\.org/2000/svg)", text) == []
    assert (
        re.findall(r"(?i)<(?:script|link|iframe|img|object|embed|form)\b|url\(|@import", text) == []
    )


def test_every_chart_says_in_words_what_it_shows(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(charts) == 4
    for chart in charts:
        title, words = re.search(
            r"<title[^>]*>(.*?)</title><desc[^>]*>(.*?)</desc>", chart
        ).groups()  # type: ignore[union-attr]
        assert title
        assert re.search(r"\d", words)


@pytest.mark.office
def test_word_document_opens_in_a_word_processor(
    fullest: Path, folder: Path, require: Require, tmp_path: Path
) -> None:
    writer = shutil.which("soffice")
    require(writer, "no LibreOffice to open the document with")
    assert writer is not None
    document = xltrack.review(fullest, month="2024-05", output=folder / "review.docx")
    command = [writer, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(document)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=180)
    require(b"could not be loaded" not in done.stderr, "LibreOffice without Writer")
    assert pages_of(tmp_path / "review.pdf") >= 3
