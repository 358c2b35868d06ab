"""What the forms say: rows of the tables as evidence, with file, sheet and cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from pipeline.conflicts.conflict import Evidence, Place
from pipeline.publish.order import ordered
from pipeline.shelf import Shelf
from schemas import call
from schemas.decision import DISPUTES, LEADS
from schemas.kinds.text import fold_name
from schemas.register import LEAD_ROLE, MEMBER_ROLE
from schemas.uscc import CODE_LENGTH

_LONG_AGO = datetime(1970, 1, 1, tzinfo=call.CHINA)
RULES = frozenset(code for dispute in DISPUTES for code in dispute.rules)
# The tables that are asked again and again, without their long texts.
_HELD = ("members", "consortia", "platforms", "projects")
_UNASKED = ("task", "duty", "rd_directions", "governance")
# Names that `fold_name` leaves as they are.
_OWN_KEY = "^[\u4e00-\u9fff]+$"
# Without a readable code a row's organisation is that row alone, under an id that is shorter than any code.
READABLE = pl.col("org_id").str.len_chars() >= CODE_LENGTH


class Forms:
    """The tables, and where what they hold was read. Rows are looked up for the few that a conflict is about."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        """`tables` as `schemas.register.TABLES`, in any order."""
        self._tables = Shelf((name, tables[name].drop(_UNASKED, strict=False)) for name in _HELD)
        self._tables["sources"] = tables["sources"].select(
            "city", "org_id", "submission_id", "role", "sheet", "cell").filter(pl.col("role") == MEMBER_ROLE)
        self._folded: dict[str, pl.Series] = {}
        self.found = _in_order("findings", tables["findings"].filter(pl.col("code").is_in(list(RULES))))
        self._tables["organisations"] = tables["organisations"].select("org_id", "name", "revenue_wan", "rd_spend_wan")
        self._submissions = tables["submissions"].select(
            "submission_id", "received_at", "file", "sheet", "consortium_name").unique(
            "submission_id", keep="first", maintain_order=True)
        self._places = {form: place for place, form in enumerate(self._submissions["submission_id"])}
        self._leads = dict(self._tables["consortia"].select("submission_id", "lead_uscc").drop_nulls().iter_rows())
        self._cells: dict[Place, tuple[str | None, str | None]] = {}
        for finding in self.found.iter_rows(named=True):
            place = Place(finding["submission_id"], finding["table"] or "", finding["row"] or 0,
                          finding["field"] or "")
            self._cells.setdefault(place, (finding["sheet"], (finding["cell"] or "").split(",")[0] or None))

    def rows(self, table: str, where: pl.Expr | pl.Series | pl.DataFrame) -> pl.DataFrame:
        """The rows of a table (members, platforms, projects, consortia) for which `where` holds, in one order.

        A frame holds for the rows that agree with one of its own. Columns as in `schemas.register.TABLES`, without the
        long texts (`_UNASKED`); members have `sheet` and `cell` as well, where the register has them.
        """
        # The table itself is gone before that of the sources is unpacked.
        rows = _in_order(table, _among(self._tables[table], where))
        if table != "members":
            return rows
        sources = self._tables["sources"].join(
            rows.select("submission_id", "org_id").unique(), on=["submission_id", "org_id"], how="semi")
        places = _in_order("sources", sources).unique(["submission_id", "org_id"], keep="last")
        return rows.join(places.select("submission_id", "org_id", "sheet", "cell"), on=["submission_id", "org_id"],
                         how="left", maintain_order="left")

    def named(self, table: str, keys: Collection[str]) -> pl.DataFrame:
        """The rows of a table that have a name of these `keys` (`fold_name`); columns as `rows`."""
        return self.rows(table, self._keys(table).is_in(list(keys))) if keys else self._tables[table].clear()

    def _keys(self, table: str) -> pl.Series:
        if table not in self._folded:
            self._folded[table] = _folded(self._tables[table]["name"])
        return self._folded[table]

    def flagged(self, table: str, field: str, codes: tuple[str, ...]) -> pl.DataFrame:
        """submission_id and seq of the rows with one of these findings on `field`."""
        rows = self.found.filter(pl.col("table") == table, pl.col("field") == field, pl.col("code").is_in(list(codes)))
        return rows.select("submission_id", seq="row").unique(maintain_order=True)

    def flagged_members(self, flagged: pl.DataFrame) -> pl.DataFrame:
        """The rows of members, with a readable code, that are `flagged` (submission_id, seq):
        `schemas.register.Members`, without its long texts."""
        return _among(self._tables["members"], flagged).filter(READABLE)

    def kept(self, org_id: str, field: str) -> Any:
        """What the register shows now; None where the organisation is not in it, or nothing was found on it."""
        return self._kept.get(org_id, {}).get(field)

    @cached_property
    def _kept(self) -> dict[str, dict[str, Any]]:
        found = self.found.filter(pl.col("table") == "members").select("submission_id", seq="row")
        concerned = self._tables["members"].join(found, on=["submission_id", "seq"], how="semi").select("org_id")
        organisations = self._tables["organisations"].join(concerned, on="org_id", how="semi")
        return {row["org_id"]: row for row in organisations.iter_rows(named=True)}

    def leads(self, row: Mapping[str, Any]) -> bool:
        """Whether a member row's organisation leads its own form."""
        return row.get("uscc") is not None and self._leads.get(row["submission_id"]) == row["uscc"]

    def units_of(self, submission_id: str) -> frozenset[str]:
        """The organisations with a code that are members in a form whose lead leads several."""
        return self._units.get(submission_id, frozenset())

    @cached_property
    def _units(self) -> dict[str, frozenset[str]]:
        members = _among(self._tables["members"], self.led.select("submission_id")).filter(READABLE)
        return {form: frozenset(units) for form, units in members.group_by("submission_id").agg("org_id").iter_rows()}

    @cached_property
    def led(self) -> pl.DataFrame:
        """The consortia of leads with a finding that they lead several; columns as `rows`."""
        flagged = self.flagged("consortium", "lead_unit", LEADS.rules)
        concerned = self._tables["consortia"].join(flagged, on="submission_id", how="semi")["lead_uscc"]
        return self.rows("consortia", pl.col("lead_uscc").is_in(concerned.drop_nulls().unique().implode()))

    def arrived(self, submission_id: str) -> tuple:
        """What sorts forms by arrival; those of one moment by their file."""
        form = self._form(submission_id)
        return form["received_at"] or _LONG_AGO, form["file"]

    def _form(self, submission_id: str) -> dict[str, Any]:
        place = self._places.get(submission_id)
        return {} if place is None else self._submissions.row(place, named=True)

    def line(self, table: str, row: Mapping[str, Any], field: str, option: str | None, value: str) -> Evidence:
        """One row of `table` (members, platforms, projects, consortia) as evidence for `option`."""
        block = "consortium" if table == "consortia" else table
        form = self._form(row["submission_id"])
        place = Place(row["submission_id"], block, row.get("seq") or 0, field)
        sheet, cell = self._cells.get(place) or (row.get("sheet"), row.get("cell"))
        unit, code = _whose(table, row)
        role = {"consortia": LEAD_ROLE, "members": LEAD_ROLE if self.leads(row) else MEMBER_ROLE}.get(table)
        return Evidence(
            option, value, place, row["city"], form.get("consortium_name"), unit, code, role, row.get("revenue_wan"),
            row.get("rd_spend_wan"), form.get("file"),
            sheet or form.get("sheet"), cell)


def _in_order(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    return ordered({table: frame})[table]


def _among(frame: pl.DataFrame, where: pl.Expr | pl.Series | pl.DataFrame) -> pl.DataFrame:
    return frame.join(where, on=where.columns, how="semi") if isinstance(where, pl.DataFrame) else frame.filter(where)


def _folded(names: pl.Series) -> pl.Series:
    """`fold_name` of each: nearly all are their own key, and that of the others is soon looked up."""
    others = names.filter(~names.str.contains(_OWN_KEY)).unique()
    return names.replace({name: fold_name(name) for name in others}).fill_null("")


def _whose(table: str, row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The unit that a row is about, and its code where the row has one."""
    if table == "members":
        return row["name"], row["uscc"]
    if table == "consortia":
        return row["lead_unit"], row["lead_uscc"]
    return row["host_unit" if table == "platforms" else "undertaker"], None
