"""One organisation a code. Units without a readable code are kept apart, never merged by name."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from pipeline.decisions.rulings import Rulings
from pipeline.submissions import Submission
from schemas import uscc
from schemas.column import NOTE
from schemas.form_2023.members import MONEY_FIELDS
from schemas.form_2023.names import kind_by_name
from schemas.kinds.text import fold_name
from schemas.register import LEAD_ROLE, MEMBER_ROLE, MONEY_POLICY, NAME_POLICY, polars_schema


class Claim(NamedTuple):
    """One form's word on one value: its place in order of arrival, and whether the organisation leads that form."""

    value: Any
    by_lead: bool
    arrived: int


# A 统一社会信用代码 has so many characters; an organisation's id begins with its code where it has one.
CODE_LENGTH = 18


def members_with_organisations(members: pl.DataFrame, whose: pl.DataFrame, readable: Sequence[str],
                               rulings: Rulings) -> pl.DataFrame:
    """Member rows with `org_id`, `submission_id`, `consortium_id`, `city` and `admitted`."""
    joined = members.join(whose, on="submission", how="left", maintain_order="left")
    ids = [_org_id(*row, readable) for row in joined.select("uscc", "uscc" + NOTE, "consortium_id", "seq").iter_rows()]
    ruled = rulings.merged | rulings.apart
    if ruled:
        rows = joined.select("submission_id", pl.lit("members"), "seq").iter_rows()
        ids = [ruled.get(row, org_id) for row, org_id in zip(rows, ids, strict=True)]
    return joined.with_columns(pl.Series("org_id", ids, dtype=pl.String),
                               uscc=pl.when(pl.col("uscc") != "").then("uscc"))


def code_of(org_id: str) -> str | None:
    """The code of an organisation, None for a unit without one; several kept apart by decision share theirs."""
    return org_id[:CODE_LENGTH] if len(org_id) >= CODE_LENGTH else None


def _org_id(code: str | None, note: str, consortium_id: str, seq: int, readable: Sequence[str]) -> str:
    return code if code and note in readable else unit_without_code(consortium_id, seq)


def unit_without_code(consortium_id: str, seq: int) -> str:
    """The identity of a unit that has no readable code: this row of this consortium's form, and nothing else."""
    return "D" + hashlib.sha256(f"{consortium_id}\n{seq}".encode()).hexdigest()[:12]


def organisations_of(members: pl.DataFrame, consortium: pl.DataFrame, whose: pl.DataFrame,
                     current: Sequence[Submission], disputed: Mapping[tuple[int, int], Iterable[str]],
                     rulings: Rulings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(organisations, sources) of the admitted forms, both sorted by `org_id`."""
    rows = [row for row in members.iter_rows(named=True) if row["admitted"]]
    rows.extend(_unlisted_leads(consortium, whose))
    groups: dict[str, list[dict]] = {}
    for row in rows:
        groups.setdefault(row["org_id"], []).append(row)
    organisations = [_organisation(org_id, groups[org_id], disputed, rulings) for org_id in sorted(groups)]
    sources = [source for org_id in sorted(groups) for row in groups[org_id]
               for source in _sources(org_id, row, current)]
    return (pl.DataFrame(organisations, schema=polars_schema("organisations"), orient="row"),
            pl.DataFrame(sources, schema=polars_schema("sources"), orient="row"))


def _unlisted_leads(consortium: pl.DataFrame, whose: pl.DataFrame) -> list[dict]:
    """Leads that their own member table does not list: in the register, without a code."""
    if consortium.is_empty():
        return []
    missing = consortium.drop("city").join(whose, on="submission").filter(
        pl.col("lead_row").is_null() & pl.col("lead_unit_key").is_not_null() & pl.col("admitted"))
    return [{"org_id": unit_without_code(row["consortium_id"], 0), "name": row["lead_unit"], "uscc": None, "seq": 0,
             "is_lead": True, "submission": row["submission"], "revenue_wan": None, "rd_spend_wan": None, "cell": None,
             "kind": kind_by_name(row["lead_unit"])} for row in missing.iter_rows(named=True)]


def _organisation(org_id: str, rows: Sequence[dict], disputed: Mapping[tuple[int, int], Iterable[str]],
                  rulings: Rulings) -> tuple:
    code = code_of(org_id)
    name = _kept(rows, "name", NAME_POLICY, rulings.names.get(org_id))
    written = sorted({row["name"] for row in rows if row["name"] and fold_name(row["name"]) != fold_name(name or "")})
    marks = sorted({mark for row in rows for mark in disputed.get((row["submission"], row["seq"]), ())})
    division = uscc.division(code) if code else None
    return (org_id, code or _as_written(rows), name, "；".join(written),
            uscc.kind_of(code, name or "") if code else rows[0]["kind"],
            division.code if division else None, division.full_name if division else None,
            len({row["submission"] for row in rows}), len({row["submission"] for row in rows if row["is_lead"]}),
            *(_kept(rows, field, MONEY_POLICY, rulings.amounts.get((code, field))) for field in MONEY_FIELDS),
            "；".join(part for part in ("、".join(marks), *rulings.notes.get(code or "", ())) if part))


def _kept(rows: Sequence[dict], field: str, policy: Sequence[str], ruled: Any) -> Any:
    """What the centre has decided, else what the policy keeps."""
    return settle(_claims(rows, field), policy) if ruled is None else ruled


def _as_written(rows: Sequence[dict]) -> str | None:
    return next((row["uscc"] for row in rows if row["uscc"]), None)


def _claims(rows: Sequence[dict], field: str) -> list[Claim]:
    return [Claim(row[field], bool(row["is_lead"]), row["submission"]) for row in rows if row[field] is not None]


def settle(claims: Sequence[Claim], policy: Sequence[str]) -> Any:
    """The one value that the policy keeps of several; None of none."""
    left = list(claims)
    for step in policy:
        if len({claim.value for claim in left}) <= 1:
            break
        left = _STEPS[step](left)
    return left[0].value if left else None


def _most_often(claims: list[Claim]) -> list[Claim]:
    counts = Counter(claim.value for claim in claims)
    most = max(counts.values())
    return [claim for claim in claims if counts[claim.value] == most]


def _by_lead(claims: list[Claim]) -> list[Claim]:
    return [claim for claim in claims if claim.by_lead] or claims


def _last(claims: list[Claim]) -> list[Claim]:
    latest = max(claim.arrived for claim in claims)
    return [claim for claim in claims if claim.arrived == latest]


_STEPS: dict[str, Callable[[list[Claim]], list[Claim]]] = {
    "written_most_often": _most_often, "written_by_lead": _by_lead, "received_last": _last,
    "first_in_order": lambda claims: [min(claims)],
}


def _sources(org_id: str, row: dict, current: Sequence[Submission]) -> list[tuple]:
    submission = current[row["submission"]]
    sheet, _, cell = (row["cell"] or "").rpartition("!")
    roles = [LEAD_ROLE] * bool(row["is_lead"]) + [MEMBER_ROLE] * (row["seq"] > 0)
    return [(org_id, row["uscc"], row["name"], role, submission.submission_id, submission.consortium_id,
             submission.receipt.city, submission.receipt.path, sheet or submission.reading.sheet, cell or None)
            for role in roles]
