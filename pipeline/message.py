"""Words for a finding: 在哪里 · 什么值 · 什么规定 · 怎么改. The only place where a rule's sentence meets a row."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl

from pipeline.read import Spotted
from schemas import uscc
from schemas.current import FORM, file
from schemas.form import Block
from schemas.label import CELL_BREAK
from schemas.rule import ABSENT, NO_COLUMN_FIX, NO_COLUMN_SAYS, Finding, Rule

AT, STORED = "__at", "__stored"
LONGEST_VALUE = 60
# A message in two: `where` it is, without the addresses, and the `rest`. As `of_row` and `of_file` put them together.
WHERE = re.compile(r"(?P<where>.*?)(?:（[A-Z]{1,3}\d+(?:、[A-Z]{1,3}\d+)*）)?：(?P<rest>.*)", re.DOTALL)
_FILE_RULES = {name: value for name, value in vars(file).items() if isinstance(value, Rule)}


def shown(text: str | None) -> str:
    """A value as it may be shown: personal ID numbers masked, parts of a region joined, long texts cut."""
    plain = " ".join(uscc.mask(text or "").replace(CELL_BREAK, " ").split())
    return plain if len(plain) <= LONGEST_VALUE else plain[:LONGEST_VALUE] + "…"


def of_row(rule: Rule, block: Block, fields: Sequence[str], row: Mapping[str, Any], raw: Mapping[str, Any], sheet: str,
           facts: Mapping[str, Any] | None = None, others: Mapping[str, pl.DataFrame] | None = None) -> Finding:
    """A finding on the cells of `fields` in one row, typed in `row` and as written in `raw`, of a form on `sheet`.

    `field@link` is that field in the member row of `others` that `link` points to.
    """
    origins = [_origin(field, raw, row, others) for field in fields]
    cells = [cell for field, origin in zip(fields, origins, strict=True) for cell in _cells(field, origin)]
    first = origins[0]
    place = _block_of(fields[0], block)
    column = place.columns[_name(fields[0])]
    home, (sheet, addresses) = sheet, on_sheet(cells, sheet)
    words = {**row, "value": shown(first.get(column.field)), "label": column.label, "field": column.field,
             "example": column.example, "stored": first.get(column.field + STORED, "text")}
    if facts is not None:
        words.update(facts, text=words["value"])
    elif rule.facts:
        words.update(rule.facts({**words, "value": first.get(column.field) or ""} if column.field == "uscc" else words))
    says, fix = rule.says, rule.fix
    if rule.once and block.table and words["stored"] == ABSENT:
        says, fix = NO_COLUMN_SAYS, NO_COLUMN_FIX
    number = first.get("seq", 0) if block.table or "@" in fields[0] else 0
    where = place_of(place, number, column.label, addresses, "" if sheet == home else sheet)
    return Finding(
        submission=row["submission"], rule=rule, sheet=sheet, cells=addresses, table=block.name,
        row=row["seq"] if block.table else 0, field=_name(fields[0]), record=_record(block, row),
        value=words["value"], message=f"{where}：{_fill(says, words)}。",
        suggestion=f"{_fill(fix, words)}。".replace("。。", "。"))


def of_file(submission: int, spotted: Spotted) -> Finding:
    """A finding on the file or the sheet as a whole."""
    rule = _FILE_RULES[spotted.rule]
    facts = dict(spotted.facts)
    sheet, addresses = on_sheet(spotted.at.split(",") if spotted.at else [], spotted.sheet)
    where = f"工作表“{sheet}”" if sheet else "文件"
    where += f"（{'、'.join(addresses)}）" if addresses else ""
    # Variants of one rule on one place are one finding in time.
    return Finding(submission, rule, sheet, addresses, spotted.table, 0, spotted.field, rule.code,
                   shown(spotted.value), f"{where}：{_fill(rule.says, facts)}。", f"{_fill(rule.fix, facts)}。")


def _fill(sentence: str, words: Mapping[str, Any]) -> str:
    return "".join(text + (_said(words[name], spec) if name else "") for text, name, spec in parsed(sentence))


def _said(value: Any, spec: str) -> str:
    """Numbers without exponent or trailing zeros, nothing as （空）."""
    if value is None:
        return "（空）"
    return f"{round(value, 6):f}".rstrip("0").rstrip(".") if isinstance(value, float) else format(value, spec)


@cache
def parsed(sentence: str) -> tuple[tuple[str, str, str], ...]:
    """A sentence as (text, name of what comes behind it, how it is formatted)."""
    return tuple((text, name or "", spec or "") for text, name, spec, _ in string.Formatter().parse(sentence))


def _name(field: str) -> str:
    return field.split("@", 1)[0]


def _block_of(field: str, block: Block) -> Block:
    return FORM.block("members") if "@" in field else block


def _origin(field: str, raw: Mapping[str, Any], row: Mapping[str, Any],
            others: Mapping[str, pl.DataFrame] | None) -> Mapping[str, Any]:
    """The raw row in which a field stands; empty where a link points nowhere."""
    if "@" not in field:
        return raw
    target = row.get(field.split("@", 1)[1])
    return {} if target is None or others is None else others["members"].row(target, named=True)


def _cells(field: str, origin: Mapping[str, Any]) -> list[str]:
    at = origin.get(_name(field) + AT) or ""
    return [cell for cell in at.split(",") if cell]


def on_sheet(cells: Sequence[str], home: str) -> tuple[str, tuple[str, ...]]:
    """(sheet, addresses on it): a finding stands on one sheet, that of its first cell."""
    split = [tuple(cell.rsplit("!", 1)) if "!" in cell else (home, cell) for cell in cells]
    sheet = split[0][0] if split else home
    return sheet, tuple(dict.fromkeys(address for name, address in split if name == sheet))


def place_of(block: Block, number: int, label: str, addresses: Sequence[str], elsewhere: str = "") -> str:
    """Beat one: the column and its cells; the row's number, or 0 for none; `elsewhere` is their sheet where that is not
    the form's own."""
    place = f"（{'、'.join(addresses)}）" if addresses else "（表中没有找到此栏）"
    sheet = f"工作表“{elsewhere}”的" if elsewhere else ""
    row = f"{block.short}第 {number} 行" if number else ""
    return f"{sheet}{row}“{label}”{place}"


def _record(block: Block, row: Mapping[str, Any]) -> str:
    """What a row is, whatever its number: its folded name, else its number."""
    return (row.get("name_key") or f"#{row['seq']}") if block.table else ""
