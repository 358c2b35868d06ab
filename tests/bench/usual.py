"""A script of the usual kind for the same job, written with normal care: openpyxl, pandas and pandera, file by file.

It is what an analyst would write for this template: open each workbook once, read the cells where the template has
them, check them against pandera schemas, mark the wrong cells in the open workbook and save it for the bureau, gather
the rows, merge the members by code, write the register and each city's list. It stands alone: it imports nothing of the
project, and runs in an environment of its own (requirements-bench.lock), because the project does without pandas.

`python usual.py INBOX OUT [FIRST LAST]` takes the files FIRST to LAST in the order of their names, all of them by
default, and prints its seconds by phase as JSON. What it leaves out, and `consortium` does: forms that are not on the
template, broken and hostile files, history, receipts, the board, decisions, the same bytes for the same input.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pandas as pd
import pandera.pandas as pa
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

SHEET = "基础信息表"
FIELDS = set("""高端装备 集成电路 新能源 新材料 生物医药 新能源汽车 新型电力装备 节能环保 软件与信息服务 物联网 新一代信息通信
高技术船舶和海工装备 航空航天 第三代半导体 通用人工智能 类脑智能 量子科技 氢能和新型储能 深海深地空天 合成生物 细胞和基因技术
未来网络 先进计算 元宇宙""".split())
LEVELS = ["国家级", "省级"]
# Labels of column A below the members' table move with its length.
MEMBERS, GOVERNANCE, STAFF, RIGHTS = "创新联合体成员及分工", "联合体决策及运行机制", "牵头及成员单位拥有从业人员数", "拥有有效知识产权数量"
PLATFORMS, PROJECTS = "牵头及成员单位已建省级以上创新平台", "牵头及成员单位近三年承担省级以上重大科技计划"
BASICS = {"name": "B4", "industry": "B5", "address": "F5", "lead_unit": "B6", "legal_representative": "F6",
          "lead_scientist": "B7", "lead_scientist_title": "F7", "lead_type": "B8", "contact": "B9", "phone": "F9",
          "member_counts": "B10", "rd_directions": "B12"}
TABLES = {MEMBERS: {"name": "C", "uscc": "D", "task": "E", "duty": "F", "revenue_wan": "G", "rd_spend_wan": "H"},
          PLATFORMS: {"name": "C", "industry": "D", "level": "E", "host_unit": "F", "established": "H"},
          PROJECTS: {"name": "C", "industry": "D", "level": "E", "period": "F", "undertaker": "G"}}
YEAR_MONTH = r"(?:19|20)\d\d(?:年|[.\-/])(?:1[0-2]|0?[1-9])月?"
PERIOD = re.compile(rf"({YEAR_MONTH})\s*[-—~至]\s*({YEAR_MONTH})")
COLOURS = {"E": PatternFill("solid", fgColor="FFC7CE"), "W": PatternFill("solid", fgColor="FFEB9C")}


@lru_cache(maxsize=100_000)
def code_fault(code: str) -> str:
    """The rule that a code breaks; "" for none."""
    try:
        uscc.validate(code)
    except InvalidLength:
        return "M04"
    except InvalidChecksum:
        return "M08"
    except (InvalidFormat, ValidationError):
        return "M05"
    return ""


def ended_after_beginning(period: str) -> bool:
    """Whether both months can be read and are in order."""
    found = PERIOD.fullmatch(period.strip())
    if not found:
        return False
    begin, end = (tuple(map(int, re.findall(r"\d+", month))) for month in found.groups())
    return begin <= end


def sums_up(phrase: str) -> bool:
    """Whether the five numbers of the phrase are a total and its parts."""
    total, *parts = [int(number) for number in re.findall(r"\d+", phrase)] or [-1]
    return total == sum(parts)


def _code(rule: str) -> pa.Check:
    return pa.Check(lambda codes: codes.map(code_fault) != rule, name=rule)


def _each(rule: str, test: Any) -> pa.Check:
    return pa.Check(lambda values: values.map(test), name=rule)


def _text(*checks: pa.Check) -> pa.Column:
    return pa.Column(None, checks=list(checks))


SCHEMAS = {
    "basics": pa.DataFrameSchema({
        "name": _text(), "industry": _text(pa.Check.isin(FIELDS, error="B04")), "address": _text(),
        "lead_unit": _text(),
        "legal_representative": _text(), "lead_scientist": _text(), "lead_scientist_title": _text(),
        "lead_type": _text(_each("B09", lambda ticks: ticks.count("☑") == 1)), "contact": _text(),
        "phone": _text(pa.Check.str_matches(r"^(1\d{10}|0\d{2,3}-?\d{7,8})$", error="B08")),
        "member_counts": _text(_each("B12", sums_up)), "rd_directions": _text(),
        "governance": _text(_each("L01", lambda text: len("".join(text.split())) <= 500)),
        **{field: pa.Column(int, pa.Check.ge(0, error="T01"))
           for field in ("staff_count", "technical_staff_count", "ip_count", "invention_patent_count")},
    }, checks=[pa.Check(lambda form: form["technical_staff_count"] <= form["staff_count"], name="T02"),
               pa.Check(lambda form: form["invention_patent_count"] <= form["ip_count"], name="T03")]),
    MEMBERS: pa.DataFrameSchema({
        "name": _text(), "uscc": _text(_code("M04"), _code("M05"), _code("M08")), "task": _text(), "duty": _text(),
        "revenue_wan": pa.Column(float, pa.Check.ge(0, error="M21"), nullable=True),
        "rd_spend_wan": pa.Column(float, pa.Check.ge(0, error="M21"), nullable=True),
    }, checks=[pa.Check(lambda rows: rows["revenue_wan"].notna() | ~rows["name"].str.contains("公司"), name="M20")]),
    PLATFORMS: pa.DataFrameSchema({
        "name": _text(), "industry": _text(pa.Check.isin(FIELDS, error="P04")),
        "level": _text(pa.Check.isin(LEVELS, error="P01")),
        "host_unit": _text(), "established": _text(pa.Check.str_matches(f"^{YEAR_MONTH}$", error="P03"))}),
    PROJECTS: pa.DataFrameSchema({
        "name": _text(), "industry": _text(pa.Check.isin(FIELDS, error="J04")),
        "level": _text(pa.Check.isin(LEVELS, error="J01")),
        "period": _text(_each("J03", ended_after_beginning)), "undertaker": _text()}),
}
REQUIRED = {"uscc": "M02", "task": "M28", "contact": "B06", "legal_representative": "B06", "governance": "L02"}
WARNINGS = {"B04", "B07", "B08", "P03", "P04", "J03", "J04"}
# Where a rule about several cells is marked.
ON = {"T02": "technical_staff_count", "T03": "invention_patent_count", "M20": "revenue_wan"}


class Finding(NamedTuple):
    """One mistake: the file, the rule with its severity, the cell."""

    file: str
    rule: str
    cell: str

    @property
    def severity(self) -> str:
        """E or W."""
        return self.rule[-1]


def read(sheet: Worksheet) -> tuple[dict[str, pd.DataFrame], dict[tuple[str, int, str], str]]:
    """The form's four tables, and the cell of every value by table, row and field."""
    rows = {str(cell.value).splitlines()[0]: cell.row for cell in sheet["A"] if cell.value}
    cells = {("basics", 0, field): address for field, address in BASICS.items()} | {
        ("basics", 0, "governance"): f"B{rows[GOVERNANCE]}",
        ("basics", 0, "staff_count"): f"B{rows[STAFF]}", ("basics", 0, "technical_staff_count"): f"F{rows[STAFF]}",
        ("basics", 0, "ip_count"): f"B{rows[RIGHTS]}", ("basics", 0, "invention_patent_count"): f"F{rows[RIGHTS]}"}
    tables = {"basics": pd.DataFrame([{field: sheet[address].value for (_, _, field), address in cells.items()}])}
    for table, columns in TABLES.items():
        records, row = [], rows[table] + 1
        while any(record := {field: sheet[f"{column}{row}"].value for field, column in columns.items()}.values()):
            cells |= {(table, len(records), field): f"{column}{row}" for field, column in columns.items()}
            records.append(dict(zip(columns, record, strict=True)))
            row += 1
        tables[table] = pd.DataFrame(records, columns=list(columns))
    money = ["revenue_wan", "rd_spend_wan"]
    tables[MEMBERS][money] = tables[MEMBERS][money].astype(float)
    return tables, cells


def check(tables: dict[str, pd.DataFrame]) -> Iterator[tuple[str, int, str, str]]:
    """What is wrong: table, row, field, rule."""
    for table, schema in SCHEMAS.items():
        try:
            schema.validate(tables[table], lazy=True)
        except pa.errors.SchemaErrors as errors:
            failed = errors.failure_cases.drop_duplicates(["check", "index"])
            for column, rule, row in failed[["column", "check", "index"]].itertuples(index=False):
                if rule == "not_nullable":
                    yield table, int(row), column, REQUIRED.get(column, "B07")
                else:
                    yield table, int(row), ON.get(rule, column), rule
    units = set(tables[MEMBERS]["name"]) | set(tables["basics"]["lead_unit"])
    for table, field, rule in ((PLATFORMS, "host_unit", "P02"), (PROJECTS, "undertaker", "J02")):
        strangers = tables[table].index[~tables[table][field].isin(units)]
        yield from ((table, int(row), field, rule) for row in strangers)


def mark(book: openpyxl.Workbook, sheet: Worksheet, findings: list[Finding]) -> None:
    """Colour and comment the wrong cells, and put the list of problems before the form."""
    told = book.create_sheet("问题清单", 0)
    told.append(["规则编号", "级别", "单元格"])
    for finding in findings:
        sheet[finding.cell].fill = COLOURS[finding.severity]
        sheet[finding.cell].comment = Comment(f"{finding.rule}：请核对并改正", "系统")
        told.append([finding.rule[:-2], finding.severity, finding.cell])


def one_file(path: Path, out: Path, spent: Counter) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Read, check and hand back one form."""
    started = time.perf_counter()
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    tables, cells = read(sheet)
    was_read = time.perf_counter()
    file = f"{path.parent.name}/{path.name}"
    findings = [Finding(file, f"{rule}/{'W' if rule in WARNINGS else 'E'}", cells[table, row, field])
                for table, row, field, rule in check(tables)]
    checked = time.perf_counter()
    mark(book, sheet, findings)
    target = out / path.parent.name / "退改" / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    spent["read"] += was_read - started
    spent["check"] += checked - was_read
    spent["mark"] += time.perf_counter() - checked
    return tables, findings


def write_register(forms: list[tuple[dict[str, pd.DataFrame], list[Finding]]], files: list[Path], out: Path) -> None:
    """The register of the forms without an error, its members merged by code, and each city's list of problems."""
    findings = pd.DataFrame([finding for _, found in forms for finding in found], columns=list(Finding._fields))
    good = [(file, tables) for file, (tables, found) in zip(files, forms, strict=True)
            if all(finding.severity != "E" for finding in found)]
    whole = {table: pd.concat([tables[table].assign(file=file.name, city=file.parent.name) for file, tables in good])
             for table in SCHEMAS}
    units = whole[MEMBERS].groupby("uscc").agg(
        name=("name", "first"), consortium_count=("file", "nunique"), revenue_wan=("revenue_wan", "max"),
        rd_spend_wan=("rd_spend_wan", "max")).reset_index()
    with pd.ExcelWriter(out / "名录.xlsx", engine="openpyxl") as writer:
        for table, frame in {**whole, "单位": units, "问题": findings}.items():
            frame.to_excel(writer, sheet_name=table[:31], index=False)
    for city, of_city in findings.groupby(findings["file"].str.split("/").str[0]):
        of_city.to_excel(out / city / "问题清单.xlsx", index=False)


def main() -> None:
    """Do the job, and print what it took."""
    inbox, out, *limits = sys.argv[1:]
    files = sorted(Path(inbox).glob("*/*.xlsx"), key=lambda path: path.name)
    files = files[slice(*map(int, limits))] if limits else files
    spent, started, loaded = Counter(), time.perf_counter(), time.process_time()
    forms = [one_file(path, Path(out), spent) for path in files]
    gathered = time.perf_counter()
    write_register(forms, files, Path(out))
    spent["register"] = time.perf_counter() - gathered
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - loaded
    print(json.dumps({"forms": len(files), "seconds": seconds, "cpu_seconds": cpu_seconds, "phases": spent,
                      "findings": [[finding.file, finding.rule] for _, found in forms for finding in found]}))


if __name__ == "__main__":
    main()
