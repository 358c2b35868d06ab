"""Bodies that have no code: words written instead of one, and names that make them believable.

The call invites foreign teams and members from Hong Kong, Macau and Taiwan; military bodies may keep their
code to themselves. Patterns stay text until the first use, to keep the import short.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .code import CODE_LENGTH, compact

_COUNTRIES = (
    "美国|英国|德国|法国|日本|韩国|朝鲜|俄罗斯|乌克兰|白俄罗斯|加拿大|澳大利亚|新西兰|新加坡|马来西亚|泰国|越南|印度尼西亚|印度|菲律宾"
    "|巴基斯坦|哈萨克斯坦|以色列|阿联酋|沙特|土耳其|伊朗|意大利|西班牙|葡萄牙|荷兰|比利时|卢森堡|瑞士|瑞典|挪威|丹麦|芬兰|冰岛"
    "|爱尔兰|奥地利|波兰|捷克|匈牙利|罗马尼亚|保加利亚|塞尔维亚|希腊|巴西|阿根廷|智利|墨西哥|古巴|南非|埃及|肯尼亚|欧盟|欧洲|开曼"
)
_REGIONS = "香港|澳门|澳門|台湾|臺灣|台北|台中|台南|高雄|新竹"
_WELL_KNOWN = (
    "牛津大学|剑桥大学|帝国理工|哈佛大学|麻省理工|斯坦福大学|加州大学|哥伦比亚大学|东京大学|京都大学|大阪大学|南洋理工|蒙纳士大学"
    "|悉尼大学|墨尔本大学|多伦多大学|慕尼黑工业大学|亚琛工业大学|弗劳恩霍夫|苏黎世联邦理工|首尔大学|曼彻斯特大学|诺丁汉大学|格拉斯哥大学"
)
ABROAD = (
    rf"^(?:中国)?(?:{_REGIONS})|^(?:{_COUNTRIES}|{_WELL_KNOWN})|\((?:中国)?(?:{_COUNTRIES}|{_REGIONS})\)"
    r"|株式会社|境外|国外|海外"
)
MILITARY = (
    r"解放军|军区|战区|武警|国防大学|国防科技大学|^(?:中国人民解放军)?[海空陆]军|火箭军|军委|军事|军医|部队|涉密|^某|某(?:部|所|厂|研究所|单位)$"
)
# Such names have a seat on the mainland, hence a code.
AT_HOME = (
    r"江苏|南京|无锡|徐州|常州|苏州|南通|连云港|淮安|盐城|扬州|镇江|泰州|宿迁|昆山|江阴|上海|北京|天津|重庆|深圳|广州|珠海|东莞"
    r"|杭州|宁波|合肥|青岛|武汉|成都|\(中国\)|\(大陆\)|中国(?:大陆)?(?:有限|总部|研究院|研发)|代表处|外商投资"
)
_OTHER_SCRIPTS = ("HIRAGANA", "KATAKANA", "HANGUL", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "THAI")

_WORDS = (
    r"^(?:无|[暂没]无?有?|NA|N/A|NONE|NULL|NIL)$"
    r"|[无没]有?(?:此|该|需)?(?:统一|社会|信用|代码|编码|证|号|填)|^[无没暂]有?[(:,;。/]"
    r"|[境国海]外|外国|外籍|外方|不适用|涉密|保密|军工|军队|军方|部队|不[便宜予能可]?(?:公开|提供|填)"
    rf"|{_REGIONS}|{_COUNTRIES}"
)
_HONG_KONG = r"^(?:HK|BR|CR|BRN|CRN|香港).{0,12}?\d{7,8}"
_PENDING = r"待定|待办|待补|待填|办理中|正在办理|申请中|筹建|暂缺|后补|未知|不详|不清楚"
_MARKS = frozenset("/\\|／＼-−－—–─一")


def no_code_word(text: str) -> str:
    """The words or the mark that say there is no code, "" where the text says nothing of the kind.

    >>> no_code_word('无（境外单位）'), no_code_word('——'), no_code_word('91320594PDY')
    ('无（境外单位）', '——', '')
    """
    written = text.strip()
    if written and _MARKS.issuperset("".join(written.split())):
        return written
    plain = compact(text)
    if re.search(_HONG_KONG, plain):
        return written
    if 2 < len(plain) < CODE_LENGTH and plain.isascii() and plain.isalpha() and set(plain) != {"X"}:
        return written  # Germany, Hong Kong, overseas
    # A text with a number in it is a number with a remark, whatever the remark says.
    has_number = len(re.findall(r"\d", plain)) >= 4 or "字第" in plain
    return written if plain and not has_number and re.search(_WORDS, plain) else ""


def is_pending_word(text: str) -> bool:
    """Whether the text (待定, 办理中, XXX) only keeps the place of a code, which is the same as an empty cell."""
    plain = compact(text)
    if plain and set(plain) <= {"X"}:
        return True
    return len(plain) <= 12 and bool(re.search(_PENDING, plain))


@lru_cache(maxsize=32_768)
def is_foreign_name(name: str) -> bool:
    """Whether a name looks like one of a body overseas, in Hong Kong, Macau or Taiwan, or of the forces.

    >>> is_foreign_name('香港科技大学'), is_foreign_name('香港科技大学（深圳）研究院'), is_foreign_name('Fraunhofer IPT')
    (True, False, True)
    """
    plain = unicodedata.normalize("NFKC", name or "").strip()
    plain = "".join(plain.split()) if not plain.isascii() else plain
    if re.search(MILITARY, plain):
        return True
    if re.search(AT_HOME, plain):
        return False
    return bool(re.search(ABROAD, plain)) or _is_foreign_script(plain)


def _is_foreign_script(name: str) -> bool:
    letters = [character for character in name if character.isalpha()]
    if any(unicodedata.name(character, "").startswith(_OTHER_SCRIPTS) for character in letters):
        return True
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in letters)
    others = len(letters) - latin
    return latin >= 2 if not others else latin >= 8 and latin > 2 * others
