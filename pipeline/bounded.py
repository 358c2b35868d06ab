"""Any number of forms, judged a portion at a time: what is unpacked never depends on how many there are.

Of a portion everything is unpacked and typed, and every rule of the form is run over it; kept are its findings, as a
frame, and the typed columns by which forms are compared with each other and the register is made. The few rules whose
words need all other forms (`Rule.waits`: the codes that stand elsewhere under the same name) are judged with their
portion and worded when the last portion is done. What was written in a cell is then no longer held: for findings that
are worded late, here and across forms, the forms concerned are unpacked once more, again a portion at a time (`told`).
What was kept of a form on an earlier night (`pipeline.kept`) takes the place of judging it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, TypeVar

import polars as pl

from pipeline import message
from pipeline.apart import Portions
from pipeline.failures import failures
from pipeline.held import Head, head_of
from pipeline.kept import Kept, Part
from pipeline.read import FormReading, Spotted
from pipeline.read.packed import Run
from pipeline.signature import REASONS
from pipeline.validate import AT, About, Frames, cell_faults, frames_of, raw_of, worded
from schemas import conflicts
from schemas.column import DETAIL, NOTE
from schemas.current import READABLE, with_known_codes
from schemas.form import Block, BlockModel, Form
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
# What the words of a rule that waits take from other forms.
_KNOWN = "known_codes"
# What stands in a cell, where that is otherwise than it is read.
WRITTEN = "__written"
_Forms = TypeVar("_Forms", list, pl.Series)


class Gathered(NamedTuple):
    """All forms: as much of `typed` as is needed further on, and their findings in order, as `SCHEMA`."""

    heads: Sequence[Head]
    typed: dict[str, pl.DataFrame]
    findings: pl.DataFrame


def validate(form: Form, forms: Sequence[Head | FormReading], about: Sequence[About],
             at_a_time: int = FORMS_AT_A_TIME, strict: bool = False) -> Gathered:
    """Judge all forms; `submission` is a form's place in the sequence. What was kept of a form is not judged again.

    A form on which the program fails is told so, and the others are judged; if `strict`, what it raises is raised.
    """
    heads = list(map(head_of, forms))
    kept = Kept(heads, about)
    portions = Portions(partial(judged_part, form), partial(_unreadable, form), len(kept.new) < len(heads))
    for places in portions_of(kept.new, at_a_time) or ([] if kept.parts else [[]]):
        portions.judge(places, [heads[place] for place in places], [about[place] for place in places], strict)
    portions.heed()
    part = Part.joined([*kept.parts, *portions.done])
    typed = part.typed | {"members": with_known_codes(part.typed["members"])}
    late = pl.concat([_told_late(block, part, typed[block.name], heads, stage) for stage, block in _stages(form)])
    kept.keep(part._replace(told=late), portions.unreadable)
    found = pl.concat([part.findings, late.select(*SCHEMA)])
    return Gathered(heads, typed, found.sort("submission", "stage", "place"))


def portions_of(forms: _Forms, at_a_time: int) -> list[_Forms]:
    """All of these, so many together; the last portion may be smaller."""
    return [forms[start:start + at_a_time] for start in range(0, len(forms), at_a_time)]


def _told_late(block: Block, part: Part, typed: pl.DataFrame, heads: Sequence[Head], stage: int) -> pl.DataFrame:
    """The failures of a block whose words need other forms: as they were worded, if what these say is the same."""
    # A rule of another block that waits would be worded anew every time.
    known = pl.col(_KNOWN).fill_null("") if _KNOWN in typed.columns else pl.lit(None, pl.String)
    waiting = part.waiting[block.name]
    rows = typed.select("submission", "seq", known.alias("known")).with_row_index("index").filter(
        pl.col("submission").is_in(waiting["submission"].unique().implode()))
    failed = waiting.join(rows, on=["submission", "seq"], how="left", maintain_order="left")
    alike, place = ["submission", "place", "known"], ["submission", "place"]
    before = part.told.filter(stage=stage).join(failed.select(alike), on=alike, how="semi", maintain_order="left")
    again = failed.join(before, on=place, how="anti", maintain_order="left")
    worded_ = told(block, block.model, again.drop("known"), typed, heads, stage).join(
        again.select(alike), on=place, how="left", maintain_order="left")
    return pl.concat([before, worded_]).sort(place)


def judged_part(form: Form, heads: Sequence[Head], about: Sequence[About]) -> Part:
    """What is kept of a portion; a form's `submission` is its place there."""
    with _uncollected():
        frames = frames_of(form, [head.tables() for head in heads], about)
    sheets = [head.sheet for head in heads]
    found = [frame_of((message.of_file(place, spotted) for place, head in enumerate(heads) for spotted in head.spotted),
                      OF_SHEET)]
    waiting = {}
    for stage, block in _stages(form):
        found.append(frame_of(cell_faults(block, frames, sheets), stage - 1))
        rows = frames.typed[block.name].select("submission", "seq")
        failed = failures(block.model, frames.typed[block.name])
        failed = pl.concat([failed, rows[failed["index"]]], how="horizontal").with_columns(_in_form("submission"))
        late = pl.col("check").is_in([name for name, rule in judged(block.model).items() if rule.waits])
        now, waiting[block.name] = failed.filter(~late), failed.filter(late).drop("index")
        found.append(frame_of(worded(block, block.model, now, frames, sheets), stage, now["place"]))
    return _part(form, frames, pl.concat(found), waiting)


def _part(form: Form, frames: Frames, found: pl.DataFrame, waiting: dict[str, pl.DataFrame]) -> Part:
    typed, members = frames.typed, frames.typed["members"]
    typed["members"] = _with_places(members, frames.raw["members"])
    # Which row of the form's own, not of the portion.
    typed["consortium"] = typed["consortium"].with_columns(
        lead_row=members["seq"].gather(typed["consortium"]["lead_row"]))
    told_ = pl.DataFrame(schema={**SCHEMA, "known": pl.String})
    return Part({block.name: typed[block.name].select(_kept(block)) for block in form.blocks}, found, waiting, told_)


def _in_form(*of: str) -> pl.Expr:
    """Counted in each form by itself, so that it does not matter with which others it was judged."""
    return pl.int_range(pl.len()).over(of).cast(pl.Int64).alias("place")


def _unreadable(form: Form, head: Head, about: About) -> Part:
    """What is kept of a form that cannot be judged: that it is there, and that."""
    frames = frames_of(form, [{"consortium": [Run([], 1, [])]}], [about])
    told_ = message.of_file(0, Spotted("F01", head.sheet, facts=(("reason", REASONS["raised"]),)))
    empty = pl.DataFrame(schema={"check": pl.String, "column": pl.String, "submission": pl.Int64, "seq": pl.Int64,
                                 "place": pl.Int64})
    return _part(form, frames, frame_of([told_], OF_SHEET), {block.name: empty for block in form.blocks})


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles: among a hundred thousand lists of texts there are none, and each look sees them
    all."""
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


def _with_places(members: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    """Where each member's name stands, and as what where it is read otherwise than it is written."""
    otherwise = pl.when(raw["name"].ne_missing(members["name"])).then(raw["name"])
    return members.with_columns(raw["name" + AT], otherwise.alias("name" + WRITTEN))


def _kept(block: Block) -> list[pl.Expr]:
    """Of the typed columns: those of the register, and those that are compared."""
    table = set(polars_schema(_REGISTER.get(block.name, block.name))) - {"submission_id", "consortium_id", "admitted"}
    kept = {*table, "submission", "seq", *conflicts.LOOKED_AT[block.name]}
    if block.name != "members":
        return [pl.col(f"^({'|'.join(sorted(kept))})$")]
    # What is damaged in a code matters to nobody where it is not. A few different texts take a fourth as categories.
    few, damage = ("name" + AT, "name" + WRITTEN, "kind"), ("uscc__raw", "stored", "uscc" + DETAIL)
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
    for forms in portions_of(concerned, FORMS_AT_A_TIME):
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
    """Findings as a frame of the columns of `SCHEMA`, in their order in each form or at these `places`."""
    columns: Mapping[str, list] = {name: [] for name in SCHEMA if name not in ("stage", "place")}
    for found in findings:
        rule, cells = found.rule, ",".join(found.cells)
        values = (found.submission, rule.code, str(rule.severity), found.sheet, cells, *found[4:])
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    frame = pl.DataFrame(columns, schema={name: SCHEMA[name] for name in columns})
    place = _in_form("submission") if places is None else places.alias("place")
    return frame.with_columns(pl.lit(stage).alias("stage"), place).select(
        pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
