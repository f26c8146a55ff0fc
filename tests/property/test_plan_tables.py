"""The action plan, first contacts and leads to speak of against a second implementation."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xltrack.analysis import TABLES
from xltrack.analysis.actions import actions
from xltrack.analysis.key_leads import key_leads
from xltrack.analysis.new_leads import first_contact
from xltrack.analysis.plan_review import plan_review
from xltrack.analysis.quality import data_quality
from xltrack.findings import Finding
from xltrack.leads.plan import PlannedAction


def _beside(path: str, name: str) -> ModuleType:
    """A module of the tests by its file, since folders of tests are not packages."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


shared = _beside("test_analysis.py", "analysis_properties")
results = _beside("plain_plan.py", "plain_plan")
plain, scoped, AS_OF = shared.plain, shared.scoped, shared.AS_OF
Leads = list[dict[str, Any]]
ERRORS, OTHERS = ["V103", "V110", "V120"], ["V121", "F010"]
found = st.lists(st.tuples(st.sampled_from([*ERRORS, *OTHERS]), st.integers(2, 9)), max_size=20)


def finding(code: str, row: int) -> Finding:
    return Finding(code, "a.xlsx", "leads", f"A{row}", lead_id=f"A{row:03d}")


@given(shared.many, found)
@settings(max_examples=60, deadline=None)
def test_problems_are_those_of_the_plain_implementation(
    leads: Leads, places: list[tuple[str, int]]
) -> None:
    scope, seen = scoped(leads), plain.known(leads, AS_OF)
    findings = [finding(*place) for place in places]

    def frames(name: str) -> pd.DataFrame:
        if name == "data_quality":
            return data_quality(scope, findings).frame
        return TABLES[name](scope).frame

    errors = Counter(code for code, _ in places if code in ERRORS)
    expected = results.problems(seen, AS_OF, errors, plain)
    assert actions(scope, frames, findings).frame["problem_id"].tolist() == expected


@given(shared.many, st.lists(st.sampled_from([*ERRORS, *OTHERS]), max_size=9))
@settings(max_examples=60, deadline=None)
def test_figures_of_the_last_plan_are_those_of_the_plain_implementation(
    leads: Leads, codes: list[str]
) -> None:
    scope, seen = scoped(leads), plain.known(leads, AS_OF)
    findings = [finding(code, row) for row, code in enumerate(codes, start=2)]
    subjects = {
        "lost_reason": ["价格过高", "老板换人", "没见过"],
        "overdue": ["张三", "李四", "没见过"],
        "channel_review": ["官网注册", "行业展会", "没见过"],
        "bottleneck": plain.STAGES[:-1],
        "data": [*ERRORS, "V199"],
    }
    plan = [
        PlannedAction(f"{kind}:{subject}", kind)
        for kind, named in subjects.items()
        for subject in named
    ]

    def frames(name: str) -> pd.DataFrame:
        if name == "data_quality":
            return data_quality(scope, findings).frame
        return TABLES[name](scope).frame

    rows = plan_review(scope, frames, True, plan).frame.to_dict("records")
    for action, row in zip(plan, rows, strict=True):
        kind, subject = action.problem_id.split(":")
        told = row["evidence_now"]
        figures = told and {name: each for name, each in told.items() if name != "reason"}
        wanted = results.evidence(seen, kind, subject, Counter(codes), AS_OF, plain)
        assert (figures is None) == (wanted is None), action
        assert figures is None or figures == pytest.approx(wanted), action


@given(found)
@settings(max_examples=60, deadline=None)
def test_quality_is_that_of_the_plain_implementation(places: list[tuple[str, int]]) -> None:
    leads = shared.numbered([{"stage": None} for _ in range(4)])
    table = data_quality(scoped(leads), [finding(*place) for place in places]).frame
    expected = {
        code: (
            sum(each == code for each, _ in places),
            len({row for each, row in places if each == code}),
        )
        for code in {each for each, _ in places}
    }
    rows = {row[0]: (row[2], row[3]) for row in table.to_dict("split")["data"]}
    assert rows == expected
    assert (table["share"] * 4).round().astype(int).tolist() == table["leads"].tolist()


@given(shared.many)
@settings(max_examples=60, deadline=None)
def test_first_contacts_and_key_leads_are_those_of_the_plain_implementation(leads: Leads) -> None:
    scope, seen = scoped(leads), plain.known(leads, AS_OF)
    columns = ["leads", "in_time", "contacted_later", "never_contacted"]
    contacts = first_contact(scope).frame
    rows = {
        None if pd.isna(row["owner"]) else row["owner"]: tuple(row[column] for column in columns)
        for row in contacts.to_dict("records")
    }
    assert rows == results.first_contact(seen, AS_OF)
    spoken = key_leads(scope).frame
    why = {row["lead_id"]: set(row["why"].split("+")) for row in spoken.to_dict("records")}
    assert why == results.key_leads(seen, AS_OF, plain)
