"""What the forms say: rows of the tables as evidence, with file, sheet and cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from pipeline.conflicts.conflict import Evidence, Place
from pipeline.organisations import CODE_LENGTH
from schemas import call
from schemas.decision import DISPUTES
from schemas.register import LEAD_ROLE, MEMBER_ROLE

_LONG_AGO = datetime(1970, 1, 1, tzinfo=call.CHINA)
RULES = frozenset(code for dispute in DISPUTES for code in dispute.rules)


class Forms:
    """The tables, and where what they hold was read."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """`tables` as `schemas.register.TABLES`, in their order (`publish.order.ordered`)."""
        self.tables = tables
        # Without a readable code a row's organisation is that row alone, under an id that is shorter than any code.
        self.readable = tables["members"].filter(pl.col("org_id").str.len_chars() >= CODE_LENGTH)
        self.found = tables["findings"].filter(pl.col("code").is_in(list(RULES)))
        self._forms = {row["submission_id"]: row for row in tables["submissions"].unique(
            "submission_id", keep="first", maintain_order=True).iter_rows(named=True)}
        self._leads = set(tables["consortia"].select("submission_id", "lead_uscc").drop_nulls().iter_rows())
        self._units = {form: frozenset(units) for form, units in self.readable.group_by("submission_id").agg(
            "org_id").iter_rows()}
        self._kept = {row["org_id"]: row for row in tables["organisations"].select(
            "org_id", "name", "revenue_wan", "rd_spend_wan").iter_rows(named=True)}
        self._cells: dict[Place, tuple[str | None, str | None]] = {}
        for finding in self.found.iter_rows(named=True):
            place = Place(finding["submission_id"], finding["table"] or "", finding["row"] or 0,
                          finding["field"] or "")
            self._cells.setdefault(place, (finding["sheet"], (finding["cell"] or "").split(",")[0] or None))
        members = tables["sources"].filter(pl.col("role") == MEMBER_ROLE)
        self._names = {(form, unit): (sheet, cell) for form, unit, sheet, cell in members.select(
            "submission_id", "org_id", "sheet", "cell").iter_rows()}

    def flagged(self, table: str, field: str, codes: tuple[str, ...]) -> pl.DataFrame:
        """submission_id and seq of the rows with one of these findings on `field`."""
        rows = self.found.filter(pl.col("table") == table, pl.col("field") == field, pl.col("code").is_in(list(codes)))
        return rows.select("submission_id", seq="row").unique(maintain_order=True)

    def kept(self, org_id: str, field: str) -> Any:
        """What the register shows now; None where the organisation is not in it."""
        return self._kept.get(org_id, {}).get(field)

    def leads(self, row: Mapping[str, Any]) -> bool:
        """Whether a member row's organisation leads its own form."""
        return (row["submission_id"], row.get("uscc")) in self._leads

    def units_of(self, submission_id: str) -> frozenset[str]:
        """The organisations with a code that are members in a form."""
        return self._units.get(submission_id, frozenset())

    def arrived(self, submission_id: str) -> tuple:
        """What sorts forms by arrival; those of one moment by their file."""
        form = self._forms[submission_id]
        return form["received_at"] or _LONG_AGO, form["file"]

    def line(self, table: str, row: Mapping[str, Any], field: str, option: str | None, value: str) -> Evidence:
        """One row of `table` (members, platforms, projects, consortia) as evidence for `option`."""
        block = "consortium" if table == "consortia" else table
        form = self._forms.get(row["submission_id"], {})
        place = Place(row["submission_id"], block, row.get("seq") or 0, field)
        name = (row["submission_id"], row.get("org_id"))
        sheet, cell = self._cells.get(place) or self._names.get(name) or (None, None)
        unit, code = _whose(table, row)
        role = {"consortia": LEAD_ROLE, "members": LEAD_ROLE if self.leads(row) else MEMBER_ROLE}.get(table)
        return Evidence(
            option, value, place, row["city"], form.get("consortium_name"), unit, code, role, row.get("revenue_wan"),
            row.get("rd_spend_wan"), form.get("file"),
            sheet or form.get("sheet"), cell)


def _whose(table: str, row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The unit that a row is about, and its code where the row has one."""
    if table == "members":
        return row["name"], row["uscc"]
    if table == "consortia":
        return row["lead_unit"], row["lead_uscc"]
    return row["host_unit" if table == "platforms" else "undertaker"], None
