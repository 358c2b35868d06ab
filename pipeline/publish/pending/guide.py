"""填写说明: what can be decided on each kind of conflict and what follows from it, and what each column is."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipeline import layout
from pipeline.publish.pending.columns import COLUMNS, UNTIL
from pipeline.publish.register.columns import COMPILED
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call
from schemas.decision import DISPUTES, WAIVER

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体待核清单填写说明"
GUIDE_COLUMNS = (Column("part", "部分", "centre", 14, 14), Column("item", "条目", "text", 26, 30),
                 Column("says", "说明", "text", 80, 80))


_STEPS = (
    ("怎么办理", "填写", "把本工作簿另存一份，在“待核事项”“规则豁免”两张表的黄色栏里填写裁定、理由、裁定人、日期；可以排序、筛选、增删行列，一次填几件都行。"),
    ("怎么办理", "交回", f"填好的文件用任何文件名存入收件夹“{layout.DECISIONS}”（.xlsx、.xls、.et、.ods 都可以），"
     "下次汇总即办理。"),
    ("怎么办理", "查看", "每一条的结果见“裁定办理情况”；未能办理的说明原因，补填后重新放入即可。"),
    ("怎么办理", "改变或撤销", "对同一编号再填一次，以后收到的为准；以前的文件按原名放回，以放回的为准。文件从收件夹移走不影响已作的裁定，要整份撤销须运行“consortium withdraw”。"),
    ("怎么办理", "需复核", "裁定所依据的填法变了，裁定即停用，该事项重新列入清单，注明原裁定。"),
)


def write(book: Book, name: str) -> None:
    """Write the sheet."""
    frame = pl.DataFrame([*_STEPS, *_choices(), *_columns()], orient="row",
                         schema={"part": pl.String, "item": pl.String, "says": pl.String})
    write_plan(book, Plan(name, TITLE, GUIDE_COLUMNS, frame, left=COMPILED))


def _choices() -> Iterator[tuple[str, str, str]]:
    for dispute in (*DISPUTES, WAIVER):
        yield dispute.title, "怎么判断", dispute.hint
        for choice in dispute.choices:
            yield dispute.title, choice.words.format(f"{dispute.noun}一" if dispute.noun else "某市"), choice.effect


def _columns() -> Iterator[tuple[str, str, str]]:
    for column in (*COLUMNS, UNTIL):
        yield "栏目", column.title, column.meaning
