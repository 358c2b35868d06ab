"""The 自检 column: for every row one formula that says in words what is still wrong, "" where nothing is.

A check is a chain of steps of which the first that is wrong speaks. A step names the function of the rule it
stands for; cells and words come from that rule. Each condition agrees with it on what clerks usually write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.template.formulas import is_blank, quoted
from pipeline.template.place import Place
from pipeline.template.wording import about_sheet, as_formula, sentence
from schemas.rule import Rule

Wrong = Callable[[Place, str, Rule], str]
Facts = Callable[[str], Mapping[str, str]]


class Step(NamedTuple):
    """`wrong` gives the condition for a cell; `blank`: it holds in an empty form; `facts` fill the fix."""

    rule: str
    wrong: Wrong
    blank: bool = False
    facts: Facts | None = None


class Check(NamedTuple):
    """Steps about each of their rule's cells (`each`) or its first cell; `when` must hold beforehand."""

    steps: tuple[Step, ...]
    each: bool = False
    when: Callable[[Place], str] | None = None


class Entry(NamedTuple):
    """A check at its place: the expression of its text, and the text that an empty form shows."""

    field: str
    expression: str
    cached: str


def entries(place: Place, checks: tuple[Check, ...]) -> list[Entry]:
    """Every check of a block at a place, by field; those that wait for the same condition as one, under the first
    field."""
    found = []
    for check in checks:
        fields = next(on for step in check.steps if (on := place.rule(step.rule).on))
        made = [_entry(place, check, name) for name in (fields if check.each else fields[:1])]
        found += [_waiting(place, check.when, made)] if check.when else made
    return found


def row_formula(place: Place, checks: tuple[Check, ...]) -> str:
    """The formula beside a table's row: silent while the row is empty but for its number."""
    table = place.table
    others = map(place.cell, table.contents)
    texts = "&".join(entry.expression for entry in entries(place, checks))
    return guarded(place, f'IF({is_blank("&".join(others))},"",{texts})')


def guarded(place: Place, expression: str) -> str:
    """The formula of an expression; an error value among its cells is a mistake with words of its own."""
    return f"=IFERROR({expression},{quoted(about_sheet(place.rule('F06')))})"


def _entry(place: Place, check: Check, name: str) -> Entry:
    x, column = place.cell(name), place.column(name)
    expression, cached = '""', ""
    for step in reversed(check.steps):
        rule = place.rule(step.rule)
        facts = step.facts(x) if step.facts else {}
        text = sentence(rule, column, facts)
        expression = f"IF({step.wrong(place, x, rule)},{as_formula(text, facts)},{expression})"
        cached = text if step.blank else cached
    return Entry(name, expression, cached)


def _waiting(place: Place, when: Callable[[Place], str], made: list[Entry]) -> Entry:
    texts = "&".join(entry.expression for entry in made)
    return Entry(made[0].field, f'IF({when(place)},{texts},"")', "")
