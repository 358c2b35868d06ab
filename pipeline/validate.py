"""Records → typed frames → findings with cells, for all forms at once.

Types are made here, from text, before pandera sees a frame; pandera then runs every rule of a block in one call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandera.polars as pa
import polars as pl

from pipeline import message
from pipeline.read import FormReading, Value
from schemas.column import DETAIL, NOTE, Column
from schemas.form import Block, Form
from schemas.form_2023 import across, file
from schemas.frame import each
from schemas.kind import LONG_TEXT, MONEY, PHRASE, TEXT, USCC
from schemas.kinds.text import is_blank, is_placeholder, is_void
from schemas.label import label_key
from schemas.rule import Finding, Rule, judged

AT, STORED, UNIT = "__at", "__stored", "__unit"
_DTYPES = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean, object: pl.Date}
_UNREAD = ("error", "formula")
# The form prints its hints in brackets.
_AROUND_HINT = " \t\r\n　()（）"
_ABSENT = Value("", "", "absent")


@dataclass(frozen=True)
class About:
    """What is known of a form besides its contents: its submitting city and the day it was received."""

    city: str | None
    received: date


@dataclass(frozen=True)
class Validated:
    """`raw` has text and cells, `typed` values, notes and derived columns; both row by row alike, by block."""

    raw: dict[str, pl.DataFrame]
    typed: dict[str, pl.DataFrame]
    findings: list[Finding]


def validate(form: Form, readings: Sequence[FormReading], about: Sequence[About]) -> Validated:
    """Judge all `readings`; a finding's `submission` is the reading's place in the sequence."""
    raw = {block.name: _raw(block, readings) for block in form.blocks}
    typed = {block.name: _typed(block, raw[block.name]) for block in form.blocks}
    known = pl.DataFrame({"submission": range(len(about)), "city": [a.city for a in about],
                          "received": [a.received for a in about]},
                         schema={"submission": pl.Int64, "city": pl.String, "received": pl.Date})
    typed["consortium"] = typed["consortium"].join(known, on="submission", how="left", maintain_order="left")
    typed = across.enrich(typed)
    sheets = [reading.sheet for reading in readings]
    findings = [message.of_file(place, spotted)
                for place, reading in enumerate(readings) for spotted in reading.spotted]
    for block in form.blocks:
        findings.extend(_cell_faults(block, raw[block.name], typed[block.name], sheets))
        findings.extend(judge(block, block.model, raw, typed, sheets))
    return Validated(raw, typed, findings)


def _raw(block: Block, readings: Sequence[FormReading]) -> pl.DataFrame:
    rows = [(place, seq, record) for place, reading in enumerate(readings)
            for seq, record in enumerate(reading.blocks.get(block.name, ()), 1)]
    frame: dict[str, Iterable[Any]] = {"submission": [place for place, _, _ in rows],
                                       "seq": [seq for _, seq, _ in rows]}
    schema: dict[str, Any] = {"submission": pl.Int64, "seq": pl.Int64}
    for name in block.columns:
        values = [record.get(name, _ABSENT) for _, _, record in rows]
        for suffix, part in (("", 0), (AT, 1), (STORED, 2), (UNIT, 3)):
            frame[name + suffix] = [value[part] for value in values]
            schema[name + suffix] = pl.String
    return pl.DataFrame(frame, schema=schema)


def _typed(block: Block, raw: pl.DataFrame) -> pl.DataFrame:
    columns: list[pl.Series] = [raw["submission"], raw["seq"]]
    for name, column in block.columns.items():
        cells = each(raw, (name, name + STORED, name + UNIT), partial(_read, column))
        dtypes = [*column.kind.parts, (NOTE, str), (DETAIL, str)]
        columns.extend(pl.Series(name + suffix, [cell[n] for cell in cells], dtype=_DTYPES[kind])
                       for n, (suffix, kind) in enumerate(dtypes))
        if column.kind == USCC:
            # Candidates for a damaged code are found from what was typed, not from what is left after cleaning.
            columns.extend((raw[name].alias(name + "__raw"), raw[name + STORED].alias("stored")))
    return pl.DataFrame(columns)


def _read(column: Column, text: str, stored: str, unit: str) -> tuple:
    """The typed parts of a cell, its note and its detail."""
    kind = column.kind
    nothing = (None,) * len(kind.parts)
    if stored == "absent":
        return *nothing, "absent", ""
    if stored in _UNREAD:
        return *nothing, stored, text
    if column.hint and label_key(text.strip(_AROUND_HINT)) == label_key(column.hint):
        return *nothing, "hint" if kind == LONG_TEXT else "placeholder", ""
    if is_blank(text):
        return *nothing, "blank", ""
    if is_placeholder(text) and not kind.region:
        return *nothing, "placeholder", ""
    if is_void(text) and kind != USCC:
        return (text.strip(), *nothing[1:], "void", "") if kind in (TEXT, LONG_TEXT) else (*nothing, "void", "")
    seen = kind.read(text, stored, unit)
    return *seen.parts, seen.note, seen.detail


def _cell_faults(block: Block, raw: pl.DataFrame, typed: pl.DataFrame, sheets: list[str]) -> list[Finding]:
    """F06 for error cells and formulas without a value, F12 for hints left in cells."""
    found = []
    for name, column in block.columns.items():
        if name in ("serial", "cover_name"):
            continue
        notes = pl.col(name + NOTE)
        broken = notes.is_in(_UNREAD)
        left = pl.lit(False)
        if column.kind in (TEXT, LONG_TEXT):
            left = (notes == "") & pl.col(name).str.contains(r"[_＿]{2,}|[×✕]{2,}")
        elif column.kind == PHRASE:
            left = notes.is_in(["blank", "placeholder", "template"])
        if not column.required or column.kind == PHRASE:
            left = left | (notes == "placeholder")
        picked = typed.with_row_index("place").filter(broken | left)
        for row in picked.iter_rows(named=True):
            rule, facts = _cell_rule(column, row, raw[name][row["place"]] or "")
            found.append(message.of_row(rule, block, (name,), row["place"], raw, row, sheets, facts))
    return found


def _cell_rule(column: Column, row: dict[str, Any], text: str) -> tuple[Rule, dict[str, str]]:
    note = row[column.field + NOTE]
    if note not in _UNREAD:
        return (file.F12 if text else file.F12_BLANK), {"text": ""}
    what = f"显示为错误值“{text}”" if note == "error" else "里是图片" if text == "图片" else "是公式，但没有计算结果"
    needed = column.required or (column.kind == MONEY and row.get("is_enterprise"))
    return (file.F06 if needed else file.F06_OPTIONAL), {"what": what}


def judge(block: Block, model: type[pa.DataFrameModel], raw: dict[str, pl.DataFrame],
          typed: dict[str, pl.DataFrame], sheets: list[str]) -> list[Finding]:
    """Run all rules of a model over a block's frame in one pandera call; findings in order of form, row and rule."""
    frame, rules = typed[block.name], judged(model)
    if frame.is_empty():
        return []
    try:
        model.validate(frame, lazy=True)
        return []
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    strange = set(cases["check"].unique()) - rules.keys()
    if strange:
        raise TypeError(f"frame {block.name} does not have the types its model declares: {sorted(strange)}")
    failed = cases.select("check", "column", "index").unique().sort("index", "check", "column")
    rows = {row["place"]: row for row in frame.with_row_index("place")
            .filter(pl.col("place").is_in(failed["index"].cast(pl.UInt32).implode())).iter_rows(named=True)}
    found = []
    for check, name, index in failed.iter_rows():
        rule = rules[check]
        fields = (name,) if rule.each else rule.on
        found.append(message.of_row(rule, block, fields, index, raw[block.name], rows[index], sheets, others=raw))
    order = {name: n for n, name in enumerate(rules)}
    return sorted(found, key=lambda f: (f.submission, f.row, order[f.rule.name]))


