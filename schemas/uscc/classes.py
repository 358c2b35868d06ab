"""The first two characters: registering authority and class (GB 32100-2015, table as amended in 2016)."""

from __future__ import annotations

import re
from typing import NamedTuple

ENTERPRISE, UNIVERSITY, INSTITUTE, OTHER = KINDS = ("企业", "高校", "科研院所", "其它")


class Class(NamedTuple):
    """What a prefix means; `kind` is the form's member kind, None where only the name can tell."""

    description: str
    kind: str | None


CLASSES = {
    "11": Class("机关", OTHER),
    "12": Class("事业单位", None),
    "13": Class("群众团体（中央编办管理机构编制）", OTHER),
    "19": Class("机构编制部门登记的其他组织", OTHER),
    "21": Class("外国常驻新闻机构", OTHER),
    "29": Class("外交部门登记的其他组织", OTHER),
    "31": Class("律师执业机构", OTHER),
    "32": Class("公证处", OTHER),
    "33": Class("基层法律服务所", OTHER),
    "34": Class("司法鉴定机构", OTHER),
    "35": Class("仲裁委员会", OTHER),
    "39": Class("司法行政部门登记的其他组织", OTHER),
    "41": Class("外国在华文化中心", OTHER),
    "49": Class("文化部门登记的其他组织", OTHER),
    "51": Class("社会团体", OTHER),
    "52": Class("民办非企业单位", None),
    "53": Class("基金会", OTHER),
    "59": Class("民政部门登记的其他组织", OTHER),
    "61": Class("外国旅游部门常驻代表机构", OTHER),
    "62": Class("港澳台地区旅游部门常驻代表机构", OTHER),
    "69": Class("旅游部门登记的其他组织", OTHER),
    "71": Class("宗教活动场所", OTHER),
    "72": Class("宗教院校", OTHER),
    "79": Class("宗教部门登记的其他组织", OTHER),
    "81": Class("基层工会", OTHER),
    "89": Class("工会系统登记的其他组织", OTHER),
    "91": Class("企业", ENTERPRISE),
    "92": Class("个体工商户", ENTERPRISE),
    "93": Class("农民专业合作社", ENTERPRISE),
    "A1": Class("军队事业单位", None),
    "A9": Class("军队系统的其他组织", None),
    "N1": Class("组级集体经济组织", OTHER),
    "N2": Class("村级集体经济组织", OTHER),
    "N3": Class("乡镇级集体经济组织", OTHER),
    "N9": Class("农业农村部门登记的其他组织", OTHER),
    "Y1": Class("其他组织", OTHER),
}

_UNUSUAL = frozenset({"92", "93"})
# 来料加工厂 and the like: in the registers, not in the standard's table.
_UNLISTED = {"99": Class("市场监管部门登记的其他组织（标准未列）", ENTERPRISE)}
# Patterns stay text until the first name comes: compiling them all would double the time of the import.
_NOT_RESEARCH = r"医院|幼儿园|中学|小学|培训|党校|协会|学会|商会|联盟|基金会"
_INSTITUTE = (
    r"(?i)研究院|研究所|科学院|科研|设计院|勘察院|(?:研究|研发|创新|技术)中心|实验室|检验院|检测院|研究会$"
    r"|institute(?! of technology)|research|laborator|fraunhofer|cnrs"
)
_UNIVERSITY = (
    r"(?i)大学|(?<!科)学院|高等专科|专科学校|职业技术学校"
    r"|universi|college|school|hochschule|polytechni|institute of technology"
)
_ENTERPRISE = (
    r"(?i)公司|集团$|厂$|合伙|企业$|株式会社|\b(?:ltd|limited|inc|corp\w*|co|gmbh|ag|plc|llc|bv|sa|company)\b"
)


def describe_prefix(code: str) -> str:
    """The class that the first two characters name, "" for a prefix nobody has seen.

    >>> describe_prefix('12100000466007597C')
    '事业单位'
    """
    found = CLASSES.get(code[:2]) or _UNLISTED.get(code[:2])
    return found.description if found else ""


def is_unusual_prefix(code: str) -> bool:
    """Whether the prefix is outside the standard's table, a sole trader or a farmers' co-operative (M12)."""
    return code[:2] not in CLASSES or code[:2] in _UNUSUAL


def kind_of(code: str, name: str = "") -> str:
    """企业, 高校, 科研院所 or 其它, by the code and, where it leaves that open, by the name: a hint only.

    >>> kind_of('12320000466006762K', '南京信息工程大学'), kind_of('91320214PDY', '江苏某某研究院')
    ('高校', '企业')
    """
    found = CLASSES.get(code[:2]) or _UNLISTED.get(code[:2])
    if found and found.kind:
        return found.kind
    if not found and re.search(_ENTERPRISE, name):
        return ENTERPRISE
    return _kind_by_name(name)


def _kind_by_name(name: str) -> str:
    if "研究生院" in name:
        return UNIVERSITY
    if re.search(_NOT_RESEARCH, name):
        return OTHER
    if re.search(_INSTITUTE, name):
        return INSTITUTE
    return UNIVERSITY if re.search(_UNIVERSITY, name) else OTHER
