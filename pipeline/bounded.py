"""Any number of forms, judged a portion at a time: what is unpacked never depends on how many there are.

Of a portion everything is unpacked and typed, and every rule of the form is run over it; kept are its findings, as a
frame, and the typed columns by which forms are compared with each other and the register is made. The few rules whose
words need all other forms (`Rule.waits`: the codes that stand elsewhere under the same name) are judged with their
portion and worded when the last portion is done. What was written in a cell is then no longer held: for findings that
are worded late, here and across forms, the forms concerned are unpacked once more, again a portion at a time (`told`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import polars as pl

from pipeline import message
from pipeline.held import Head, head_of
from pipeline.read import FormReading
from pipeline.validate import AT, About, Frames, cell_faults, failures, frames_of, raw_of, worded
from schemas import conflicts
from schemas.column import DETAIL, NOTE
from schemas.form import Block, BlockModel, Form
from schemas.form_2023.across import READABLE, with_known_codes
from schemas.register import polars_schema
from schemas.rule import Finding, judged

# Enough to make the cost of a frame small; some 100 MB while they are judged.
FORMS_AT_A_TIME = 2_000
# A finding as `schemas.rule.Finding`, its rule by code and severity, its cells joined by commas. `stage` and `place`
# tell in which order a form's findings are shown: those of the sheet, block by block, those across forms.
SCHEMA = {
    "submission": pl.Int64, "stage": pl.Int16, "place": pl.Int64, "code": pl.String, "severity": pl.String,
    "sheet": pl.String, "cell": pl.String, "table": pl.String, "row": pl.Int64, "field": pl.String,
    "record": pl.String, "value": pl.String, "message": pl.String, "suggestion": pl.String,
}
OF_SHEET, ACROSS_FORMS = 0, 100
_REGISTER = {"consortium": "consortia"}


class Gathered(NamedTuple):
    """All forms: as much of `typed` as is needed further on, and their findings in order, as `SCHEMA`."""

    heads: Sequence[Head]
    typed: dict[str, pl.DataFrame]
    findings: pl.DataFrame


def validate(form: Form, forms: Sequence[Head | FormReading], about: Sequence[About],
             at_a_time: int = FORMS_AT_A_TIME) -> Gathered:
    """Judge all forms; `submission` is a form's place in the sequence."""
    heads = list(map(head_of, forms))
    portions = [_portion(form, start, heads[start:start + at_a_time], about[start:start + at_a_time])
                for start in range(0, len(forms) or 1, at_a_time)]
    typed = {block.name: pl.concat([one.typed.pop(block.name) for one in portions]) for block in form.blocks}
    typed["members"] = with_known_codes(typed["members"])
    found = [one.findings for one in portions]
    for stage, block in _stages(form):
        waiting = pl.concat([one.waiting[block.name] for one in portions])
        if waiting.height:
            rows = typed[block.name].select("submission", "seq").with_row_index("index")
            failed = waiting.join(rows, on=["submission", "seq"], how="left", maintain_order="left")
            found.append(told(block, block.model, failed, typed[block.name], heads, stage))
    return Gathered(heads, typed, pl.concat(found).sort("submission", "stage", "place"))


class _Portion(NamedTuple):
    """What is kept of a portion; `waiting` are failures that cannot be worded yet, by block."""

    typed: dict[str, pl.DataFrame]
    findings: pl.DataFrame
    waiting: dict[str, pl.DataFrame]


def _portion(form: Form, start: int, heads: Sequence[Head], about: Sequence[About]) -> _Portion:
    with _uncollected():
        frames = frames_of(form, [head.tables() for head in heads], about)
    sheets = [head.sheet for head in heads]
    found = [frame_of((message.of_file(place, spotted) for place, head in enumerate(heads) for spotted in head.spotted),
                      OF_SHEET)]
    waiting = {}
    for stage, block in _stages(form):
        found.append(frame_of(cell_faults(block, frames, sheets), stage - 1))
        failed = failures(block.model, frames.typed[block.name]).with_row_index("place")
        late = pl.col("check").is_in([name for name, rule in judged(block.model).items() if rule.waits])
        now, later = failed.filter(~late), failed.filter(late)
        found.append(frame_of(worded(block, block.model, now, frames, sheets), stage, now["place"]))
        rows = frames.typed[block.name].select("submission", "seq")[later["index"]]
        waiting[block.name] = pl.concat([later.drop("index"), _moved(rows, start)], how="horizontal")
    frames.typed["members"] = frames.typed["members"].with_columns(frames.raw["members"]["name" + AT])
    typed = {block.name: _moved(frames.typed[block.name].select(_kept(block)), start) for block in form.blocks}
    return _Portion(typed, _moved(pl.concat(found), start), waiting)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles: among a hundred thousand lists of texts there are none, and each look sees them all."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _stages(form: Form) -> Iterator[tuple[int, Block]]:
    """Each block with the stage at which its rules are told; that of single cells comes before."""
    for place, block in enumerate(form.blocks, 1):
        yield 2 * place, block


def _moved(frame: pl.DataFrame, start: int) -> pl.DataFrame:
    return frame.with_columns(pl.col("submission") + start)


def _kept(block: Block) -> list[pl.Expr]:
    """Of the typed columns: those of the register, and those that are compared."""
    table = set(polars_schema(_REGISTER.get(block.name, block.name))) - {"submission_id", "consortium_id", "admitted"}
    kept = {*table, "submission", "seq", *conflicts.LOOKED_AT[block.name]}
    if block.name != "members":
        return [pl.col(f"^({'|'.join(sorted(kept))})$")]
    # What is damaged in a code matters to nobody where it is not. A few different texts take a fourth as categories.
    few, damage = ("name" + AT, "kind"), ("uscc__raw", "stored", "uscc" + DETAIL)
    damaged = ~pl.col("uscc" + NOTE).is_in(READABLE)
    return [pl.col(f"^({'|'.join(sorted(kept - {*few, *damage}))})$"), pl.col(few).cast(pl.Categorical),
            *(pl.when(damaged).then(name).cast(pl.Categorical).alias(name) for name in damage)]


def told(block: Block, model: type[BlockModel], failed: pl.DataFrame, typed: pl.DataFrame,
         heads: Sequence[Head], stage: int) -> pl.DataFrame:
    """Findings, as `SCHEMA`, for what has failed in rows of `typed` (`index`), at their `place` if that is given."""
    if "place" not in failed.columns:
        failed = failed.with_row_index("place")
    failed = failed.with_columns(submission=typed["submission"].gather(failed["index"]))
    concerned = failed["submission"].unique(maintain_order=True)
    sheets = [head.sheet for head in heads]
    found = [frame_of((), stage)]
    for start in range(0, concerned.len(), FORMS_AT_A_TIME):
        forms = concerned[start:start + FORMS_AT_A_TIME]
        part = failed.join(forms.to_frame(), on="submission", how="semi", maintain_order="left")
        places = part["index"].unique(maintain_order=True)
        rows = typed[places]
        written = raw_of(block, [heads[form].tables() for form in forms])
        written = written.with_columns(submission=forms.gather(written["submission"]))
        raw = rows.select("submission", "seq").join(
            written, on=["submission", "seq"], how="left", maintain_order="left")
        here = part.drop("index").with_columns(
            index=part["index"].replace_strict(places, pl.Series(range(places.len()), dtype=pl.Int64)))
        words = worded(block, model, here, Frames({block.name: raw}, {block.name: rows}), sheets)
        found.append(frame_of(words, stage, part["place"]))
    return pl.concat(found)


def frame_of(findings: Iterable[Finding], stage: int, places: pl.Series | None = None) -> pl.DataFrame:
    """Findings as a frame, in their order or at these `places`."""
    columns: Mapping[str, list] = {name: [] for name in SCHEMA if name not in ("stage", "place")}
    for found in findings:
        rule, cells = found.rule, ",".join(found.cells)
        values = (found.submission, rule.code, str(rule.severity), found.sheet, cells, *found[4:])
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    frame = pl.DataFrame(columns, schema={name: SCHEMA[name] for name in columns})
    place = pl.Series("place", range(frame.height)) if places is None else places
    return frame.with_columns(pl.lit(stage).alias("stage"), place.alias("place")).select(
        pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
