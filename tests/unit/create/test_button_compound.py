"""The compound file of a project; olefile, strict, is the other reader."""

from __future__ import annotations

import io

import olefile
import pytest

from xltrack.create.button_compound import Tree, compound_file


def read(data: bytes) -> dict[str, bytes]:
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT) as compound:
        assert compound.parsing_issues == []
        return {"/".join(path): compound.openstream(path).read() for path in compound.listdir()}


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 40, 200])
def test_another_program_reads_every_stream(count: int) -> None:
    streams = {f"s{number}": bytes([number % 251]) * (number * 97) for number in range(count)}
    tree: Tree = {"PROJECT": b"text", "VBA": streams, "empty": b""}
    found = read(compound_file(tree))
    assert found == {
        "PROJECT": b"text",
        "empty": b"",
        **{f"VBA/{name}": content for name, content in streams.items()},
    }


@pytest.mark.parametrize("size", [0, 1, 63, 64, 4095, 4096, 4097, 70_000])
def test_streams_around_the_limits_keep_their_bytes(size: int) -> None:
    assert read(compound_file({"data": b"x" * size})) == {"data": b"x" * size}


def test_a_name_beyond_31_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        compound_file({"n" * 32: b""})
