"""What the forms say: rows of the tables as evidence, with file, sheet and cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipeline.organisations import Claim
from pipeline.publish.pending.conflict import Evidence, Place
from schemas.decision import DISPUTES
from schemas.register import LEAD_ROLE, MEMBER_ROLE, STATUS_WORDS

RULES = frozenset(code for dispute in DISPUTES for code in dispute.rules)


class Forms:
    """The tables, and where what they hold was read."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """`tables` as `schemas.register.TABLES`, in their order (`publish.order.ordered`)."""
        self.tables = tables
        # Without a readable code a row's organisation is that row alone.
        self.readable = tables["members"].filter(pl.col("org_id") == pl.col("uscc"))
        self.found = tables["findings"].filter(pl.col("code").is_in(list(RULES)))
        self._forms = {row["submission_id"]: row for row in tables["submissions"].unique(
            "submission_id", keep="first", maintain_order=True).iter_rows(named=True)}
        self._leads = set(tables["consortia"].select("submission_id", "lead_uscc").drop_nulls().iter_rows())
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

    def claims(self, rows: Sequence[Mapping[str, Any]], field: str) -> list[Claim]:
        """What each row says of `field`, for the register's own policy."""
        times = [self._forms.get(row["submission_id"], {}).get("received_at") for row in rows]
        order = {time: place for place, time in enumerate(sorted({time for time in times if time}), 1)}
        return [Claim(row[field], self.leads(row), order.get(time, 0)) for row, time in zip(rows, times, strict=True)]

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
            row.get("rd_spend_wan"), STATUS_WORDS.get(form.get("status")), form.get("file"),
            sheet or form.get("sheet"), cell)


def _whose(table: str, row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The unit that a row is about, and its code where the row has one."""
    if table == "members":
        return row["name"], row["uscc"]
    if table == "consortia":
        return row["lead_unit"], row["lead_uscc"]
    return row["host_unit" if table == "platforms" else "undertaker"], None
