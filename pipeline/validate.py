"""Records → typed frames → findings with cells, for a number of forms at once.

Types are made here, from text, before pandera sees a frame (`pipeline.failures`), which then judges the types and every
rule that some row of the block may not keep.
However many forms there are, `pipeline.bounded` comes here with a portion of them at a time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from pipeline import message
from pipeline.failures import failures
from pipeline.read import FormReading
from pipeline.read.packed import Run, tables_of
from pipeline.written import AT, STORED, UNIT, raw_of
from schemas import call
from schemas.column import DETAIL, NOTE, Column
from schemas.current import across, file
from schemas.form import Block, BlockModel, Form
from schemas.frame import each
from schemas.kind import COUNT, LONG_TEXT, MONEY, PHRASE, TEXT, TICKS, USCC
from schemas.kinds import count, money
from schemas.kinds.text import PLAIN, SURE_BEGINNING_AND_END, is_blank, is_content, is_placeholder, is_void
from schemas.label import label_key
from schemas.rule import Finding, Rule, judged
from schemas.uscc.sound import sound

if TYPE_CHECKING:
    from pipeline.intake import Receipt

_DTYPES = {str: pl.String, int: pl.Int64, float: pl.Float64, bool: pl.Boolean, object: pl.Date}
_UNREAD = ("error", "formula")
# The form prints its hints in brackets.
_AROUND_HINT = " \t\r\n　()（）"
# What is longer is not worth remembering between forms: it is no hint.
_LONGEST_HINT = 200
# So few rows are sooner read cell by cell.
_FEW_ROWS = 50
# So many rows are looked up whole at once to word what is wrong in them.
_ROWS_AT_A_TIME = 2_000


@dataclass(frozen=True)
class About:
    """What is known of a form besides its contents: its submitting city, the day it was received, the last day to hand
    it in. Days are those of China."""

    city: str | None
    received: date
    due: date = call.DEADLINE.date()

    @classmethod
    def of(cls, receipt: Receipt, deadline: datetime) -> About:
        """What a receipt tells, and the deadline in force."""
        return cls(receipt.city, day_in_china(receipt.received_at), day_in_china(deadline))


def day_in_china(moment: datetime) -> date:
    """The day of the calendar on which a moment falls where forms are handed in."""
    return moment.astimezone(call.CHINA).date()


@dataclass(frozen=True)
class Validated:
    """`raw` has text and cells, `typed` values, notes and derived columns; both row by row alike, by block."""

    raw: dict[str, pl.DataFrame]
    typed: dict[str, pl.DataFrame]
    findings: list[Finding]


class Frames(NamedTuple):
    """`raw` has text and cells, `typed` values, notes and derived columns; both row by row alike, by block."""

    raw: dict[str, pl.DataFrame]
    typed: dict[str, pl.DataFrame]


def validate(form: Form, readings: Sequence[FormReading], about: Sequence[About]) -> Validated:
    """Judge all `readings` at once; a finding's `submission` is the reading's place in the sequence."""
    frames = frames_of(form, [tables_of(reading) for reading in readings], about)
    sheets = [reading.sheet for reading in readings]
    findings = [message.of_file(place, spotted)
                for place, reading in enumerate(readings) for spotted in reading.spotted]
    for block in form.blocks:
        findings.extend(cell_faults(block, frames, sheets))
        findings.extend(judge(block, block.model, *frames, sheets))
    return Validated(*frames, findings)


def frames_of(form: Form, forms: Sequence[Mapping[str, list[Run]]], about: Sequence[About]) -> Frames:
    """What stands in these forms (`pipeline.read.packed.tables`); `submission` is a form's place among them."""
    raw = {block.name: raw_of(block, forms) for block in form.blocks}
    typed = {block.name: _typed(block, raw[block.name]) for block in form.blocks}
    known = pl.DataFrame({"submission": range(len(about)), "city": [a.city for a in about],
                          "received": [a.received for a in about], "due": [a.due for a in about]},
                         schema={"submission": pl.Int64, "city": pl.String, "received": pl.Date, "due": pl.Date})
    typed["consortium"] = typed["consortium"].join(known, on="submission", how="left", maintain_order="left")
    return Frames(raw, across.enrich(typed))


def _typed(block: Block, raw: pl.DataFrame) -> pl.DataFrame:
    columns: list[pl.Series] = [raw["submission"], raw["seq"]]
    plain = _plain(block.columns.values(), raw) if raw.height > _FEW_ROWS else pl.DataFrame()
    for name, column in block.columns.items():
        columns.extend(_cells(column, raw, plain[name]) if name in plain.columns else _values(column, raw))
        if column.kind == USCC:
            # Candidates for a damaged code are found from what was typed, not from what is left after cleaning.
            columns.extend((raw[name].alias(name + "__raw"), raw[name + STORED].alias("stored")))
    return pl.DataFrame(columns)


def _values(column: Column, raw: pl.DataFrame) -> list[pl.Series]:
    """The typed parts of a column's cells, their notes and details."""
    name = column.field
    cells, rows = each(raw, (name, name + STORED, name + UNIT), partial(_read, column))
    dtypes = [*column.kind.parts, (NOTE, str), (DETAIL, str)]
    return [pl.Series(name + suffix, [cell[n] for cell in cells], dtype=_DTYPES[kind])[rows]
            for n, (suffix, kind) in enumerate(dtypes)]


def _cells(column: Column, raw: pl.DataFrame, plain: pl.Series) -> list[pl.Series]:
    """The same of a column most of whose cells need not be looked at one by one: those that are `plain`."""
    name = column.field
    value, *rest = _values(column, raw.select(name, name + STORED, name + UNIT).filter(~plain))
    sure = raw[name].filter(plain).cast(value.dtype)
    # What is told besides of a cell that is its own value: nothing, and that nothing was cleaned.
    nothing = [pl.Series(one.name, [False if one.dtype == pl.Boolean else ""]).new_from_index(0, sure.len())
               for one in rest]
    if value.is_empty():
        return [sure, *nothing]
    order = pl.concat([plain.arg_true(), (~plain).arg_true()]).arg_sort()
    return [pl.concat(both)[order] for both in zip((sure, *nothing), (value, *rest), strict=True)]


def _plain(columns: Iterable[Column], raw: pl.DataFrame) -> pl.DataFrame:
    """Of the columns of texts, numbers and codes, which cells have what stands in them as their value; False may be
    either."""
    plain = {}
    for column in columns:
        name = column.field
        if column.kind == USCC:
            plain[name] = sound(raw[name]) & (raw[name + STORED] == "text")
        elif column.kind in (TEXT, LONG_TEXT):
            plain[name] = _as_written(column)
        elif column.kind in (MONEY, COUNT):
            plain[name] = _as_number(column)
    return raw.select(**plain)


def _as_number(column: Column) -> pl.Expr:
    """Whether a cell holds the digits of a number, in the unit in which it is kept; as the readers' own short cuts."""
    is_money = column.kind == MONEY
    plain = pl.col(column.field).str.contains(rf"\A(?:{money.PLAIN if is_money else count.PLAIN})\z").fill_null(False)
    plain &= pl.col(column.field + STORED).is_in(["text", "number"])
    if column.hint and label_key(column.hint).isascii():
        return pl.lit(False)
    return plain & pl.col(column.field + UNIT).is_in(["", "万元"]) if is_money else plain


def _as_written(column: Column) -> pl.Expr:
    """Whether it takes but a look to see that a cell's text is its value: nothing to trim, no hint, not void or blank.

    False may be either. As `_read` finds out for every text; of its signs only those are looked for that tell at once.
    """
    text = pl.col(column.field)
    sure = text.str.contains(PLAIN if column.hint else SURE_BEGINNING_AND_END).fill_null(False)
    plain = sure & ~pl.col(column.field + STORED).is_in([*_UNREAD, "absent"])
    if not column.hint:
        return plain
    # A key is made of the text's own characters: without one of them it is not the hint.
    ideographs = [char for char in label_key(column.hint) if "\u4e00" <= char <= "\u9fff"]
    lacking = [~text.str.contains(char, literal=True) for char in dict.fromkeys(ideographs)]
    return plain & pl.any_horizontal(*lacking) if lacking else pl.lit(False)


def _read(column: Column, text: str, stored: str, unit: str) -> tuple:
    """The typed parts of a cell, its note and its detail."""
    kind = column.kind
    nothing = (None,) * len(kind.parts)
    if stored == "absent":
        return *nothing, "absent", ""
    if stored in _UNREAD:
        return *nothing, stored, text
    if column.hint and _is_hint(text.strip(_AROUND_HINT), label_key(column.hint)):
        return *nothing, "hint" if kind == LONG_TEXT else "placeholder", ""
    if not is_content(text):
        if is_blank(text):
            return *nothing, "blank", ""
        if is_placeholder(text) and kind != TICKS:
            return *nothing, "placeholder", ""
        if is_void(text) and kind != USCC:
            return (text.strip(), *nothing[1:], "void", "") if kind in (TEXT, LONG_TEXT) else (*nothing, "void", "")
    seen = kind.read(text, stored, unit)
    return *seen.parts, seen.note, seen.detail


def _is_hint(text: str, key: str) -> bool:
    """Whether `key` is a text's; a key is what is left of the text's own characters, which is soon seen."""
    if text.isascii() and not key.isascii():
        return False
    if not all(map(unicodedata.normalize("NFKC", text).upper().__contains__, key)):
        return False
    return key == (label_key(text) if len(text) <= _LONGEST_HINT else label_key.__wrapped__(text))


def cell_faults(block: Block, frames: Frames, sheets: Sequence[str]) -> Iterator[Finding]:
    """F06 for error cells and formulas without a value, F12 for hints left in cells."""
    raw, typed = frames.raw[block.name], frames.typed[block.name]
    faulty = typed.select((_broken(name) | _left(column)).alias(name) for name, column in block.columns.items()
                          if name not in ("serial", "cover_name"))
    for name in (faults.name for faults in faulty.iter_columns() if faults.any()):
        for written, row in _rows(raw, typed, faulty[name].arg_true()).values():
            rule, facts = _cell_rule(block.columns[name], row, written[name] or "")
            yield message.of_row(rule, block, (name,), row, written, sheets[row["submission"]], facts)


def _broken(field: str) -> pl.Expr:
    return pl.col(field + NOTE).is_in(_UNREAD)


def _left(column: Column) -> pl.Expr:
    """Whether the template's hint was left in a cell."""
    note = pl.col(column.field + NOTE)
    left = pl.lit(False)
    if column.kind in (TEXT, LONG_TEXT):
        left = (note == "") & pl.col(column.field).str.contains(r"[_＿]{2,}|[×✕]{2,}")
    elif column.kind == PHRASE:
        return note.is_in(["blank", "placeholder", "template", "void"])
    if column.kind == MONEY:
        # Of an enterprise it is M20's to tell.
        return (note == "placeholder") & ~pl.col("is_enterprise").fill_null(False)
    return left if column.required else left | (note == "placeholder")


def _cell_rule(column: Column, row: Mapping[str, Any], text: str) -> tuple[Rule, dict[str, str]]:
    note = row[column.field + NOTE]
    if note not in _UNREAD:
        return (file.F12 if text else file.F12_BLANK), {"text": ""}
    what = f"显示为错误值“{text}”" if note == "error" else "里是图片" if text == "图片" else "是公式，但没有计算结果"
    needed = column.required or (column.kind == MONEY and row.get("is_enterprise"))
    return (file.F06 if needed else file.F06_OPTIONAL), {"what": what}


def judge(block: Block, model: type[BlockModel], raw: Mapping[str, pl.DataFrame],
          typed: Mapping[str, pl.DataFrame], sheets: Sequence[str]) -> list[Finding]:
    """Judge a block's frame by all rules of a model; findings in order of form, row and rule."""
    failed = failures(model, typed[block.name])
    return worded(block, model, failed, Frames(dict(raw), dict(typed)), sheets)


def worded(block: Block, model: type[BlockModel], failed: pl.DataFrame, frames: Frames,
           sheets: Sequence[str]) -> list[Finding]:
    """What is told of failures, in their order; their `index` counts the block's rows."""
    rules = judged(model)
    found = []
    for part in failed.iter_slices(_ROWS_AT_A_TIME):
        rows = _rows(frames.raw[block.name], frames.typed[block.name], part["index"].unique(maintain_order=True))
        for check, name, index in part.select("check", "column", "index").iter_rows():
            rule, (written, row) = rules[check], rows[index]
            fields = (name,) if rule.each else rule.on
            found.append(message.of_row(rule, block, fields, row, written, sheets[row["submission"]],
                                        others=frames.raw))
    return found


def _rows(raw: pl.DataFrame, typed: pl.DataFrame, places: pl.Series) -> dict[int, tuple[dict, dict]]:
    """Rows by their place, as written and as typed."""
    written, read = (frame[places].iter_rows(named=True) for frame in (raw, typed))
    return dict(zip(places.to_list(), zip(written, read, strict=True), strict=True))
