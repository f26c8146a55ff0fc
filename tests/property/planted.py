"""Leads that are clean by construction, and errors of known codes planted into them.

One error a lead, so that each is expected in one cell and nowhere else. What is clean varies as
widely as it may, near misses included, so that a rule that cries wolf is found out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

TODAY = dt.date(2024, 5, 31)
STAGES = ["初识", "意向明确", "方案对比", "商务谈判", "成交"]
INTERVALS = {"高": 3, "中": 7, "低": 14}
OWNERS = ["张三", "李四", "和静", "欧阳和平", "Chen Siyuan"]
LEFT = "赵前任"
HEADS = [
    *("云帆", "海岳", "松石", "晨光", "远山", "长河", "白桦", "青禾", "星野", "明湖"),
    *("北斗", "南岭", "天山", "秋实", "春晓", "玉泉", "金穗", "银杏", "翠竹", "丹枫"),
    *("飞鸿", "锦程", "瑞雪", "甘霖", "启明", "鼎盛", "恒通", "博雅", "思源", "致远"),
    *("朝阳", "望月", "听涛", "凌云", "卧龙", "栖霞", "沁园", "临江", "浣溪", "清平"),
]
TRADES = ["物流", "仪器", "重工", "食品", "服饰", "精密制造", "医疗器械"]
HEADERS = {
    "lead_id": "线索编号",
    "channel": "来源渠道",
    "customer": "客户名称",
    "contact": "联系人",
    "contact_details": "联系方式",
    "need": "需求描述",
    "priority": "优先级",
    "stage": "跟进阶段",
    "latest_follow_up": "跟进记录(最新)",
    "owner": "负责人",
    "expected_close": "预计成交时间",
    "amount": "成交金额(万)",
    "lost_reason": "未成交原因",
    "market_note": "市场分析备注",
    "acquired_on": "获取时间",
    "next_follow_up": "下次跟进时间",
    "closed_on": "结案日期",
    "entered_at": "录入时间",
}

Lead = dict[str, Any]
Expected = list[tuple[str, str]]


def days(number: int) -> dt.timedelta:
    """So many days."""
    return dt.timedelta(days=number)


@dataclass
class Planted:
    """Leads row by row, and the code and field that each planted row is expected to show."""

    leads: list[Lead]
    expected: dict[int, tuple[str, str]] = field(default_factory=dict)


def clean_leads(rng: Random, count: int) -> list[Lead]:
    """Leads that nothing is to be said about."""
    heads = rng.sample(HEADS, count)
    return [_clean(rng, number, head) for number, head in enumerate(heads)]


def _clean(rng: Random, number: int, head: str) -> Lead:
    kind = rng.choice(["open", "open", "won", "lost"])
    stage = 5 if kind == "won" else rng.randint(1, 4)
    priority = rng.choice(list(INTERVALS))
    contact = TODAY - days(rng.randint(0, INTERVALS[priority]))
    acquired = contact - days(rng.randint(0, 40))
    lead: Lead = {
        "lead_id": f"LX{acquired:%Y%m}{number + 1:03d}",
        "channel": rng.choice(["官网注册", "行业展会:广交会", "转介绍", "其他:同行转让"]),
        "customer": f"{head}{rng.choice(TRADES)}{rng.choice(['有限公司', '股份有限公司', '集团'])}",
        "contact": rng.choice(["王总", "李经理", "赵女士", "Mr Smith"]),
        "contact_details": _details(rng),
        "need": _need(rng, priority),
        "priority": priority,
        "stage": STAGES[stage - 1],
        "owner": rng.choice(OWNERS),
        "amount": float(rng.randint(5, 60)),
        "lost_reason": rng.choice([None, "—", "无"]),
        "market_note": rng.choice(
            [
                None,
                "竞品A降价,需关注",
                "关注 2024 年预算\n再议",
                "可能性分析见附件",
                "客户与我们左右两侧相邻",
            ]
        ),
        "acquired_on": acquired,
        "entered_at": rng.choice(
            [None, dt.datetime.combine(min(acquired + days(1), TODAY), dt.time(rng.randint(0, 23)))]
        ),
    }
    if kind == "open":
        lead["expected_close"] = TODAY + days(rng.randint(0, 90))
        lead["latest_follow_up"] = _entry(rng, contact)
        lead["next_follow_up"] = rng.choice([None, TODAY + days(rng.randint(1, 9))])
    else:
        lead["expected_close"] = contact - days(rng.randint(0, 5))
        lead["latest_follow_up"] = f"{contact} {rng.choice(['电话', '面谈'])}:确认结果"
        lead["closed_on"] = contact
    if kind == "lost":
        lead["lost_reason"] = rng.choice(["价格过高", "需求变更", "老板决定自研"])
    return lead


def _details(rng: Random) -> str:
    digits = "".join(rng.choices("0123456789", k=8))
    return rng.choice(
        [
            f"13{rng.randint(0, 9)}{digits}",
            f"+86 138 {digits[:4]} {digits[4:]}",
            f"010-6{digits[1:]}",
            f"0755-26{digits[:6]}转{digits[6:]}",
            f"微信:lead_{digits}",
            f"user{digits}@example.com",
            f"电话:138{digits} / 微信同号",
        ]
    )


def _need(rng: Random, priority: str) -> str:
    budget = rng.randint(1, 15) if priority == "低" else rng.randint(5, 90)
    thing = rng.choice(["服务器", "办公电脑", "CRM系统", "扫码设备"])
    return f"采购{rng.randint(5, 200)}台{thing},预算{budget}万"


def _entry(rng: Random, day: dt.date) -> str:
    shown = rng.choice([f"{day}", f"{day:%Y/%m/%d}", f"{day} 14:30"])
    entry = f"{shown} {rng.choice(['电话', '微信', '面谈', '邮件'])}:在比较方案;下一步:提交报价"
    earlier = f"{day - days(20)} 电话:首次联系;下一步:发资料"
    return rng.choice([entry, entry, f"{entry}\n{earlier}", f"{earlier}\n{entry}"])


# ---------------------------------------------------------------------- errors


def is_open(lead: Lead) -> bool:
    """Neither won nor lost."""
    return "closed_on" not in lead


def is_won(lead: Lead) -> bool:
    """Won."""
    return bool(lead["stage"] == "成交")


Plant = Callable[[Random, Lead, Lead], Mapping[str, Any] | None]
"""What to change in a lead, given a clean one further up; None where the error does not fit."""


def _set(*choices: tuple[str, Any], when: Callable[[Lead], bool] = lambda _: True) -> Plant:
    def plant(rng: Random, lead: Lead, _: Lead) -> Mapping[str, Any] | None:
        name, value = rng.choice(choices)
        return {name: value} if when(lead) else None

    return plant


def _text_day(rng: Random, lead: Lead, _: Lead) -> Mapping[str, Any]:
    name = rng.choice(["acquired_on", "expected_close"])
    day = lead[name]
    forms = ["%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"]
    return {name: f"{day:{rng.choice(forms)}}"}


def _reached(lead: Lead, stage: int) -> bool:
    return STAGES.index(lead["stage"]) + 1 >= stage


def _missing(rng: Random, lead: Lead, _: Lead) -> Mapping[str, Any]:
    names = ["channel", "customer", "contact", "contact_details", "need", "priority"]
    if is_open(lead):
        names.append("stage")
    if _reached(lead, 3):
        names.append("expected_close")
    name = rng.choice(names)
    if name in ("priority", "stage", "expected_close") or rng.random() < 0.5:
        return {name: None}
    return {name: rng.choice(["—", "无"] if name == "channel" else ["同上", "待定", "—"])}


def _other_month(_: Random, lead: Lead, __: Lead) -> Mapping[str, Any]:
    return {"lead_id": f"LX202301{lead['lead_id'][-3:]}"}


def _same_id(_: Random, lead: Lead, other: Lead) -> Mapping[str, Any] | None:
    same_month = lead["lead_id"][:8] == other["lead_id"][:8]
    return {"lead_id": other["lead_id"]} if same_month else None


def _overdue(_: Random, lead: Lead, __: Lead) -> Mapping[str, Any] | None:
    day = TODAY - days(INTERVALS[lead["priority"]] + 3)
    entry = f"{day} 电话:在比较方案;下一步:提交报价"
    return {"latest_follow_up": entry, "next_follow_up": None} if is_open(lead) else None


def _untouched(_: Random, lead: Lead, __: Lead) -> Mapping[str, Any] | None:
    if not is_open(lead):
        return None
    day = TODAY.replace(day=20)
    new_id = f"LX202405{lead['lead_id'][-3:]}"
    return {
        "stage": "初识",
        "latest_follow_up": None,
        "next_follow_up": None,
        "acquired_on": day,
        "entered_at": None,
        "lead_id": new_id,
    }


def _pestered(_: Random, lead: Lead, __: Lead) -> Mapping[str, Any] | None:
    if not is_open(lead):
        return None
    log = "\n".join(f"{TODAY - days(n)} 电话:问候;下一步:回访" for n in (1, 3, 5, 7))
    return {"latest_follow_up": log, "priority": "低", "need": "办公软件,预算1万"}


def _two_owners(rng: Random, _: Lead, other: Lead) -> Mapping[str, Any]:
    owner = rng.choice([name for name in OWNERS if name != other["owner"]])
    return {"customer": other["customer"], "owner": owner}


def _two_names(rng: Random, _: Lead, other: Lead) -> Mapping[str, Any]:
    name = other["customer"]
    bare = name.removesuffix("股份有限公司").removesuffix("有限公司").removesuffix("集团")
    forms = [f"{bare}有限责任公司", f"上海市{name}", f"{bare}(北京)有限公司", bare]
    return {"customer": rng.choice(forms), "owner": other["owner"]}


PLANTS: dict[str, tuple[str, Plant]] = {
    "V101": ("lead_id", _set(("lead_id", None))),
    "V102": ("lead_id", _set(("lead_id", "A-17"), ("lead_id", "LX24051"), ("lead_id", "待编"))),
    "V104": ("lead_id", _same_id),
    "V105": ("lead_id", _other_month),
    "V110": ("", _missing),
    "V111": (
        "",
        _set(
            ("priority", "高优先级"),
            ("priority", "紧急"),
            ("channel", "电视广告"),
            ("channel", "官网"),
        ),
    ),
    "V112": ("channel", _set(("channel", "其他"), ("channel", "其他:"))),
    "V120": ("", _set(("expected_close", "2024-02-30"), ("expected_close", "下个月"))),
    "V121": ("", _text_day),
    "V122": ("next_follow_up", _set(("next_follow_up", dt.date(1999, 5, 1)), when=is_open)),
    "V130": ("amount", _set(("amount", "三十万"), ("amount", -3.0), ("amount", "再议"))),
    "V131": ("amount", _set(("amount", "32万"), ("amount", "8-10万"), ("amount", "约20万"))),
    "V132": ("amount", lambda _, lead, __: {"amount": lead["amount"] * 10_000}),
    "V133": ("amount", _set(("amount", "5万美元"), ("amount", "$32"))),
    "V140": ("lost_reason", _set(("lost_reason", "价格过高"), when=is_won)),
    "V141": ("amount", _set(("amount", None), when=is_won)),
    "V142": ("closed_on", _set(("closed_on", None), when=lambda lead: not is_open(lead))),
    "V143": ("expected_close", _set(("expected_close", TODAY - days(9)), when=is_open)),
    "V144": (
        "lost_reason",
        _set(
            ("expected_close", TODAY + days(9)),
            when=lambda lead: not is_open(lead) and not is_won(lead),
        ),
    ),
    "V150": (
        "latest_follow_up",
        _set(
            ("latest_follow_up", "客户感兴趣,电话再约"),
            ("latest_follow_up", "2024-02-30 电话:确认结果"),
            when=lambda lead: not is_open(lead),
        ),
    ),
    "V151": ("latest_follow_up", _set(("latest_follow_up", f"{TODAY} 电话:已收到"), when=is_open)),
    "V152": ("latest_follow_up", _overdue),
    "V153": ("latest_follow_up", _untouched),
    "V154": ("latest_follow_up", _pestered),
    "V155": (
        "priority",
        lambda _, lead, __: (
            {"priority": "低", "need": "ERP系统,预算80万"} if is_open(lead) else None
        ),
    ),
    "V156": (
        "latest_follow_up",
        _set(
            ("latest_follow_up", f"{TODAY}:客户认可方案;下一步:签约"),
            ("latest_follow_up", f"{TODAY} 电话;下一步:签约"),
        ),
    ),
    "V160": ("owner", _set(("owner", None), ("owner", "待定"))),
    "V161": (
        "owner",
        _set(("owner", "赵六、钱七"), ("owner", "张三和李四"), ("owner", "张三/李四")),
    ),
    "V162": ("owner", _two_owners),
    "V163": ("customer", _two_names),
    "V164": ("owner", _set(("owner", "王小明"), ("owner", "李思"))),
    "V165": ("owner", _set(("owner", LEFT), when=is_open)),
    "V170": (
        "contact_details",
        _set(*(("contact_details", text) for text in ("138", "138****5678", "1.38E+10", "见名片"))),
    ),
    "V171": (
        "",
        _set(
            ("market_note", "联系人换了13912345678"),
            ("need", "采购服务器,预算9万,问li@example.com"),
            ("market_note", "法人身份证11010519491231002X"),
        ),
    ),
    "V180": ("need", _set(("need", "预算5万左右,可接受加价"), ("need", "大概要50台,预算9万"))),
    "V181": (
        "entered_at",
        lambda _, lead, __: (
            {"entered_at": dt.datetime.combine(lead["acquired_on"] + days(2), dt.time(9))}
            if lead["acquired_on"] + days(2) <= TODAY
            else None
        ),
    ),
    "V190": ("market_note", _set(("market_note", "=竞品A降价"), ("market_note", "-需要关注"))),
    "V191": ("", _set(("market_note", "竞品A\u3000降价"), ("contact", "王\u200b总"))),
}
"""By code, the field that a planted error is expected in (empty: the one that was changed)."""


def planted(seed: int, count: int = 30, errors: int = 12) -> Planted:
    """Clean leads with so many errors planted into different ones of them, and a lead twice."""
    rng = Random(seed)  # noqa: S311  # reproducible, not secret
    made = Planted(clean_leads(rng, count))
    rows = list(range(count))
    rng.shuffle(rows)
    codes = rng.sample(sorted(PLANTS), errors)
    spared: set[int] = set()
    for code in codes:
        _plant(rng, made, code, rows, spared)
    twice = next(n for n in rows if n not in made.expected)
    made.leads.append(dict(made.leads[twice]))
    made.expected[count] = ("V103", "lead_id")
    return made


def _plant(rng: Random, made: Planted, code: str, rows: Sequence[int], spared: set[int]) -> None:
    """Plant an error into the first lead that it fits; the lead it refers to is spared."""
    place, plant = PLANTS[code]
    refers = code in ("V104", "V162", "V163")
    for row in rows:
        if row in made.expected or row in spared:
            continue
        above = [n for n in range(row) if n not in made.expected and n not in spared]
        if refers and not above:
            continue
        other = rng.choice(above) if refers else row
        changes = plant(rng, made.leads[row], made.leads[other])
        if changes is None:
            continue
        made.leads[row] |= changes
        made.expected[row] = (code, place or next(iter(changes)))
        spared.add(other)
        return
