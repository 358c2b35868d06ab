"""The summary of a run in words: for the person at the screen and for Prefect's board."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.job import Summary

COUNTS = (
    ("forms", "收到基础信息表", "份"), ("admitted", "入库", "份"), ("returned", "退回待改", "份"),
    ("unreadable", "无法读取", "个文件"), ("superseded", "已被新版替代", "份"), ("ignored", "未计入", "个文件"),
    ("errors", "须改正", "项"), ("warnings", "需核实", "项"), ("notices", "提示", "项"),
)


def counts(summary: Summary) -> dict[str, int]:
    """The summary's numbers by name, for the ledger and the log."""
    return {name: getattr(summary, name) for name, _, _ in COUNTS}


def in_words(summary: Summary) -> list[str]:
    """One sentence for what came in, one for what was found, one for the cities that are missing."""
    counted = [f"{title} {getattr(summary, name)} {unit}" for name, title, unit in COUNTS]
    lines = ["，".join(counted[:6]) + "。", "，".join(counted[6:]) + "。"]
    if summary.missing_cities:
        lines.append(f"尚未报送（{len(summary.missing_cities)} 个市）：{'、'.join(summary.missing_cities)}。")
    return lines


def in_markdown(summary: Summary) -> str:
    """The same as a table; counts and city names only, and nothing in it acts as markup."""
    rows = [f"| {title} | {getattr(summary, name)} {unit} |" for name, title, unit in COUNTS]
    missing = "、".join(map(escaped, summary.missing_cities)) or "无"
    outputs = [f"- {escaped(output)}" for output in summary.outputs]
    return "\n".join(["| 项目 | 数量 |", "| --- | ---: |", *rows, f"| 尚未报送 | {missing} |", "", *outputs])


def escaped(text: str) -> str:
    """`text` as markdown shows it letter by letter, on one line; file names come from outside."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return re.sub(r"^[-+]|[\\`*_\[\]#|<>&~]", r"\\\g<0>", plain)
