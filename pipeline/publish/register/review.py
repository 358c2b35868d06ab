"""退回与待核: the forms that went back, and what of the admitted ones somebody has to decide."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish import terms
from pipeline.publish.measures import column_widths
from pipeline.publish.order import by_city, numbered
from pipeline.publish.plan import Printed
from pipeline.publish.register.columns import CITY, COMPILED, SERIAL, column
from pipeline.publish.sheet import Book, Column, Plan, write_heading, write_note, write_within
from schemas import call
from schemas.register import TO_MEND
from schemas.rule import Severity
from schemas.season import SETTLED_NAMES, STATE_WORDS

TITLE = f"{call.PROVINCE}创新联合体退回表和需核实的问题"
FIRST_PROBLEMS = 3
# Both tables stand on the same columns of the sheet, so they have as many columns and like widths in pairs.
RETURNED = (
    SERIAL, CITY,
    column("submissions", "consortium_name", most=26, least=18, meaning="表中所填名称，读不出的空着。"),
    column("consortia", "lead_unit", most=28, least=20),
    column("submissions", "file", most=30, least=20, meaning="收件夹中的文件。"),
    column("submissions", "errors", "count", 9, 9, "须改正后重新报送的问题数。"),
    column("submissions", "warnings", "count", 9, 9, "改正或说明的问题数。"),
    Column("problems", "主要问题", "text", 44, 60, f"前 {FIRST_PROBLEMS} 项须改正的问题，全部见该市问题清单。"),
    column("submissions", "status", "centre", 14, 14, "退回或无法读取。"),
    Column("remark", "处理情况", "text", 14, 18, "空栏，供填写。"),
)
TO_DECIDE = (
    SERIAL, CITY,
    column("submissions", "consortium_name", most=26, least=18, meaning="表中所填名称。"),
    Column("place", "位置", "text", 20, 28, "所在表和单元格。"),
    column("findings", "value", most=30, least=20, meaning="表中所填内容。"),
    column("findings", "severity", "centre", 9, 9, "见“数据说明”。"),
    column("findings", "code", "centre", 9, 9, "规则的编号，见“数据说明”。"),
    column("findings", "message", most=60, least=44, meaning="哪里不一致或少见，有什么规定。"),
    column("findings", "suggestion", most=30, least=14, meaning="建议的改法或取值；已处理的为说明或裁定的内容。"),
    Column("remark", "处理意见", "centre", 14, 18,
           f"“{terms.OPEN_WORD}”为尚未处理；已说明、已裁定、已豁免的如实显示，内容见“怎么改”栏。"),
)

# What is read of the consortia for the forms that went back.
LED_BY = ("submission_id", "lead_unit")


def write(book: Book, name: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the sheet: returned forms above, decisions below, on a page of their own."""
    returned, decide = returned_forms(tables), to_decide(tables)
    pairs = zip(column_widths(Printed(RETURNED, returned)), column_widths(Printed(TO_DECIDE, decide)), strict=True)
    widths = [max(pair) for pair in pairs]
    sheet = book.sheet(name, widths, "A3")
    top = write_heading(book, sheet, TITLE, COMPILED, "", widths)
    top = write_note(book, sheet, top, f"一、退回和无法读取的表（{returned.height} 份）", "heading", widths)
    # Further down: the second heading with its header, a row of the table or the sentence that it is elsewhere.
    top = write_within(book, sheet, top, Plan("退回表", f"{TITLE}：退回表", RETURNED, returned, COMPILED, paper="A3"),
                       widths, below=5)
    still = decide.filter(remark=terms.OPEN_WORD).height
    more = f"，另有已处理 {decide.height - still} 项" if still < decide.height else ""
    top = write_note(book, sheet, top + 1, f"二、入库表中需核实的问题（{still} 项{more}）", "heading", widths)
    sheet.set_h_pagebreaks([top - 1])
    sheet.repeat_rows(top)
    sheet.freeze_panes(0, 3)
    after = write_within(book, sheet, top, Plan("需核实的问题", f"{TITLE}：需核实的问题", TO_DECIDE, decide, COMPILED, paper="A3"),
                         widths)
    if decide.height == after - top - 1:
        sheet.autofilter(top, 0, after - 1, len(widths) - 1)


def returned_forms(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Returned and unreadable forms by city, with the first of their problems.

    `schemas.register.Submissions` with `serial`, `problems` (a line each), `lead_unit` and an empty `remark`.
    """
    errors = tables["findings"].filter(pl.col("severity") == Severity.ERROR, ~_settled())
    more = pl.when(pl.len() > FIRST_PROBLEMS).then(pl.format("\n……等 {} 项", pl.len())).otherwise(pl.lit(""))
    problems = errors.group_by("submission_id", maintain_order=True).agg(
        problems=(pl.col("message").head(FIRST_PROBLEMS).str.join("\n") + more).first())
    leads = tables["consortia"].unique("submission_id", keep="first").select(LED_BY)
    frame = tables["submissions"].filter(terms.of_status(*TO_MEND)).with_columns(status=terms.status())
    for joined in (problems, leads):
        frame = frame.join(joined, on="submission_id", how="left", maintain_order="left")
    return numbered(frame.with_columns(remark=pl.lit("")))


def to_decide(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Every finding of an admitted form that is not a mere notice, open ones first, by city and consortium."""
    admitted = tables["submissions"].filter(terms.admitted()).unique("submission_id", keep="first").select(
        "submission_id", "consortium_name", home="sheet")
    frame = tables["findings"].filter(pl.col("severity") != Severity.NOTICE).join(
        admitted, on="submission_id", maintain_order="left")
    words = {str(state): words for state, words in STATE_WORDS.items()}
    remark = pl.when(_settled()).then(pl.col("state").replace(words)).otherwise(pl.lit(terms.OPEN_WORD))
    frame = frame.with_columns(place=terms.place("home"), message=terms.message(),
                               remark=remark)
    frame = frame.sort(_settled(), by_city(), "consortium_name", terms.by_severity(), "submission_id", terms.by_table(),
                       "row", "code", nulls_last=True, maintain_order=True)
    return numbered(frame.with_columns(severity=terms.severity()))


def _settled() -> pl.Expr:
    """Whether a finding has been explained, waived or decided."""
    return pl.col("state").fill_null("").is_in(SETTLED_NAMES)
