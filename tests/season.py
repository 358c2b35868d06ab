"""A season played night by night: bureaus drop, correct, explain, withdraw; the centre decides; then a run.

Consortia are numbered from 0; number n belongs to the n-th city (modulo 13). Every form is on the official template and
without a mistake, but for what a night's script says.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from pipeline.cli import ended
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from pipeline.template import write
from schemas import call, uscc
from schemas.call import CHINA
from tests.template_forms import GOOD

FIRST_NIGHT = datetime(2023, 9, 1, 2, tzinfo=CHINA)
DECISIONS = "省级裁定"
Form = dict[str, Any]
Change = Callable[[Form], None]


@cache
def code(number: int, prefix: str = "91", division: str = "320102") -> str:
    """A valid 统一社会信用代码, another for each number."""
    body = f"{number:08d}"
    organisation = body + uscc.calc_organisation_check_digit(body)
    return prefix + division + organisation + uscc.calc_check_digit(prefix + division + organisation)


def city_of(number: int) -> call.City:
    return call.CITIES[number % len(call.CITIES)]


def lead_of(number: int) -> str:
    return f"{city_of(number).short}澄远{number}科技股份有限公司"


def form(number: int) -> Form:
    """A right form: a leading enterprise, a university and an enterprise that no other form names."""
    filled = copy.deepcopy(GOOD)
    city, division = city_of(number), _division(number)
    lead = lead_of(number)
    filled["consortium"] |= {
        "name": f"江苏省澄远{number}创新联合体", "address": f"{city.name}建设路{number + 1}号", "lead_unit": lead,
        "phone": f"138{number:08d}", "member_counts": "3个，其中：企业2个，高校1个，科研院所0个， 其它0个",
        "governance": f"设理事会和专家委员会，理事会每季度议事，第{number}号章程。", "contact": f"联系人{number}"}
    filled["members"] = [
        {"name": lead, "uscc": code(number * 3 + 1001, division=division), "task": "总体牵头", "duty": "统筹",
         "revenue_wan": 500_000 + number, "rd_spend_wan": 25_000},
        {"name": f"江苏澄远{number}大学", "uscc": code(number * 3 + 1002, "12", "320000"), "task": "设计", "duty": "理论"},
        {"name": f"{city.short}晟禾{number}半导体有限公司", "uscc": code(number * 3 + 1003, division=division), "task": "芯片",
         "duty": "流片", "revenue_wan": 30_000 + number, "rd_spend_wan": 2_000}]
    filled["platforms"] = [{"name": f"江苏省澄远{number}重点实验室", "industry": "新型电力装备", "level": "省级", "host_unit": lead,
                            "established": "2021年10月"}]
    filled["projects"] = [{"name": f"澄远{number}关键技术研发", "industry": "新材料", "level": "省级",
                           "period": "2021.01-2023.12", "undertaker": lead}]
    return filled


def _division(number: int) -> str:
    """A district of the city whose code is in force."""
    city = city_of(number).code
    return next(area for last in range(2, 20) if (found := uscc.division(f"91{city[:4]}{last:02d}" + "0" * 10))
                and found.status == "现行" for area in [found.code])


class Season:
    """One workspace through its nights; `night` plays a script and returns what stands after it."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.workspace.create()
        self.settings = Settings(second_look_seconds=0, deadline=call.DEADLINE)
        self.now = FIRST_NIGHT
        self.summary = None

    def path(self, number: int, name: str = "") -> Path:
        city = city_of(number).name
        return self.workspace.inbox / city / (name or f"{number:02d}.xlsx")

    def send(self, number: int, *changes: Change, name: str = "") -> None:
        """The form of a consortium lies in its city's folder, with these changes."""
        filled = form(number)
        for change in changes:
            change(filled)
        target = self.path(number, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, filled=filled)
        self.touch(target)

    def put(self, target: Path, data: bytes) -> None:
        """Any other file."""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.touch(target)

    def touch(self, target: Path) -> None:
        """The file was last changed five hours before the night's run."""
        at = (self.now - timedelta(hours=5)).timestamp()
        os.utime(target, (at, at))

    def night(self) -> dict[str, Any]:
        """Run once and go on to the next night; what `standing` says."""
        self.summary = run(self.workspace, self.settings, self.now)
        self.now += timedelta(days=1)
        return self.standing()

    def table(self, name: str) -> pl.DataFrame:
        """A data table as it lies in the outbox."""
        return pl.read_parquet(self.workspace.data_outbox / f"{name}.parquet")

    def standing(self) -> dict[str, Any]:
        """Statuses, states of the E and W findings, findings mended since the round before, states of cities."""
        findings, history = (self.table(name).filter(pl.col("severity") != "I")
                             for name in ("findings", "finding_history"))
        latest = max(history["mended_round"].max() or 0, history["last_round"].max() or 0)
        mended = history.filter(pl.col("state") == "mended", pl.col("mended_round") == latest)
        return {"status": _counted(self.table("submissions")["status"]),
                "findings": {state: sorted(codes) for state, codes in _grouped(findings)},
                "mended": sorted(mended["code"]), "cities": _counted(self.table("cities")["state"])}

    def returned(self, number: int, name: str = "") -> Path:
        """The marked form that the bureau gets back."""
        return self.workspace.city_outbox(city_of(number).name) / "退改" / (name or f"{number:02d}.xlsx")

    def command(self, *words: str) -> None:
        """A command of the operator; it must end well."""
        assert ended([*words, "--workspace", str(self.workspace.root)]) == 0

    def decide(self, name: str, choose: Callable[[Mapping[str, Any]], tuple[str, str] | None]) -> int:
        """Fill 待核清单.xlsx as the centre does and drop it; `choose` gives (裁定, 理由) for a row. How many it filled."""
        book = openpyxl.load_workbook(self.workspace.province_outbox / "待核清单.xlsx")
        filled = sum(_fill(sheet, choose, self.now) for sheet in book.worksheets)
        target = self.workspace.inbox / DECISIONS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        book.save(target)
        self.touch(target)
        return filled


def _grouped(findings: pl.DataFrame) -> list[tuple[str, list[str]]]:
    return findings.group_by("state").agg("code").sort("state").rows()


def _counted(values: pl.Series) -> dict[str, int]:
    return dict(sorted(Counter(values.to_list()).items()))


def _fill(sheet: Any, choose: Callable, now: datetime) -> int:
    titles: dict[str, int] = {}
    filled = 0
    for row in sheet.iter_rows():
        found = {cell.value: cell.column for cell in row if isinstance(cell.value, str)}
        if {"裁定", "理由", "编号"} <= found.keys():
            titles = found
            continue
        if not titles:
            continue
        values = {title: sheet.cell(row[0].row, column).value for title, column in titles.items()}
        chosen = choose(values | {"工作表": sheet.title}) if values["编号"] else None
        if chosen:
            entries = {"裁定": chosen[0], "理由": chosen[1], "裁定人": "周某", "日期": now.date()}
            if "有效期至" in titles:
                entries["有效期至"] = (now + timedelta(days=5)).date()
            day = next((title for title in titles if title in ("日期", "裁定日期")), "日期")
            entries[day] = entries.pop("日期")
            for title, value in entries.items():
                sheet.cell(row[0].row, titles[title]).value = value
            filled += 1
    return filled
