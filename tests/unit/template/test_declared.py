"""The declared template, and a team's own file laid over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from xltrack.errors import TemplateError
from xltrack.template import default_settings, load_template

SHIPPED = load_template()
STAGES = "[[settings.tables]]\nid = 'stages'\n"
BLANK = "{ zh = '', en = '' }"


def declared(folder: Path, text: str) -> Path:
    path = folder / "team.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_documented_columns_are_the_fourteen() -> None:
    fields = SHIPPED.columns("documented")
    assert len(fields) == 14
    assert (fields[0].header.zh, fields[-1].header.zh) == ("线索编号", "市场分析备注")
    assert [field.id for field in SHIPPED.columns("default")[14:]] == [
        "acquired_on", "next_follow_up", "closed_on",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "field_id"),
    [
        ("成交金额 (万)", "amount"),
        ("成交金额\uff08万\uff09", "amount"),
        ("LEAD id", "lead_id"),
        ("微信号", "contact_details"),
        ("成交日期", "closed_on"),
        ("失败原因", "lost_reason"),
    ],
)
def test_a_column_is_known_by_header_and_alias(header: str, field_id: str) -> None:
    from xltrack.text import header_key

    assert SHIPPED.by_header[header_key(header)] == field_id


def test_a_teams_file_overrides_only_what_it_names(tmp_path: Path) -> None:
    team = load_template(
        declared(
            tmp_path,
            """
            [[fields]]
            id = "customer"
            width = 40
            header = { zh = "客户全称" }
            [look]
            font_size = 12
            [[parameters]]
            id = "minimum_sample"
            value = 5
            """,
        )
    )
    customer, before = team.by_id["customer"], SHIPPED.by_id["customer"]
    assert (customer.width, customer.header.zh) == (40, "客户全称")
    assert customer.header.en == before.header.en
    assert (customer.aliases, customer.required_from) == (before.aliases, before.required_from)
    assert team.look.font_size == 12
    assert team.look.header == SHIPPED.look.header
    assert [field.id for field in team.fields] == [field.id for field in SHIPPED.fields]
    assert default_settings(team, "zh").parameters.minimum_sample == 5
    assert default_settings(team, "zh").parameters.maturity_days == 30
    assert team.examples == SHIPPED.examples


def test_a_teams_own_column_needs_an_id_and_a_header(tmp_path: Path) -> None:
    text = '[[fields]]\nid = "product"\nheader = "产品线"\n'
    field = load_template(declared(tmp_path, text)).fields[-1]
    assert (field.id, field.type, field.set) == ("product", "text", "default")
    assert (field.header.zh, field.header.en, field.help.zh) == ("产品线",) * 3


def test_a_teams_own_list_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = """
    [[settings.tables]]
    id = "channels"
    rows = [{ channel = "电话" }, { channel = "门店", synonyms = "到店、上门" }]
    """
    team = default_settings(load_template(declared(tmp_path, text)), "zh")
    assert [channel.name for channel in team.channels] == ["电话", "门店"]
    assert team.channels[1].synonyms == ("到店", "上门")
    assert next(stage.name for stage in team.stages) == "初识"


@pytest.mark.parametrize(
    ("text", "key", "detail"),
    [
        ("[[fields]]\nid = 'customer'\nwidth = 'wide'", "fields", "float"),
        ("[look]\nfont_sise = 12", "look", "font_sise"),
        ("[[fields]]\nid = 'product'", "fields", "header"),
        ("[[fields]]\nid = 'a'\nheader = '产品'\ntype = 'list'", "fields.a.list", "list"),
        (
            "[[fields]]\nid = 'product'\nheader = '产品'\ntype = 'list'\nlist = 'products'",
            "fields.product.list",
            "products",
        ),
        ("[[fields]]\nid = 'buyer'\nheader = '客户名称'", "fields.header", "客户名称"),
        (f"[[guide.legend]]\ntint = 'pink'\nsample = {BLANK}\ntext = {BLANK}", "legend", "pink"),
        ("[workbook.sheets]\nleads = { zh = '设置' }", "workbook.sheets", "设置"),
        ("[workbook.sheets]\nleads = { zh = '一/二' }", "workbook.sheets", "一/二"),
        ("[look.won]\nfill = 'green'", "look.won.fill", "A-F"),
        (f"{STAGES}rows = [{{ stage = '一', kind = 'open' }}]", "stages.rows", "won"),
        (f"{STAGES}rows = [{{ stage = '一', kind = 'begun' }}]", "stages.rows", "kind"),
        (f"{STAGES}rows = [{{ stgae = '一', kind = 'won' }}]", "stages.rows", "stgae"),
        ("[[settings.tables]]\nid = 'owners'\nname = 'channels'", "settings.tables", "hannels"),
        ("[[settings.tables]]\nid = 'owners'\nname = 'A1'", "settings.tables", "A1"),
        ("[validation.date]\ntitle = { zh = '" + "长" * 33 + "' }", "validation.date", "32"),
        ("[[fields]", "-", ""),
    ],
)  # fmt: skip
def test_a_wrong_file_names_itself_and_the_key(
    text: str, key: str, detail: str, tmp_path: Path
) -> None:
    path = declared(tmp_path, text)
    with pytest.raises(TemplateError) as error:
        load_template(path)
    assert error.value.file == path
    assert key in error.value.key
    assert detail in error.value.detail


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as error:
        load_template(tmp_path / "absent.toml")
    assert error.value.file.name == "absent.toml"
    assert "No such file" in error.value.detail
