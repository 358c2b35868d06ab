"""What the rules of one block need from the others: derived columns, computed for all forms at once.

Nothing is judged here. Each function takes typed frames and returns them with columns added; a value that could not be
read leaves the derived column null, and the rules that need it silent.
"""

from __future__ import annotations

import polars as pl

from schemas import call, uscc
from schemas.column import NOTE
from schemas.form_2023 import names
from schemas.form_2023.basics import COUNT_PARTS
from schemas.frame import earlier, mapped, with_mapped, with_parts
from schemas.kinds.text import IDEOGRAPHS, fold_name, fold_suffix, length_without_space

READABLE = ("", "inner", "complement")
# The column of a table that names the unit to which a row belongs.
UNITS = {"platforms": "host_unit", "projects": "undertaker"}


def enrich(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """`frames` (consortium, members, platforms, projects) with all derived columns."""
    consortium = _keys(frames["consortium"])
    members = _links(with_known_codes(_member_facts(frames["members"])))
    members, consortium = _lead(members, consortium)
    consortium = _figures(_classes(consortium, members), members)
    units = _units(consortium, members)
    hosted = {table: _hosts(frames[table], field, units, consortium) for table, field in UNITS.items()}
    return {"consortium": consortium, "members": members, **hosted}


def _keys(consortium: pl.DataFrame) -> pl.DataFrame:
    consortium = with_mapped(
        consortium,
        name_key=(("name", "name" + NOTE), _key, pl.String),
        cover_name_key=(("cover_name", "cover_name" + NOTE), _key, pl.String),
        lead_unit_key=(("lead_unit", "lead_unit" + NOTE), _key, pl.String),
        lead_several=(("lead_unit", "lead_unit" + NOTE), _several, pl.Boolean),
        address_city=("address", names.city_in, pl.String),
        governance_length=("governance", _length, pl.Int64))
    # Several units in the lead's cell are not one organisation more.
    return consortium.with_columns(lead_unit_key=pl.when(~pl.col("lead_several")).then("lead_unit_key"))


def _key(text: str | None, note: str) -> str | None:
    """A name as it is compared; none for what clerks write instead of one (无, /)."""
    return (fold_name(text) or None) if text and not note else None


def _several(lead: str | None, note: str) -> bool:
    return not note and names.doubt(lead) == names.SEVERAL


def _suspect_key(text: str | None, note: str) -> str | None:
    return (fold_suffix(text) or None) if text and not note else None


def _length(text: str | None) -> int | None:
    return length_without_space(text) if text else None


def _member_facts(members: pl.DataFrame) -> pl.DataFrame:
    members = _named(members)
    # All that is asked of a code here is how it begins; of an enterprise's name, whether it has one of a few words.
    readable = pl.col("uscc" + NOTE).is_in(READABLE)
    enterprise = readable & pl.col("uscc").str.starts_with("91") & ~pl.col("name").str.contains(names.MANY_SIDED)
    # Blanks inside a name, and a remark behind it, say nothing of what it names; but a name in doubt, like that of two
    # units in one cell, is in no doubt once the blanks are gone.
    called = pl.when(pl.col("name_doubt") == "").then(pl.coalesce("name_key", "name")).otherwise("name")
    members = members.with_columns(
        __called=pl.when(enterprise).then(pl.lit("")).otherwise(called), __class=pl.col("uscc").str.head(2),
        __area=pl.when(pl.col("uscc").str.len_chars() == uscc.CODE_LENGTH).then(
            pl.col("uscc").str.head(8) + "0" * (uscc.CODE_LENGTH - 8)).otherwise("uscc"))
    members = with_parts(members, ("__called", "__class", "uscc" + NOTE), _faced,
                         is_enterprise=pl.Boolean, kind=pl.String, plausible_kinds=pl.String)
    members = with_parts(members, ("__area", "uscc" + NOTE), _coded,
                         unusual_prefix=pl.Boolean, division_status=pl.String, division_name=pl.String)
    return members.drop("__called", "__class", "__area").with_columns(
        pl.col("plausible_kinds").str.split("、")).with_row_index("index")


def _named(members: pl.DataFrame) -> pl.DataFrame:
    """With the two keys of each name, why it may not be one legal person's, and whether it is one abroad.

    Nearly all names are ideographs throughout, and of those a whole column is asked at once.
    """
    name, note = pl.col("name"), pl.col("name" + NOTE)
    plain = (name.str.contains(IDEOGRAPHS) & (note == "")).fill_null(False)
    sure = plain & ~names.may_be_doubtful(name)
    members = with_parts(
        members.with_columns(__rest=pl.when(~plain).then(name), __unsure=pl.when(~sure).then(name)),
        ("__rest", "name" + NOTE), _keys_of, name_key=pl.String, suspect_key=pl.String)
    said = pl.col("uscc__raw").str.contains(names.SAID_TO_BE_ABROAD).fill_null(False)
    return members.with_columns(
        name_key=pl.when(plain).then(name).otherwise("name_key"),
        suspect_key=pl.when(plain).then(names.folded_suffix(name)).otherwise("suspect_key"),
        name_doubt=mapped(members, ("__unsure", "name" + NOTE), _doubt, pl.String),
        abroad=said | pl.when(plain).then(names.is_foreign(name)).otherwise(
            mapped(members, "__rest", _foreign, pl.Boolean))).drop("__rest", "__unsure")


def _keys_of(name: str | None, note: str) -> tuple[str | None, str | None]:
    return _key(name, note), _suspect_key(name, note)


def _doubt(name: str | None, note: str) -> str:
    return names.doubt(name) if not note else ""


def _foreign(name: str | None) -> bool:
    return bool(name) and uscc.is_foreign_name(name)


def _faced(name: str | None, code: str | None, note: str) -> tuple[bool | None, str, str]:
    """Whether it is an enterprise, its kind, and the kinds under which it may rightly be counted.

    These in one text: polars takes lists of Python far more slowly.
    """
    readable = note in READABLE
    kind = uscc.kind_of(code, name or "") if code and readable else names.kind_by_name(name or "")
    plausible = "、".join(names.plausible_kinds(name or "", code if readable else None))
    return (kind == call.ENTERPRISE if code and readable else None), kind, plausible


def _coded(code: str | None, note: str) -> tuple[bool | None, str | None, str | None]:
    """Whether its beginning is unusual, and the status and name of the division it speaks of."""
    if not code or note not in READABLE:
        return None, None, None
    division = uscc.division(code)
    return uscc.is_unusual_prefix(code), division.status, division.name


def with_known_codes(members: pl.DataFrame) -> pl.DataFrame:
    """`members` with `known_codes`: the valid codes that stand anywhere under the same name, joined with 、.

    That is what a damaged code most likely was; under names without one the column is empty.
    """
    good = pl.col("uscc" + NOTE).is_in(READABLE) & pl.col("uscc").is_not_null()
    named = members.filter(pl.col("name_key").is_not_null())
    doubted = named.filter(~good.fill_null(False)).select("name_key").unique()
    known = (named.filter(good).join(doubted, on="name_key", how="semi").group_by("name_key")
             .agg(pl.col("uscc").unique().sort().str.join("、").alias("known_codes")))
    return members.join(known, on="name_key", how="left", maintain_order="left")


def _links(members: pl.DataFrame) -> pl.DataFrame:
    no_code = ["foreign", "blank", "placeholder", "absent"]
    code_given = pl.col("uscc").is_not_null() & ~pl.col("uscc" + NOTE).is_in(no_code)
    named = pl.col("name_key").is_not_null()
    same_code = earlier(members, ["submission", "uscc"], code_given)
    same_name = earlier(members, ["submission", "name_key"], named & code_given)
    members = members.with_columns(
        same_code_row=same_code[0], same_code_seq=same_code[1],
        same_name_row=same_name[0], same_name_seq=same_name[1],
        number=pl.col("serial").str.extract(r"^\D*(\d+)\D*$").cast(pl.Int64, strict=False))
    # Same name and same code is one mistake, and M15's; so is a row that repeats the name to give another task.
    twice = pl.col("same_code_row").is_not_null()
    broken = (pl.col("number") != pl.col("seq")).fill_null(False)
    enterprise = pl.col("is_enterprise").fill_null(False)
    paid = enterprise & pl.col("revenue_wan").is_not_null() & pl.col("rd_spend_wan").is_not_null()
    return members.with_columns(
        same_name_row=pl.when(~twice).then("same_name_row"), same_name_seq=pl.when(~twice).then("same_name_seq"),
        # Told once, where the numbering first goes wrong.
        serial_breaks=broken & (broken.cast(pl.Int32).cum_sum().over("submission") == 1),
        money_all_same=paid & (paid.sum().over("submission") >= 3)
        & (pl.col("revenue_wan").filter(paid).n_unique().over("submission") == 1)
        & (pl.col("rd_spend_wan").filter(paid).n_unique().over("submission") == 1)
        & (pl.col("revenue_wan") > 0) & (paid.cast(pl.Int32).cum_sum().over("submission") == 1))


def _lead(members: pl.DataFrame, consortium: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Which row of the member table is the lead: the same name, else the same but for brackets and 有限责任公司."""
    leads = with_mapped(consortium.select("submission", "lead_unit", "lead_unit" + NOTE, "lead_unit_key", "lead_type"),
                        lead_suspect=(("lead_unit", "lead_unit" + NOTE), _suspect_key, pl.String))
    close = members.join(leads, on="submission", how="inner").filter(pl.col("suspect_key") == pl.col("lead_suspect"))
    best = (close.with_columns(exact=pl.col("name_key") == pl.col("lead_unit_key"))
            .sort(["submission", "exact", "index"], descending=[False, True, False])
            .unique("submission", keep="first", maintain_order=True)
            .select("submission", pl.col("index").alias("lead_row"), pl.col("name").alias("lead_listed_as"),
                    pl.col("uscc").alias("lead_uscc"), pl.col("uscc" + NOTE).alias("lead_note"),
                    pl.col("is_enterprise").alias("lead_is_enterprise"), "lead_type"))
    members = members.join(best.select(pl.col("lead_row").alias("index"), pl.col("lead_type").alias("led_as")),
                           on="index", how="left", maintain_order="left")
    members = members.with_columns(
        is_lead=pl.col("index").is_in(best["lead_row"].implode()),
        leads_as_backbone=(pl.col("led_as") == call.BACKBONE_ENTERPRISE).fill_null(False))
    consortium = consortium.join(best.drop("lead_type"), on="submission", how="left", maintain_order="left")
    good = pl.col("lead_note").is_in(READABLE)
    consortium = consortium.with_columns(lead_uscc=pl.when(good).then("lead_uscc"))
    return members, with_mapped(
        consortium,
        lead_differs=(("lead_unit", "lead_listed_as"), _written_otherwise, pl.Boolean),
        lead_city=("lead_uscc", _own_city, pl.String), lead_class=(("lead_uscc", "lead_note"), _class, pl.String))


def _written_otherwise(lead: str | None, listed: str | None) -> bool:
    return bool(lead and listed) and not names.same_but_for_role(lead, listed)


def _own_city(code: str | None) -> str | None:
    """The city a code speaks for: none for national and provincial registrars and development zones."""
    if not code or code[2:8] in ("100000", "320000"):
        return None
    division = uscc.division(code)
    return None if division.status in ("开发区", "未知") else uscc.city_of(code) or division.name


def _class(code: str | None, note: str | None) -> str | None:
    if note in ("blank", "foreign", "placeholder"):
        return "没有代码"
    return uscc.describe_prefix(code) if code else None


def _classes(consortium: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Rows, classes as inferred, and whether the stated numbers are possible at all."""
    kinds = dict(zip(COUNT_PARTS, call.MEMBER_KINDS, strict=True))
    options = pl.col("plausible_kinds")
    counted = members.group_by("submission").agg(
        pl.len().cast(pl.Int64).alias("member_rows"),
        *[(pl.col("kind") == kind).sum().cast(pl.Int64).alias(f"inferred_{part.rsplit('_', 1)[1]}")
          for part, kind in kinds.items()],
        *[options.list.contains(kind).sum().alias(f"most_{part}") for part, kind in kinds.items()],
        *[(options.list.contains(kind) & (options.list.len() == 1)).sum().alias(f"least_{part}")
          for part, kind in kinds.items()])
    consortium = consortium.join(counted, on="submission", how="left", maintain_order="left")
    consortium = consortium.with_columns(pl.col("member_rows").fill_null(0))
    possible = pl.all_horizontal(
        *[pl.col(part).is_between(pl.col(f"least_{part}"), pl.col(f"most_{part}")) for part in kinds])
    # Where the number of members is itself in doubt, so is their division into classes: one mistake, one finding.
    settled = ((pl.col("member_counts_total") == pl.col("member_rows"))
               & (pl.col("member_counts_total") == pl.sum_horizontal(*kinds, ignore_nulls=False)))
    return consortium.with_columns(
        member_counts_sum=pl.sum_horizontal(*kinds, ignore_nulls=False),
        classes_plausible=pl.when(settled).then(possible))


def _figures(consortium: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    difference = pl.col("member_counts_total") - pl.col("member_rows")
    listed = pl.col("lead_row").is_not_null()
    return consortium.with_columns(
        count_differs_by_lead=((listed & (difference == -1)) | (~listed & (difference == 1))).fill_null(False))


def _units(consortium: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Per submission, the names of the lead and every member."""
    units = [consortium.select("submission", unit="lead_unit"), members.select("submission", unit="name")]
    return pl.concat(units).filter(pl.col("unit") != "")


def _hosts(frame: pl.DataFrame, field: str, units: pl.DataFrame, consortium: pl.DataFrame) -> pl.DataFrame:
    """Which of the units in `field` are no members (`strangers`), and what kind of `stranger` they are."""
    told = ((pl.col(field) != "") & (pl.col(field + NOTE) == "")).fill_null(False)
    frame = frame.with_row_index("index")
    frame = frame.join(_strangers(frame.filter(told), field, units), on="index", how="left", maintain_order="left")
    frame = frame.with_columns(
        *(pl.when(told).then(pl.col(name).fill_null("")).alias(name) for name in ("stranger", "strangers")),
        mapped(frame, ("name", "name" + NOTE), _key, pl.String).alias("name_key"))
    twin = earlier(frame, ["submission", "name_key"], pl.col("name_key").is_not_null())
    return frame.with_columns(same_name_row=twin[0], same_name_seq=twin[1]).join(
        consortium.select("submission", "received"), on="submission", how="left", maintain_order="left")


def _strangers(frame: pl.DataFrame, field: str, units: pl.DataFrame) -> pl.DataFrame:
    """`index`, `stranger` and `strangers` of rows in which it does not say just what a member is called."""
    unlike = frame.select("index", "submission", field).join(
        units, left_on=["submission", field], right_on=["submission", "unit"], how="anti")
    keys: dict[int, list[tuple[str, str]]] = {}
    for submission, unit in units.join(unlike, on="submission", how="semi", maintain_order="left").iter_rows():
        keys.setdefault(submission, []).append((fold_name(unit), fold_suffix(unit)))
    found = [(index, *names.strangers(text, keys.get(submission, ())))
             for index, submission, text in unlike.iter_rows()]
    return pl.DataFrame(found, orient="row", schema={
        "index": frame.schema["index"], "stranger": pl.String, "strangers": pl.String})
