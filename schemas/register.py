"""The register: its tables as pandera models, and the policy by which one value of several is kept.

Column names, types and units are a contract: others read these tables from `outbox/省级/data`. Chinese titles are what
the workbook and the data dictionary show. Every current form is in them; `admitted` says whether it is in the register.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Annotated

import pandera.polars as pa
import polars as pl

from schemas.season import SEASON_TABLES
from schemas.titled import as_declared, titled


class Status(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"


STATUS_WORDS = {
    Status.ACCEPTED: "已入库", Status.ACCEPTED_WITH_WARNINGS: "已入库（有需核实项）", Status.RETURNED: "已退回待改",
    Status.SUPERSEDED: "已被新版替代", Status.UNREADABLE: "无法读取", Status.IGNORED: "未计入",
}
ADMITTED = (Status.ACCEPTED, Status.ACCEPTED_WITH_WARNINGS)
# What the bureau has to hand in again.
TO_MEND = (Status.RETURNED, Status.UNREADABLE)


class Submissions(pa.DataFrameModel):
    """One row a form received (a workbook with two forms gives two), ignored files included."""

    submission_id: str = titled("报送编号", nullable=False)
    city: str = titled("报送城市")
    file: str = titled("文件", nullable=False)
    sheet: str = titled("工作表")
    sha256: str = titled("文件校验值（SHA-256）")
    size: int = titled("文件大小（字节）")
    received_at: Annotated[pl.Datetime, "us", "Asia/Shanghai"] = titled("收件时间")
    version: int = titled("版次")
    status: str = titled("状态", nullable=False)
    late: bool = titled("是否逾期")
    consortium_id: str = titled("联合体编号")
    consortium_name: str = titled("创新联合体名称")
    errors: int = titled("须改正项数")
    warnings: int = titled("需核实项数")
    notices: int = titled("提示项数")


class OfForm(pa.DataFrameModel):
    """What every table of form contents begins with."""

    submission_id: str = titled("报送编号", nullable=False)
    consortium_id: str = titled("联合体编号", nullable=False)
    city: str = titled("报送城市")
    admitted: bool = titled("是否入库", nullable=False)


class Consortia(OfForm):
    """One row a current form."""

    name: str = as_declared("consortium", "name")
    industry: str = as_declared("consortium", "industry")
    address: str = as_declared("consortium", "address")
    lead_unit: str = titled("牵头单位")
    lead_uscc: str = titled("牵头单位统一社会信用代码")
    legal_representative: str = as_declared("consortium", "legal_representative")
    lead_scientist: str = as_declared("consortium", "lead_scientist")
    lead_scientist_title: str = as_declared("consortium", "lead_scientist_title")
    lead_type: str = titled("牵头单位类型")
    contact: str = as_declared("consortium", "contact")
    phone: str = as_declared("consortium", "phone")
    member_count: int = titled("成员总数")
    enterprise_count: int = titled("企业数")
    university_count: int = titled("高校数")
    institute_count: int = titled("科研院所数")
    other_count: int = titled("其它成员数")
    rd_directions: str = as_declared("consortium", "rd_directions")
    governance: str = titled("决策及运行机制")
    staff_count: int = titled("从业人员数")
    technical_staff_count: int = titled("专业技术人员数")
    ip_count: int = titled("有效知识产权数量")
    invention_patent_count: int = titled("发明专利数")


class Members(OfForm):
    """One row a member of a current form; `org_id` is the organisation it was merged into."""

    seq: int = titled("行号", nullable=False)
    name: str = as_declared("members", "name")
    uscc: str = as_declared("members", "uscc")
    org_id: str = titled("单位编号")
    task: str = as_declared("members", "task")
    duty: str = as_declared("members", "duty")
    revenue_wan: float = as_declared("members", "revenue_wan")
    rd_spend_wan: float = as_declared("members", "rd_spend_wan")


class Platforms(OfForm):
    """One row a platform of a current form; `established` is YYYY-MM."""

    seq: int = titled("行号", nullable=False)
    name: str = as_declared("platforms", "name")
    industry: str = as_declared("platforms", "industry")
    level: str = as_declared("platforms", "level")
    host_unit: str = as_declared("platforms", "host_unit")
    established: str = as_declared("platforms", "established")


class Projects(OfForm):
    """One row a project of a current form; the period's ends are YYYY-MM."""

    seq: int = titled("行号", nullable=False)
    name: str = as_declared("projects", "name")
    industry: str = as_declared("projects", "industry")
    level: str = as_declared("projects", "level")
    period_start: str = titled("实施期开始")
    period_end: str = titled("实施期结束")
    undertaker: str = as_declared("projects", "undertaker")


class Organisations(pa.DataFrameModel):
    """One row an organisation of the register (admitted forms): one a code, and one for each unit without a code."""

    org_id: str = titled("单位编号", nullable=False)
    uscc: str = titled("统一社会信用代码")
    name: str = titled("单位名称")
    other_names: str = titled("其他写法")
    kind: str = titled("单位类别")
    division_code: str = titled("登记地代码")
    division_name: str = titled("登记地")
    consortium_count: int = titled("参与联合体数")
    lead_count: int = titled("牵头联合体数")
    revenue_wan: float = titled("近一年销售收入（万元）")
    rd_spend_wan: float = titled("近一年研发投入（万元）")
    conflicts: str = titled("待核事项")


class Sources(pa.DataFrameModel):
    """Where each organisation of the register was read: one row for each place that names it."""

    org_id: str = titled("单位编号", nullable=False)
    uscc: str = titled("统一社会信用代码")
    name: str = titled("表中名称")
    role: str = titled("角色")
    submission_id: str = titled("报送编号", nullable=False)
    consortium_id: str = titled("联合体编号", nullable=False)
    city: str = titled("报送城市")
    file: str = titled("文件")
    sheet: str = titled("工作表")
    cell: str = titled("单元格")


class Ignored(pa.DataFrameModel):
    """One row a file that was not read or not counted, and why."""

    submission_id: str = titled("报送编号", nullable=False)
    city: str = titled("报送城市")
    file: str = titled("文件")
    reason: str = titled("原因")


class Findings(pa.DataFrameModel):
    """One row a finding; `cell` may hold several addresses, `state` is one of `schemas.season.FindingState`."""

    finding_id: str = titled("问题编号", nullable=False)
    submission_id: str = titled("报送编号", nullable=False)
    city: str = titled("报送城市")
    file: str = titled("文件")
    sheet: str = titled("工作表")
    cell: str = titled("单元格")
    code: str = titled("规则编号", nullable=False)
    severity: str = titled("级别", nullable=False)
    table: str = titled("所在表")
    row: int = titled("行号")
    field: str = titled("栏目")
    value: str = titled("填写内容")
    message: str = titled("问题")
    suggestion: str = titled("怎么改")
    state: str = titled("处理状态")


TABLES: dict[str, type[pa.DataFrameModel]] = {
    "submissions": Submissions, "consortia": Consortia, "members": Members, "platforms": Platforms,
    "projects": Projects, "organisations": Organisations, "sources": Sources, "ignored": Ignored,
    "findings": Findings, **SEASON_TABLES,
}

LEAD_ROLE, MEMBER_ROLE = "牵头", "成员"

# Survivorship: which of several values an organisation keeps, tried in order until one is left.
NAME_POLICY = ("written_most_often", "written_by_lead", "received_last", "first_in_order")
MONEY_POLICY = ("written_most_often", "written_by_lead", "received_last", "first_in_order")
POLICY_WORDS = {
    "written_most_often": "各表中写得最多的", "written_by_lead": "该单位自己牵头的表所写的", "received_last": "最近收到的表所写的",
    "first_in_order": "排在最前的",
}


def polars_schema(table: str) -> dict[str, pl.DataType]:
    """Column names and polars types of a table, in contract order."""
    return dict(_schema(table))


@cache
def _schema(table: str) -> dict[str, pl.DataType]:
    return {name: column.dtype.type for name, column in TABLES[table].to_schema().columns.items()}


def titles(table: str) -> dict[str, str]:
    """Column names and Chinese titles of a table, in contract order."""
    return {name: column.title for name, column in TABLES[table].to_schema().columns.items()}


def empty(table: str) -> pl.DataFrame:
    """A table without rows."""
    return pl.DataFrame(schema=polars_schema(table))
