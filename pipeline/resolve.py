"""All current forms → organisations, findings across forms, what is admitted: the register's tables.

Frames all the way: one row a submission, a member, a finding. What does not depend on how findings were settled is
made once, however often the tables are (`Register`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import polars as pl

from pipeline import findings as findings_
from pipeline.bounded import OF_SHEET, Gathered, frame_of
from pipeline.compared import found_across
from pipeline.decisions.rulings import Rulings
from pipeline.memory import Disposition
from pipeline.message import of_file
from pipeline.organisations import (
    claims_of, members_with_organisations, organisations_of, rows_of_organisations, sources_of)
from pipeline.shelf import Shelf
from pipeline.submissions import Submission
from schemas import conflicts
from schemas.column import NOTE
from schemas.current import UNITS
from schemas.form import Form
from schemas.register import ADMITTED, Status, empty, polars_schema
from schemas.rule import Severity
from schemas.season import SEASON_TABLES

_COUNTS = {"member_count": "total", "enterprise_count": "enterprise", "university_count": "university",
           "institute_count": "institute", "other_count": "other"}
_LEVELS = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.NOTICE: "notices"}
# What an organisation's entry says of findings on it.
_DISPUTED = ("X02", "X03", "X05", "X07", "M26")
_OF_FILE = OF_SHEET - 1
# What is asked of a form whose lead is not among its members.
_LEADS = ("submission", "lead_row", "lead_unit", "lead_unit_key")
_WHOSE = ("submission_id", "consortium_id", "city", "admitted")
_PLACE = ("submission", "code", "table", "row", "field")
# Frames by block, as in `Gathered`, put on a shelf or not.
Typed = Mapping[str, pl.DataFrame]


def resolve(form: Form, submissions: Sequence[Submission], gathered: Gathered, deadline: datetime,
            settled: Mapping[str, Disposition] | None = None,
            rulings: Rulings | None = None) -> Shelf:
    """`Register.tables`, made once."""
    return Register(form, submissions, gathered, deadline).tables(settled, rulings)


class Register:
    """The register of some submissions; `gathered` has the current ones among them, in order."""

    def __init__(self, form: Form, submissions: Sequence[Submission], gathered: Gathered, deadline: datetime) -> None:
        self._form = form
        self._submissions = submissions
        self._gathered = gathered
        self._forms = _forms(submissions, deadline)
        self._current = self._forms.filter(pl.col("status").is_null()).with_row_index("submission").cast(
            {"submission": pl.Int64})

    def tables(self, settled: Mapping[str, Disposition] | None = None,
               rulings: Rulings | None = None) -> Shelf:
        """The tables of `schemas.register.TABLES`.

        `settled` are findings, by number, of which nothing more is asked: they count neither as errors nor as warnings.
        `rulings` is what the centre has decided. The tables of `schemas.season` are empty: others fill them.
        """
        rulings = rulings or Rulings()
        typed = self._taking_part(rulings)
        found = findings_.standing(self._found(typed, rulings), settled or {}, rulings)
        forms = _judged(self._forms, found, rulings)
        of_forms = self._current.select("submission", "form").join(
            forms.select("form", *_WHOSE, "file", "sheet"), on="form", how="left", maintain_order="left")
        whose = of_forms.select("submission", *_WHOSE)
        typed = self._with_codes(typed, rulings.codes)
        tables = Shelf(_contents(typed, whose, rulings))
        members = members_with_organisations(typed["members"], whose, rulings)
        tables["members"] = _chosen("members", members)
        # Their long texts are not needed any more.
        members = claims_of(members)
        rows = rows_of_organisations(members, Shelf.of(typed).columns("consortium", _LEADS), whose)
        del members
        tables["organisations"] = organisations_of(rows, self._disputed(found), rulings)
        tables["sources"] = sources_of(rows, of_forms)
        tables["submissions"] = _chosen("submissions", forms)
        tables["findings"] = findings_.table(found, self._forms)
        tables["ignored"] = _chosen("ignored", forms.filter(pl.col("reason") != ""))
        return tables | {name: empty(name) for name in SEASON_TABLES}

    def _taking_part(self, rulings: Rulings) -> Typed:
        """The forms that count, without those that the centre has put aside."""
        out = self._current.filter(pl.col("submission_id").is_in(list(rulings.removed)))["submission"]
        typed = self._gathered.typed
        if out.is_empty():
            return typed
        return Shelf((name, frame.filter(~pl.col("submission").is_in(out.implode()))) for name, frame in typed.items())

    def _found(self, typed: Typed, rulings: Rulings) -> pl.DataFrame:
        """All findings with their numbers: of the files, of each form, across forms."""
        if not (rulings.removed or rulings.codes or rulings.merged):
            return self._unruled
        known = {*rulings.settled, *rulings.returned}
        within = self._within.filter(~self._is_removed(rulings))
        return self._numbered(_of_files(self._submissions, rulings), within,
                              self._across_ruled(typed, rulings, known))

    @cached_property
    def _unruled(self) -> pl.DataFrame:
        return self._numbered(_of_files(self._submissions, Rulings()), self._within, self._across)

    def _numbered(self, *found: pl.DataFrame) -> pl.DataFrame:
        return findings_.numbered(findings_.identified(pl.concat(found, how="diagonal"), self._forms))

    @cached_property
    def _within(self) -> pl.DataFrame:
        """What is found in each form by itself."""
        return self._owned(self._gathered.findings)

    @cached_property
    def _across(self) -> pl.DataFrame:
        """What is found across the forms as they were received."""
        return self._owned(self._judged_across(self._gathered.typed))

    def _across_ruled(self, typed: Typed, rulings: Rulings, known: Iterable[str]) -> pl.DataFrame:
        """Findings across the forms that count, with the codes as they are read by decision.

        What was decided stays to be seen, though the decision itself has made the forms agree.
        """
        ruled = self._owned(self._judged_across(self._with_codes(typed, rulings.codes | rulings.merged)))
        before = findings_.identified(self._across, self._forms).filter(
            ~self._is_removed(rulings), pl.col("identity").is_in(list(known))).join(
            ruled, on=_PLACE, how="anti", nulls_equal=True, maintain_order="left").select(ruled.columns)
        # In order of the rows again: what tells two findings of one identity apart is which comes first.
        order = {name: place for place, name in enumerate(conflicts.ACROSS)}
        table = pl.col("table").replace_strict(order, return_dtype=pl.Int32)
        both = pl.concat([ruled, before]).sort(table, "submission", "row", maintain_order=True)
        return both.drop("place").with_row_index("place").cast({"place": pl.Int64}).select(ruled.columns)

    def _judged_across(self, typed: Typed) -> pl.DataFrame:
        return found_across(self._form, typed, self._gathered.heads)

    def _owned(self, found: pl.DataFrame) -> pl.DataFrame:
        return found.with_columns(form=self._current["form"].gather(found["submission"]))

    def _is_removed(self, rulings: Rulings) -> pl.Expr:
        out = self._forms.filter(pl.col("submission_id").is_in(list(rulings.removed)))["form"]
        return pl.col("form").is_in(out.implode())

    def _with_codes(self, typed: Typed, codes: Mapping[tuple[str, str, int], str]) -> Typed:
        """The frames with these codes in their member rows, readable; a lead's code is its row's."""
        if not codes:
            return typed
        places = dict(self._current.select("submission_id", "submission").iter_rows())
        schema = {"submission": pl.Int64, "seq": pl.Int64, "ruled": pl.String}
        ruled = pl.DataFrame([(places[form], row, code) for (form, _, row), code in codes.items() if form in places],
                             schema=schema, orient="row")
        members = typed["members"].join(ruled, on=["submission", "seq"], how="left", maintain_order="left")
        leads = members.filter(pl.col("is_lead") & pl.col("ruled").is_not_null()).select("submission", "ruled").unique(
            "submission", keep="first", maintain_order=True)
        note = pl.when(pl.col("ruled").is_null()).then("uscc" + NOTE).otherwise(pl.lit(""))
        members = members.with_columns(note.alias("uscc" + NOTE), uscc=pl.coalesce("ruled", "uscc")).drop("ruled")
        consortium = typed["consortium"].join(leads, on="submission", how="left", maintain_order="left")
        consortium = consortium.with_columns(lead_uscc=pl.coalesce("ruled", "lead_uscc")).drop("ruled")
        return typed | {"members": members, "consortium": consortium}

    def _disputed(self, found: pl.DataFrame) -> pl.DataFrame:
        """submission and seq of member rows, with the codes of what is found on them, joined with 、 in order."""
        return found.filter(pl.col("level").is_not_null(), pl.col("table") == "members",
                            pl.col("code").is_in(_DISPUTED)).select("submission", "code", seq="row")


def _forms(submissions: Sequence[Submission], deadline: datetime) -> pl.DataFrame:
    """One row a submission: the columns of the table that are known beforehand, and `form`, its place.

    `status` is null where rules decide, `owner` is what its findings are known by.
    """
    rows = [(place, s.submission_id, s.receipt.city, s.receipt.path, s.sheet, s.receipt.sha256 or None, s.receipt.size,
             s.receipt.received_at, s.version if s.has_form else None, str(s.status) if s.status else None,
             s.receipt.received_at > deadline, s.consortium_id or None, s.name or None, s.reason,
             s.consortium_id or s.receipt.path) for place, s in enumerate(submissions)]
    known = {name: dtype for name, dtype in polars_schema("submissions").items() if name not in _LEVELS.values()}
    schema = {"form": pl.Int64, **known, "reason": pl.String, "owner": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _of_files(submissions: Sequence[Submission], rulings: Rulings) -> pl.DataFrame:
    """What is found of the files; a version that another has taken the place of is told nothing more."""
    told = (of_file(place, spotted) for place, s in enumerate(submissions)
            if s.spotted and s.status is not Status.SUPERSEDED and s.submission_id not in rulings.removed
            for spotted in s.spotted)
    return frame_of(told, _OF_FILE).rename({"submission": "form"})


def _judged(forms: pl.DataFrame, found: pl.DataFrame, rulings: Rulings) -> pl.DataFrame:
    """`forms` with the number of findings of each level, the status, whether it is admitted, why it is not counted."""
    counted = found.group_by("form").agg(
        (pl.col("level") == str(level)).sum().cast(pl.Int64).alias(name) for level, name in _LEVELS.items())
    forms = forms.join(counted, on="form", how="left", maintain_order="left").with_columns(
        pl.col(*_LEVELS.values()).fill_null(0))
    number = pl.col("submission_id")
    removed = number.replace_strict({form: str(how.status) for form, how in rulings.removed.items()}, default=None,
                                    return_dtype=pl.String)
    put_aside = {form: how.reason for form, how in rulings.removed.items() if how.status is Status.IGNORED}
    status = pl.when(pl.col("errors") > 0).then(pl.lit(str(Status.RETURNED))).when(pl.col("warnings") > 0).then(
        pl.lit(str(Status.ACCEPTED_WITH_WARNINGS))).otherwise(pl.lit(str(Status.ACCEPTED)))
    forms = forms.with_columns(
        status=pl.coalesce(removed, "status", status),
        reason=number.replace_strict(put_aside, default=pl.col("reason"), return_dtype=pl.String))
    return forms.with_columns(admitted=pl.col("status").is_in([str(one) for one in ADMITTED]))


def _contents(typed: Typed, whose: pl.DataFrame, rulings: Rulings) -> Iterator[tuple[str, pl.DataFrame]]:
    """consortia, platforms and projects with the columns that every table of contents begins with."""
    consortium = typed["consortium"].drop("city").with_columns(
        **{name: pl.col(f"member_counts_{part}") for name, part in _COUNTS.items()})
    yield "consortia", _shaped("consortia", consortium, whose)
    for name in UNITS:
        yield name, _assigned(name, _shaped(name, typed[name], whose), rulings)


def _shaped(table: str, frame: pl.DataFrame, whose: pl.DataFrame) -> pl.DataFrame:
    return _chosen(table, frame.join(whose, on="submission", how="left", maintain_order="left"))


def _chosen(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(table).items())


def _assigned(table: str, frame: pl.DataFrame, rulings: Rulings) -> pl.DataFrame:
    """Platforms or projects with the units that the centre has assigned them to."""
    ruled = [(form, row, unit) for (form, block, row), unit in rulings.units.items() if block == table]
    if not ruled:
        return frame
    schema = {"submission_id": pl.String, "seq": pl.Int64, "ruled": pl.String}
    joined = frame.join(pl.DataFrame(ruled, schema=schema, orient="row"), on=["submission_id", "seq"], how="left",
                        maintain_order="left")
    return joined.with_columns(pl.coalesce("ruled", UNITS[table]).alias(UNITS[table])).drop("ruled")
