"""Judges from outside: validators, LibreOffice; and the grafts that they are shown."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from xltrack.errors import XltrackError
from xltrack.writeback import Edit, Target, graft, open_target, save

HERE = Path(__file__).parent
VALIDATOR = HERE / "validator"
KEYS = ("overview", "follow_ups", "conversion", "channels", "owners")
TITLES = ("总览", "跟进提醒", "转化分析", "渠道分析", "负责人业绩")
FULL = bool(os.environ.get("XLTRACK_FULL"))
Messages = Counter[tuple[str, ...]]
Require = Callable[[object, str], None]


def _files() -> list[Path]:
    named = os.environ.get("XLTRACK_SHARED")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared"
    return sorted((folder / "corpus" / "xlsx").glob("*"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that copies a workbook one of them a time: the whole collection, or those
    that its module names in SAMPLE; XLTRACK_FULL=1 is always all."""
    if "copied" in metafunc.fixturenames:
        sample = None if FULL else getattr(metafunc.module, "SAMPLE", None)
        files = [file for file in _files() if sample is None or file.name in sample]
        # without the collection one test is left, which says so
        identify = [file.name for file in files] or ["none"]
        metafunc.parametrize("copied", files or [None], ids=identify, indirect=True)


@pytest.fixture
def copied(request: pytest.FixtureRequest, tmp_path: Path, shared: Path) -> Path:
    """A copy of the test's workbook that may be written to."""
    assert shared.is_dir()
    source: Path = request.param
    return Path(shutil.copyfile(source, tmp_path / source.name))


_SHARED_PARTS = re.compile(
    r"\[content_types\]\.xml|docprops/app\.xml"
    r"|(?:[\w/]+/)?(?:\w*workbook\d*\.xml|_rels/\w*workbook\d*\.xml\.rels|\w*styles\d*\.xml)",
    re.IGNORECASE,
)


class Promise:
    """The parts of a workbook as they are now, to compare a later state with.

    Read with the standard library's zipfile and struct, not with our own reader.
    """

    def __init__(self, path: Path) -> None:
        self.before = _stored(path)

    def added(self, path: Path) -> set[str]:
        """Return the parts that are new, after asserting that of the others only those have
        changed that may, only the calculation chain is gone, and the order is what it was."""
        before, after = self.before, _stored(path)
        gone = {name for name in before if name not in after}
        assert all(name.lower().endswith("calcchain.xml") for name in gone)
        changed = {name for name in before if name in after and before[name] != after[name]}
        assert {name for name in changed if not _is_shared(name)} == set()
        kept = [name for name in before if name in after]
        assert [name for name in after if name in before] == kept, "the order of the entries"
        return {name for name in after if name not in before}


def _stored(path: Path) -> dict[str, str]:
    """Return a digest of each entry's name and stored bytes, by its name in the zip."""
    digests = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for info in archive.infolist():
            file.seek(info.header_offset + 26)
            name, extra = struct.unpack("<HH", file.read(4))
            digest = hashlib.sha256(file.read(name))
            file.seek(extra, 1)
            digest.update(file.read(info.compress_size))
            digests[info.orig_filename] = digest.hexdigest()
    return digests


def _is_shared(name: str) -> bool:
    return _SHARED_PARTS.fullmatch(name.replace("\\", "/").lstrip("/")) is not None


@pytest.fixture(scope="session")
def judge() -> type[Promise]:
    return Promise


class Refresher:
    """Grafts the same five sheets with four charts, as a refresh would."""

    def __init__(self, author: Any) -> None:
        self._author = author

    def open(self, path: Path) -> Target:
        """Return the target, or skip the test: what is refused is looked at elsewhere."""
        try:
            return open_target(path, break_signature=True)
        except XltrackError as error:
            pytest.skip(f"refused: {error}")

    def edit(self, target: Target, variant: int = 1) -> Edit:
        names = [target.sheet_name(k, t) for k, t in zip(KEYS, TITLES, strict=True)]
        table = target.table_name("xlt_table")
        scratch = self._author(names, target.body_font, variant, table)
        return graft(target, scratch, dict(zip(names, KEYS, strict=True)))

    def refresh(self, path: Path, variant: int = 1) -> None:
        save(self.edit(self.open(path), variant), backup=False)


@pytest.fixture(scope="session")
def refresher(author: Any) -> Refresher:
    return Refresher(author)


class Validator:
    """The Open XML SDK validator in a process that is asked one file after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, path: Path) -> Messages:
        """Return the messages as (id, part, description); where in a part moves with the graft."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if isinstance(answer, dict):
            return Counter({("error", str(answer["error"])): 1})
        return Counter((message[0], message[1], message[3]) for message in answer)


@pytest.fixture(scope="session")
def sdk(require: Require) -> Iterator[Validator]:
    node = shutil.which("node")
    require(node, "node is not installed")
    require((VALIDATOR / "node_modules").is_dir(), "run: npm ci --prefix tests/fidelity/validator")
    command = [str(node), str(VALIDATOR / "validate.mjs")]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    yield Validator(process)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=60)
    assert process.stdout is not None
    process.stdout.close()


class Office:
    """LibreOffice in a process of its own, told what to do with one workbook after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(
        self, path: Path, steps: Sequence[Sequence[Any]] = (), to: Path | None = None
    ) -> Any:
        """Open a workbook, take ``steps``, save it; return its sheets with their charts."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        task = {"path": str(path), "steps": list(steps), "to": str(to) if to else None}
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, require: Require) -> Iterator[Office]:
    soffice = shutil.which("soffice")
    require(soffice, "LibreOffice is not installed")
    python = "/usr/bin/python3"
    require(_has_uno(python), "the system's python3 has no uno module")
    profile = tmp_path_factory.mktemp("office")
    command = [python, str(HERE / "office_driver.py"), str(soffice), str(profile)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    yield Office(process)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=60)
    assert process.stdout is not None
    process.stdout.close()


def _has_uno(python: str) -> bool:
    if not Path(python).exists():
        return False
    trial = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
    return trial.returncode == 0
