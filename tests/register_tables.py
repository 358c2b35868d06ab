"""The tables of `schemas.register` filled with invented consortia, for the tests of what is published.

Every name, code and number is made up; codes have the private bodies PDY… and need not pass a check here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from schemas import call, register

HOSTILE = ("=cmd|'/c calc'!A0", "http://example.com/x", "{=1+1}", "a\u0000b\u202ec", "长" * 40_000, "@SUM(A1)",
           "+1+1",
           "\t=1", "＝1+1", "_x0041_", "  ")
TRADES = ("智能电网", "集成电路装备", "生物医药制剂", "碳纤维", "海工装备", "工业软件", "氢燃料电池", "卫星通信")
DEVICES = ("宽禁带功率器件设计与可靠性验证", "成套装备集成", "关键材料制备工艺", "控制系统与算法", "中试验证与检测", "示范应用")
ISSUES = (("B08", "W", "consortium", "phone", "联系电话“83359254”不像手机号或座机号。手机应为 11 位，座机请带区号，如 025-83359254"),
          ("M26", "W", "members", "revenue_wan", "成员表第 2 行近一年销售收入“12500000”万元异常，疑似按“元”填写。请核对单位"),
          ("P02", "W", "platforms", "host_unit", "依托单位“某某大学某某学院”像是成员单位的内设部门。请填写成员单位全称"))
FAULTS = (("M08", "E", "members", "uscc", "成员表第 {n} 行统一社会信用代码“91320100PDY{n:05d}X”校验不通过，一般是录入有误。请对照营业执照改正"),
          ("B12", "E", "consortium", "member_counts", "填写的合计为 12 个，四类相加为 11 个，两者应相等。请改为一致"))


def _row(table: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.get(name) for name in register.polars_schema(table)}


def frames(rows: dict[str, list[dict[str, Any]]]) -> dict[str, pl.DataFrame]:
    """Rows (dicts with any of the columns) as the tables of the register; the columns left out are null."""
    return {table: pl.DataFrame([_row(table, row) for row in rows.get(table, [])],
                                schema=register.polars_schema(table),
                                orient="row") for table in register.TABLES}


def empty() -> dict[str, pl.DataFrame]:
    """All tables without rows."""
    return frames({})


def build(each_city: int = 3, members: int = 8,
          silent: tuple[str, ...] = ("宿迁市", "连云港市")) -> dict[str, pl.DataFrame]:
    """Tables for the thirteen cities: every fifth form is returned, every third has warnings."""
    rows: dict[str, list] = {table: [] for table in register.TABLES}
    number = 0
    for city in call.CITIES:
        for place in range(each_city if city.name not in silent else 0):
            number += 1
            _form(rows, city, number, place, members)
    _strays(rows)
    return frames(rows)


def _form(rows: dict[str, list], city: call.City, number: int, place: int, members: int) -> None:
    trade, field = TRADES[number % len(TRADES)], call.FIELDS[number * 7 % len(call.FIELDS)]
    returned, warned = number % 5 == 4, number % 3 == 1
    admitted = not returned
    key, name = f"s{number:05d}", f"江苏省{city.short}{trade}创新联合体"
    of_form = dict(submission_id=key, consortium_id=f"c{number:05d}", city=city.name, admitted=admitted)
    file = f"{city.name}/{trade}创新联合体基础信息表{place + 1}.xlsx"
    units = [f"{city.short}{trade}{'股份有限公司' if n == 0 else f'第{n}研究院' if n % 4 == 3 else f'配套{n}厂有限责任公司'}"
             for n in range(members - 1)] + ["江南应用技术大学"]
    codes = [f"91{city.code}PDY{number:03d}{n:02d}X{n % 10}" for n in range(members - 1)]
    codes.append("12320000PDY99999XA")
    rows["consortia"].append(of_form | dict(
        name=name, industry=field, address=f"{city.name}创新大道{number}号{trade}产业园 A 座 {number} 层",
        lead_unit=units[0], lead_uscc=codes[0], legal_representative="王建国", lead_scientist="李晓明",
        lead_scientist_title="研究员级高级工程师", lead_type=call.LEADING_ENTERPRISE, contact="陈静",
        phone=f"025-8335{number:04d}、1380000{number:04d}", member_count=members,
        enterprise_count=members - 2, university_count=1, institute_count=1, other_count=0,
        rd_directions=f"面向{trade}的{'；'.join(DEVICES[: 2 + number % 4])}。", governance="设理事会和专家委员会。" * 30,
        staff_count=1200 * number, technical_staff_count=400 * number, ip_count=320 + number,
        invention_patent_count=120 if number % 7 else None))
    for n, (unit, code) in enumerate(zip(units, codes, strict=True)):
        company = unit.endswith("公司")
        rows["members"].append(of_form | dict(
            seq=n + 1, name=unit, uscc=code, org_id=code, task=DEVICES[n % 6],
            duty=f"负责{DEVICES[(n + 1) % 6]}，提供试验条件", revenue_wan=125_000.5 + n * 1000 if company else None,
            rd_spend_wan=6_000.0 + n if company else None))
        if admitted:
            _origin(rows, of_form, file, code, unit, n)
    for n in range(1 + number % 3):
        rows["platforms"].append(of_form | dict(
            seq=n + 1, name=f"江苏省{trade}重点实验室（{city.short}{n + 1}）", industry=field, level=call.LEVELS[n % 2],
            host_unit=units[0], established=f"20{10 + n}-0{n + 3}"))
        rows["projects"].append(of_form | dict(
            seq=n + 1, name=f"{trade}关键技术研发与产业化", industry=field, level=call.LEVELS[(n + 1) % 2],
            period_start="2021-01", period_end="2023-12" if n else None, undertaker="、".join(units[:2])))
    issues = [issue for place, issue in enumerate(ISSUES) if warned and place <= number % 3]
    _findings(rows, of_form, file, issues + list(FAULTS) * returned)
    status = ("returned" if returned else "accepted_with_warnings" if warned else "accepted")
    rows["submissions"].append(dict(
        submission_id=key, city=city.name, file=file, sheet="基础信息表", sha256=f"{number:08x}" * 8,
        size=20_000 + number,
        received_at=datetime(2023, 9, 18, 9, 0, tzinfo=call.CHINA) + timedelta(minutes=number), version=1,
        status=status, late=number % 9 == 0, consortium_id=of_form["consortium_id"], consortium_name=name,
        errors=4 if returned else 0, warnings=len(ISSUES[: number % 3 + 1]) if warned else 0, notices=1))


def _origin(rows: dict[str, list], of_form: dict, file: str, code: str, unit: str, place: int) -> None:
    origin = {key: of_form[key] for key in ("submission_id", "consortium_id", "city")} | dict(
        org_id=code, uscc=code, name=unit, file=file, sheet="基础信息表")
    rows["sources"].append(origin | dict(role="成员", cell=f"B{17 + place}"))
    if place == 0:
        rows["sources"].append(origin | dict(role="牵头", cell="B5"))
    known = [row for row in rows["organisations"][-20:] + rows["organisations"][:20] if row["org_id"] == code]
    if known:
        known[0]["consortium_count"] += 1
        return
    university = unit.endswith("大学")
    kind = call.UNIVERSITY if university else call.INSTITUTE if "研究院" in unit else call.ENTERPRISE
    rows["organisations"].append(dict(
        org_id=code, uscc=code, name=unit, other_names=f"{unit}（本部）" if place == 1 else None, kind=kind,
        division_code="320000" if university else code[2:8],
        division_name="江苏省" if university else of_form["city"], consortium_count=1,
        lead_count=int(place == 0), revenue_wan=None if university else 125_000.5 + place * 1000,
        rd_spend_wan=None if university else 6_000.0 + place,
        conflicts="近一年销售收入在不同表中为 126000.5、12600.05 万元" if place == 1 else None))


def _findings(rows: dict[str, list], of_form: dict, file: str, found: list[tuple]) -> None:
    origin = {key: of_form[key] for key in ("submission_id", "city")} | dict(file=file, sheet="基础信息表",
                                                                             state="open")
    repeated = [(issue, n) for issue in found for n in ((1, 2, 3) if issue[0] == "M08" else (1,))]
    for (code, level, table, field, message), n in repeated:
        value = f"91320100PDY{n:05d}X" if code == "M08" else "12个，其中：企业6个，高校3个，科研院所1个，其它1个"
        rows["findings"].append(origin | dict(
            finding_id=f"{of_form['submission_id']}-{code}-{n}", code=code, severity=level, table=table,
            row=n, cell=f"C{16 + n}", field=field, value=value, message=message.format(n=n),
            suggestion=f"91320100PDY{n:05d}XR" if code == "M08" else None))
    rows["findings"].append(origin | dict(
        finding_id=f"{of_form['submission_id']}-M14-1", code="M14", severity="I", table="members", row=1,
        cell="C17", field="uscc", value="9132 0100", message="成员表第 1 行统一社会信用代码已自动更正：去掉空格", suggestion=None))


def _strays(rows: dict[str, list]) -> None:
    """Files that are no forms of the register: unreadable, ignored, superseded, of no city."""
    at = datetime(2023, 9, 20, 17, 30, tzinfo=call.CHINA)
    for key, city, file, status, said in (
            ("x1", "南京市", "南京市/扫描件.pdf", "unreadable", "收到的是“.pdf”文件，不能作为基础信息表读取。请另存为“.xlsx”后重报"),
            ("x2", "南京市", "南京市/~$智能电网.xlsx", "ignored", "办公软件的临时文件"),
            ("x3", "宿迁市", "宿迁市/Thumbs.db", "ignored", "系统文件"),
            ("x4", None, "汇总材料/基础信息表.xlsx", "unreadable", "无法判断报送城市。请放入本市收件夹，或在文件名中写明城市")):
        rows["submissions"].append(dict(submission_id=key, city=city, file=file, status=status,
                                        received_at=at, sha256=key * 32, late=False, size=5,
                                        errors=int(status == "unreadable"), warnings=0, notices=0))
        rows["findings"].append(dict(finding_id=f"{key}-F", submission_id=key, city=city, file=file,
                                     code="F03", severity="E" if status == "unreadable" else "I",
                                     message=said, state="open"))
    rows["submissions"].append(dict(
        submission_id="x5", city="南京市", file="南京市/旧/集成电路装备.xlsx", sheet="基础信息表", status="superseded",
        version=1, received_at=at, sha256="ab" * 32, late=False, size=9, consortium_id="c00001",
        consortium_name="江苏省南京集成电路装备创新联合体", errors=3, warnings=1, notices=0))
    for row in rows["submissions"]:
        if row["submission_id"] == "s00001":
            row["version"] = 2


def hostile(longest: int = 40_000) -> dict[str, pl.DataFrame]:
    """Every text column of every table filled with every hostile text in turn, none longer than `longest`."""
    built = build(1)
    count = len(HOSTILE)
    texts = pl.Series([text[:longest] for text in HOSTILE], dtype=pl.String)
    keys = ("submission_id", "consortium_id", "org_id", "finding_id", "status", "severity", "city")
    filled = {}
    for name, frame in built.items():
        names = [name for name, dtype in frame.schema.items() if dtype == pl.String and name not in keys]
        filled[name] = frame.with_columns(
            texts.gather([(row + shift) % count for row in range(frame.height)]).alias(column)
            for shift, column in enumerate(names))
    return filled
