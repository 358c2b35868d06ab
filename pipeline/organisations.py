"""One organisation a code. Units without a readable code are kept apart, never merged by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from pipeline.decisions.rulings import Rulings
from pipeline.validate import AT
from schemas import uscc
from schemas.column import NOTE
from schemas.current import MONEY_FIELDS, READABLE, kind_by_name
from schemas.frame import mapped
from schemas.kinds.text import fold_name
from schemas.register import LEAD_ROLE, MEMBER_ROLE, MONEY_POLICY, NAME_POLICY, polars_schema

# Where a row's name stands, and what a row claims of its organisation.
_PLACED = "name" + AT
_CLAIMED = ("org_id", "name", "uscc", "seq", "is_lead", "submission", *MONEY_FIELDS, _PLACED, "kind")
_POLICIES = {"name": NAME_POLICY, **dict.fromkeys(MONEY_FIELDS, MONEY_POLICY)}


def members_with_organisations(members: pl.DataFrame, whose: pl.DataFrame, rulings: Rulings) -> pl.DataFrame:
    """Member rows with `org_id`, `submission_id`, `consortium_id`, `city` and `admitted`.

    Raises:
        ValueError: row i of `whose` is not that of submission i.
    """
    if not whose["submission"].equals(pl.Series(range(whose.height), dtype=pl.Int64)):
        raise ValueError("submissions are not numbered by their rows")
    # Not joined: so no text of theirs is there twice.
    joined = members.hstack(whose.drop("submission")[members["submission"]])
    has_code = (pl.col("uscc") != "") & pl.col("uscc" + NOTE).is_in(READABLE)
    joined = joined.with_columns(org_id=pl.when(has_code).then("uscc"))
    without = joined.select("consortium_id", "seq").filter(joined["org_id"].is_null())
    ids = pl.Series([unit_without_code(*row) for row in without.iter_rows()], dtype=pl.String)
    nth = pl.when(pl.col("org_id").is_null()).then(pl.col("org_id").is_null().cum_sum() - 1)
    if ids.len():
        joined = joined.with_columns(org_id=pl.coalesce("org_id", ids.gather(joined.select(nth).to_series())))
    ruled = rulings.merged | rulings.apart
    if ruled:
        rows = joined.select("submission_id", pl.lit("members"), "seq").iter_rows()
        given = [ruled.get(row, org_id) for row, org_id in zip(rows, joined["org_id"], strict=True)]
        joined = joined.with_columns(pl.Series("org_id", given, dtype=pl.String))
    return joined.with_columns(uscc=pl.when(pl.col("uscc") != "").then("uscc"))


def unit_without_code(consortium_id: str, seq: int) -> str:
    """The identity of a unit that has no readable code: this row of this consortium's form, and nothing else."""
    return "D" + hashlib.sha256(f"{consortium_id}\n{seq}".encode()).hexdigest()[:12]


def claims_of(members: pl.DataFrame) -> pl.DataFrame:
    """What the member rows of admitted forms claim of their organisations: little of what stands in them."""
    return members.select(*_CLAIMED, "admitted").filter("admitted").drop("admitted")


def rows_of_organisations(claims: pl.DataFrame, consortium: pl.DataFrame, whose: pl.DataFrame) -> pl.DataFrame:
    """What the admitted forms say of each organisation, row by row, sorted by `org_id`: `claims_of` their members, and
    what they say of leads that these do not list."""
    return pl.concat([claims, _unlisted_leads(consortium, whose, claims)]).sort("org_id", maintain_order=True)


def _unlisted_leads(consortium: pl.DataFrame, whose: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Leads that their own member table does not list: in the register, without a code."""
    missing = consortium.filter(pl.col("lead_row").is_null() & pl.col("lead_unit_key").is_not_null()).join(
        whose, on="submission").filter("admitted")
    found = missing.select("submission", "consortium_id", name="lead_unit", seq=0, is_lead=True)
    found = found.with_columns(
        org_id=mapped(found, ("consortium_id", "seq"), unit_without_code, pl.String),
        kind=mapped(found, "name", kind_by_name, pl.String))
    return pl.concat([found, claims.clear()], how="diagonal_relaxed").select(
        pl.col(name).cast(claims.schema[name]) for name in _CLAIMED)


def organisations_of(rows: pl.DataFrame, disputed: pl.DataFrame, rulings: Rulings) -> pl.DataFrame:
    """The table `organisations`, sorted by `org_id`, from rows that are; `disputed` has the codes of findings by
    submission and seq."""
    first_code = pl.col("uscc").drop_nulls().first()
    found = rows.group_by("org_id", maintain_order=True).agg(
        pl.col("kind").first(), kinds=pl.col("kind").n_unique(), as_written=first_code,
        consortium_count=pl.col("submission").n_unique(), lead_count=pl.col("submission").filter("is_lead").n_unique())
    # An organisation's id begins with its code where it has one.
    has_code = pl.col("org_id").str.len_chars() >= uscc.CODE_LENGTH
    found = found.with_columns(code=pl.when(has_code).then(pl.col("org_id").str.head(uscc.CODE_LENGTH)))
    for field, policy in _POLICIES.items():
        found = found.join(_kept(rows, field, policy), on="org_id", how="left", maintain_order="left")
    found = _ruled(found, rulings)
    found = found.with_columns(
        division_code=_of_divisions(found["code"], "code"), division_name=_of_divisions(found["code"], "full_name"),
        kind=_kind(found, rulings), uscc=pl.coalesce("code", "as_written"), other_names=_other_names(rows, found),
        conflicts=_conflicts(rows, found, disputed, rulings))
    return found.select(pl.col(name).cast(dtype) for name, dtype in polars_schema("organisations").items())


def _kind(found: pl.DataFrame, rulings: Rulings) -> pl.Series:
    """Each organisation's kind by its code and the name that is kept.

    Where all its rows are of one kind, by that code and names of which one is kept, it is that.
    """
    decided = {*rulings.codes.values(), *rulings.merged.values()}
    asked = pl.col("code").is_not_null() & (
        (pl.col("kinds") > 1) | pl.col("code").is_in(list(decided)) | pl.col("org_id").is_in(list(rulings.names)))
    unsure = found.select("org_id", "code", "name").filter(found.select(asked).to_series())
    kinds = {org_id: uscc.kind_of(code, name or "") for org_id, code, name in unsure.iter_rows()}
    return found["org_id"].replace_strict(kinds, default=found["kind"].cast(pl.String), return_dtype=pl.String)


def _of_divisions(codes: pl.Series, part: str) -> pl.Series:
    """What is known of the division of each code: six of its digits say it, the same for thousands."""
    digits = codes.str.slice(2, 6)
    known = {text: getattr(uscc.division(text), part) for text in digits.drop_nulls().unique()}
    return digits.replace_strict(known, default=None, return_dtype=pl.String)


def _kept(rows: pl.DataFrame, field: str, policy: Sequence[str]) -> pl.DataFrame:
    """org_id and `field`: the one value, or of several that which the policy keeps; none where there is none."""
    claims = rows.filter(pl.col(field).is_not_null()).select("org_id", pl.col(field).alias("value"), "is_lead",
                                                             arrived="submission")
    found = claims.group_by("org_id").agg(pl.col("value").first(), several=pl.col("value").n_unique() > 1)
    disputed = claims.join(found.filter("several"), on="org_id", how="semi")
    return pl.concat([found.filter(~pl.col("several")).select("org_id", "value"), settle(disputed, policy)]).rename(
        {"value": field})


def settle(claims: pl.DataFrame, policy: Sequence[str]) -> pl.DataFrame:
    """org_id and the one `value` that the policy keeps of several.

    A claim is a form's word on one value of one organisation: whether it leads that form (`is_lead`), and the form's
    place in order of arrival (`arrived`).
    """
    for step in policy:
        claims = claims.filter(_STEPS[step]())
    return claims.select("org_id", "value").unique("org_id", keep="any")


def _most_often() -> pl.Expr:
    times = pl.len().over("org_id", "value")
    return times == times.max().over("org_id")


def _by_lead() -> pl.Expr:
    return pl.col("is_lead") | ~pl.col("is_lead").any().over("org_id")


def _last() -> pl.Expr:
    return pl.col("arrived") == pl.col("arrived").max().over("org_id")


def _first_in_order() -> pl.Expr:
    return pl.col("value") == pl.col("value").min().over("org_id")


_STEPS: dict[str, Callable[[], pl.Expr]] = {
    "written_most_often": _most_often, "written_by_lead": _by_lead, "received_last": _last,
    "first_in_order": _first_in_order,
}


def _ruled(found: pl.DataFrame, rulings: Rulings) -> pl.DataFrame:
    """What the centre has decided, instead of what the policy keeps."""
    name = pl.col("org_id").replace_strict(dict(rulings.names), default=None, return_dtype=pl.String)
    found = found.with_columns(name=pl.coalesce(name, "name"))
    for field in MONEY_FIELDS:
        amounts = {code: amount for (code, column), amount in rulings.amounts.items() if column == field}
        ruled = pl.col("code").replace_strict(amounts, default=None, return_dtype=pl.Float64)
        found = found.with_columns(pl.coalesce(ruled, field).alias(field))
    return found


def _other_names(rows: pl.DataFrame, found: pl.DataFrame) -> pl.Series:
    """The other ways in which an organisation's name is written, in order, joined with ；."""
    kept = found.select("org_id", kept="name")
    others = rows.select("org_id", "name").filter(pl.col("name") != "").join(kept, on="org_id").filter(
        pl.col("name").ne_missing(pl.col("kept"))).unique().sort("org_id", "name")
    written: dict[str, list[str]] = {}
    for org_id, name, known in others.iter_rows():
        if fold_name(name) != fold_name(known or ""):
            written.setdefault(org_id, []).append(name)
    return _told(found["org_id"], {org_id: "；".join(names) for org_id, names in written.items()})


def _conflicts(rows: pl.DataFrame, found: pl.DataFrame, disputed: pl.DataFrame, rulings: Rulings) -> pl.Series:
    """The codes of what is found on an organisation, and what was decided of it."""
    marks: dict[str, set[str]] = {}
    for org_id, code in rows.select("org_id", "submission", "seq").join(
            disputed, on=["submission", "seq"]).select("org_id", "code").unique().iter_rows():
        marks.setdefault(org_id, set()).add(code)
    told = {org_id: ["、".join(sorted(of_org))] for org_id, of_org in marks.items()}
    noted = found.filter(pl.col("code").is_in(list(rulings.notes)))
    for org_id, code in noted.select("org_id", "code").iter_rows():
        told.setdefault(org_id, []).extend(rulings.notes[code])
    return _told(found["org_id"], {org_id: "；".join(parts) for org_id, parts in told.items()})


def _told(org_ids: pl.Series, words: Mapping[str, str]) -> pl.Series:
    return org_ids.replace_strict(dict(words), default="", return_dtype=pl.String)


def sources_of(rows: pl.DataFrame, whose: pl.DataFrame) -> pl.DataFrame:
    """The table `sources`, in their order: where the rows were read; one that is the lead is so in both its roles.

    `whose` has submission_id, consortium_id, city, file and sheet of each submission.
    """
    # As places among the rows, so that no text is there twice.
    roles = pl.concat([rows.select(pl.arg_where(where).alias("place"), role=pl.lit(role)) for role, where in (
        (LEAD_ROLE, pl.col("is_lead")), (MEMBER_ROLE, pl.col("seq") > 0))]).sort("place", maintain_order=True)
    placed = rows.select("org_id", "uscc", "name", "submission", _PLACED)[roles["place"]]
    placed = placed.with_columns(roles["role"]).join(whose, on="submission", how="left", maintain_order="left")
    # The same few hundred cells in a hundred thousand forms.
    at = pl.col(_PLACED).cast(pl.String)
    cells = placed.select(_PLACED).unique().with_columns(
        elsewhere=at.str.extract(r"(?s)^(.*)!").replace("", None),
        cell=at.str.extract(r"(?s)([^!]*)$").replace("", None))
    placed = placed.join(cells, on=_PLACED, how="left", nulls_equal=True, maintain_order="left")
    return placed.with_columns(sheet=pl.coalesce("elsewhere", "sheet")).select(
        pl.col(name).cast(dtype) for name, dtype in polars_schema("sources").items())
