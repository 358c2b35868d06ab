"""The conditions of the self-check: what is wrong with cell `x` of a place, as an Excel expression.

Fields come from the rule that the condition stands for (`rule.on`), limits and lists from the call and the
column.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.template import formulas as f
from pipeline.template.layout import Table, singles_of
from pipeline.template.place import Place
from schemas import call, uscc
from schemas.kind import USCC
from schemas.kinds.ticks import CHECKED
from schemas.rule import Rule

_MARKS = tuple(sorted(mark for mark in CHECKED if ord(mark) < 0xE000))
_ENTERPRISES = tuple(prefix for prefix, found in uscc.CLASSES.items() if found.kind == call.ENTERPRISE)
_DIGITS = "0123456789"
# Those of 400 and 800 numbers, of which no number with all it needs has fewer (see `schemas.kinds.phone`).
_FEWEST_DIGITS = 10
# Those of the authority's class and the division, at positions 2 to 8 of a code.
_FEWEST_DIGITS_OF_A_CODE = 7


def missing(place: Place, x: str, rule: Rule) -> str:
    """Nothing there, or a way to say nothing."""
    return f.is_void(x)


def no_code(place: Place, x: str, rule: Rule) -> str:
    """No code there, and no word on why."""
    return f.is_no_code(x)


def unlisted(place: Place, x: str, rule: Rule) -> str:
    """Not in the column's list of choices; 新材料产业 is 新材料."""
    choices = place.column(rule.on[0]).choices
    return f"NOT({f.one_of(f.without(f.bare(x), '产业', '领域'), choices)})"


def several(place: Place, x: str, rule: Rule) -> str:
    """More than one entry of the list."""
    return f.contains(f"TRIM({x})", f.SEPARATORS)


def unlisted_level(place: Place, x: str, rule: Rule) -> str:
    """Not one of the levels, their last character optional."""
    choices = place.column(rule.on[0]).choices
    return f"NOT({f.one_of(f.bare(x), (*choices, *(choice.removesuffix('级') for choice in choices)))})"


def few_digits(place: Place, x: str, rule: Rule) -> str:
    """Fewer digits than any telephone number has."""
    return f"AND(NOT({f.is_void(x)}),{_digits(x)}<{_FEWEST_DIGITS})"


def not_one_tick(place: Place, x: str, rule: Rule) -> str:
    """Not exactly one mark; without any mark, not exactly one of the options."""
    options = f.constants(place.column(rule.on[0]).choices)
    named = f"SUMPRODUCT(--ISNUMBER(FIND({options},{x})))"
    return f"IF({f.times(x, _MARKS)}=0,{named},{f.times(x, _MARKS)})<>1"


def no_digit(place: Place, x: str, rule: Rule) -> str:
    """The blanks of the printed phrase were left."""
    return f"{_digits(x)}=0"


def sum_differs(place: Place, x: str, rule: Rule) -> str:
    """The stated total is not the sum of the kinds, in the printed wording; silent in any other."""
    text = f.without(f.bare(x), "_")
    kinds = "+".join(_count_after(place, text, kind, rule) for kind in call.MEMBER_KINDS)
    return f"IFERROR({_total(place, x, rule)}<>{kinds},FALSE)"


def rows_differ(place: Place, x: str, rule: Rule) -> str:
    """The stated total is not the number of members in the table."""
    return f"IFERROR({_total(place, x, rule)}<>{_rows(place)},FALSE)"


def rows_differ_by_lead(place: Place, x: str, rule: Rule) -> str:
    """The stated total and the table differ exactly by the lead."""
    expected = f"{_rows(place)}+IF({_listed(place, _lead(place))},-1,1)"
    return f"IFERROR({_total(place, x, rule)}={expected},FALSE)"


def lead_not_listed(place: Place, x: str, rule: Rule) -> str:
    """There are members, and the lead is none of them."""
    return f.all_of(f"{_rows(place)}>0", f"NOT({_listed(place, x)})")


def longer_than(limit: int) -> Callable[[Place, str, Rule], str]:
    """More characters than a limit."""
    return lambda place, x, rule: f"{f.length(x)}>{limit}"


def no_whole_number(place: Place, x: str, rule: Rule) -> str:
    """Not a whole number from 0 upwards."""
    n = f.number(x)
    return f"IFERROR(OR({n}<0,{n}<>INT({n})),TRUE)"


def zero(place: Place, x: str, rule: Rule) -> str:
    """A plain 0."""
    return f"{f.number(x)}=0"


def first_above_second(place: Place, x: str, rule: Rule) -> str:
    """The first of the rule's two numbers is greater than the second, which is one."""
    first, second = (f.number(place.cell(name)) for name in rule.on)
    return f"IFERROR(AND({second}>=0,{first}>{second}),FALSE)"


def nearly_all(place: Place, x: str, rule: Rule) -> str:
    """Nearly all the staff are technical staff."""
    first, second = (f.number(place.cell(name)) for name in rule.on)
    return f"IFERROR(AND({second}>0,{first}>{second}*{call.HIGH_TECHNICAL_SHARE}),FALSE)"


def no_money(place: Place, x: str, rule: Rule) -> str:
    """No sum of money."""
    return f"NOT({f.is_money(x)})"


def negative(place: Place, x: str, rule: Rule) -> str:
    """A sum below 0."""
    return f'IF(ISNUMBER({x}),{x}<0,AND(LEFT(TRIM({x}))="-",{f.is_money(x)}))'


def huge(place: Place, x: str, rule: Rule) -> str:
    """A sum that must be in another unit."""
    return f"IF(ISNUMBER({x}),{x}>{call.LARGEST_MONEY_WAN},FALSE)"


def rd_above_revenue(place: Place, x: str, rule: Rule) -> str:
    """More spent on research than earned."""
    spent, earned = (place.cell(name) for name in rule.on)
    return f"IF(COUNT({spent},{earned})=2,AND({earned}>=0,{spent}>{earned}),FALSE)"


def is_enterprise(place: Place) -> str:
    """The row's code is sound and that of an enterprise."""
    x = place.cell(_code_field(place))
    return f"IF({f.has_prefix(x, _ENTERPRISES)},{f.is_readable(x)},FALSE)"


def repeated(place: Place, x: str, rule: Rule) -> str:
    """The same text stands further up in the table."""
    return f"SUMPRODUCT(--({f.without(place.above(rule.on[0]), ' ', '　')}={f.without(x, ' ', '　')}))>0"


def code_is_number(place: Place, x: str, rule: Rule) -> str:
    """The code was stored as a number."""
    return f.code_is_number(x)


def code_abroad(place: Place, x: str, rule: Rule) -> str:
    """The cell says that the unit is abroad or military."""
    return f.contains(x, f.ABROAD)


def code_is_personal_id(place: Place, x: str, rule: Rule) -> str:
    """A personal identity number."""
    return f.is_personal_id(x)


def code_length(place: Place, x: str, rule: Rule) -> str:
    """More or fewer characters than a code has."""
    return f"LEN({f.code(x)})<>{uscc.CODE_LENGTH}"


def code_character(place: Place, x: str, rule: Rule) -> str:
    """A character that no code has at that place."""
    return f"NOT({f.code_is_formed(x)})"


def code_complement(place: Place, x: str, rule: Rule) -> str:
    """The last character is a known slip of early issuers."""
    # 0 is its own complement, and then nothing is wrong.
    return f.all_of(f'RIGHT({f.code(x)})<>"0"', f.is_complement(x))


def code_check_character(place: Place, x: str, rule: Rule) -> str:
    """The last character is wrong."""
    return f"NOT({f.outer_holds(x)})"


def code_inner_check(place: Place, x: str, rule: Rule) -> str:
    """The check character inside is wrong."""
    return f"NOT({f.inner_holds(x)})"


def code_repeated(place: Place, x: str, rule: Rule) -> str:
    """The same code stands further up; whatever is a code, damaged or not, has digits."""
    earlier = f.without(place.above(rule.on[0]), " ", "　")
    same = f"SUMPRODUCT(--(UPPER({earlier})={f.code(x)}))>0"
    return f"IF({_digits(x)}<{_FEWEST_DIGITS_OF_A_CODE},FALSE,{same})"


def stranger(place: Place, x: str, rule: Rule) -> str:
    """One unit that is neither lead nor member, nor has a member's name in it; several are not judged."""
    known = f"{_rows(place)}>0"
    return f.all_of(
        known,
        f"NOT({f.contains(f'TRIM({x})', f.SEPARATORS)})",
        f"NOT({_listed(place, x)})",
        f"{f.unit_name(x)}<>{f.unit_name(_lead(place))}",
        f"NOT({_has_member_in(place, x)})",
    )


def department(place: Place, x: str, rule: Rule) -> str:
    """One unit whose name has a member's name in it and more."""
    return f.all_of(
        f"NOT({f.contains(f'TRIM({x})', f.SEPARATORS)})",
        f"NOT({_listed(place, x)})",
        f"{f.unit_name(x)}<>{f.unit_name(_lead(place))}",
        _has_member_in(place, x),
    )


def _digits(x: str) -> str:
    """How many digits the text has, whatever their width."""
    return f.times(f"ASC({x})", _DIGITS)


def _code_field(place: Place) -> str:
    return next(name for name in place.table.columns if place.column(name).kind == USCC)


def _members(place: Place) -> Table:
    """The table that has codes: that of the members."""
    return next(
        table
        for name, table in place.plan.tables.items()
        if any(column.kind == USCC for column in table.block.columns.values())
    )


def _names(place: Place) -> str:
    table = _members(place)
    return table.down("name")


def _rows(place: Place) -> str:
    table = _members(place)
    cells = "&".join(map(table.down, table.contents))
    return f"SUMPRODUCT(--(LEN({cells})>0))"


def _lead(place: Place) -> str:
    single = Place(place.plan, singles_of(place.plan.form).name)
    return single.cell(single.rule("lead_not_listed").on[0])


def _listed(place: Place, x: str) -> str:
    return f"SUMPRODUCT(--({f.unit_name(_names(place))}={f.unit_name(x)}))>0"


def _has_member_in(place: Place, x: str) -> str:
    names = _names(place)
    return f"SUMPRODUCT((LEN({names})>0)*ISNUMBER(FIND({f.unit_name(names)},{f.unit_name(x)})))>0"


def _unit(place: Place, rule: Rule) -> str:
    return re.search("_+(.)", place.column(rule.on[0]).hint)[1]


def _total(place: Place, x: str, rule: Rule) -> str:
    text = f.without(f.bare(x), "_")
    return f"VALUE(LEFT({text},FIND({f.quoted(_unit(place, rule))},{text})-1))"


def _count_after(place: Place, text: str, kind: str, rule: Rule) -> str:
    start = f"FIND({f.quoted(kind)},{text})+{len(kind)}"
    end = f"FIND({f.quoted(_unit(place, rule))},{text},{start})"
    return f"VALUE(0&MID({text},{start},{end}-({start})))"
