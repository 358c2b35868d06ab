"""Sheets that are named as samples or instructions: they are no forms, unless somebody filled in a copy of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.grid import Cell, Grid
from pipeline.read.drafts import drafts_of, spare_of
from pipeline.read.labels import MAIN_TABLE, SINGLES, TITLE, Labels
from pipeline.read.record import FormReading, Spotted
from pipeline.read.singles import value_of
from schemas import uscc
from schemas.kinds.text import fold_name, is_blank, is_placeholder, is_void

_EXAMPLES = re.compile(r"示例|样例|样表|示范|范例|填写说明|填报说明|填表说明|说明|字典|附录|参考")
_TEMPLATE = "模板"
# What a program names the copy of a sheet.
_COPY = re.compile(r"[（(]\d+[）)]\s*$")
_ANOTHER, _SAME = "填有另一个创新联合体", "填有同一创新联合体的成员表"
# Of whom an example speaks: 某某公司, ××大学, XX市.
_NOBODY = re.compile("某|[×XｘＸ]{2}")


class Sample(NamedTuple):
    """A filled form on such a sheet: the consortium's name, its cell, whether the sheet is named as a template, which
    somebody may fill in, and not as an example, and whether it is the copy of one."""

    grid: Grid
    name: str
    at: str
    is_template: bool
    is_copy: bool


def is_sample(grid: Grid) -> bool:
    """Whether a sheet is named as instructions, a sample or a template."""
    return _TEMPLATE in grid.name or _EXAMPLES.search(grid.name) is not None


def filled_in(grids: Iterable[Grid], labels: Labels) -> list[Sample]:
    """The sheets on which stands a form with a name and a sound code of a member."""
    found = []
    for grid in grids:
        if not any(map(_is_code, grid.cells.values())):
            continue
        template = not _EXAMPLES.search(grid.name)
        copy = template and _COPY.search(grid.name) is not None
        found.extend(Sample(grid, name, at, template, copy) for name, at in _names(grid, labels))
    return found


def _is_code(cell: Cell) -> bool:
    # Instructions are sentences, which are soon told from codes.
    return cell.text.isascii() and len(cell.text.strip()) == uscc.CODE_LENGTH and uscc.is_valid(cell.text)


def _names(grid: Grid, labels: Labels) -> list[tuple[str, str]]:
    named = []
    for draft in drafts_of([grid], labels):
        spare = spare_of(draft.hits, labels)
        told = [value_of(place, hit, labels, spare[id(place)]) for place, hit in draft.names()]
        told = [value for value in told
                if not (is_blank(value.text) or is_placeholder(value.text) or is_void(value.text))]
        if told and draft.has(MAIN_TABLE) and any(table.rows for _, table in draft.tables):
            named.append((told[-1].text, told[-1].at))
    return named


def passed_over(filled: Sequence[Sample], forms: Sequence[FormReading]) -> list[Spotted]:
    """F05 for what looks like a form of a consortium that is none of `forms`; an example of nobody is none.

    A cover that has the same name is no such form: it has no members.
    """
    whole = {_name_of(form) for form in forms if MAIN_TABLE in form.blocks}
    covers = {_name_of(form) for form in forms} - whole
    return [Spotted("F05_SHEET", sample.grid.name, sample.at, (("diff", _SAME if name in covers else _ANOTHER),))
            for sample in filled if (name := fold_name(sample.name)) not in whole and not _NOBODY.search(name)]


def _name_of(form: FormReading) -> str:
    """The key of a form's own name, "" if it has none."""
    told = form.blocks[SINGLES][0].get(TITLE)
    return fold_name(told.text) if told is not None else ""


def of_covers(filled: Sequence[Sample], forms: Sequence[FormReading]) -> list[Sample]:
    """The templates filled in that have the name of one of `forms` without members: it is but their cover."""
    covers = {_name_of(form) for form in forms if MAIN_TABLE not in form.blocks}
    return [sample for sample in filled if sample.is_template and fold_name(sample.name) in covers]
