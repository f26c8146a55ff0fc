"""Workbooks with a password."""

from __future__ import annotations

import io
from pathlib import Path

import msoffcrypto
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from xltrack.errors import Reason, UnreadableWorkbook, UsageError
from xltrack.opc import open_package
from xltrack.opc.access import NO_PASSWORDS, Passwords
from xltrack.opc.bounds import DEFAULT_BOUNDS, Bounds
from xltrack.opc.encryption import decrypted, read_passwords

LIMIT = 1 << 30


@pytest.fixture
def locked(team: Path) -> Path:
    """The team's workbook with the password 春天2024."""
    path = team.with_name("locked.xlsx")
    with path.open("wb") as out:
        OOXMLFile(io.BytesIO(team.read_bytes())).encrypt("春天2024", out)
    return path


def reason(caught: pytest.ExceptionInfo[UnreadableWorkbook]) -> tuple[Reason, Path]:
    return caught.value.reason, caught.value.path


def test_the_content_is_what_was_encrypted(locked: Path, team: Path) -> None:
    assert decrypted(locked, ["wrong", "春天2024"], LIMIT) == team.read_bytes()


def test_a_package_opens_with_one_of_several_passwords(locked: Path, team: Path) -> None:
    package = open_package(locked, DEFAULT_BOUNDS, Passwords(["x", "春天2024"]))
    assert list(package.names) == list(open_package(team).names)
    assert package.path == locked


@pytest.mark.parametrize(
    ("passwords", "expected"),
    [(NO_PASSWORDS, Reason.ENCRYPTED), (Passwords(["wrong"]), Reason.WRONG_PASSWORD)],
)
def test_without_the_password_it_is_not_opened(
    locked: Path, passwords: Passwords, expected: Reason
) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        open_package(locked, DEFAULT_BOUNDS, passwords)
    assert reason(caught) == (expected, locked)
    assert "wrong" not in caught.value.detail


def test_a_file_beyond_the_bounds_is_not_decrypted(locked: Path) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        open_package(locked, Bounds(total_size=1000), Passwords(["春天2024"]))
    assert reason(caught) == (Reason.TOO_LARGE, locked)


@pytest.mark.parametrize("cut", [600, 2_000, 5_000])
def test_a_damaged_one_ends_in_an_error(locked: Path, cut: int) -> None:
    data = locked.read_bytes()
    locked.write_bytes(data[:cut])
    with pytest.raises(UnreadableWorkbook) as caught:
        decrypted(locked, ["春天2024"], LIMIT)
    assert reason(caught) == (Reason.DAMAGED, locked)


def test_endless_hashing_is_refused(locked: Path) -> None:
    data = locked.read_bytes()
    changed = data.replace(b'saltSize="16" blockSize="16"', b'spinCount="4294967295"      ')
    assert len(changed) == len(data)
    assert changed != data
    locked.write_bytes(changed)
    with pytest.raises(UnreadableWorkbook) as caught:
        decrypted(locked, ["春天2024"], LIMIT)
    assert reason(caught) == (Reason.DAMAGED, locked)


def test_the_library_itself_agrees_that_it_is_encrypted(locked: Path) -> None:
    with locked.open("rb") as file:
        assert msoffcrypto.OfficeFile(file).is_encrypted()


def test_passwords_are_the_lines_of_a_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "passwords.txt"
    file.write_text("\ufeff春天2024\n\nsecret word\n", encoding="utf-8")
    passwords = read_passwords(file)
    assert list(passwords) == ["春天2024", "secret word"]
    assert f"{passwords} {passwords!r}" == "<2 passwords> <2 passwords>"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00"])
def test_a_file_without_passwords_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passwords.txt"
    file.write_bytes(content)
    with pytest.raises(UsageError):
        read_passwords(file)
