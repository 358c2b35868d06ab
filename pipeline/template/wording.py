"""What the template says about a mistake, in the words of the rule that will judge it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pipeline.template.formulas import quoted
from schemas.column import Column
from schemas.current import FILE_RULES
from schemas.form import Form
from schemas.rule import SEVERITY_WORDS, Rule, Severity

MARKS = {severity: f"【{word}】" for severity, word in SEVERITY_WORDS.items()}
_SLOT = re.compile(r"\{(\w+)[^}]*\}")
_NO_FACTS: Mapping[str, str] = {}


@cache
def rules_of(form: Form) -> dict[str, dict[str, Rule]]:
    """The rules of each block by the name of the judging function; those of a file as a whole under ""."""
    found: dict[str, dict[str, Rule]] = {"": {}}
    for declared in FILE_RULES:
        found[""].setdefault(declared.code, declared)
    for block in form.blocks:
        items = [item for parent in reversed(block.model.__mro__) for item in vars(parent).items()]
        pairs = [(name, getattr(getattr(item, "__func__", item), "rule", None)) for name, item in items]
        found[block.name] = {name: declared for name, declared in pairs if isinstance(declared, Rule)}
    return found


def what_is_wrong(rule: Rule) -> str:
    """The rule's sentence where it needs no value, else its title."""
    return rule.title if "{" in rule.says else rule.says


def how_to_mend(rule: Rule, column: Column, facts: Mapping[str, str] = _NO_FACTS) -> str:
    """The rule's fix with the column's own facts; slots named in `facts` stay, others fall away.

    A fix that cannot do without a value which only the pipeline works out gives way to the column's help.
    """
    known = {"label": column.label, "example": column.example}
    text = _SLOT.sub(lambda slot: known.get(slot[1], slot[0]), rule.fix)
    unknown = [slot[1] for slot in _SLOT.finditer(text) if slot[1] not in facts]
    if any(f"“{{{name}" in text or f"{{{name}}} " in text for name in unknown):
        return column.help.rstrip("。")
    return _SLOT.sub(lambda slot: slot[0] if slot[1] in facts else "", text)


def sentence(rule: Rule, column: Column, facts: Mapping[str, str] = _NO_FACTS) -> str:
    """One entry of the self-check: mark, label, what is wrong, how to mend it; slots of `facts` left open."""
    fix = how_to_mend(rule, column, facts).rstrip("。")
    return f"{MARKS[rule.severity]}{column.label}：{what_is_wrong(rule)}，{fix}。"


def about_sheet(rule: Rule) -> str:
    """An entry that is about no column in particular."""
    return f"{MARKS[rule.severity]}{rule.title}，{rule.fix.rstrip('。')}。"


def as_formula(text: str, facts: Mapping[str, str] = _NO_FACTS) -> str:
    """A sentence as an Excel expression; `facts` are expressions for its open slots."""
    pieces = _SLOT.split(text)
    made = [facts[piece] if place % 2 else quoted(piece) for place, piece in enumerate(pieces) if piece]
    return "&".join(made)


def clipped(text: str, limit: int) -> str:
    """A text that must fit a dialogue of Excel, cut at the end of a clause."""
    while len(text) > limit:
        text = (
            re.sub(r"[，；。][^，；。]*。?$", "", text) + "。"
            if re.search(r"[，；。].", text)
            else text[:limit]
        )
    return text


def entries_in(cells: str, severity: Severity) -> str:
    """How many entries of a severity a range of self-check cells holds, as an expression."""
    mark = MARKS[severity]
    return f'SUMPRODUCT(LEN({cells})-LEN(SUBSTITUTE({cells},{quoted(mark)},"")))/{len(mark)}'
