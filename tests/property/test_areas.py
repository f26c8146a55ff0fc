"""Cells as rectangles and addresses: none lost, none twice, none added."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries

from xltrack.render import areas
from xltrack.render.areas import addresses, boxes

CELLS = st.sets(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=1, max_size=200)


@given(CELLS)
def test_boxes_cover_each_cell_once(cells: set[tuple[int, int]]) -> None:
    covered = [
        (row, column)
        for box in boxes(cells)
        for row in range(box.top, box.bottom + 1)
        for column in range(box.left, box.right + 1)
    ]
    assert sorted(covered) == sorted(cells)


@given(CELLS)
def test_addresses_name_each_cell_once_and_are_short_enough(cells: set[tuple[int, int]]) -> None:
    named = []
    for address in addresses(cells):
        assert len(address) <= max(areas.LONGEST_ADDRESS, 15)
        for one in address.split(","):
            left, top, right, bottom = range_boundaries(one)
            assert left
            assert top
            assert right
            assert bottom
            named += [
                (row - 1, column - 1)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            ]
    assert sorted(named) == sorted(cells)


def test_a_column_of_a_table_is_one_rectangle() -> None:
    assert len(boxes({(row, 3) for row in range(5000)})) == 1
