"""The summary of a run in words: for the person at the screen and for Prefect's board."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline import layout
from schemas.call import CHINA

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.job import Summary

COUNTS = (
    ("forms", "收到基础信息表", "份"), ("admitted", "入库", "份"), ("returned", "退回待改", "份"),
    ("unreadable", "无法读取", "个文件"), ("superseded", "已被新版替代", "份"), ("ignored", "未计入", "个文件"),
    ("errors", "须改正", "项"), ("warnings", "需核实", "项"), ("notices", "提示", "项"),
)


def counts(summary: Summary) -> dict[str, int]:
    """The summary's numbers by name, for the ledger and the log; `unchanged` is 1 where nothing had to be done."""
    unchanged = {"unchanged": 1} if summary.unchanged_since else {}
    return {name: getattr(summary, name) for name, _, _ in COUNTS} | unchanged


def in_words(summary: Summary) -> list[str]:
    """One sentence for what came in, one for what was found, one for the cities that are missing."""
    counted = [f"{title} {getattr(summary, name)} {unit}" for name, title, unit in COUNTS]
    lines = [*_unchanged(summary), "，".join(counted[:6]) + "。", "，".join(counted[6:]) + "。"]
    if summary.missing_cities:
        lines.append(f"尚未报送（{len(summary.missing_cities)} 个市）：{'、'.join(summary.missing_cities)}。")
    return lines + _elsewhere(summary)


def _elsewhere(summary: Summary) -> list[str]:
    return [f"“{target}”正被打开，没有替换，新的已另存为“{place}”。请关闭后再运行一次，届时写回原名。"
            for target, place in summary.elsewhere]


def _unchanged(summary: Summary) -> list[str]:
    since = summary.unchanged_since and summary.unchanged_since.astimezone(CHINA)
    return [f"与上次（{since.month}月{since.day}日 {since:%H:%M}）相比没有变化，没有重新读取。"] if since else []


def in_morning(summary: Summary, before: Mapping[str, int] | None, deadline: datetime, now: datetime) -> list[str]:
    """The night's result as a message: counts, what changed since `before` (None: nothing to compare), days left."""
    from pipeline.publish.pages.due import Due

    due = Due.of(deadline, now)
    return [*in_words(summary), _changed(summary, before), f"截止时间 {due.words}，{due.countdown}。"]


def _changed(summary: Summary, before: Mapping[str, int] | None) -> str:
    if before is None:
        return "此前没有汇总过。"
    moved = [(title, getattr(summary, name) - before.get(name, 0), unit) for name, title, unit in COUNTS]
    told = [f"{title}{'增加' if by > 0 else '减少'} {abs(by)} {unit}" for title, by, unit in moved if by]
    return f"与前一天相比：{'，'.join(told)}。" if told else "与前一天相比，各项数量没有变化。"


def in_markdown(summary: Summary) -> str:
    """The same as a table; counts and city names only, and nothing in it acts as markup."""
    rows = [f"| {title} | {getattr(summary, name)} {unit} |" for name, title, unit in COUNTS]
    missing = "、".join(map(escaped, summary.missing_cities)) or "无"
    outputs = [f"- {escaped(output)}" for output in _without_names(summary.outputs)]
    said = [*_unchanged(summary), *map(escaped, _elsewhere(summary))]
    unchanged = [line for sentence in said for line in (sentence, "")]
    return "\n".join([*unchanged, "| 项目 | 数量 |", "| --- | ---: |", *rows, f"| 尚未报送 | {missing} |", "", *outputs])


def _without_names(outputs: Sequence[str]) -> list[str]:
    """The outputs whose names are ours; of the forms handed back, which bureaus have named, how many in which
    folder."""
    folders = Counter(folder for output in outputs if (folder := _folder(output)))
    ours = [output for output in outputs if not _folder(output)]
    return ours + [f"{folder}（{number} 份）" for folder, number in folders.items()]


def _folder(output: str) -> str:
    folder = output.rpartition("/")[0]
    return folder if folder.endswith(f"/{layout.RETURNED}") else ""


def escaped(text: str) -> str:
    """`text` as markdown shows it letter by letter, on one line; file names come from outside."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return re.sub(r"^[-+]|[\\`*_\[\]#|<>&~]", r"\\\g<0>", plain)
