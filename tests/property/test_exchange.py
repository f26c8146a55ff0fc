"""Merging and comparing made-up copies: the order of the copies decides nothing."""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import xltrack
from xltrack.leads import LeadBook, read_book
from xltrack.leads.difference import difference
from xltrack.leads.merging import merge_leads
from xltrack.template import load_template

HEADER = ["线索编号", "客户名称", "跟进阶段", "负责人", "联系方式", "需求描述", "备注"]
STAGES = ["初识", "意向明确", "方案对比", "商务谈判", "成交"]
DAYS = [None, "2024-05-01:来电", "2024-05-09:报价", "2024-06-01:再谈"]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> LeadBook:
    path: Path = xltrack.demo(tmp_path_factory.mktemp("made") / "a.xlsx", leads=5)
    return read_book(path, template=load_template())


row = st.fixed_dictionaries(
    {
        "lead_id": st.sampled_from([None, "LX1", "lx1", "LX2", "LX3"]),
        "customer": st.sampled_from(["甲公司", "甲", "乙公司", None]),
        "stage": st.sampled_from([*STAGES, None]),
        "latest_follow_up": st.sampled_from(DAYS),
        "owner": st.sampled_from(["张三", "李四", None]),
        "amount": st.sampled_from([None, 1.0, 2.5]),
        "contact_details": st.sampled_from(["13800000001", "13800000002", None]),
    }
)
copies = st.lists(st.lists(row, max_size=6), min_size=2, max_size=4)


def book(usual: LeadBook, name: str, rows: list[dict[str, Any]]) -> LeadBook:
    """A book of these rows, typed as a read one is."""
    like = usual.rows
    frame = pd.DataFrame(index=range(len(rows)))
    for column, dtype in like.dtypes.items():
        values = [entry.get(str(column)) for entry in rows]
        if column == "file":
            frame[column] = pd.Categorical([name] * len(rows), categories=[name])
        elif column == "sheet":
            frame[column] = pd.Categorical(["线索"] * len(rows), categories=["线索"])
        elif column == "row":
            frame[column] = pd.Series(range(2, len(rows) + 2), dtype=dtype)
        else:
            frame[column] = pd.Series(values, dtype=dtype)
    source = replace(usual.sources[0], workbook=name)
    return replace(usual, rows=frame, findings=(), sources=(source,))


def books_of(usual: LeadBook, made: list[list[dict[str, Any]]]) -> list[LeadBook]:
    return [book(usual, f"{number}.xlsx", rows) for number, rows in enumerate(made)]


common = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40
)


@common
@given(made=copies)
def test_the_merged_leads_are_those_of_the_rule(
    usual: LeadBook, made: list[list[dict[str, Any]]]
) -> None:
    """By plain Python: of the rows of one id and customer the best one, in the declared order."""
    found = merge_leads(books_of(usual, made), usual.settings)
    groups: dict[object, list[tuple[Any, ...]]] = {}
    for number, rows in enumerate(made):
        for place, entry in enumerate(rows):
            if entry["lead_id"] is None:
                continue
            customer = (entry["customer"] or "").removesuffix("公司")
            stage = STAGES.index(entry["stage"]) + 1 if entry["stage"] else 0
            rank = (-DAYS.index(entry["latest_follow_up"]), -stage, number, place)
            groups.setdefault((entry["lead_id"].upper(), customer), []).append((*rank, entry))
    best = [min(group, key=lambda member: member[:4])[4] for group in groups.values()]
    named = found.leads[found.leads["lead_id"].notna()]
    columns = ["lead_id", "customer", "stage", "owner", "latest_follow_up", "amount"]
    assert sorted(map(str, (tuple(each[c] for c in columns) for each in best))) == sorted(
        str(tuple(None if pd.isna(v) else v for v in each))
        for each in named[columns].itertuples(index=False)
    )
    assert found.rows == sum(map(len, made))


@common
@given(made=copies)
def test_rows_without_an_id_are_kept_as_often_as_the_copy_with_most_has_them(
    usual: LeadBook, made: list[list[dict[str, Any]]]
) -> None:
    found = merge_leads(books_of(usual, made), usual.settings)
    wanted: dict[str, int] = {}
    for rows in made:
        here: dict[str, int] = {}
        for entry in rows:
            if entry["lead_id"] is None:
                key = str(sorted(entry.items()))
                here[key] = here.get(key, 0) + 1
        wanted = {key: max(wanted.get(key, 0), here.get(key, 0)) for key in {*wanted, *here}}
    assert int(found.leads["lead_id"].isna().sum()) == sum(wanted.values())


@common
@given(made=copies)
def test_merging_what_was_merged_changes_nothing(
    usual: LeadBook, made: list[list[dict[str, Any]]]
) -> None:
    once = merge_leads(books_of(usual, made), usual.settings)
    rows = [
        {str(key): None if pd.isna(value) else value for key, value in entry.items()}
        for entry in once.leads.to_dict("records")
    ]
    merged = book(usual, "merged.xlsx", rows)
    again = merge_leads([merged, *books_of(usual, made)], usual.settings)
    second = replace(merged, rows=again.leads)
    assert len(again.leads) == len(once.leads)
    changes = difference(merged, second).changes
    assert changes.empty, changes.to_string()


@common
@given(made=copies)
def test_a_difference_turned_round_has_what_came_gone_and_what_went_come(
    usual: LeadBook, made: list[list[dict[str, Any]]]
) -> None:
    one, other = books_of(usual, made)[:2]
    there, back = difference(one, other), difference(other, one)
    assert there.counts["added"] == back.counts["gone"]
    assert there.counts["moved_on"] == back.counts["moved_back"]
    assert there.counts["amount"] == back.counts["amount"]
    assert there.leads_after - there.counts["added"] == there.leads_before - there.counts["gone"]


@common
@given(made=copies)
def test_a_workbook_does_not_differ_from_itself(
    usual: LeadBook, made: list[list[dict[str, Any]]]
) -> None:
    one = books_of(usual, made)[0]
    assert difference(one, one).changes.empty


@settings(deadline=None, max_examples=2)
@given(data=st.data())
def test_the_order_of_the_files_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    import datetime as dt

    folder = tmp_path_factory.mktemp("copies")
    seeds = data.draw(st.lists(st.integers(1, 50), min_size=2, max_size=4))
    paths = [
        xltrack.demo(folder / f"{number}.xlsx", leads=12, seed=seed)
        for number, seed in enumerate(seeds)
    ]
    contents = set()
    for number in range(2):
        order = data.draw(st.permutations(paths))
        out = folder / f"out{number}.xlsx"
        xltrack.merge(order, output=out, as_of=dt.date(2024, 6, 30))
        contents.add(out.read_bytes())
    assert len(contents) == 1


secrets = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"[a-z]{2,6}_?[0-9]{4,6}", fullmatch=True),
    st.from_regex(r"[a-z]{2,8}[0-9]{0,3}@[a-z]{3,8}\.(com|cn)", fullmatch=True),
    st.from_regex(r"(北京|上海)市[甲乙丙丁]{4}路[0-9]{1,3}号", fullmatch=True),
)
around = st.sampled_from(["", "电话", "(", ",", "\uff1a", "&", "<b>", '"', "\n", " "])


@settings(deadline=None, max_examples=15)
@given(
    values=st.lists(secrets, min_size=1, max_size=5, unique=True),
    before=around,
    after=st.sampled_from(["", ")", "\uff0c", "&", "\n", " ", "\u3002"]),
    cut=st.integers(1, 8),
)
def test_no_value_of_a_private_column_is_left_anywhere(
    tmp_path_factory: pytest.TempPathFactory,
    values: list[str],
    before: str,
    after: str,
    cut: int,
) -> None:
    folder = tmp_path_factory.mktemp("redact")
    path, place = folder / "a.xlsx", folder / "copy.xlsx"
    book = xlsxwriter.Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False})
    sheet, bold = book.add_worksheet("线索"), book.add_format({"bold": True})
    sheet.write_row(0, 0, HEADER)
    for row, value in enumerate(values, start=1):
        sheet.write_row(row, 0, [f"LX{row:04d}", f"客户{row}", "初识", "张三"])
        sheet.write_string(row, 4, value)
        sheet.write_string(row, 5, f"{before}{value}{after}")
        sheet.write_rich_string(row, 6, "x ", bold, value[:cut], value[cut:] or " ", bold, " y")
        sheet.write_comment(row, 0, f"{before}{value}{after}")
    book.close()
    xltrack.redact(path, output=place)
    with zipfile.ZipFile(place) as archive:
        parts = [archive.read(name).decode("utf-8") for name in archive.namelist()]
    texts = [*parts, *map(html.unescape, parts), *(re.sub(r"<[^>]*>", "", p) for p in parts)]
    left = [value for value in values if any(value in text for text in texts)]
    assert left == []
    assert len(xltrack.read(place).leads) == len(values)
