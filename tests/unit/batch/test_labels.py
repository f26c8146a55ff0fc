"""What workbooks are called in the results of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.batch.labels import labels_for


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        (["a/x.xlsx", "a/y.xlsx"], ["x.xlsx", "y.xlsx"]),
        (["a/x.xlsx", "b/x.xlsx", "b/y.xlsx"], ["a/x.xlsx", "b/x.xlsx", "y.xlsx"]),
        (["1/a/x.xlsx", "2/a/x.xlsx"], ["1/a/x.xlsx", "2/a/x.xlsx"]),
        ([], []),
    ],
)
def test_names_with_as_many_folders_as_tell_them_apart(paths: list[str], labels: list[str]) -> None:
    assert labels_for([Path(path) for path in paths]) == labels


def test_one_file_named_twice_has_two_labels() -> None:
    labels = labels_for([Path("x.xlsx"), Path("x.xlsx")])
    assert len(set(labels)) == 2
