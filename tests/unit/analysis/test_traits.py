"""What texts say outright about a customer, and what they only seem to say."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from xltrack.analysis.traits import (
    decision_makers_of,
    industries_of,
    size_band,
)
from xltrack.leads.amounts import AmountUnits
from xltrack.leads.budgets import budgets_of
from xltrack.template import load_template
from xltrack.template.market import load_market

MARKET = load_market()
UNITS = AmountUnits(load_template().amount.units, "万")


@pytest.mark.parametrize(
    ("name", "industry"),
    [
        ("青屿精密制造有限公司", "制造"),
        ("华东物流股份有限公司", "物流"),
        ("滨海市第一人民医院", "医疗"),
        ("实验学校", "教育"),
        ("云帆科技有限公司", None),
        ("XX集团", None),
        ("医疗器械制造有限公司", "制造"),  # the last word says what it is
        ("Harbour General Hospital", "医疗"),
        ("SCHOOL of Dance", "教育"),
        ("Schoolcraft Ltd.", None),  # inside a longer word
        ("Bankside 物流", "物流"),
        (None, None),
    ],
)
def test_an_industry_is_a_word_in_the_name(name: str | None, industry: str | None) -> None:
    names = pa.array([name], type=pa.large_string())
    assert industries_of(names, MARKET.industries, "zh").to_pylist() == [industry]


def test_industries_are_named_in_the_language_of_the_workbook() -> None:
    names = pa.array(["青屿精密制造有限公司"], type=pa.large_string())
    assert industries_of(names, MARKET.industries, "en").to_pylist() == ["Manufacturing"]


@pytest.mark.parametrize(
    ("contact", "title"),
    [
        ("王采购经理", "采购经理"),
        ("李总经理", "总经理"),
        ("李副总经理", "副总经理"),
        ("高it主管", "IT主管"),
        ("赵CEO", "CEO"),
        ("Ann Lee (Purchasing Manager)", "purchasing manager"),
        ("Bo (head of IT)", "head of IT"),
        ("王总", None),
        ("李经理", None),
        ("张女士", None),
        ("Ceon Smith", None),
    ],
)
def test_a_decision_maker_is_a_title_and_no_courtesy(contact: str, title: str | None) -> None:
    contacts = pa.array([contact], type=pa.large_string())
    assert decision_makers_of(contacts, MARKET.decision_makers).to_pylist() == [title]


@pytest.mark.parametrize(
    ("need", "budget"),
    [
        ("采购10台服务器,预算30万", 30),
        ("预算5-8万", 6.5),
        ("预算5万-8万", 6.5),
        ("预算\uff1a约 1,200,000 元", 120),
        ("预算8000元", 0.8),
        ("预算1.2亿", 12000),
        ("预算大约在20万元左右", 20),
        ("30万预算,要带安装", 30),
        ("20~30万元的预算", 25),
        ("budget of 50k", 5),
        ("Budget: about 300k CNY", 30),
        ("预算5万人民币", 5),
        ("预算5万美元", None),
        ("预算30", None),
        ("预算有限,采购30万台", None),
        ("预算30万台", None),
        ("预算系统3套", None),
        ("采购10台服务器,30万", None),
        ("budget 30kg", None),
        (None, None),
    ],
)
def test_a_budget_is_announced_and_has_a_unit(need: str | None, budget: float | None) -> None:
    found = budgets_of(pa.array([need], type=pa.large_string()), MARKET.budget, UNITS)[0]
    assert (None if math.isnan(found) else found) == budget


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("49", "<50"),
        ("50", "50-200"),
        ("200", "200-500"),
        ("999人", "500-1000"),
        ("1000", ">=1000"),
        ("50-200", "50-200"),
        ("200-500人", "200-500"),
        ("50人以下", "<50"),
        ("1000人以上", ">=1000"),
        (">=1000", ">=1000"),
        ("<50", "<50"),
        ("1,500", ">=1000"),
        ("中型", "中型"),
    ],
)
def test_sizes_fall_into_bands_with_their_lower_bound(text: str, band: str) -> None:
    assert size_band(text, MARKET.bands.company_size, MARKET.open_ended) == band
