"""What Excel says while a cell is filled in: the prompt, the drop-down list, and the guard at entry.

A guard stops the clerk only where the rule allows no exception; elsewhere it asks. Pasting is never checked
by Excel, which is why the 自检 column says the same again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline import drop_down
from pipeline.template.formulas import quoted
from pipeline.template.place import Place
from pipeline.template.wording import clipped, how_to_mend, what_is_wrong
from schemas import call, uscc
from schemas.column import Column
from schemas.rule import SEVERITY_WORDS, Rule

# A check whose message or title is longer, XlsxWriter leaves out: Excel would not take the workbook.
MESSAGE_LIMIT, TITLE_LIMIT = 255, 32

Options = dict[str, Any]


def _listed(column: Column, x: str) -> Options:
    return {"validate": "list", "source": drop_down.entries(column.choices)}


def _code(column: Column, x: str) -> Options:
    # Excel refuses array constants in a validation; INDIRECT keeps 1:17 where it is when rows are inserted.
    rows = f'ROW(INDIRECT("1:{uscc.CODE_LENGTH - 1}"))'
    total = f"SUMPRODUCT((FIND(MID(UPPER({x}),{rows},1),{quoted(uscc.ALPHABET)})-1)*MOD(3^({rows}-1),31))"
    right = f"MID({quoted(uscc.ALPHABET)},MOD(-{total},31)+1,1)=RIGHT({x})"
    whole = f"AND(LEN({x})={uscc.CODE_LENGTH},{right})"
    return {"validate": "custom", "value": f'=IF(ISNUMBER(FIND("境外",{x})),TRUE,{whole})'}


def _whole(column: Column, x: str) -> Options:
    return {"validate": "integer", "criteria": ">=", "value": 0}


def _money(column: Column, x: str) -> Options:
    return {"validate": "decimal", "criteria": ">=", "value": 0}


def _long(column: Column, x: str) -> Options:
    text = f'SUBSTITUTE(SUBSTITUTE(CLEAN({x})," ",""),"　","")'
    return {"validate": "custom", "value": f"=LEN({text})<={call.GOVERNANCE_LIMIT}"}


# The guards at entry by the functions of the rules they stand for, and whether they stop or ask.
GUARDS: tuple[tuple[tuple[str, ...], Callable[[Column, str], Options], str], ...] = (
    (("code_length", "code_character", "code_check_character"), _code, "warning"),
    (("industry_unlisted",), _listed, "warning"),
    (("level_unlisted",), _listed, "stop"),
    (("not_a_whole_number",), _whole, "stop"),
    (("money_negative", "money_missing"), _money, "warning"),
    (("governance_slightly_too_long",), _long, "warning"),
)


def options(place: Place, column: Column, x: str) -> Options:
    """The data validation of a column's cells; `x` is the first of them, as a relative address."""
    found: Options = {"validate": "any", "ignore_blank": True} | _prompt(column)
    for names, guard, answer in GUARDS:
        rules = [place.rules[name] for name in names if name in place.rules]
        if rules and all(column.field in rule.on for rule in rules):
            found |= guard(column, x) | {"error_type": answer} | _error(rules, column)
    return found


def _prompt(column: Column) -> Options:
    example = f"例：{column.example}" if column.example and column.example not in column.help else ""
    return {
        "input_title": column.label[:TITLE_LIMIT],
        "input_message": clipped(column.help + example, MESSAGE_LIMIT),
    }


def _error(rules: list[Rule], column: Column) -> Options:
    text = f"{'，或'.join(map(what_is_wrong, rules))}。{how_to_mend(rules[-1], column).rstrip('。')}。"
    return {"error_title": SEVERITY_WORDS[rules[-1].severity], "error_message": clipped(text, MESSAGE_LIMIT)}
