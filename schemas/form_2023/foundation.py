"""3.科技创新基础 without its tables: people and rights in figures — and the T rules."""

from __future__ import annotations

import polars as pl

from schemas import call
from schemas.column import NOTE, column
from schemas.form import BlockModel
from schemas.kind import COUNT
from schemas.rule import BLANK_NOTES, rule
from schemas.wording import in_percent

FIGURES = ("staff_count", "technical_staff_count", "ip_count", "invention_patent_count")


def _given(row) -> dict[str, str]:
    """What the cell holds; a unit that the form prints there is nothing."""
    filled = row["value"] and row[row["field"] + NOTE] != "placeholder"
    return {"given": f"“{row['value']}”不是整数" if filled else "没有填写"}


class Foundation(BlockModel):
    """One row a form."""

    staff_count: int = column(
        "牵头及成员单位拥有从业人员数", COUNT, required=True, unit="人", width=14, example="1200",
        spellings=("从业人员数", "从业人员", "拥有从业人员数", "牵头及成员单位从业人员数", "从业人员总数", "从业人员数量", "牵头及成员单位从业人员",
                   "牵头和成员单位拥有从业人员数", "牵头单位及成员单位从业人员数", "牵头单位及成员单位拥有从业人员数", "职工总数", "员工总数", "单位从业人员总数", "从业人员合计",
                   "从业人员总人数", "职工人数", "员工人数"),
        help="填写牵头单位和各成员单位从业人员合计数，只填整数。")
    technical_staff_count: int = column(
        "其中:专业技术人员", COUNT, required=True, unit="人", width=14, example="460",
        spellings=("专业技术人员", "专业技术人员数", "其中专业技术人员数", "专技人员", "专技人员数", "其中专技人员", "其中专技人员数",
                   "专业技术人员数量", "技术人员数", "科技人员数", "其中科技人员"),
        help="填写其中的专业技术人员数，不大于从业人员数。")
    ip_count: int = column(
        "拥有有效知识产权数量", COUNT, required=True, unit="项", width=14, example="350",
        spellings=("有效知识产权数量", "知识产权数量", "有效知识产权数", "有效知识产权", "知识产权数", "拥有有效知识产权数",
                   "牵头及成员单位拥有有效知识产权数量", "拥有知识产权数量", "有效知识产权总数", "牵头及成员单位有效知识产权数量", "拥有知识产权数", "知识产权总数", "有效知识产权拥有量"),
        help="填写有效知识产权总数，只填整数。")
    invention_patent_count: int = column(
        "其中:发明专利", COUNT, required=True, unit="项", width=14, example="120",
        spellings=("发明专利", "发明专利数", "其中发明专利数", "发明专利数量", "其中发明专利数量", "有效发明专利", "有效发明专利数",
                   "其中有效发明专利", "其中有效发明专利数", "其中有效发明专利数量"),
        help="填写其中的有效发明专利数，不大于有效知识产权数量。")

    @rule("T01", "E", each=FIGURES, clause=call.CLAUSE_FORM,
          says="{given}，应为不小于 0 的整数", fix="请填写整数，如“{example}”，不写约数和小数",
          facts=_given)
    def not_a_whole_number(field: str) -> pl.Expr:
        """人数、项数没有填写或不是整数"""
        return ~pl.col(field + NOTE).is_in(["unreadable", "negative", *BLANK_NOTES])

    @rule("T02", "E", on=("technical_staff_count", "staff_count"), clause=call.CLAUSE_FORM,
          says="专业技术人员（{technical_staff_count}）多于从业人员（{staff_count}）", fix="专业技术人员是从业人员的一部分，请核对两个数并改正")
    def more_technicians_than_staff() -> pl.Expr:
        """专业技术人员多于从业人员"""
        return pl.col("technical_staff_count") <= pl.col("staff_count")

    @rule("T03", "E", on=("invention_patent_count", "ip_count"), clause=call.CLAUSE_FORM,
          says="发明专利（{invention_patent_count}）多于有效知识产权（{ip_count}）", fix="发明专利是有效知识产权的一部分，请核对两个数并改正")
    def more_patents_than_rights() -> pl.Expr:
        """发明专利多于有效知识产权"""
        return pl.col("invention_patent_count") <= pl.col("ip_count")

    @rule("T04", "W", each=FIGURES, clause=call.CLAUSE_FORM,
          says="填的是 0，这样的情况少见", fix="请核对；确实为 0 的请在说明栏写明")
    def figure_is_zero(field: str) -> pl.Expr:
        """人数、项数为 0"""
        return pl.col(field) != 0

    @rule("T04", "W", on="staff_count", clause=call.CLAUSE_FORM,
          says=f"从业人员 {{staff_count}} 人，而成员有 {{member_rows}} 家，平均每家不足 {call.STAFF_PER_MEMBER} 人，数值少见",
          fix="请核对是否为牵头单位和全部成员单位的合计数")
    def few_staff_for_members() -> pl.Expr:
        """从业人员与成员数相比过少"""
        return (pl.col("staff_count") >= pl.col("member_rows") * call.STAFF_PER_MEMBER) | (pl.col("staff_count") == 0)

    @rule("T04", "W", on=("technical_staff_count", "staff_count"), clause=call.CLAUSE_FORM,
          title=f"专业技术人员占比超过 {in_percent(call.HIGH_TECHNICAL_SHARE)}",
          says="专业技术人员占从业人员的 {share}%，比例少见", fix="请核对两个数；无误的请在说明栏写明",
          facts=lambda row: {"share": round(100 * row["technical_staff_count"] / row["staff_count"], 2)})
    def nearly_all_technicians() -> pl.Expr:
        """More than all of them is T02's to tell."""
        staff, technicians = pl.col("staff_count"), pl.col("technical_staff_count")
        return (technicians <= staff * call.HIGH_TECHNICAL_SHARE) | (technicians > staff) | (staff == 0)
