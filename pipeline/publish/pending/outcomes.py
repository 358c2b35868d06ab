"""裁定办理情况: what became of every decision that was handed in; what could not be applied comes first."""

from __future__ import annotations

from collections import Counter

import polars as pl

from pipeline import layout
from pipeline.decisions import reading
from pipeline.decisions.reading import TITLES
from pipeline.publish import style
from pipeline.publish.pending.columns import DAY, JUDGE, NUMBER, REASON, RULING, UNTIL
from pipeline.publish.register.columns import COMPILED, SERIAL
from pipeline.publish.sheet import Book, Column, Plan, write_sheet
from schemas import call
from schemas.season import DECISION_STATE_WORDS, DecisionState

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体裁定办理情况"
GUIDE = (f"放入收件夹“{layout.DECISIONS}”的每一条裁定都列在这里，每次汇总重新核对。“未能办理”“需复核”“已到期”的排在前面，须按“办理说明”重新填写；"
         "其余不必再办。本表不用填写，在这里改动不起作用；要改变已作的裁定，另填一行同一编号的新裁定即可，以后收到的为准。")
# What asks the centre for something.
ASKING = (DecisionState.REFUSED, DecisionState.LAPSED, DecisionState.EXPIRED)
STATE = Column("state", TITLES[reading.STATE], "centre", 10, 12, "这条裁定办理得怎样。")
COLUMNS = (
    SERIAL, STATE,
    Column("answer", "办理说明", "text", 34, 46, "做了什么、在哪里起作用；没有办理的，说明原因和办法。"),
    Column("kind", TITLES[reading.KIND], "centre", 9, 9, "待核事项的类型。"),
    Column("says", "事项", "text", 26, 32, "裁定的是什么事。"),
    *(Column(column.field, column.title, "centre" if column in (JUDGE, DAY, UNTIL) else "text", 9, 24, column.meaning)
      for column in (RULING, REASON, JUDGE, DAY, UNTIL)),
    Column("evidence", "依据", "text", 30, 40, "依据的文件、工作表、单元格，“#”后是所填内容的校验码；所填内容变了，裁定即须复核。"),
    Column("place", "裁定所在", "text", 18, 24, "裁定在哪个文件、哪张工作表、哪一行。"),
    Column(NUMBER.field, NUMBER.title, "number", 12.5, 12.5, NUMBER.meaning),
)


def write(book: Book, name: str, decisions: pl.DataFrame) -> None:
    """Write the sheet from the table `decisions`."""
    sheet, after = write_sheet(book, Plan(name, TITLE, COLUMNS, rows(decisions), f"{COMPILED}　　{_summary(decisions)}",
                                          notes=((GUIDE, "remark"),), paper="A3"))
    if decisions.height:
        loud = style.variant(book.workbook, "centre", bold=True, bg_color=style.GREY)
        for state in ASKING:
            sheet.conditional_format(after - decisions.height, 1, after - 1, 1, {
                "type": "cell", "criteria": "==", "value": f'"{DECISION_STATE_WORDS[state]}"', "format": loud})


def rows(decisions: pl.DataFrame) -> pl.DataFrame:
    """Decisions in the order of the sheet: by what is asked, then by file and row, the last received first."""
    order = {str(state): place for place, state in enumerate(DecisionState)}
    words = {str(state): word for state, word in DECISION_STATE_WORDS.items()}
    frame = decisions.sort(pl.col("state").replace_strict(order, return_dtype=pl.Int32), "file", "sheet", "row",
                           "number", "sha256", nulls_last=True, maintain_order=True)
    place = pl.concat_str("file", "sheet", pl.format("第 {} 行", "row"), separator=" ", ignore_nulls=True)
    return frame.with_columns(place=place, state=pl.col("state").replace(words)).with_row_index("serial", 1).cast(
        {"serial": pl.String})


def _summary(decisions: pl.DataFrame) -> str:
    counts = Counter(decisions["state"])
    parts = [f"{DECISION_STATE_WORDS[state]} {counts[state]} 件" for state in DecisionState if counts[state]]
    return "，".join((f"共 {decisions.height} 件", *parts))

