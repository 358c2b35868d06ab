"""One rule: code, severity, what is wrong, how to mend it, clause — beside its check.

A check is a polars expression that is true where the row is in order; null (unknown) passes, so a rule is silent
where a value that it needs is missing. `rule` turns it into a pandera check that carries the rule's name into
`failure_cases.check`; `failure_cases.index` then gives the row, and `on` the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import pandera.polars as pa
import polars as pl

from schemas.column import NOTE

Facts = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Severity(StrEnum):
    """E 强制性 (returned), W 核实性 (correct or explain), I 提示 (worth knowing)."""

    ERROR = "E"
    WARNING = "W"
    NOTICE = "I"


SEVERITY_WORDS = {Severity.ERROR: "须改正", Severity.WARNING: "需核实", Severity.NOTICE: "提示"}
# How a cell can be empty: nothing in it, only the template's hint, an explicit nothing (无, /), or no such label at all.
ABSENT = "absent"
BLANK_NOTES = ("blank", "placeholder", "void", ABSENT)
# Beats two to four of a rule that is told once of a column which a table has not, or under a title nobody knows.
NO_COLUMN_SAYS = "缺少此栏或栏目名没有认出，各行的这一项都没有读取"
NO_COLUMN_FIX = "请按模板补上“{label}”栏；已有这一栏的，请把栏目名改为“{label}”"


@dataclass(frozen=True)
class Rule:
    """A rule as declared.

    `says` is beats two and three (value, regulation) and `fix` beat four, both with {placeholders} from the row's
    `facts`; beat one (where) is composed from `on`, the fields whose cells are marked. `field@link` means that field
    in the row that the frame's column `link` points to.
    """

    code: str
    severity: Severity
    says: str
    fix: str
    on: tuple[str, ...]
    title: str
    clause: str = ""
    facts: Facts | None = None
    # Whether each field of `on` is judged by itself.
    each: bool = False
    # Whether its words need what stands in all other forms.
    waits: bool = False
    # Whether a column that the sheet has not is one mistake, however many rows there are.
    once: bool = False

    @property
    def name(self) -> str:
        """The name pandera carries: a code may have several variants, each with its own sentence."""
        return f"{self.code}/{self.severity} {self.title}"


class Finding(NamedTuple):
    """A rule's verdict on one place of one form.

    `cells` are A1 addresses on `sheet`; `table` and `field` name the block and column (empty for the file), `row` is
    the record's order from 1, 0 where there is none; `record` identifies it without its row, so that inserted rows make
    nothing new.
    """

    submission: int
    rule: Rule
    sheet: str
    cells: tuple[str, ...]
    table: str
    row: int
    field: str
    record: str
    value: str
    message: str
    suggestion: str


def judged(model: type) -> dict[str, Rule]:
    """The rules declared in a block, by pandera name, in order of declaration (parents first)."""
    return {check.rule.name: check.rule for check in _checks(model)}


@cache
def conditions(model: type) -> dict[tuple[str, str], pl.Expr]:
    """What pandera judges, as expressions that are never null: by pandera name and column ("" of a rule on rows)."""
    return {(check.rule.name, field): check.condition(field) if field else check.condition()
            for check in _checks(model) for field in (check.rule.on if check.rule.each else ("",))}


def _checks(model: type) -> Iterator[Any]:
    """What `rule` has declared in a block."""
    for parent in reversed(model.__mro__):
        for item in vars(parent).values():
            check = getattr(item, "__func__", item)
            if isinstance(getattr(check, "rule", None), Rule):
                yield check


def rule(code: str, severity: str, *, on: str | tuple[str, ...] = (), each: tuple[str, ...] = (), says: str,
         fix: str, clause: str = "", facts: Facts | None = None, title: str = "", waits: bool = False,
         once: bool = False) -> Callable:
    """Declare a rule on a row (`on`: every named cell takes part) or on `each` of several columns by itself.

    The decorated function returns an expression, true where all is well; with `each` it is given the field's name.
    Its docstring names the wrong condition and becomes the rule's title, unless `title` does (rules made for several
    tables). With `waits` its sentences need what stands in all other forms; with `once` it is told once of a column
    that the sheet has not.
    """
    cells = (on,) if isinstance(on, str) else on

    def declare(condition: Callable) -> Any:
        declared = Rule(code, Severity(severity), says, fix, cells or each, title or _title(condition), clause, facts,
                        each=bool(each), waits=waits, once=once)

        def kept(*field: str) -> pl.Expr:
            keeps = condition(*field).fill_null(True)
            return _once(keeps, *field or declared.on).fill_null(True) if once else keeps

        if each:
            def check_column(cls, data) -> pl.LazyFrame:
                return data.lazyframe.select(kept(data.key))
            check, wrap = check_column, pa.check(*each, name=declared.name)
        else:
            def check_frame(cls, data) -> pl.LazyFrame:
                return data.lazyframe.select(kept())
            check, wrap = check_frame, pa.dataframe_check(name=declared.name)
        check.__name__ = f"rule_{code}_{severity}"
        check.rule, check.condition = declared, kept
        return wrap(check)

    return declare


def required(code: str, severity: str, *, each: tuple[str, ...], says: str, fix: str, clause: str = "") -> Any:
    """The rule that a cell must not be blank, a leftover hint, or an explicit nothing (无, /)."""

    # A leftover hint in a cell that need not be filled is F12's to say.
    empty = [note for note in BLANK_NOTES if severity == Severity.ERROR or note != "placeholder"]

    def blank(field: str) -> pl.Expr:
        """必填栏没有填写"""
        return ~pl.col(field + NOTE).is_in(empty)

    return rule(code, severity, each=each, says=says, fix=fix, clause=clause, once=True)(blank)


def _once(keeps: pl.Expr, field: str) -> pl.Expr:
    """True also where a rule is broken for want of the column, and was in a row above in the same part of the table.

    A table may go on elsewhere under other titles: each run of rows without the column is a mistake of its own.
    """
    absent, form = pl.col(field + NOTE) == ABSENT, pl.col("submission")
    begins = absent & ~(absent & (form == form.shift(-1))).shift(fill_value=False)
    broken = (absent & ~keeps).cast(pl.Int64)
    before = pl.when(begins).then(broken.cum_sum() - broken).forward_fill()
    return keeps | (absent & (broken.cum_sum() - before > 1))


def _title(condition: Callable) -> str:
    if not condition.__doc__:
        raise TypeError(f"rule {condition.__name__} has no sentence")
    return condition.__doc__.strip().splitlines()[0]
