"""The rules as lines on a screen, from a listing made beforehand: to say what a rule means takes none of what judges.

`pipeline.docs` makes the listing from the declarations, as it does the README, and `make check` compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

LISTING = Path(__file__).with_name("rules.json")


class Told(NamedTuple):
    """What there is to say of one rule, in words."""

    code: str
    level: str
    title: str
    columns: str
    says: str
    fix: str
    clause: str

    @property
    def headline(self) -> str:
        """The rule in one line."""
        return f"{self.code}  {self.level}  {self.title}"

    @property
    def lines(self) -> list[str]:
        """All of it."""
        columns = [f"  栏目：{self.columns}"] if self.columns else []
        return [self.headline, *columns, f"  提示：{self.says}", f"  怎么改：{self.fix}", f"  依据：{self.clause or '—'}"]


def rule_lines(code: str | None) -> list[str]:
    """All rules, one a line; or all about one code's rules; empty if there is no such code."""
    told = [Told(*fields) for fields in json.loads(LISTING.read_text("utf-8"))]
    if code is None:
        return [one.headline for one in told]
    return [line for one in told if one.code == code.strip().upper() for line in one.lines]


def listing() -> str:
    """The listing's text, from the declarations."""
    from schemas import catalogue
    from schemas.rule import SEVERITY_WORDS

    told = [Told(rule.code, SEVERITY_WORDS[rule.severity], rule.title, "、".join(catalogue.labels_of(rule)),
                 catalogue.plain(rule.says), catalogue.plain(rule.fix), rule.clause) for rule in catalogue.rules()]
    return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in told) + "\n]\n"
