"""Levels, fields of industry, the nearest entry."""
from __future__ import annotations

import pytest

from schemas.kinds import choice
from schemas.kinds.reading import Reading

FIELDS = tuple((
    "高端装备、集成电路、新能源、新材料、生物医药、新能源汽车、新型电力装备、节能环保、软件与信息服务、物联网、新一代信息通信、高技术船舶和海工装备、航空航天、"
    "第三代半导体、通用人工智能、类脑智能、量子科技、氢能和新型储能、深海深地空天、合成生物、细胞和基因技术、未来网络、先进计算、元宇宙"
).split("、"))
LEVELS = {
    "国家级": ("国家级", "国家", " 国 家 级 ", "国家级平台", "国家级项目", "国家级。", "☑国家级 □省级", "国家级☑ 省级□", "√国家级 省级", "国家级√",
            "国家级（√） 省级（ ）", "■国家级□省级", "[x]国家级 [ ]省级", "国家级（科技部）", "国家重点实验室", "国家级/国家级"),
    "省级": ("省级", "省", "江苏省", "江苏省级", "省级平台", "省级重点实验室", "□国家级 ☑省级", "√省级", "省重点研发计划", "省级（省科技厅）", "○国家级 ●省级"),
}
LEVEL_NOTES = {
    "ministry": ("部级", "省部级", "部省级", "教育部", "科技部", "省部共建", "国家部委"),
    "below_province": ("市级", "市", "区级", "县级", "市区级", "苏州市级", "南京市", "设区市级", "地市级", "校级", "院级", "企业级",
        "☑市级 □省级"),
    "both": ("国家级、省级", "国家级/省级", "国家级 省级", "国家级和省级", "☑国家级 ☑省级", "国家/省级", "省级、国家级", "省级√国家级"),
    "unreadable": ("国省级", "省级以上", "非国家级", "准国家级", "上海市级", "省市级", "国家级、市级", "1", "一级", "重点", "无", "/", "高",
        "省科技厅", "拟省级"),
    "": ("", None, "  ", "□国家级 □省级", "（请选择）", "____"),
}
CANONICAL = (
    ("新材料产业", "新材料"), ("新材料领域", "新材料"), ("新材料行业", "新材料"), ("新材料产业领域", "新材料"), (" 新 材\n料 ", "新材料"),
    ("新兴产业：高端装备", "高端装备"),
    ("新兴产业:高端装备产业", "高端装备"), ("未来产业-量子科技", "量子科技"), ("未来产业——量子科技", "量子科技"), ("新兴产业（集成电路）", "集成电路"),
    ("集成电路（新兴产业）", "集成电路"), ("（新兴产业）集成电路", "集成电路"), ("新兴产业集成电路", "集成电路"), ("新兴产业 集成电路", "集成电路"),
    ("新兴产业、新材料", "新材料"),
    ("战略性新兴产业：新材料", "新材料"), ("1.集成电路", "集成电路"), ("1、集成电路", "集成电路"), ("（2）集成电路", "集成电路"), ("①集成电路", "集成电路"),
    ("三、新材料", "新材料"),
    ("氢能与新型储能", "氢能和新型储能"), ("氢能及新型储能", "氢能和新型储能"), ("氢能、新型储能", "氢能和新型储能"), ("细胞与基因技术产业", "细胞和基因技术"),
    ("软件和信息服务", "软件与信息服务"), ("软件和信息服务业", "软件与信息服务"), ("高技术船舶与海工装备", "高技术船舶和海工装备"),
    ("高技术船舶、海工装备", "高技术船舶和海工装备"),
    ("集成电路等", "集成电路"), ("集成电路。", "集成电路"), ("集成电路、集成电路", "集成电路"), ("☑集成电路 □新材料", "集成电路"), ("新能源", "新能源"),
    ("新能源汽车", "新能源汽车"),
    ("产业领域：元宇宙", "元宇宙"),
)
SEVERAL = (
    ("集成电路、新材料", "集成电路、新材料"), ("集成电路，新材料", "集成电路、新材料"), ("集成电路;新材料", "集成电路、新材料"), ("集成电路/新材料", "集成电路、新材料"),
    ("集成电路\n新材料", "集成电路、新材料"), ("集成电路 新材料", "集成电路、新材料"), ("集成电路和新材料", "集成电路、新材料"), ("集成电路-新材料", "集成电路、新材料"),
    ("集成电路、机器人", "集成电路"), ("农业、林业", ""), ("新兴产业：高端装备、新材料", "高端装备、新材料"), ("☑集成电路 ☑新材料", "集成电路、新材料"),
    ("新能源、新能源汽车", "新能源、新能源汽车"),
)
UNLISTED = (
    ("高端装备制造", "高端装备"), ("人工智能", "通用人工智能"), ("软件和信息技术服务业", "软件与信息服务"), ("农业", ""), ("新材料（含石墨烯、碳纤维）", "新材料"),
    ("第3代半导体", "第三代半导体"),
    ("新兴产业", ""), ("未来产业", ""), ("无", ""), ("/", ""), ("生物医药和医疗器械", "生物医药"), ("☑农业", ""),
)


@pytest.mark.parametrize(("text", "level"), [(text, level) for level in LEVELS for text in LEVELS[level]])
def test_read_level__level(text, level):
    assert choice.read_level(text) == Reading(level)


@pytest.mark.parametrize(("text", "note"), [(text, note) for note in LEVEL_NOTES for text in LEVEL_NOTES[note]])
def test_read_level__no_level(text, note):
    assert choice.read_level(text) == Reading(None, note)


@pytest.mark.parametrize(("text", "field"), [*zip(FIELDS, FIELDS), *CANONICAL])
def test_read_field__canonical(text, field):
    assert choice.read_field(text, FIELDS) == Reading(field)


@pytest.mark.parametrize(("text", "known"), SEVERAL)
def test_read_field__several(text, known):
    assert choice.read_field(f" {text} ", FIELDS) == Reading(text, "several", known)


@pytest.mark.parametrize(("text", "near"), UNLISTED)
def test_read_field__unlisted(text, near):
    assert choice.read_field(f" {text} ", FIELDS) == Reading(text, "unlisted", near)


@pytest.mark.parametrize("text", ["", None, "　", "____", "（请选择）", "□集成电路 □新材料"])
def test_read_field__nothing_there(text):
    assert choice.read_field(text, FIELDS) == Reading(None)


@pytest.mark.parametrize(("text", "near"), [
    ("集成电路设计", "集成电路"), (" 集 成 电 路 ", "集成电路"), ("农业", None), ("", None), (None, None), ("量子科学", "量子科技"),
])
def test_nearest__ratio_of_fifty_or_none(text, near):
    assert choice.nearest(text, FIELDS) == near
