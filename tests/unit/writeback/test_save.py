from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import PackageError, Reason, Refused
from xltrack.writeback import Edit, Fate, clean, graft, open_target, save

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights and links of POSIX")


def edited(path: Path, author: Any, variant: int = 1) -> Edit:
    target = open_target(path)
    name = target.sheet_name("a", "a")
    return graft(target, author([name], target.body_font, variant), {name: "a"})


def refused(reason: Reason, *arguments: Any, **options: Any) -> None:
    with pytest.raises(Refused) as caught:
        save(*arguments, **options)
    assert caught.value.reason is reason


def beside(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def test_the_first_refresh_leaves_a_backup_and_later_ones_do_not(team: Path, author: Any) -> None:
    before = team.read_bytes()
    receipt = save(edited(team, author))
    assert receipt.backup == team.with_name("team.xlsx.bak")
    assert receipt.backup.read_bytes() == before
    assert save(edited(team, author, 2)).backup is None
    assert beside(team) == ["team.xlsx", "team.xlsx.bak"]


def test_a_backup_is_never_written_over(team: Path, author: Any) -> None:
    team.with_name("team.xlsx.bak").write_bytes(b"somebody's")
    receipt = save(edited(team, author))
    assert receipt.backup == team.with_name("team.xlsx.bak2")
    assert team.with_name("team.xlsx.bak").read_bytes() == b"somebody's"


def test_an_equal_backup_is_used(team: Path, author: Any) -> None:
    team.with_name("team.xlsx.bak").write_bytes(team.read_bytes())
    assert save(edited(team, author)).backup == team.with_name("team.xlsx.bak")
    assert beside(team) == ["team.xlsx", "team.xlsx.bak"]


def test_no_backup_is_made_where_none_is_wanted(team: Path, author: Any) -> None:
    assert save(edited(team, author), backup=False).backup is None
    assert beside(team) == ["team.xlsx"]


def test_a_file_that_would_come_out_the_same_is_not_written(team: Path, author: Any) -> None:
    save(edited(team, author), backup=False)
    before, status = team.read_bytes(), team.stat()
    receipt = save(edited(team, author))
    assert not receipt.changed
    assert team.read_bytes() == before
    assert (team.stat().st_mtime_ns, team.stat().st_ino) == (status.st_mtime_ns, status.st_ino)
    assert {part.fate for part in receipt.parts} == {Fate.UNTOUCHED}


def test_another_destination_leaves_the_source_alone(team: Path, author: Any) -> None:
    before = team.read_bytes()
    out = team.with_name("out.xlsx")
    receipt = save(edited(team, author), out)
    assert team.read_bytes() == before
    assert (receipt.destination, receipt.backup, receipt.changed) == (out, None, True)
    assert open_target(out).owned == {"a": "a"}


def test_a_destination_that_exists_is_replaced_only_when_asked(team: Path, author: Any) -> None:
    out = team.with_name("out.xlsx")
    out.write_bytes(b"old")
    refused(Reason.EXISTS, edited(team, author), out)
    assert out.read_bytes() == b"old"
    save(edited(team, author), out, overwrite=True)
    assert open_target(out).owned == {"a": "a"}


def test_a_destination_gets_the_file_even_when_nothing_changes(team: Path) -> None:
    out = team.with_name("out.xlsx")
    receipt = save(clean(open_target(team)), out)
    assert out.read_bytes() == team.read_bytes()
    assert not receipt.changed


def test_the_source_as_destination_is_written_whole(team: Path, author: Any) -> None:
    edit = edited(team, author)
    refused(Reason.EXISTS, edit, team)
    receipt = save(edit, team, overwrite=True)
    assert receipt.backup is not None
    assert open_target(team).owned == {"a": "a"}


def test_a_folder_that_is_missing_or_in_the_way_is_told(team: Path, author: Any) -> None:
    refused(Reason.NO_FOLDER, edited(team, author), team.parent / "no" / "out.xlsx")
    refused(Reason.EXISTS, edited(team, author), team.parent, overwrite=True)


def test_a_workbook_that_was_saved_meanwhile_is_refused(
    team: Path, author: Any, tamper: Any
) -> None:
    edit = edited(team, author)
    tamper(team, {"xl/new.xml": b"<n/>"})
    before = team.read_bytes()
    refused(Reason.CHANGED_ON_DISK, edit)
    assert team.read_bytes() == before


def test_a_change_that_keeps_size_and_time_is_seen(team: Path, author: Any) -> None:
    edit = edited(team, author)
    status, data = team.stat(), bytearray(team.read_bytes())
    with zipfile.ZipFile(team) as archive:
        at = archive.getinfo("xl/theme/theme1.xml").header_offset + 14
    directory = data.find(struct.pack("<L", struct.unpack_from("<L", data, at)[0]), at + 4)
    data[directory] ^= 1  # the checksum in the directory
    with team.open("r+b") as file:
        file.write(data)
    os.utime(team, ns=(status.st_atime_ns, status.st_mtime_ns))
    refused(Reason.CHANGED_ON_DISK, edit)


def test_a_workbook_that_is_gone_is_refused(team: Path, author: Any) -> None:
    edit = edited(team, author)
    team.unlink()
    refused(Reason.CHANGED_ON_DISK, edit)
    assert beside(team) == []


def test_a_workbook_opened_meanwhile_is_refused(team: Path, author: Any) -> None:
    edit = edited(team, author)
    team.with_name("~$team.xlsx").write_bytes(b"x")
    before = team.read_bytes()
    refused(Reason.OPEN_ELSEWHERE, edit)
    assert team.read_bytes() == before
    save(edit, team.with_name("out.xlsx"))


@posix
def test_the_mode_of_the_file_is_kept(team: Path, author: Any) -> None:
    team.chmod(0o640)
    save(edited(team, author))
    assert team.stat().st_mode & 0o777 == 0o640
    assert team.with_name("team.xlsx.bak").stat().st_mode & 0o777 == 0o640


@posix
def test_a_new_file_has_the_rights_that_any_new_file_has(team: Path, author: Any) -> None:
    before = os.umask(0o027)
    try:
        out = team.with_name("out.xlsx")
        save(edited(team, author), out)
        assert out.stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)


@posix
def test_a_symbolic_link_stays_one(team: Path, author: Any) -> None:
    link = team.with_name("link.xlsx")
    link.symlink_to(team)
    receipt = save(edited(link, author))
    assert link.is_symlink()
    assert open_target(team).owned == {"a": "a"}
    assert receipt.backup == team.with_name("team.xlsx.bak")


def test_a_file_without_the_right_to_write_is_refused(
    team: Path, author: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = edited(team, author)
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != team)  # root may write anywhere
    refused(Reason.READ_ONLY, edit)
    assert beside(team) == ["team.xlsx"]


def test_the_file_is_checked_before_it_takes_its_place(team: Path, author: Any) -> None:
    edit = edited(team, author)
    broken = {**edit.overlay, "xl/worksheets/sheet3.xml": None}
    before = team.read_bytes()
    with pytest.raises(PackageError, match="does not exist"):
        save(Edit(edit.target, broken, edit.grafted), backup=False)
    assert team.read_bytes() == before
    assert beside(team) == ["team.xlsx"]


@pytest.mark.parametrize(
    "change",
    [
        {"xl/worksheets/sheet1.xml": b"<worksheet/>"},
        {"xl/theme/theme1.xml": None},
        {"xl/styles.xml": None},
    ],
    ids=str,
)
def test_an_edit_of_the_teams_parts_is_not_written(
    team: Path, author: Any, change: dict[str, bytes | None]
) -> None:
    save(edited(team, author), backup=False)
    before, edit = team.read_bytes(), edited(team, author, 2)
    with pytest.raises(PackageError, match="not ours"):
        save(Edit(edit.target, {**edit.overlay, **change}, edit.grafted))
    assert team.read_bytes() == before


def test_problems_of_before_do_not_stop_a_refresh(team: Path, author: Any, tamper: Any) -> None:
    tamper(team, {"xl/lost.xml": b"<lost/>"})
    assert save(edited(team, author)).changed


def test_the_receipt_can_be_checked_by_anyone(team: Path, author: Any) -> None:
    source = team.read_bytes()
    receipt = save(edited(team, author))
    told = json.loads(json.dumps(receipt.as_dict()))
    assert told["destination"] == str(team)

    def digests(path: Path) -> dict[str, str]:
        found = {}
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for info in archive.infolist():
                file.seek(info.header_offset + 26)
                name, extra = struct.unpack("<HH", file.read(4))
                file.seek(name + extra, 1)
                found[info.filename] = hashlib.sha256(file.read(info.compress_size)).hexdigest()
        return found

    assert receipt.backup is not None
    assert receipt.backup.read_bytes() == source
    before, after = digests(receipt.backup), digests(team)
    parts = [part for group in told["parts"].values() for part in group]
    assert {p["name"]: p["before"] for p in parts if p["before"]} == before
    assert {p["name"]: p["after"] for p in parts if p["after"]} == after
    assert all(part["before"] == part["after"] for part in told["parts"]["untouched"])
    assert [part["name"] for part in told["parts"]["added"]] == [
        name for name in after if name not in before
    ]
    changed = {part["name"] for part in told["parts"]["changed"]}
    assert changed == {
        "[Content_Types].xml",
        "docProps/app.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/workbook.xml",
    }
    again = save(edited(team, author, 2))
    assert {part.name for part in again.replaced} == {
        "xl/worksheets/sheet3.xml",
        "xl/charts/chart2.xml",
    }
    gone = save(clean(open_target(team)))
    assert "xl/worksheets/sheet3.xml" in {part.name for part in gone.removed}
    assert all(part.after is None for part in gone.removed)
