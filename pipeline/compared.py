"""What is found across the forms: judged for all at once, and told, where it can be, from what is held of them.

Most of it is about units by their names, of which there may be one for each form that counts: a form is unpacked again
only for a finding whose cell is not held (`_simple`). Told at once is the same as told row by row (`message.of_row`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.bounded import ACROSS_FORMS, SCHEMA, WRITTEN, told
from pipeline.failures import failures
from pipeline.held import Head
from pipeline.message import on_sheet, parsed, place_of, shown
from pipeline.validate import AT
from schemas import conflicts
from schemas.form import Block, Form
from schemas.frame import mapped, with_parts
from schemas.rule import Rule, judged

_NAME = "name"
# What a sentence may say besides the columns of a row.
_WORDS = ("value", "label")
_KEY = "name_key"
# Rows that are judged at once: what is found out about each rule lies beside them until all rules are done.
_ROWS_AT_A_TIME = 100_000


def found_across(form: Form, typed: Mapping[str, pl.DataFrame], heads: Sequence[Head]) -> pl.DataFrame:
    """The rules across forms over these frames of `pipeline.bounded.Gathered`: as its `SCHEMA`, block by block."""
    return pl.concat([_of_block(form.block(name), model, conflicts.compared(name, typed), heads, stage)
                      for stage, (name, model) in enumerate(conflicts.ACROSS.items(), ACROSS_FORMS)])


def _of_block(block: Block, model: type, compared: pl.DataFrame, heads: Sequence[Head], stage: int) -> pl.DataFrame:
    failed = _failures(model, compared).with_row_index("place")
    simple = {name: rule for name, rule in judged(model).items() if _simple(block, rule, compared.schema)}
    at_once = [_told(block, rule, failed.filter(check=name), compared, heads, stage) for name, rule in simple.items()]
    others = told(block, model, failed.filter(~pl.col("check").is_in(list(simple))), compared, heads, stage)
    return pl.concat([others, *at_once]).sort("place")


def _failures(model: type, compared: pl.DataFrame) -> pl.DataFrame:
    """`failures` of all rows: each is judged by itself, what it is compared with stands in it."""
    starts = range(0, max(1, compared.height), _ROWS_AT_A_TIME)
    return pl.concat([failures(model, compared[start:start + _ROWS_AT_A_TIME]).with_columns(pl.col("index") + start)
                      for start in starts])


def _simple(block: Block, rule: Rule, schema: pl.Schema) -> bool:
    """Whether a rule is on a unit's name alone, and its sentences say nothing that is not held, or of a size."""
    if block.name != "members" or rule.on != (_NAME,) or rule.each or rule.facts:
        return False
    said = {(word, how) for sentence in (rule.says, rule.fix) for _, word, how in parsed(sentence) if word}
    return all(not how and (word in _WORDS or (word in schema and _is_plain(schema[word]))) for word, how in said)


def _is_plain(dtype: pl.DataType) -> bool:
    return dtype == pl.String or dtype.is_integer()


def _told(block: Block, rule: Rule, failed: pl.DataFrame, compared: pl.DataFrame, heads: Sequence[Head],
          stage: int) -> pl.DataFrame:
    """Findings on names in the rows that have failed (`index`, `place`)."""
    label = block.columns[_NAME].label
    rows = pl.concat([failed.select("place"), compared[failed["index"]].drop("place", strict=False)], how="horizontal")
    sheets = pl.Series([head.sheet for head in heads], dtype=pl.String)
    written = pl.coalesce(pl.col(_NAME + WRITTEN).cast(pl.String), _NAME)
    rows = rows.with_columns(home=sheets.gather(rows["submission"]), at=pl.col(_NAME + AT).cast(pl.String),
                             written=written, label=pl.lit(label))
    rows = with_parts(rows, ("at", "home"), _placed, sheet=pl.String, cell=pl.String)
    rows = rows.with_columns(
        where=mapped(rows, ("seq", "cell", "sheet", "home"), lambda seq, cell, sheet, home: place_of(
            block, seq, label, _listed(cell), "" if sheet == home else sheet), pl.String),
        value=mapped(rows, "written", shown, pl.String))
    record = pl.when(pl.col(_KEY).fill_null("") != "").then(_KEY).otherwise(pl.format("#{}", "seq"))
    says = pl.concat_str([pl.col("where"), pl.lit("："), *_sentence(rule.says), pl.lit("。")])
    fix = pl.concat_str([*_sentence(rule.fix), pl.lit("。")]).str.replace_all("。。", "。", literal=True)
    told_ = {"stage": pl.lit(stage), "code": pl.lit(rule.code), "severity": pl.lit(str(rule.severity)),
             "table": pl.lit(block.name), "row": pl.col("seq"), "field": pl.lit(_NAME), "record": record,
             "message": says, "suggestion": fix}
    return rows.select(told_.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in SCHEMA.items())


def _placed(at: str | None, home: str) -> tuple[str, str]:
    sheet, addresses = on_sheet([cell for cell in (at or "").split(",") if cell], home)
    return sheet, ",".join(addresses)


def _listed(cells: str) -> list[str]:
    return cells.split(",") if cells else []


def _sentence(template: str) -> list[pl.Expr]:
    """A sentence's parts; what is not there is （空）."""
    return [part for text, word, _ in parsed(template)
            for part in (pl.lit(text), *([pl.col(word).cast(pl.String).fill_null("（空）")] if word else []))]
