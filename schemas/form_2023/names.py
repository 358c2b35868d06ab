"""What an organisation's name tells: its class, whether it is a branch or a department, whether it is abroad.

A hint, never a proof: 252 Jiangsu companies with an enterprise code are called 研究院 or 研究所, so the rules that
lean on this are warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import polars as pl

from schemas import call, uscc
from schemas.kinds.text import ROLE, fold_name, fold_suffix
from schemas.uscc import foreign

_BRANCH = re.compile(r"(分公司|办事处|支行|分行|营业部|分理处|代表处|分厂|分所)$")
_DEPARTMENT = re.compile(r"(?:大学|学院|研究院|公司).*?(学院|系|实验室|课题组|教研室|研究室|科技处|事业部|研发部|技术部|项目组|团队|车间)$")
_SHORT = re.compile(r"公司|大学|学院|学校|研究|[院所厂社站馆局行会校]$|中心|医院|集团|实验室|联盟|基金|合作社|企业|事务所|工作室")
_SEPARATORS = re.compile(r"[、;；\n\r/／]|[,，](?=\S{4,})|(?<=[司学院所心])\s+(?=\S{4,})")
_HOST_SEPARATORS = re.compile(r"[、;；,，\n\r/／+＋]|\s{1,}")
# What stands beside a unit in a list of them and is no part of its name.
_ROLE = re.compile(r"^(?:牵头|承担|参与|主持|依托|合作)单位[:：]|[（(](?:牵头|主持|承担|参与|联合|共建|合作|第[一二三]单位)[^（）()]*[）)]"
                   r"|等(?:单位)?$|(?:联合|共同|合作)?(?:共建|承担)$")
# Words that join units, and may be part of a name (和平). What ends so is no department.
_JOINING = re.compile(r"以及|[和与及]")
_NO_DEPARTMENT = re.compile(r"(?:公司|大学|研究院|研究所|医院|集团)$")
_LEGAL_PERSON = re.compile(r"(公司|大学|学院|研究院|研究所|中心|医院|集团|厂|协会|学会)(\(.*\))?$")
# What is said of a cell that names several of them.
SEVERAL = "几个单位写在了一格"
# A name of so many characters may be one cut short.
_SHORTEST = 6
# Without one of these in its name, an enterprise by its code is counted as nothing else (`plausible_kinds`).
MANY_SIDED = "研究|科学院|实验室|创新中心|技术中心|[院所]|基金|投资|咨询|服务|资本"
# What is written instead of the code of a body that need not have one; “无” beside a domestic name says nothing.
WORDS_FOR_ABROAD = ("境外", "国外", "海外", "香港", "澳门", "台湾", "涉密", "不公开", "军队")
SAID_TO_BE_ABROAD = "|".join(WORDS_FOR_ABROAD)
_CITY_IN = re.compile("|".join(city.short for city in call.CITIES))


def doubt(name: str | None) -> str:
    """Why a member's name may not be that of one legal person, in words; "" where nothing speaks against it."""
    if not name or uscc.is_foreign_name(name):
        return ""
    folded = fold_name(name)
    pieces = [fold_name(piece) for piece in _SEPARATORS.split(name) if piece.strip()]
    if len(pieces) > 1 and all(_LEGAL_PERSON.search(piece) for piece in pieces):
        return SEVERAL
    if _BRANCH.search(folded):
        return "分支机构"
    if _DEPARTMENT.search(folded) and not folded.endswith(("大学", "公司")):
        return "内设部门"
    if re.match(r"中科院(?!.*公司)", folded) or (len(folded) <= _SHORTEST and not _SHORT.search(folded)):
        return "简称"
    return ""


def same_but_for_role(one: str | None, other: str | None) -> bool:
    """Whether two writings of a name differ only in white space and a remark on its role （牵头单位）."""
    plain = [re.sub(rf"\s|[（(](?:{ROLE})[）)]|^牵头单位[:：]", "", name or "") for name in (one, other)]
    return plain[0] == plain[1]


def may_be_doubtful(name: pl.Expr) -> pl.Expr:
    """Where `doubt` has to be asked of names that are ideographs throughout; of the others it knows none."""
    return (name.str.contains(_BRANCH.pattern) | name.str.contains(_DEPARTMENT.pattern)
            | name.str.starts_with("中科院") | (name.str.len_chars() <= _SHORTEST))


def folded_suffix(name: pl.Expr) -> pl.Expr:
    """`fold_suffix` of names that are ideographs throughout."""
    return name.str.replace_all("有限责任公司", "有限公司", literal=True)


def is_foreign(name: pl.Expr) -> pl.Expr:
    """`uscc.is_foreign_name` of names that are ideographs throughout, hence in no other script."""
    return name.str.contains(foreign.MILITARY) | (
        ~name.str.contains(foreign.AT_HOME) & name.str.contains(foreign.ABROAD))


def kind_by_name(name: str) -> str:
    """The member class that a name without a readable code suggests."""
    if re.search(r"公司|集团|厂$|Inc|Ltd|GmbH|Corp|株式会社", name):
        return call.ENTERPRISE
    if re.search(r"大学|学院$|University|College", name):
        return call.UNIVERSITY
    return call.INSTITUTE if re.search(r"研究|科学院|实验室|Institute|Laborator", name) else call.OTHER


def plausible_kinds(name: str, code: str | None) -> list[str]:
    """The classes under which a bureau may rightly count this member; sorted, never empty."""
    research = re.search(r"研究|科学院|实验室|创新中心|技术中心|[院所]$", name)
    if code is None:
        return [kind_by_name(name)] if re.search(r"公司|大学|University", name) else sorted(call.MEMBER_KINDS)
    if code[:2] != "91" and (not name or doubt(name)):
        return sorted(call.MEMBER_KINDS)
    kind = uscc.kind_of(code, name)
    kinds = {kind}
    if research and not name.endswith(("大学", "学院")):
        kinds.add(call.INSTITUTE)
    if code[:2] not in ("91", "12"):
        kinds.add(call.OTHER)
    if code[:2] == "12" and not re.search(r"大学|学院$", name):
        kinds |= {call.INSTITUTE, call.OTHER}
    if code[:2] == "12" and re.search(r"大学.+", name):
        kinds |= {call.UNIVERSITY, call.INSTITUTE, call.OTHER}
    if code[:2] == "52":
        kinds |= {call.INSTITUTE, call.UNIVERSITY, call.OTHER}
    if kind == call.ENTERPRISE and re.search(r"基金|投资|咨询|服务|资本", name):
        kinds.add(call.OTHER)
    return sorted(kinds)


@lru_cache(maxsize=4096)
def city_in(address: str | None) -> str | None:
    """The one 设区市 of Jiangsu that an address names; None where it names none or several."""
    found = {call.city_named(short).name for short in _CITY_IN.findall(address or "")}
    return found.pop() if len(found) == 1 else None


def strangers(text: str, units: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """("", "") if every unit in `text` is among `units`; else ("stranger" or "department", the units in question)."""
    keys = {key for pair in units for key in pair}
    if not keys or {fold_name(text), fold_suffix(text)} & keys:
        return "", ""
    pieces = [_ROLE.sub("", piece.strip()) for piece in _HOST_SEPARATORS.split(text)]
    pieces = [part for piece in pieces if piece for part in _taken_apart(piece, keys)]
    unknown = [piece for piece in pieces if not {fold_name(piece), fold_suffix(piece)} & keys]
    if not unknown:
        return "", ""
    named = [piece for piece in unknown if any(key in fold_name(piece) for key in keys)]
    return ("department" if len(named) == len(unknown) else "stranger"), "、".join(unknown)


def _taken_apart(text: str, keys: set[str]) -> list[str]:
    """The units that `text` joins by a word, one of them being among `keys`, the other known or no department; or
    itself."""
    for word in _JOINING.finditer(text):
        parts = text[:word.start()], text[word.end():]
        known = [bool({fold_name(part), fold_suffix(part)} & keys) for part in parts]
        if any(known) and all(is_known or _NO_DEPARTMENT.search(part)
                              for part, is_known in zip(parts, known, strict=True)):
            return [unit for part in parts for unit in _taken_apart(part, keys)]
    return [text]
