"""Tables with one conflict of every kind, for the tests of the list of what is to be decided."""

from __future__ import annotations

from typing import Any

import polars as pl
import register_tables

# Invented; codes have the private bodies PDY….
GOOD, OTHER, THIRD = "91320100PDY00001XR", "91320200PDY000021A", "91320300PDY000031B"
BROKEN = "9132O100PDY00001XR"


def form(number: int, city: str = "南京市", status: str = "accepted_with_warnings", **facts: Any) -> dict[str, Any]:
    """A form of one city, with the columns that submissions and contents need."""
    name = facts.pop("name", f"{number}号创新联合体")
    return dict(submission_id=f"s{number}", consortium_id=f"c{number}", city=city, status=status, name=name,
                file=f"{city}/{number}.xlsx", sheet="基础信息表", consortium_name=name,
                admitted=status.startswith("accepted")) | facts


def member(of: dict, seq: int, name: str | None, code: str | None, **facts: Any) -> dict[str, Any]:
    """A member row; its code counts as readable unless `org_id` says otherwise."""
    return {key: of[key] for key in ("submission_id", "consortium_id", "city", "admitted")} | dict(
        seq=seq, name=name, uscc=code, org_id=code) | facts


def finding(of: dict, code: str, field: str, cell: str | None, row: int = 0, table: str = "members",
            **facts: Any) -> dict[str, Any]:
    """A finding on one cell of a form."""
    severity = "E" if code in ("X04", "M04", "M05", "M06", "M08") else "W"
    return dict(finding_id=f"{of['submission_id']}{code}{table}{row}{field}", submission_id=of["submission_id"],
                city=of["city"], file=of["file"], sheet=of["sheet"], cell=cell, code=code, severity=severity,
                table=table, row=row, field=field, state="open", message=f"某处（{cell}）：不对。") | facts


def tables(forms: list[dict], **contents: list[dict]) -> dict[str, pl.DataFrame]:
    """The register's tables of these forms."""
    return register_tables.frames({"submissions": forms, **contents})


def every_kind(first: str = "甲公司", second: str = "甲厂", host: str = "乙大学",
               message: str = f"成员表第 3 行（D15）：“{BROKEN}”的第5位“O”不会出现在代码里。") -> dict[str, pl.DataFrame]:
    """Three forms: every kind of conflict once; the names are free, so that they can be hostile."""
    a, b, c = form(1, name="同名"), form(2, "无锡市", name="同名"), form(3, "无锡市", "returned")
    lead = dict(lead_unit=first, lead_uscc=GOOD)
    return tables(
        [a, b, c], consortia=[a | lead, b | lead, c | lead],
        members=[
            member(a, 1, first, GOOD, revenue_wan=100.0, rd_spend_wan=7.5),
            member(b, 1, second, GOOD, revenue_wan=1000.0, rd_spend_wan=7.5),
            member(c, 1, first, GOOD, revenue_wan=1000.0, rd_spend_wan=9.0),
            member(a, 2, host, OTHER), member(b, 2, host, THIRD),
            member(c, 2, first, BROKEN, org_id="D1"), member(c, 3, host, OTHER[:-1] + "Y", org_id="D2")],
        platforms=[a | dict(seq=1, name="平台", host_unit=first), b | dict(seq=1, name="平台", host_unit=host)],
        projects=[a | dict(seq=1, name="项目", undertaker=first), c | dict(seq=1, name="项目", undertaker=host)],
        organisations=[dict(org_id=GOOD, uscc=GOOD, name=second, revenue_wan=100.0, rd_spend_wan=7.5)],
        findings=[
            *(finding(of, "X04", "name", f"B{row}", table="consortium") for of, row in ((a, 3), (b, 3))),
            *(finding(of, "X01", "lead_unit", "B5", table="consortium") for of in (a, b, c)),
            *(finding(of, "X02", "name", "C13", 1) for of in (a, b, c)),
            *(finding(of, "X05", field, cell, 1) for of in (a, b, c) for field, cell in (
                ("revenue_wan", "G13"), ("rd_spend_wan", "H13"))),
            *(finding(of, "X03", "uscc", "D14", 2) for of in (a, b)),
            finding(c, "M05", "uscc", "D14", 2, value=BROKEN, message=message),
            finding(c, "X07", "uscc", "D14", 2, value=BROKEN),
            finding(c, "M08", "uscc", "D15", 3, value=OTHER[:-1] + "Y", message="（D15）：代码校验不通过。"),
            *(finding(of, "P05", "name", "A30", 1, "platforms") for of in (a, b)),
            *(finding(of, "J05", "name", "A35", 1, "projects") for of in (a, c)),
            finding(c, "B08", "phone", "F9", table="consortium", value="8335", message="“联系电话”（F9）：“8335”不像手机号。"),
            finding(c, "M28", "task", "E14", 2, severity="E", message="成员表第 2 行（E14）：没有填写。"),
            finding(c, "M28", "task", "E15", 3, severity="E", message="成员表第 3 行（E15）：没有填写。"),
            finding(c, "M14", "uscc", "D15", 3, severity="I")])
