"""A register, the list of what is to be decided as it is really written, and what the centre fills in there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import polars as pl

from pipeline import job
from pipeline.decisions.reading import open_decisions
from pipeline.intake import Taken
from pipeline.memory import Memory, Round
from pipeline.publish import pending
from pipeline.settings import Settings
from pipeline.submissions import FileReading
from schemas.call import CHINA
from tests.received import receipt

BEGAN = datetime(2023, 9, 21, 2, tzinfo=CHINA)
SIGNED = {"理由": "见证照", "裁定人": "张某", "裁定日期": "2023-09-20"}
FIRST_ROW = 5


class Run(NamedTuple):
    """What a run made, and its list on disk."""

    resolved: job.Resolved
    path: Path

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        return self.resolved.tables

    def states(self) -> list[tuple[str | None, str]]:
        """(裁定, state) of every decision, in order of arrival."""
        return self.tables["decisions"].select("ruling", "state").rows()

    def answers(self) -> list[str]:
        return self.tables["decisions"]["answer"].to_list()

    def status(self, city: str) -> dict[str, str]:
        """Status of the city's forms by file name."""
        rows = self.tables["submissions"].filter(pl.col("city") == city)
        return {file.rpartition("/")[2]: status for file, status in rows.select("file", "status").iter_rows()}

    def findings(self, code: str) -> list[tuple[str, str, str]]:
        """(city, severity, state) of the findings of a rule."""
        rows = self.tables["findings"].filter(pl.col("code") == code)
        return sorted(rows.select("city", "severity", "state").rows())

    def organisation(self, org_id: str) -> dict[str, Any]:
        (row,) = self.tables["organisations"].filter(pl.col("org_id") == org_id).iter_rows(named=True)
        return row

    def asked(self, sheet: str = "待核事项") -> list[tuple[str, str]]:
        """(类型 or rule, number) of what the list on disk asks."""
        book = openpyxl.load_workbook(self.path)
        rows = list(book[sheet].iter_rows(min_row=FIRST_ROW - 1, values_only=True))
        kind, number = rows[0].index("类型" if sheet == "待核事项" else "规则编号"), rows[0].index("编号")
        return [(row[kind], row[number]) for row in rows[1:] if row[number]]


def run(folder: Path, *files: FileReading, began: datetime = BEGAN, memory: Memory | None = None) -> Run:
    """Judge, resolve, and write the list."""
    receipts = sorted((one.receipt for one in files), key=lambda one: one.sequence)
    judged = job.validate(files, Taken(receipts), Settings())
    resolved = job.resolve(judged, memory or Memory(), Round(1, "k", began))
    path = folder / "待核清单.xlsx"
    pending.write(resolved.tables, path, resolved.rulings.agenda)
    return Run(resolved, path)


def decide(run_: Run, ruling: str | None, *, kind: str = "", sheet: str = "待核事项", name: str = "裁定.xlsx",
           **signed: Any) -> Path:
    """The list of a run with one row filled in, saved elsewhere: the first of a kind (类型, or 规则编号)."""
    book = openpyxl.load_workbook(run_.path)
    page = book[sheet]
    titles = [cell.value for cell in page[FIRST_ROW - 1]]
    of_kind = titles.index("类型" if sheet == "待核事项" else "规则编号") + 1
    number = titles.index("编号") + 1
    row = next(row for row in range(FIRST_ROW, page.max_row + 1)
               if page.cell(row, number).value and (not kind or page.cell(row, of_kind).value == kind))
    offered = {word for rule in page.data_validations.dataValidation if rule.type == "list"
               for area in rule.sqref.ranges if page.cell(row, titles.index("裁定") + 1).coordinate in area
               for word in rule.formula1.strip('"').split(",")}
    assert ruling is None or ruling in offered or signed.get("anyway"), (ruling, offered)
    signed.pop("anyway", None)
    for title, value in {"裁定": ruling, **SIGNED, **signed}.items():
        if title in titles:
            page.cell(row, titles.index(title) + 1).value = value
    target = run_.path.with_name(name)
    book.save(target)
    return target


def handed_in(path: Path, sequence: int = 50, **how: Any) -> FileReading:
    """A decision file as it is received and read."""
    at = BEGAN - timedelta(minutes=100 - sequence)
    return FileReading(receipt(f"省级裁定/{path.name}", sequence, path.read_bytes(), at, **how), *open_decisions(path))


def decided(folder: Path, files: Sequence[FileReading], ruling: str, kind: str, **signed: Any) -> Run:
    """Run, decide on the first of a kind in the list that was written, run again with that."""
    before = run(folder, *files)
    return run(folder, *files, handed_in(decide(before, ruling, kind=kind, **signed)))
