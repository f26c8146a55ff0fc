"""Secrets planted in every place of a workbook that holds text: none is left in the copy."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter

import xltrack
from xltrack.opc import open_package
from xltrack.sheetml import lint

Tamper = Callable[[Path, dict[str, Any]], Path]

PHONE, WECHAT, MAIL = "13812345678", "zhao_7788", "li.si@customer.example.com"
IDENTITY, ADDRESS, NUMBER = "11010519491231002X", "上海市浦东新区世纪大道88号", 15987654321
SHORT = "张府"  # in a private column alone: too short to be searched for, masked all the same
PLACES = (
    *("free", "rich", "inline", "comment", "author", "threaded", "person", "table", "pivot"),
    *("records", "chart", "core", "app", "custom", "name", "link", "tooltip", "header"),
    *("validation", "prompt", "external", "shape", "numeric", "formula"),
)
EACH = {place: f"139{number:02d}876543" for number, place in enumerate(PLACES) if place != "author"}
SECRETS = [PHONE, WECHAT, MAIL, IDENTITY, ADDRESS, str(NUMBER), SHORT, *EACH.values()]
PEOPLE = ["周作者", "吴公司"]

HEADER = [
    "线索编号",
    "客户名称",
    "跟进阶段",
    "负责人",
    "成交金额(万)",
    "联系方式",
    "需求描述",
    "获取时间",
]
OWN = ["身份证号", "家庭地址", "手机2", "微信昵称", "区域"]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


@pytest.fixture
def planted(tmp_path: Path, tamper: Tamper) -> Path:
    path = tmp_path / "leads.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("线索")
    sheet.write_row(0, 0, [*HEADER, *OWN])
    bold = book.add_format({"bold": True})
    stages = ["初识", "意向明确", "方案对比", "商务谈判", "成交"]
    for row in range(1, 21):
        sheet.write_row(
            row, 0, [f"LX202405{row:03d}", f"客户{row}公司", stages[row % 5], "张三", row]
        )
        sheet.write_row(row, 5, [f"1370000{row:04d}", "需要服务器", "2024-05-01"])
        sheet.write_row(row, 12, ["华东" if row % 2 else "华南"])
    for row, contact in ((1, PHONE), (2, f"微信:{WECHAT}"), (3, MAIL), (4, PHONE)):
        sheet.write_string(row, 5, contact)
    sheet.write_string(1, 8, IDENTITY)
    sheet.write_string(1, 9, ADDRESS)
    sheet.write_number(1, 10, NUMBER)
    sheet.write_string(1, 11, SHORT)
    sheet.write_string(5, 6, f"请致电{EACH['free']},或{WECHAT},住{ADDRESS}")
    half = EACH["rich"]
    sheet.write_rich_string(6, 6, "找", bold, half[:4], half[4:], bold, "谈")
    sheet.write_comment(1, 1, f"周作者:\n老板电话{EACH['comment']},{PHONE}", {"author": "周作者"})
    sheet.write_url(7, 6, f"mailto:{MAIL}?subject=hi", string="写信", tip=f"tip {EACH['tooltip']}")
    sheet.write_url(8, 6, "https://tel.invalid", string="打电话")
    sheet.set_header(f"&L&12{EACH['header']}&R{PHONE}")
    items = [EACH["validation"], "甲"]
    sheet.data_validation("N2:N9", {"validate": "list", "source": items})
    prompt = {"validate": "any", "input_title": "问", "input_message": f"问{EACH['prompt']}"}
    sheet.data_validation("O2:O9", prompt)
    sheet.data_validation("F2:F9", {"validate": "list", "source": ["暗号甲", "暗号乙"]})
    notes = book.add_worksheet("其他")
    notes.add_table("A1:B3", {"columns": [{"header": "项"}, {"header": f"电{EACH['table']}"}]})
    notes.write_row(4, 0, [ADDRESS, f"ID {IDENTITY}", str(NUMBER), NUMBER])
    notes.write_formula("E6", f'=IF(A2="{EACH["formula"]}",1,"{WECHAT}")', None, WECHAT)
    notes.write_formula("F6", "=线索!F2", None, PHONE)
    notes.write_number("G5", int(EACH["numeric"]))
    notes.insert_textbox("H1", f"找 {EACH['shape']} 或 {MAIL}")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"categories": "=线索!$F$2:$F$5", "values": "=线索!$E$2:$E$5"})
    chart.set_title({"name": f"图 {EACH['chart']}"})
    notes.insert_chart("A10", chart)
    book.define_name("找谁", f'="{EACH["name"]}"')
    book.set_properties(
        {"author": "周作者", "company": "吴公司", "comments": f"致电{EACH['core']}",
         "manager": f"经理{EACH['app']}"}
    )  # fmt: skip
    book.set_custom_property("联系", f"暗{EACH['custom']}")
    book.close()
    _with_more_parts(path, tamper)
    return path


def _with_more_parts(path: Path, tamper: Tamper) -> None:
    """Parts that XlsxWriter does not make: threaded comments, persons, a pivot cache, a link."""
    added = {
        "xl/persons/person.xml": (
            '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
            f'threadedcomments"><person displayName="周作者" id="{{1}}" userId="{EACH["person"]}"'
            ' providerId="AD"/></personList>'
        ),
        "xl/threadedComments/threadedComment1.xml": (
            '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
            'threadedcomments"><threadedComment ref="A2" personId="{1}" id="{2}">'
            f"<text>找{EACH['threaded']}&amp;{WECHAT}</text></threadedComment></ThreadedComments>"
        ),
        "xl/pivotCache/pivotCacheDefinition1.xml": (
            f'<pivotCacheDefinition {MAIN} xmlns:r="{RELS}" r:id="rId1" refreshedBy="周作者"'
            ' recordCount="1"><cacheSource type="worksheet"><worksheetSource ref="E1:G3"'
            ' sheet="线索"/></cacheSource><cacheFields count="3"><cacheField name="成交金额(万)">'
            '<sharedItems containsNumber="1"><n v="1"/></sharedItems></cacheField>'
            f'<cacheField name="联系方式"><sharedItems><s v="{EACH["pivot"]}"/><s v="{SHORT}"/>'
            '</sharedItems></cacheField><cacheField name="联系方式2"><sharedItems/></cacheField>'
            "</cacheFields></pivotCacheDefinition>"
        ),
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{RELS}/pivotCacheRecords"'
            ' Target="pivotCacheRecords1.xml"/></Relationships>'
        ),
        "xl/pivotCache/pivotCacheRecords1.xml": (
            f'<pivotCacheRecords {MAIN} count="1"><r><n v="1"/><s v="{SHORT}"/>'
            f'<s v="{EACH["records"]}"/></r></pivotCacheRecords>'
        ),
        "xl/externalLinks/externalLink1.xml": (
            f'<externalLink {MAIN}><externalBook xmlns:r="{RELS}" r:id="rId1"><sheetNames>'
            '<sheetName val="a"/></sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1">'
            f'<cell r="A1" t="str"><v>{EACH["external"]}</v></cell><cell r="B1"><v>{NUMBER}</v>'
            "</cell></row></sheetData></sheetDataSet></externalBook></externalLink>"
        ),
        "xl/externalLinks/_rels/externalLink1.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{RELS}/externalLinkPath" Target="file:///C:/'
            f'{WECHAT}/a.xlsx" TargetMode="External"/></Relationships>'
        ),
    }
    types = {
        "xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
        "xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
        "xl/pivotCache/pivotCacheDefinition1.xml": f"{TYPE}.pivotCacheDefinition+xml",
        "xl/pivotCache/pivotCacheRecords1.xml": f"{TYPE}.pivotCacheRecords+xml",
        "xl/externalLinks/externalLink1.xml": f"{TYPE}.externalLink+xml",
    }
    office = "http://schemas.microsoft.com/office/2017/10/relationships"
    links = (
        f'<Relationship Id="rId91" Type="{office}/person" Target="persons/person.xml"/>'
        f'<Relationship Id="rId92" Type="{RELS}/pivotCacheDefinition"'
        ' Target="pivotCache/pivotCacheDefinition1.xml"/>'
        f'<Relationship Id="rId93" Type="{RELS}/externalLink"'
        ' Target="externalLinks/externalLink1.xml"/></Relationships>'
    )
    threaded = (
        f'<Relationship Id="rId94" Type="{office}/threadedComment"'
        ' Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items()
    )
    caches = '<pivotCaches><pivotCache cacheId="1" r:id="rId92"/></pivotCaches></workbook>'
    external = '<externalReferences><externalReference r:id="rId93"/></externalReferences>'

    def put(old: str, new: str) -> Callable[[bytes], bytes]:
        return lambda data: data.replace(old.encode(), new.encode())

    changes: dict[str, Any] = {name: text.encode() for name, text in added.items()}
    changes["[Content_Types].xml"] = put("</Types>", f"{overrides}</Types>")
    changes["xl/_rels/workbook.xml.rels"] = put("</Relationships>", links)
    changes["xl/worksheets/_rels/sheet1.xml.rels"] = lambda data: (
        data.replace(b"</Relationships>", threaded.encode())
        .replace(b"https://tel.invalid", f"tel:+86-{EACH['link']}".encode())
    )  # fmt: skip
    changes["xl/workbook.xml"] = lambda data: data.replace(
        b"<definedNames>", f"{external}<definedNames>".encode()
    ).replace(b"</workbook>", caches.encode())
    inline = f'<c r="B30" t="inlineStr"><is><t>内&#49;{EACH["inline"][1:]}</t></is></c>'
    changes["xl/worksheets/sheet2.xml"] = put(
        "</sheetData>", f'<row r="30">{inline}</row></sheetData>'
    )
    tamper(path, changes)


def everything(path: Path) -> dict[str, list[str]]:
    """Each part as text in the ways that it may be read: stored, unescaped, without its tags."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            texts = [data.decode(code, "replace") for code in ("utf-8", "utf-16-le", "utf-16-be")]
            plain = html.unescape(texts[0])
            runs = "\n".join(
                "".join(re.findall(r"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)<", group))
                for group in re.split(r"</(?:si|is|text|a:p)>", texts[0])
            )
            found[name] = [name, *texts, plain, html.unescape(runs)]
    return found


def left(path: Path, secrets: list[str]) -> set[tuple[str, str]]:
    return {
        (name, secret)
        for name, texts in everything(path).items()
        for secret in secrets
        if any(secret in text for text in texts)
    }


def test_the_planted_workbook_holds_every_secret(planted: Path) -> None:
    assert {secret for _, secret in left(planted, SECRETS)} == set(SECRETS)
    assert lint(open_package(planted)) == []


@pytest.fixture
def copy(planted: Path, tmp_path: Path) -> Path:
    xltrack.redact(planted, output=tmp_path / "copy.xlsx")
    return tmp_path / "copy.xlsx"


def test_none_of_the_secrets_is_left(copy: Path) -> None:
    assert left(copy, [*SECRETS, *PEOPLE, "暗号甲"]) == set()


def test_the_copy_is_sound_and_opens(copy: Path) -> None:
    assert lint(open_package(copy)) == []
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames == ["线索", "其他"]
    sheet = python_calamine.load_workbook(str(copy)).get_sheet_by_name("线索")
    assert sheet.to_python()[0] == [*HEADER, *OWN, "", ""][: len(sheet.to_python()[0])]


def test_the_copy_analyses_to_the_same_figures(planted: Path, copy: Path) -> None:
    import datetime as dt

    day = dt.date(2024, 6, 30)
    before, after = xltrack.analyze(planted, as_of=day), xltrack.analyze(copy, as_of=day)
    assert list(before) == list(after)
    for name in before:
        one, other = before[name].drop(columns="file", errors="ignore"), after[name]
        other = other.drop(columns="file", errors="ignore")
        assert one.equals(other), name


def test_equal_values_have_equal_masks_and_others_have_not(copy: Path) -> None:
    sheet = openpyxl.load_workbook(copy)["线索"]
    contacts = [sheet.cell(row, 6).value for row in range(2, 22)]
    assert contacts[0] == contacts[3]
    assert len(set(contacts)) == 19
    notes = openpyxl.load_workbook(copy, data_only=True)["其他"]
    assert notes["F6"].value == contacts[0]
    assert notes["A5"].value == sheet["J2"].value


def test_the_same_workbook_gives_the_same_copy(planted: Path, copy: Path, tmp_path: Path) -> None:
    xltrack.redact(planted, output=tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == copy.read_bytes()


def test_masks_do_not_depend_on_the_values(planted: Path, tmp_path: Path, tamper: Tamper) -> None:
    """Another phone number of the same place gets the same mask: nothing is computed from it."""
    xltrack.redact(planted, output=tmp_path / "one.xlsx")
    swap = (PHONE.encode(), b"13698765432")
    with zipfile.ZipFile(planted) as archive:
        names = archive.namelist()
    tamper(planted, dict.fromkeys(names, lambda data: data.replace(*swap)))
    xltrack.redact(planted, output=tmp_path / "two.xlsx")
    values = [
        [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / name)["线索"]]
        for name in ("one.xlsx", "two.xlsx")
    ]
    assert values[0] == values[1]


def test_parts_without_anything_private_keep_their_bytes(planted: Path, copy: Path) -> None:
    with zipfile.ZipFile(planted) as one, zipfile.ZipFile(copy) as other:
        assert one.namelist() == other.namelist()
        same = {n for n in one.namelist() if one.read(n) == other.read(n)}
    assert {"[Content_Types].xml", "xl/styles.xml", "xl/theme/theme1.xml"} <= same


def test_the_receipt_counts_and_tells_no_values(planted: Path, tmp_path: Path) -> None:
    receipt = xltrack.redact(planted, output=tmp_path / "copy.xlsx").as_dict()
    said = json.dumps(receipt, ensure_ascii=False)
    assert not any(secret in said for secret in SECRETS)
    assert receipt["parts"]["xl/threadedComments/threadedComment1.xml"] == {"phone": 1, "value": 1}  # type: ignore[index]
