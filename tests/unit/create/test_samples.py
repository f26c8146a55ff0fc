"""The sample workbooks in the repository are what the program makes, byte for byte."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path

import pytest

from xltrack.create.samples import main, sample_files

FOLDER = Path(__file__).resolve().parents[3] / "workbooks"
MADE = dict(sample_files())

# A zip's bytes depend on the compressor. This is the output of the zlib the samples were made
# with; another build (zlib-ng, an accelerated one) compresses the same parts to other bytes.
PROBE = "".join(str(number * number) for number in range(5000)).encode()
SAME_ZLIB = (
    hashlib.sha256(zlib.compress(PROBE, 6)).hexdigest()
    == "44a6f68a3223b5696641c5d6ef0fee4bc3ee2de8e86f4c2037273fbea257da99"
)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_there_are_a_dozen_submitted_workbooks_and_three_others() -> None:
    submitted = [name for name in MADE if name.startswith("submitted/")]
    assert len(submitted) == 12
    assert len(MADE) == 15


def test_the_folder_holds_these_files_and_no_others() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.xlsx")}
    assert found == set(MADE)


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_sample_can_be_made_again_byte_for_byte(name: str) -> None:
    kept = (FOLDER / name).read_bytes()
    if SAME_ZLIB or not zipfile.is_zipfile(io.BytesIO(kept)):
        assert MADE[name] == kept
    else:  # the same parts in the same order, compressed by another zlib
        assert list(parts(MADE[name]).items()) == list(parts(kept).items())


def test_the_entry_point_writes_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.xlsx")}
    assert written == set(MADE)
    assert len(capsys.readouterr().out.splitlines()) == len(MADE)


def test_the_entry_point_wants_one_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err
