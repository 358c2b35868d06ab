"""What can be decided on a conflict between forms: each kind of conflict with its choices, in the words of the list.

The words of a choice are what the drop-down offers and what is read back; `offered` gives both ways. A choice
with `{}` is there once for each option of the conflict (each of the names, codes or amounts in dispute), which the
list calls by its noun and a numeral: 名称一, 名称二.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from schemas.wording import NUMERALS

# Digits of a conflict's number: for which it is, and for what it stood on.
_MATTER_DIGITS, _EVIDENCE_DIGITS = 10, 6
# The shape of such a number (see `identity`).
ITEM_NUMBER = rf"C[0-9a-f]{{{_MATTER_DIGITS}}}-[0-9a-f]{{{_EVIDENCE_DIGITS}}}"
# A conflict with more options than there are numerals of one character is one for the telephone.
MOST_OPTIONS = len(NUMERALS)


class Action(StrEnum):
    """What a decision does."""

    ADOPT = "adopt"
    KEEP_APART = "keep_apart"
    SUPERSEDE = "supersede"
    ACCEPT = "accept"
    RETURN = "return"
    WAIVE = "waive"
    REFUSE = "refuse"


class Choice(NamedTuple):
    """One thing that can be decided, and what follows from it."""

    action: Action
    words: str
    effect: str


class Ruling(NamedTuple):
    """A decision that was taken: on which option, where it is about one."""

    action: Action
    option: str | None = None


class Dispute(NamedTuple):
    """A kind of conflict.

    `says` is the sentence in the list, with {placeholders}; `noun` names the options (empty: they are called as they
    are); `rules` are the codes of the findings that it gathers; `hint` is what to look at before deciding.
    """

    key: str
    title: str
    says: str
    noun: str
    choices: tuple[Choice, ...]
    rules: tuple[str, ...]
    hint: str


_RETURN = Choice(Action.RETURN, "退回核实", "不作决定，请有关市核实后重报。")
_CODE = Choice(Action.ADOPT, "采用{}", "该单位按此代码入库，所填代码保留在原件中。")

NAMES = Dispute(
    "names", "同码异名", "代码 {code} 在 {places} 处对应 {count} 个名称。", "名称",
    (Choice(Action.ADOPT, "采用{}", "名录用此名称，其余写入“其他写法”。"),
     Choice(Action.KEEP_APART, "分别保留，待核证照", "暂作几个单位分列，核对证照后再定。")),
    ("X02",), "以证照上的名称为准；曾更名的，采用现名。")
CODES = Dispute(
    "codes", "同名异码", "“{name}”在 {places} 处对应 {count} 个代码。", "代码",
    (Choice(Action.ADOPT, "属同一单位，采用{}", "几个代码并为一个单位，按此代码入库。"),
     Choice(Action.KEEP_APART, "确为不同单位，分别保留", "各按其代码单列，不再提示。"), _RETURN),
    ("X03", "M16"), "事业单位转制为企业后代码会变；登记地不同的，可能是重名的两个单位。")
# Of the same kind, and told in the same words: what members are said to earn, and to spend on research.
REVENUE, RD_SPEND = (Dispute(
    key, kind, "“{name}”的{label}在 {places} 处为 {count} 个数，{apart}。{slip}",
    "金额", (Choice(Action.ADOPT, "采用{}", "名录取此数，各表所填的数不改。"), _RETURN), ("X05", "M26"),
    "恰差十倍、一万倍的，一般是按“千元”“元”“亿元”填写。")
    for key, kind in (("revenue", "销售收入不一致"), ("rd_spend", "研发投入不一致")))
DAMAGED = Dispute(
    "damaged", "损坏代码", "“{name}”的代码“{code}”{fault}。{known}", "代码", (_CODE, Choice(
        Action.RETURN, "退回更正", "请有关市对照证照更正后重报。")),
    ("M04", "M05", "M06", "X07"), "建议代码已通过校验；采用前请与证照核对。")
DOUBTFUL = Dispute(
    "doubtful", "存疑代码", "“{name}”的代码“{code}”{fault}。{known}", "代码",
    (Choice(Action.ACCEPT, "认可所填代码", "证照确系此号，按所填代码入库，不再提示。"), _CODE,
     Choice(Action.RETURN, "退回更正", "请有关市对照证照更正后重报。")),
    ("M07", "M08", "M09", "M10", "X07"), "认可所填代码的，请先见到证照。")
LEADS = Dispute(
    "leads", "牵头几个", "“{name}”同时牵头 {count} 个创新联合体。", "联合体",
    (Choice(Action.ACCEPT, "同意分别牵头", "几个联合体都保留，不再提示。"),
     Choice(Action.ADOPT, "只保留{}", "其余各个退回，由牵头单位与推荐单位商定。"), _RETURN),
    ("X01",), "《通知》没有禁止，但要求“成熟一个、推荐一个”。")
RENAMED = Dispute(
    "renamed", "疑似更名", "“{name}”（{city}）牵头的“{earlier}”与后报的“{later}”成员大多相同，疑似同一联合体更名。", "联合体",
    (Choice(Action.SUPERSEDE, "系同一联合体，以新报的为准", "先报的表记为已被新版替代，不再计入。"),
     Choice(Action.KEEP_APART, "确为两个联合体，分别保留", "两个联合体都保留，不再提示。"), _RETURN),
    ("X01",), "联合体一为先报的，联合体二为后报的；看成员、研发方向是否相同，先报的文件是否已撤走。")
CITIES = Dispute(
    "cities", "两市同名", "“{name}”由{cities}分别报送。", "",
    (Choice(Action.ADOPT, "归{}", "由该市报送，另一市的表不计入。"),
     Choice(Action.KEEP_APART, "确为不同联合体，分别保留", "两市各自保留，请其中一个更名。"), _RETURN),
    ("X04",), "看牵头单位登记地和成员是否相同。")
PLATFORMS = Dispute(
    "platforms", "同名平台", "创新平台“{name}”在 {places} 处对应 {count} 个依托单位。", "单位",
    (Choice(Action.ADOPT, "依托{}", "该平台的依托单位按此认定。"),
     Choice(Action.KEEP_APART, "确为不同平台，分别保留", "各按其依托单位保留，不再提示。"), _RETURN),
    ("P05",), "以批复文件上的依托单位为准。")
PROJECTS = Dispute(
    "projects", "同名项目", "科技计划项目“{name}”在 {places} 处对应 {count} 个承担单位。", "单位",
    (Choice(Action.ADOPT, "由{}承担", "该项目的承担单位按此认定。"),
     Choice(Action.KEEP_APART, "几个单位共同承担，分别保留", "各表所填都保留，不再提示。"), _RETURN),
    ("J05",), "以立项文件上的承担单位为准。")
WAIVER = Dispute(
    "waiver", "规则豁免", "{message}", "",
    (Choice(Action.WAIVE, "同意豁免", "至有效期止，该表的这条规则不再提示；须改正的也不再因此退回。"),
     Choice(Action.REFUSE, "不同意豁免", "照规则处理。")), (), "每次只豁免一张表的一条规则，须写明有效期和理由。")

# In the order of the list: what keeps a form out or a whole consortium in doubt comes first.
DISPUTES = (CITIES, RENAMED, LEADS, DAMAGED, DOUBTFUL, NAMES, CODES, REVENUE, RD_SPEND, PLATFORMS, PROJECTS)


def labels(dispute: Dispute, options: Sequence[str]) -> tuple[str, ...]:
    """What the options are called in the list and its drop-down, at most `MOST_OPTIONS` of them."""
    first = tuple(options[:MOST_OPTIONS])
    if not dispute.noun:
        return first
    return tuple(dispute.noun + numeral for numeral, _ in zip(NUMERALS, first, strict=False))


def offered(dispute: Dispute, options: Sequence[str]) -> dict[str, Ruling]:
    """The words that can be chosen, in order, and the ruling that each of them is.

    >>> list(offered(NAMES, ["甲公司", "甲厂"]))
    ['采用名称一', '采用名称二', '分别保留，待核证照']
    >>> offered(NAMES, ["甲公司", "甲厂"])["采用名称二"].option
    '甲厂'
    """
    found: dict[str, Ruling] = {}
    for choice in dispute.choices:
        if "{}" not in choice.words:
            found[choice.words] = Ruling(choice.action)
            continue
        for label, option in zip(labels(dispute, options), options, strict=False):
            found[choice.words.format(label)] = Ruling(choice.action, option)
    return found


def identity(dispute: Dispute, subjects: Sequence[str], evidence: Sequence[str]) -> str:
    """The stable number of a conflict: which it is, a hyphen, and what it stood on.

    The first part depends on the kind and the codes and names concerned alone, never on rows, files or order of
    arrival; the second changes when the options do (in number, order or value), and a decision on the old ones then
    has to be looked at again.
    """
    return f"{_digest('C', _MATTER_DIGITS, dispute.key, *subjects)}-{_digest('', _EVIDENCE_DIGITS, *evidence)}"


def _digest(prefix: str, length: int, *parts: str) -> str:
    # Each part with its length, so that no two lists of parts run together to the same text.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return prefix + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
