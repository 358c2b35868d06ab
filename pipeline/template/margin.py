"""What stands beside the print area: the 自检 column with its summary."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from pipeline.template import checks
from pipeline.template.formulas import quoted
from pipeline.template.layout import Plan, Table, singles_of
from pipeline.template.place import Place
from pipeline.template.selfcheck import entries, guarded, row_formula
from pipeline.template.styles import Styles
from pipeline.template.wording import MARKS, entries_in
from pipeline.template.worksheet import EMPTY
from schemas.rule import Severity

PASSED = "自检通过，可以报送"
GAP_WIDTH, WIDTH = 2, 64
# Beside the title, with which it stays in sight.
SUMMARY_ROW = 0
_UNCHECKED_ROWS = "插入的行没有自检，请把上一行的自检单元格向下复制。"


class Formula(NamedTuple):
    """One cell of the 自检 column; `cached` is what it shows in an empty form."""

    row: int
    text: str
    cached: str


def column_of(plan: Plan) -> int:
    """The column of the self-check: one narrow column away from the print area."""
    return plan.last_col + 2


def draw(sheet: Worksheet, plan: Plan, styles: Styles, blank: bool) -> None:
    """Heading with summary, and one formula a row; results are known for a blank form only."""
    col = column_of(plan)
    sheet.set_column(col - 1, col - 1, GAP_WIDTH)
    sheet.set_column(col, col, WIDTH)
    summary, *rows = formulas(plan)
    sheet.write_formula(
        SUMMARY_ROW, col, summary.text, styles["summary"], summary.cached if blank else plan.form.margin
    )
    for formula in rows:
        sheet.write_formula(
            formula.row, col, formula.text, styles["check"], (formula.cached if blank else "") or EMPTY
        )
    sheet.conditional_format(
        SUMMARY_ROW,
        col,
        SUMMARY_ROW,
        col,
        {"type": "text", "criteria": "containing", "value": PASSED, "format": styles["passed"]},
    )


@lru_cache(maxsize=64)
def formulas(plan: Plan) -> tuple[Formula, ...]:
    """One formula for each row that is checked, from the top; first the summary, beside the title."""
    rows = _singles(plan)
    for name, table in plan.tables.items():
        rows.append(_unchecked_rows(plan, table))
        rows += [
            Formula(row, row_formula(Place(plan, name, row), checks.TABLES[name]), "")
            for row in range(table.first, table.last + 1)
        ]
    rows.sort()
    return (_summary(plan, rows), *rows)


def _singles(plan: Plan) -> list[Formula]:
    place = Place(plan, singles_of(plan.form).name)
    by_row = defaultdict(list)
    for entry in entries(place, checks.SINGLES):
        by_row[plan.singles[entry.field].value.row].append(entry)
    return [
        Formula(
            row,
            guarded(place, "&".join(entry.expression for entry in found)),
            "".join(entry.cached for entry in found),
        )
        for row, found in by_row.items()
    ]


def _summary(plan: Plan, rows: list[Formula]) -> Formula:
    cells = _cells(plan, rows[0].row, plan.last)
    to_mend, doubtful = entries_in(cells, Severity.ERROR), entries_in(cells, Severity.WARNING)
    verdict = f'IF({to_mend}>0,"还有 "&{to_mend}&" 处需要改正",{quoted(PASSED)})'
    cached = "".join(formula.cached for formula in rows)
    counts = {severity: cached.count(MARKS[severity]) for severity in (Severity.ERROR, Severity.WARNING)}
    return Formula(
        SUMMARY_ROW,
        f'={quoted(plan.form.margin)}&CHAR(10)&{verdict}&IF({doubtful}>0,"；"&{doubtful}&" 处请核实","")',
        f"{plan.form.margin}\n还有 {counts[Severity.ERROR]} 处需要改正；{counts[Severity.WARNING]} 处请核实",
    )


def _unchecked_rows(plan: Plan, table: Table) -> Formula:
    cells = _cells(plan, table.first, table.last)
    mark = MARKS[Severity.WARNING]
    return Formula(
        table.header, f'=IF(COUNTA({cells})<ROWS({cells}),{quoted(mark + _UNCHECKED_ROWS)},"")', ""
    )


def _cells(plan: Plan, first: int, last: int) -> str:
    letter = chr(ord("A") + column_of(plan))
    return f"{letter}{first + 1}:{letter}{last + 1}"
