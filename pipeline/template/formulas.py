"""Excel expressions that the guards are made of; `x` is always a cell or another expression.

Only functions that Excel 2010, WPS and LibreOffice all have, and array constants instead of ROW(1:18), which
would shift when a clerk inserts a row. They stand inside SUMPRODUCT: nothing has to be entered as an array.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas import uscc
from schemas.current import names
from schemas.kinds import text
from schemas.uscc.code import AUTHORITIES, INNER_WEIGHTS, OUTER_WEIGHTS
from schemas.uscc.privacy import IDENTITY_WEIGHTS

# What `text.is_void` knows: the marks in both widths, and what may stand around them; the characters of its
# phrases; its words.
_MARKS = tuple(dict.fromkeys((*text.VOID_MARKS, *"|／＼｜。.（）() 　")))
_SAYING_NOTHING = tuple(dict.fromkeys((*"".join((*text.VOID_FILLING, *text.VOID_CORES)), *"。（）() 　")))
_WORDS = tuple(map(str.upper, text.VOID_WORDS))
# What a clerk writes instead of a code, as far as the register takes it for none at all.
NO_CODE = tuple(word for word in ("/", "-", "—", "——", "无", "没有", "暂无", *_WORDS)
                if uscc.diagnose(word).fault in ("blank", "foreign"))
# Words in a code cell that say the unit has no code because it is abroad or military.
ABROAD = names.WORDS_FOR_ABROAD
SEPARATORS = ("、", "，", ",", "；", ";", "/", "／", " ")

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def quoted(text: str) -> str:
    """A string as it stands in a formula."""
    return '"' + text.replace('"', '""') + '"'


def constants(values: Iterable[str | int]) -> str:
    """An array constant of one row."""
    return "{" + ",".join(quoted(value) if isinstance(value, str) else str(value) for value in values) + "}"


def all_of(*conditions: str) -> str:
    """Every condition holds."""
    return f"AND({','.join(conditions)})"


def one_of(x: str, values: Iterable[str]) -> str:
    """The text is one of the values."""
    return f"SUMPRODUCT(--({x}={constants(values)}))>0"


def contains(x: str, words: Iterable[str]) -> str:
    """The text has one of the words in it."""
    return f"SUMPRODUCT(--ISNUMBER(FIND({constants(words)},{x})))>0"


def times(x: str, marks: Iterable[str]) -> str:
    """How many one-character marks the text has."""
    return f'SUMPRODUCT(LEN({x})-LEN(SUBSTITUTE({x},{constants(marks)},"")))'


def without(x: str, *words: str) -> str:
    """The text with the words taken out."""
    for word in words:
        x = f'SUBSTITUTE({x},{quoted(word)},"")'
    return x


def bare(x: str) -> str:
    """The text without spaces of any width and line breaks."""
    return without(f"CLEAN({x})", " ", "　")


def is_blank(x: str) -> str:
    """Nothing but white space."""
    return f"LEN({bare(x)})=0"


def is_void(x: str) -> str:
    """Blank, or one of the ways to write nothing: marks alone; a phrase of nothing but filling; a word."""
    marks = f"{times(x, _MARKS)}=LEN(CLEAN({x}))"
    phrase = f"{times(x, _SAYING_NOTHING)}=LEN(CLEAN({x}))"
    word = one_of(f"UPPER(ASC({without(bare(x), '。')}))", _WORDS)
    return f"OR({marks},{all_of(phrase, contains(x, text.VOID_CORES))},{word})"


def is_no_code(x: str) -> str:
    """Blank, or what is written instead of a code."""
    return one_of(f"UPPER({bare(x)})", ("", *NO_CODE))


def length(x: str) -> str:
    """Characters, white space not counted."""
    return f"LEN({bare(x)})"


def number(x: str) -> str:
    """The number that a number cell or a text such as 1,200人 holds; an error value for any other text."""
    return f"VALUE({without(x, '万元', ',', '，', '约', '人', '项', ' ')})"


def is_money(x: str) -> str:
    """A number, or a text that is one once its unit (万元, 亿元, 千元) and 约 are taken off."""
    return f"ISNUMBER(VALUE({without(x, '亿', '万', '千', '元', ',', '，', '约', ' ')}))"


def unit_name(x: str) -> str:
    """A unit's name, or a range of them, for comparing: brackets and spaces alike, 有限责任公司 as 有限公司."""
    folded = f'SUBSTITUTE(SUBSTITUTE({without(x, " ", "　")},"（","("),"）",")")'
    return f'SUBSTITUTE({folded},"有限责任公司","有限公司")'


def code(x: str) -> str:
    """A 统一社会信用代码 in upper case, half width, without spaces."""
    return f'UPPER(SUBSTITUTE(ASC(CLEAN({x}))," ",""))'


def code_is_number(x: str) -> str:
    """The code was stored as a number and has lost its last digits."""
    return f'OR(IF(ISNUMBER({x}),{x}>=1E+15,FALSE),ISNUMBER(FIND("E+",{code(x)})))'


def code_is_formed(x: str) -> str:
    """Each character is one that a code has at that place, and there are as many as a code has."""
    u, n = code(x), uscc.CODE_LENGTH
    legal = f"SUMPRODUCT(--ISNUMBER(FIND(MID({u},{constants(range(1, n + 1))},1),{quoted(uscc.ALPHABET)})))={n}"
    return f"AND(LEN({u})={n},{legal},{_has_division(u)},ISNUMBER(FIND(LEFT({u}),{quoted(AUTHORITIES)})))"


def outer_holds(x: str) -> str:
    """The last character of a well-formed code is the right one."""
    return _remainder_is_zero(code(x), 1)


def is_complement(x: str) -> str:
    """The last character of a well-formed code is the one some issuers computed the other way round (0 is both)."""
    return _remainder_is_zero(code(x), -1)


def is_readable(x: str) -> str:
    """A code of a known prefix that tells what kind of body it is: well formed, and the last character explained.

    That cannot be worked out of characters that no code has.
    """
    u = code(x)
    explained = f"OR({outer_holds(x)},{is_complement(x)})"
    return f"IFERROR(AND(LEN({u})={uscc.CODE_LENGTH},{_has_division(u)},{explained}),FALSE)"


def inner_holds(x: str) -> str:
    """The check character inside the 组织机构代码 (positions 9–17) of a well-formed code is the right one."""
    u = code(x)
    body = f"FIND(MID({u},{constants(range(9, 17))},1),{quoted(_LETTERS)})-1"
    right = f'MID("0X987654321",MOD(SUMPRODUCT(({body})*{constants(INNER_WEIGHTS)}),11)+1,1)'
    return f"{right}=MID({u},{uscc.CODE_LENGTH - 1},1)"


def is_personal_id(x: str) -> str:
    """A personal identity number: a birth date, and its check character or a division that no code can have.

    A code's positions 3–4 are a province, 11 or more; an identity number has a city there, mostly below.
    """
    u = code(x)
    total = f"SUMPRODUCT(MID({u},{constants(range(1, len(IDENTITY_WEIGHTS) + 1))},1)*{constants(IDENTITY_WEIGHTS)})"
    born = f"{one_of(f'MID({u},7,2)', ('19', '20'))},MID({u},11,2)*1<13,MID({u},13,2)*1<32"
    checked = f'MID("10X98765432",MOD({total},11)+1,1)=RIGHT({u})'
    last = f'ISNUMBER(FIND(RIGHT({u}),"0123456789X"))'
    no_code = f"NOT(IFERROR({outer_holds(x)},FALSE))"
    holds = f"OR({checked},MID({u},3,2)*1<11)"
    return f"IFERROR(AND(LEN({u})={len(IDENTITY_WEIGHTS) + 1},{born},{last},{holds},{no_code}),FALSE)"


def has_prefix(x: str, prefixes: Iterable[str]) -> str:
    """The code's first two characters are among those given."""
    return one_of(f"LEFT({code(x)},2)", prefixes)


def _has_division(u: str) -> str:
    return f'SUMPRODUCT(--ISNUMBER(FIND(MID({u},{constants(range(2, 9))},1),"0123456789")))=7'


def _remainder_is_zero(u: str, last_weight: int) -> str:
    values = f"FIND(MID({u},{constants(range(1, uscc.CODE_LENGTH + 1))},1),{quoted(uscc.ALPHABET)})-1"
    return f"MOD(SUMPRODUCT(({values})*{constants([*OUTER_WEIGHTS, last_weight])}),31)=0"
