"""Text as clerks type it: what is content, what the template left behind, what says "nothing", and keys for
comparing names.

Sources: domain.md §3.2 (name keys), §0.4 (what folding may never do), §3.5 (void marks).
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from schemas import call

DASHES = "-‐‑‒–—―−ー─━⸺⸻﹘﹣－"
_DASH_CLASS = "[" + re.escape(DASHES) + "]"

# Patterns are kept as text throughout the package: `re` compiles each at its first use and keeps it, which
# leaves the import
# at 12 ms instead of 50.

# Controls, zero-width and formatting characters, variation selectors (☑️), and letters drawn as nothing
# (U+3164, U+2800).
_INVISIBLE = (
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e007f]"
)
_SPACE = r"\s+"
_HALF_WIDTH = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFF01, 0xFF5F), *range(0xFE50,
    0xFE6C), 0xFFE5)
}

_UNIT = "(?:人|名|位|个|家|所|项|件|条|篇|字|亿元|百万元|万元|千元|元|万|亿|年|月|日|%)"
# Atomic throughout: runs of dots and underscores can be long, and nothing here ever has to be given back. Python 3.11
# before 3.11.5 matches possessive groups wrongly (cpython's issue 106052), but not these.
_FILL = r"(?:(?>[_ˍ▁]+)|(?>\.{2,})|(?>[。⋯]{2,})|⋯|(?>[·・]{3,})|[□☐▢◻]|\(_*\)|\[_*\]|【_*】|〔_*〕)"
_CROSS = "[x×✕╳*]"
_ASK = (
    "请(?:您|在此处?|于此处?|从下拉(?:列表|菜单|框)?中?|据实|如实|准确|逐项|按要求)?"
    "(?:填写|填报|填入|填列|输入|选择|选填|勾选|注明|说明|录入|补充|点击|点选|下拉)"
)
_TEMPLATE = (
    rf"(?>{_FILL}*)(?:单位:)?{_UNIT}?(?>{_FILL}*)"
    rf"|(?>(?:(?>{_FILL}+){_UNIT}[,;、]?)+)"
    rf"|{_ASK}.{{0,40}}"
    r"|(?:点击|单击|双击|下拉|点此|点击此处|点击这里|此处|在此处?)(?:选择|填写|输入|录入|添加|编辑).{0,20}"
    r"|(?:可)?(?:下拉|点击|单击)(?:可)?(?:选择|选取)?|待填写?|待补充?|示例|样例|例|示例:?行?|填写示例|(?:必|选)填项?"
    r"|可(?:自行)?(?:增|添|增加|添加|插入|加)行"
    r"|(?:限|不超过|不多于|不少于)[0-9]+个?字(?:以内|符)?|[0-9]+字(?:以内|左右)"
    rf"|(?:[_{re.escape(DASHES)}~至到.x×起止自从()]|年|月|日)*(?:年|月|日)(?:[_{re.escape(DASHES)}~至到.x×起止()]|年|月|日)*"
    rf"|{_CROSS}{{2,}}(?:[省市县区]{_CROSS}*)?(?:科技|股份|集团)?(?:有限)?(?:责任)?"
    r"(?:公司|大学|学院|研究院|研究所|实验室|中心|单位|项目|平台|创新联合体)?"
    r"|(?:共|计|合计)?_*个,?(?:其中)?:?企业(?:单位)?_*[个家],?高校_*[个家所],?(?:科研院所|研究院所)_*[个家所],?其[它他]_*[个家]"
)
# How somebody says that there is nothing, when widths and capitals are folded: a run of these marks,
VOID_MARKS = DASHES + r"/\无"
# one of these words,
VOID_WORDS = (
    "暂缺", "缺", "無", "空", "空值", "不适用", "不涉及", "未涉及", "不存在", "不填", "不填写", "未填", "免填", "可不填", "无需填", "无需填写",
    "无须填", "无须填写", "不需填", "不需填写", "不需要填", "不需要填写", "略", "na", "n/a", "n.a", "n.a.", "nil", "none", "null",
)
# or a run of all of these words with one of the first among them: 目前无此类数据, 相关情况均无.
VOID_CORES = ("无", "没有", "未有", "空缺", "空白")
VOID_OPENINGS = ("目前", "现", "现在", "尚", "暂", "暂时", "本项", "均")
VOID_QUALIFIERS = ("此项", "该项", "相关", "此类", "此")
VOID_FILLING = (*VOID_OPENINGS, *VOID_QUALIFIERS, "内容", "数据", "信息", "情况", "资料")


def _one_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"


_VOID = (
    rf"[{re.escape(VOID_MARKS)}]+|[/\\|]+|[.。、,;]|{_one_of(VOID_WORDS)}"
    rf"|{_one_of(VOID_FILLING)}*{_one_of(VOID_CORES)}{_one_of((*VOID_FILLING, *VOID_CORES))}*"
)
# The ideographs with which any of the two begins; a text that begins with another one is neither.
_BEGINNINGS = frozenset(
    "万下不个人亿从件位例信元免共内到千单双可合名在均填字家尚年待必情所数无日暂月未本条样止此没点無现略百相目示空篇缺自至计该请资起选限项")
_BRACKETS = str.maketrans("[]{}【】〔〕〖〗〘〙⟦⟧", "()" * 7)
_OPENING = frozenset("([{【〔<《")
_LONGEST_FIXED_PHRASE, _LONGEST_VOID = 300, 60
_LONGEST_WITH_SPACE = 2_000
_QUOTES_AND_DOTS = "[\"'`´“”„‟‘’‚‛＂＇「」『』〝〞〟·・•‧∙⋅･᛫]"
# A unit's part in a consortium, the type of its lead, or the class of its members: no name of a real one ends in such
# a word in brackets.
# Bare 合作, 联合 or 集团 may be part of a name (股份合作, 联合会).
ROLE = (
    "(?:总|联合|本)?牵头(?:单位|方|企业|人)?|成员|参与|参建|共建"
    "|(?:成员|参与|参加|参建|共建|合建|联建|协作|合作|联合|加盟|依托|支撑|建设|承担)(?:单位|方|企业|高校|院校|机构)"
    "|企业|高校|高等院校|高等学校|院校|科研院所|科研机构|科研单位|其[它他]"
    f"|{'|'.join(spelling for lead in call.ENTERPRISE_LEADS for spelling in call.LEAD_TYPES[lead])}"
)
_ROLE_OR_SEAL = f"(?:(?:单位|加盖)?(?:盖章|公章|签章|盖公章|章)处?|{ROLE})"
_TRAILING_NOTE = (
    rf"{_ROLE_OR_SEAL}(?:[,、;]{_ROLE_OR_SEAL})*"
    r"|(?:曾用名|原名称?|原称|旧称)(?:为|是)?:?.*|原(?:为|系)?:.*|原(?!子|料|产地|创)(?:.{4,})"
)


# `re` keeps what it compiled, too, but takes longer to find it again than most cells take to match.
_pattern = cache(re.compile)
# Every cell passes through these two: compiled once, where the rest wait for their first use.
_INVISIBLE_RUN = re.compile(_INVISIBLE)
_SPACE_RUN = re.compile(_SPACE)


# Texts of these alone, which most are, neither lose anything nor change their form.
_COMPACT = re.compile("[!-~\u4e00-\u9fff]*")
_SOLID = re.compile("[!-~。；\u4e00-\u9fff]")
_IDEOGRAPHS = re.compile("[\u4e00-\u9fff]+")
# For a column at once, in the dialect of polars: what begins as content (`is_content`) and has nothing to trim; and
# such a text whose other characters, too, are not changed into ideographs by any folding.
SURE_BEGINNING_AND_END = (
    rf"(?s)\A[\x{{4e00}}-\x{{9fff}}--[{''.join(sorted(_BEGINNINGS))}]](?:.*[!-~。；\x{{4e00}}-\x{{9fff}}])?\z")
PLAIN = SURE_BEGINNING_AND_END.replace("(?s)", "").replace(".*", r"[!-~\x{4e00}-\x{9fff}，。；：、（）“”《》—\s]*")
# A name of these alone is its own key.
IDEOGRAPHS = r"\A[\x{4e00}-\x{9fff}]+\z"


def _clean(text: str | None) -> str:
    return _INVISIBLE_RUN.sub("", text or "")


def compact(text: str | None) -> str:
    """For comparison only: NFKC with all white space, zero-width and control characters taken out."""
    if text is not None and _COMPACT.fullmatch(text):
        return text
    shown = _SPACE_RUN.sub("", unicodedata.normalize("NFKC", _SPACE_RUN.sub("", _clean(text))))
    # What stood apart before may combine now (A, blank, acute accent): only then is the key stable.
    return _clean(unicodedata.normalize("NFKC", shown))


def trim(text: str | None) -> str:
    """The text as written, with outer white space of every kind (U+3000, NBSP, zero width, BOM, line breaks)
    taken off."""
    written = text or ""
    if written and _SOLID.match(written[0]) and _SOLID.match(written[-1]):
        return written
    outer = _pattern(rf"(?:\s|{_INVISIBLE})*")
    written = written[outer.match(written).end() :]
    return written[: len(written) - outer.match(written[::-1]).end()]


def half_width(text: str | None) -> str:
    """For reading numbers: full-width ASCII folded, runs of white space made one blank (one "\\n" if they
    break a line).

    Not NFKC: it would turn "10²" into 102 and "①" into 1.
    """
    narrow = _clean(text).translate(_HALF_WIDTH)
    return _SPACE_RUN.sub(lambda run: "\n" if "\n" in run[0] or "\r" in run[0] else " ", narrow).strip()


def length_without_space(text: str | None) -> int:
    """Number of characters, white space and invisible characters not counted (as the form's 500-character
    limit is meant)."""
    return len(_SPACE_RUN.sub("", _clean(text)))


def is_blank(text: str | None) -> bool:
    """Nothing but white space."""
    # Nearly every cell begins with a Chinese character or a digit: no need to look further.
    if text and ("\u4e00" <= text[0] <= "\u9fff" or "0" <= text[0] <= "z"):
        return False
    return not compact(text)


def is_content(text: str) -> bool:
    """Whether a look at its beginning tells that a text is neither blank nor placeholder nor void; False may be either.

    Most cells are names, sentences and numbers, and need no longer look.
    """
    first = text[:1]
    if "\u4e00" <= first <= "\u9fff":
        return first not in _BEGINNINGS
    # With a digit, only hints on length begin (500字以内, 500字左右).
    return "0" <= first <= "9" and text[-1] not in "内右" and _SOLID.match(text[-1]) is not None


def _unwrapped(bare: str) -> str:
    """`bare` without the brackets that enclose all of it."""
    while bare[:1] in _OPENING and re.fullmatch(r"[(\[{【〔<《].*[)\]}】〕>》]",
                                                bare) and not re.search(r"[)\]】〕].*[(\[【〔]", bare):
        bare = bare[1:-1]
    return bare


@lru_cache(maxsize=32_768)
def is_placeholder(text: str | None) -> bool:
    """Only what a template leaves behind: "____", "…", "（ ）", "请填写…", a lone unit, "年 月 日" without digits,
    "×××"."""
    if len(text or "") > _LONGEST_WITH_SPACE:
        return False
    bare = compact(text).lower()
    return 0 < len(bare) <= _LONGEST_FIXED_PHRASE and _pattern(_TEMPLATE).fullmatch(_unwrapped(bare)) is not None


@lru_cache(maxsize=32_768)
def is_void(text: str | None) -> bool:
    """Somebody says there is nothing: "/", "—", "无", "不适用", "N/A" …"""
    if len(text or "") > _LONGEST_WITH_SPACE:
        return False
    bare = compact(text).lower()
    bare = _unwrapped(bare) if len(bare) <= _LONGEST_VOID else ""
    void = _pattern(_VOID)
    return bool(bare) and (void.fullmatch(bare) or void.fullmatch(bare.rstrip("。.;,!"))) is not None


def _without_trailing_note(name: str) -> str:
    """`name` less one bracket at its end that is about the name and no part of it; brackets inside brackets
    understood."""
    depth = 0
    for at in range(len(name) - 1, -1, -1):
        depth += (name[at] == ")") - (name[at] == "(")
        if depth == 0:
            break
    inside = name[at + 1 : -1] if name.endswith(")") and depth == 0 else ""
    return name[:at] if inside and at and re.fullmatch(_TRAILING_NOTE, inside) else name


@lru_cache(maxsize=32_768)
def fold_name(text: str | None) -> str:
    """Key of an organisation's name: widths, brackets, 〇/○, spaces, quotes, middle dots and trailing notes
    folded.

    Never strips a city or a company form: doing so joins 849 real Jiangsu firms into 392 groups (domain.md
    §0.4).
    """
    if text and _IDEOGRAPHS.fullmatch(text):
        return text
    name = compact(_pattern(_QUOTES_AND_DOTS).sub("", compact(text)))
    name = _pattern("^(?:牵头|成员|参与|参加|参建|共建|合作|协作|承担|依托)单位[:：]").sub("", name)
    name = name.translate(_BRACKETS).replace("○", "〇").replace("◯", "〇")
    while (shorter := _without_trailing_note(name)) != name:
        name = shorter
    return name


@lru_cache(maxsize=32_768)
def fold_suffix(text: str | None) -> str:
    """`fold_name` with 有限责任公司 read as 有限公司; equal keys are suspects, not the same body. 股份有限公司 stays apart."""
    return fold_name(text).replace("有限责任公司", "有限公司")
