"""Columns of the list: what it is about, the evidence line by line, and what the centre fills in."""

from __future__ import annotations

import polars as pl

from pipeline.conflicts.conflict import KEPT, SUGGESTED
from pipeline.decisions import reading
from pipeline.decisions.reading import TITLES
from pipeline.publish import terms
from pipeline.publish.register.columns import CITY, SERIAL, column
from pipeline.publish.sheet import Column
from schemas.current import FORM

# What is in question and no option: the text as the form has it.
IN_QUESTION = "原表所填"

KIND = Column("kind", TITLES[reading.KIND], "centre", 9, 9, "待核事项的类型，各类型可作的裁定见下。")
SAYS = Column("says", TITLES[reading.SAYS], "text", 26, 26, "哪里不一致，在几处。")
BLOCK = (SERIAL, KIND, SAYS)
EVIDENCE = (
    Column("label", "可选项", "centre", 9, 9, f"“裁定”栏所用的叫法；注“{KEPT}”的名录现在用着，注“{SUGGESTED}”的有校验支持，“{IN_QUESTION}”为有疑问的填法。"),
    Column("value", "所填内容", "text", 22, 24, "该表照原样所填的内容。"),
    CITY,
    column("submissions", "consortium_name", most=22, least=20, meaning="表中所填名称。"),
    Column("unit", "单位", "text", 20, 24, "该行所说的单位。"),
    Column("code", "代码", "code", 20, 20, "该行所填的代码。"),
    Column("role", "角色", "centre", 6, 6, "该单位在联合体中的角色。"),
    Column("revenue_wan", "销售收入（万元）", "money", 12, 16, "该行所填的数。"),
    Column("rd_spend_wan", "研发投入（万元）", "money", 11, 16, "该行所填的数。"),
    Column("status", "处理结果", "centre", 12, 12, "系统对该表的处理结果。"),
    Column("file", "文件", "text", 22, 26, "收件夹中的文件。"),
    Column("cell", "单元格", "link", 12, 14, "工作表和单元格；有退改文件的，点开即到该单元格。"),
)
RULING = Column("ruling", TITLES[reading.RULING], "entry", 15, 15, "从下拉列表中选一项。")
REASON = Column("reason", TITLES[reading.REASON], "entry", 20, 20, "依据什么作此裁定，如见到的证照、批文或电话核实的情况。")
UNTIL = Column("until", TITLES[reading.UNTIL], "entry_date", 11, 11, "豁免到哪一天为止，写成 2023-12-31。")
JUDGE = Column("judge", TITLES[reading.JUDGE], "entry_centre", 8, 8, "作裁定的人。")
DAY = Column("day", TITLES[reading.DAY], "entry_date", 11, 11, "作裁定的日期，写成 2023-09-30。")
NUMBER = Column("number", TITLES[reading.NUMBER], "number", 12.5, 12.5, "据以对应裁定，请勿改动；后六位随可选项变化。")
FILLED_IN = (RULING, REASON, JUDGE, DAY)
COLUMNS = (*BLOCK, *EVIDENCE, *FILLED_IN, NUMBER)
WAIVER_COLUMNS = (
    SERIAL, CITY,
    column("submissions", "consortium_name", most=26, least=22, meaning="表中所填名称。"),
    column("findings", "severity", "centre", 9, 9, "须改正的问题使该表不能入库；需核实的只标注。"),
    column("findings", "code", "centre", 9, 9, "规则的编号，见名录“数据说明”。"),
    column("findings", "message", most=54, least=40, meaning="该表的问题；同一规则有几处的合为一行。"),
    column("findings", "value", most=24, least=16, meaning="表中所填内容。"),
    Column("file", "文件", "text", 22, 26, "收件夹中的文件。"),
    Column("cell", "单元格", "link", 12, 14, "工作表和单元格；有退改文件的，点开即到该单元格。"),
    RULING, UNTIL, REASON, JUDGE, DAY, NUMBER,
)


def address() -> pl.Expr:
    """The cells, after the sheet's name where it is not the form's own."""
    sheet = pl.when(~pl.col("sheet").is_in(["", FORM.sheet])).then("sheet")
    return pl.concat_str(sheet, terms.cells(), separator=" ", ignore_nulls=True)
