"""Findings in every form, from workbooks that were checked."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xltrack.errors import Reason, UnreadableWorkbook, UsageError
from xltrack.findings import SEVERITIES, Finding
from xltrack.leads.checked import Checked, with_across
from xltrack.render.findings import sink_for
from xltrack.render.findings_explained import explained
from xltrack.template.finding_texts import shown
from xltrack.text import Lang

SHEET = "线索跟踪表"
PHONE = "13812345678"
ODD = '</script><b onload="x">&\u2028'


def finding(code: str, cell: str = "A2", **more: Any) -> Finding:
    return Finding(code, "a.xlsx", SHEET, cell, "LX202405001", **more)


DATE = finding("V121", "C2", field="acquired_on", value="2024.5.10", corrected=dt.date(2024, 5, 10))
AMOUNT = finding("V131", "L2", field="amount", value="32万", corrected=32.0)
FORMULA = finding("V190", "E2", field="need", value="=cmd|' /c calc'!A0")
HIDDEN = finding("V170", "F2", field="contact_details", value=PHONE, private=True)
MARKUP = finding("V120", "C3", field="acquired_on", value=ODD)
COPY = Finding("F009", "a.xlsx", params={"other": "b.xlsx"})
ERROR = UnreadableWorkbook("bad.xlsx", Reason.DAMAGED, "xl/workbook.xml")
BROKEN = Finding("F001", "bad.xlsx", params={"reason": "damaged", "detail": "xl/workbook.xml"})

FOUND = (DATE, AMOUNT, FORMULA, HIDDEN, MARKUP)
ALL = [
    Checked(Path("in/a.xlsx"), "a.xlsx", 3, FOUND, ("张三", "", "李四", "", "张三")),
    Checked(Path("in/bad.xlsx"), "bad.xlsx", 0, (BROKEN,), error=ERROR),
    Checked(Path("in/good.xlsx"), "good.xlsx", 5),
    Checked(Path("in/a.xlsx"), "a.xlsx", 0, (COPY,), across=True),
]


def written(form: str, lang: Lang = "zh", workbooks: list[Checked] | None = None) -> bytes:
    out = io.BytesIO()
    with sink_for(form, out, lang) as sink:
        for checked in ALL if workbooks is None else workbooks:
            sink.add(checked)
    return out.getvalue()


def test_json_is_one_document_with_the_findings_across_in_their_workbook() -> None:
    document = json.loads(written("json", "en"))
    assert [each["workbook"] for each in document["workbooks"]] == [
        "a.xlsx",
        "bad.xlsx",
        "good.xlsx",
    ]
    assert (document["errors"], document["warnings"]) == (2, 4)
    first = document["workbooks"][0]
    assert {key: first[key] for key in ("leads", "errors", "warnings")} == {
        "leads": 3,
        "errors": 1,
        "warnings": 4,
    }
    assert [each["code"] for each in first["findings"]][-1] == "F009"
    message, suggestion = shown(DATE, "en")
    assert first["findings"][0] == {
        "code": "V121",
        "severity": "warning",
        "sheet": SHEET,
        "cell": "C2",
        "lead_id": "LX202405001",
        "field": "acquired_on",
        "value": "2024.5.10",
        "message": message,
        "suggestion": suggestion,
        "corrected": "2024-05-10",
    }
    assert first["findings"][1]["corrected"] == 32
    assert document["workbooks"][2]["findings"] == []


def test_jsonl_is_one_workbook_a_line_as_it_comes() -> None:
    out = io.BytesIO()
    with sink_for("jsonl", out, "en") as sink:
        sink.add(ALL[0])
        assert out.getvalue().count(b"\n") == 1
        for checked in ALL[1:]:
            sink.add(checked)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(each["workbook"], each.get("across", False)) for each in lines] == [
        ("a.xlsx", False),
        ("bad.xlsx", False),
        ("good.xlsx", False),
        ("a.xlsx", True),
    ]


def test_csv_opens_in_excel_and_no_cell_is_a_formula() -> None:
    data = written("csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    head, *lines = rows
    assert (head[0], head[2], head[4]) == ("工作簿", "代码", "单元格")
    assert [line[2] for line in lines] == ["V121", "V131", "V190", "V170", "V120", "F001", "F009"]
    found = head.index("原值")
    assert lines[2][found] == "'=cmd|' /c calc'!A0"
    assert lines[4][found] == ODD
    assert [line[head.index("负责人")] for line in lines[:3]] == ["张三", "", "李四"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_holds_its_data_and_fetches_nothing(lang: Lang) -> None:
    text = written("html", lang).decode()
    script = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert script is not None
    data = json.loads(script[1])
    found = data["columns"].index("found")
    assert [row[found] for row in data["rows"]][4] == ODD
    assert data["rows"][0][data["columns"].index("severity")] == "warning"
    assert "<b onload" not in text
    assert not re.search(r"(?:src|href|url)\s*[=(]|https?:|@import|fetch\(|XMLHttp", text)
    assert "default-src 'none'" in text


def test_the_workbook_of_findings_has_links_filters_and_a_frozen_head() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    assert book.sheetnames == ["总览", "问题明细", "代码说明"]
    overview, findings, codes = book.worksheets
    rows = [[cell.value for cell in row] for row in overview.iter_rows(min_row=4)]
    assert [row[:5] for row in rows] == [
        ["a.xlsx", 3, 1, 4, 1],
        ["bad.xlsx", 0, 1, 0, 0],
        ["good.xlsx", 5, 0, 0, 0],
    ]
    assert "bad.xlsx" in str(rows[1][5])
    assert findings.freeze_panes == "B2"
    assert findings.auto_filter.ref == "A1:L8"
    link = findings["E2"].hyperlink
    assert link.target.endswith("in/a.xlsx") or link.target.endswith("in\\a.xlsx")
    assert link.location == f"'{SHEET}'!C2"
    assert all(cell.data_type != "f" for row in findings.iter_rows() for cell in row)
    assert findings["I4"].value == "=cmd|' /c calc'!A0"
    assert len(list(codes.iter_rows(min_row=2))) == len(SEVERITIES)


def test_beyond_the_most_links_a_row_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xltrack.render.findings_xlsx.MOST_LINKS", 2)
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx"))).worksheets[1]
    assert [sheet.cell(row, 5).hyperlink is not None for row in (2, 3, 4)] == [True, True, False]
    assert sheet["E4"].value == "E2"
    assert "2" in sheet["E1"].comment.text


def test_text_shows_some_findings_of_a_code_and_counts_the_rest() -> None:
    many = tuple(finding("V121", f"C{row}", value="x") for row in range(2, 14))
    text = written("text", "en", [Checked(Path("a.xlsx"), "a.xlsx", 12, many)]).decode()
    assert len(re.findall(r"^  V121", text, re.MULTILINE)) == 5
    assert "7 more of V121" in text
    assert re.search(r"V121\s+Warning\s+12\s+1", text)
    assert "\x1b" not in text


def test_text_is_grouped_by_workbook_and_names_what_is_wrong_with_a_file() -> None:
    text = written("text", "zh").decode()
    assert text.index("a.xlsx  3 条线索") < text.index("bad.xlsx")
    assert "good.xlsx" not in text
    assert "共 3 个工作簿、8 条线索，其中 1 个没有问题" in text
    assert "xl/workbook.xml" in text


def test_text_of_clean_workbooks_says_so() -> None:
    text = written("text", "en", [Checked(Path("a.xlsx"), "a.xlsx", 2)]).decode()
    assert "nothing found" in text


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "html"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_form_shows_a_private_value(form: str, lang: Lang) -> None:
    assert PHONE not in written(form, lang).decode()


def test_nothing_at_all_is_still_a_result() -> None:
    assert json.loads(written("json", "en", [])) == {"workbooks": [], "errors": 0, "warnings": 0}
    assert b"</html>" in written("html", "en", [])
    assert written("csv", "en", []).count(b"\n") == 1


def test_findings_across_are_merged_with_their_owners() -> None:
    merged = with_across(ALL)
    assert [checked.workbook for checked in merged] == ["a.xlsx", "bad.xlsx", "good.xlsx"]
    assert merged[0].owners == ("张三", "", "李四", "", "张三", "")


@pytest.mark.parametrize("code", sorted(SEVERITIES))
def test_every_code_is_explained_in_both_languages(code: str) -> None:
    for lang in ("zh", "en"):
        lines = explained(code.lower(), lang).splitlines()
        assert lines[0].startswith(code)
        assert len(lines) == 4
        assert "{" not in "".join(lines)


def test_an_unknown_code_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="V999"):
        explained("V999", "zh")
