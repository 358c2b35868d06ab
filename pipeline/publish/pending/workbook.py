"""The list's workbook: the conflicts, the rules that may be waived, and how to fill both in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from pipeline.conflicts import Agenda, Conflict, agenda_of
from pipeline.conflicts.agenda import matter
from pipeline.conflicts.gathering import findings_of
from pipeline.publish import style
from pipeline.publish.atomic import replacing
from pipeline.publish.order import InOrder
from pipeline.publish.pending import blocks, guide, outcomes, waivers
from pipeline.publish.sheet import Book
from schemas.season import FindingState

CONFLICTS, WAIVERS, OUTCOMES, GUIDE = SHEETS = ("待核事项", "规则豁免", "裁定办理情况", "填写说明")


def write(tables: Mapping[str, pl.DataFrame], target: Path, agenda: Agenda | None = None,
          answers: Mapping[str, Collection[str]] | None = None) -> None:
    """Write the list from the tables of `schemas.register.TABLES`, in one step.

    Same rows, same bytes, in whatever order they come. Where the bureaus' returned forms lie beside the target, each
    line has a link to its cell. `agenda` is what the decisions in force leave to be decided, under the numbers by which
    the next ones are matched (`Rulings.agenda`); without it everything in the tables is. `answers` as in
    `pipeline.publish.links.linked`.
    """
    tables = InOrder(tables)
    agenda = agenda or agenda_of(tables)
    found = still_asked(agenda, tables["findings"])
    with replacing(target) as aside, style.workbook(aside, blocks.TITLE) as workbook:
        book = Book(workbook)
        forms = tables["submissions"], target.parent, answers
        blocks.write(book, CONFLICTS, found, *forms)
        waivers.write(book, WAIVERS, waivers.rows(agenda, tables["findings"]), *forms)
        outcomes.write(book, OUTCOMES, tables["decisions"])
        guide.write(book, GUIDE)


def still_asked(agenda: Agenda, findings: pl.DataFrame) -> list[Conflict]:
    """The conflicts that are open, with what is said of an earlier decision; of those sent back, the explained ones."""
    explained = set(findings.filter(state=str(FindingState.EXPLAINED))["finding_id"])
    numbers = findings_of(agenda.conflicts, findings)
    asked = []
    for conflict in agenda.conflicts:
        key = matter(conflict.number)
        if key in agenda.again and not (numbers[conflict.number] and numbers[conflict.number] <= explained):
            continue
        note = agenda.again.get(key, "") + agenda.notes.get(key, "")
        asked.append(conflict._replace(says=f"{conflict.says}\n（{note}）") if note else conflict)
    return asked
