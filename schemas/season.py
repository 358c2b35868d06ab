"""What is remembered from round to round: the tables of findings over time, versions, arrivals, decisions, cities.

A round (期) is one state of everything that the register depends on; a run on which nothing changed repeats its round.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import pandera.polars as pa
import polars as pl

from schemas.titled import titled


class FindingState(StrEnum):
    """How a finding stands in a round, compared with the round before."""

    NEW = "new"
    OPEN = "open"
    BACK = "back"
    EXPLAINED = "explained"
    WAIVED = "waived"
    DECIDED = "decided"
    MENDED = "mended"


STATE_WORDS = {
    FindingState.NEW: "新发现", FindingState.OPEN: "仍未改", FindingState.BACK: "再次出现", FindingState.EXPLAINED: "已说明",
    FindingState.WAIVED: "已豁免", FindingState.DECIDED: "已裁定", FindingState.MENDED: "已改正",
}
# Nothing more is asked of the bureau: such findings count neither as errors nor as warnings.
SETTLED = (FindingState.EXPLAINED, FindingState.WAIVED, FindingState.DECIDED, FindingState.MENDED)
# As tables have them.
SETTLED_NAMES = tuple(map(str, SETTLED))


class DecisionState(StrEnum):
    """What became of a decision that the centre has handed in, what asks for something first."""

    REFUSED = "refused"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    APPLIED = "applied"
    NOT_NEEDED = "not_needed"
    SUPERSEDED = "superseded"


DECISION_STATE_WORDS = {
    DecisionState.REFUSED: "未能办理", DecisionState.LAPSED: "需复核", DecisionState.EXPIRED: "已到期",
    DecisionState.APPLIED: "已办理", DecisionState.NOT_NEEDED: "不再需要", DecisionState.SUPERSEDED: "已被后来的裁定替代",
}


class CityState(StrEnum):
    """How a city stands towards the deadline; given: all that it sent is another city's to hand in, by decision."""

    MISSING = "missing"
    NIL = "nil"
    GIVEN = "given"
    MENDING = "mending"
    CLEAN = "clean"


CITY_STATE_WORDS = {
    CityState.MISSING: "未报送", CityState.NIL: "零申报", CityState.GIVEN: "已归他市", CityState.MENDING: "已报送待改",
    CityState.CLEAN: "全部通过",
}


class FindingHistory(pa.DataFrameModel):
    """One row a finding that has ever been; rounds are numbered from 1, `mended_round` is empty while it stands."""

    finding_id: str = titled("问题编号", nullable=False)
    city: str = titled("报送城市")
    consortium_id: str = titled("联合体编号")
    consortium_name: str = titled("创新联合体名称")
    code: str = titled("规则编号", nullable=False)
    severity: str = titled("级别", nullable=False)
    state: str = titled("处理状态", nullable=False)
    first_round: int = titled("首次发现的期次", nullable=False)
    last_round: int = titled("最近发现的期次", nullable=False)
    mended_round: int = titled("改正的期次")
    back_round: int = titled("再次出现的期次")
    first_at: Annotated[pl.Datetime, "us", "Asia/Shanghai"] = titled("首次发现的时间")
    last_at: Annotated[pl.Datetime, "us", "Asia/Shanghai"] = titled("最近发现的时间")
    note: str = titled("说明或裁定")


class Changes(pa.DataFrameModel):
    """What a current form says otherwise than the version before it, value by value."""

    submission_id: str = titled("报送编号", nullable=False)
    consortium_id: str = titled("联合体编号", nullable=False)
    city: str = titled("报送城市")
    version: int = titled("版次", nullable=False)
    earlier_version: int = titled("对照版次", nullable=False)
    kind: str = titled("变动", nullable=False)
    table: str = titled("所在表", nullable=False)
    record: str = titled("所在行")
    field: str = titled("栏目")
    earlier: str = titled("原来填写")
    now: str = titled("现在填写")
    cell: str = titled("单元格")


class Arrivals(pa.DataFrameModel):
    """One row a received file: when it was first seen, its own time, whether it still lies there."""

    file: str = titled("文件", nullable=False)
    sha256: str = titled("文件校验值（SHA-256）", nullable=False)
    city: str = titled("报送城市")
    size: int = titled("文件大小（字节）")
    received_at: Annotated[pl.Datetime, "us", "Asia/Shanghai"] = titled("首次收到的时间", nullable=False)
    modified_at: Annotated[pl.Datetime, "us", "Asia/Shanghai"] = titled("文件自身的修改时间")
    sequence: int = titled("收件顺序", nullable=False)
    present: bool = titled("是否仍在收件夹", nullable=False)
    late: bool = titled("是否逾期", nullable=False)
    withdrawn: str = titled("撤回原因")


class Rows(pa.DataFrameModel):
    """One row a table of a form that was read: rows with content = rows taken + rows skipped."""

    submission_id: str = titled("报送编号", nullable=False)
    city: str = titled("报送城市")
    file: str = titled("文件", nullable=False)
    sheet: str = titled("工作表")
    table: str = titled("所在表", nullable=False)
    rows_seen: int = titled("有内容的行数", nullable=False)
    rows_taken: int = titled("读入行数", nullable=False)
    rows_skipped: int = titled("跳过行数", nullable=False)
    reasons: str = titled("跳过原因")


class Decisions(pa.DataFrameModel):
    """One row a decision that the centre has handed in, and what became of it."""

    number: str = titled("编号")
    kind: str = titled("事项类别")
    says: str = titled("事项")
    ruling: str = titled("裁定")
    reason: str = titled("理由")
    judge: str = titled("裁定人")
    day: str = titled("裁定日期")
    until: str = titled("有效期至")
    state: str = titled("办理情况", nullable=False)
    answer: str = titled("办理说明")
    file: str = titled("裁定文件")
    sheet: str = titled("工作表")
    row: int = titled("行号")
    sha256: str = titled("文件校验值（SHA-256）")
    evidence: str = titled("依据的单元格")


class Cities(pa.DataFrameModel):
    """One row a 设区市, in official order."""

    city: str = titled("设区市", nullable=False)
    state: str = titled("报送状态", nullable=False)
    forms: int = titled("现行的表（份）", nullable=False)
    admitted: int = titled("入库（份）", nullable=False)
    mending: int = titled("待改（份）", nullable=False)
    late: int = titled("逾期收到（份）", nullable=False)
    errors: int = titled("须改正项数", nullable=False)
    warnings: int = titled("需核实项数", nullable=False)
    first_received_at: Annotated[pl.Datetime, "us", "Asia/Shanghai"] = titled("最早收件")
    last_received_at: Annotated[pl.Datetime, "us", "Asia/Shanghai"] = titled("最近收件")
    nil_reason: str = titled("零申报说明")


SEASON_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "finding_history": FindingHistory, "changes": Changes, "arrivals": Arrivals, "decisions": Decisions,
    "cities": Cities, "rows": Rows,
}
