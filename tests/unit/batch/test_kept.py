"""What many workbooks leave for the end of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.batch.kept import Kept, read_kept
from xltrack.batch.protocol import pickled
from xltrack.errors import Reason, Refused

LEFT = [["a", 1], ["b", 2], [b"c" * 500, 3]]


@pytest.mark.parametrize("most", [1 << 20, 60, 0])
def test_what_was_kept_comes_back_in_order_and_again(most: int) -> None:
    with Kept(most) as kept:
        for each in LEFT:
            kept.add(pickled(each))
        assert list(kept) == LEFT
        kept.add(pickled("later"))
        assert list(kept) == [*LEFT, "later"]


def test_little_stays_in_memory() -> None:
    with Kept() as kept:
        kept.add(pickled(LEFT))
        assert kept.written() is None


def test_much_is_in_a_file_that_goes_at_the_end() -> None:
    with Kept(0) as kept:
        for each in LEFT:
            kept.add(pickled(each))
        path = kept.written()
        assert isinstance(path, Path)
        assert list(read_kept(path)) == LEFT
    assert not path.exists()
    assert not path.parent.exists()


def test_nothing_kept_is_nothing() -> None:
    with Kept() as kept:
        assert list(kept) == []


def test_no_room_in_the_temporary_folder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with Kept(0) as kept, pytest.raises(Refused) as caught:
        kept.add(pickled(LEFT))
    assert caught.value.reason is Reason.WRITE_FAILED
    assert caught.value.path == tmp_path / "none"
