"""Conflicts over one organisation: its code has several names, its name several codes, its money several amounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Any

import polars as pl

from pipeline.conflicts.conflict import KEPT, SUGGESTED, Conflict, conflict_of
from pipeline.conflicts.forms import READABLE, Forms
from schemas import call, uscc
from schemas.conflicts import UNIT_SLIPS
from schemas.current import FORM
from schemas.decision import CODES, NAMES, RD_SPEND, REVENUE, Dispute
from schemas.kinds.text import fold_name

Rows = list[dict[str, Any]]


def names(forms: Forms) -> Iterator[Conflict]:
    """Codes that stand beside several names."""
    for code, rows in _by_code(forms, "name", NAMES):
        spelling = _spellings(rows)
        if len(spelling) > 1:
            # What is written in brackets of another width is no other name.
            kept = spelling.get(fold_name(forms.kept(code, "name")))
            options = sorted(set(spelling.values()))
            lines = [forms.line("members", row, "name", spelling[fold_name(row["name"])], row["name"])
                     for row in rows if fold_name(row["name"])]
            yield conflict_of(NAMES, [code], options, lines, mark=KEPT if kept else "", marked=kept, code=code)


def codes(forms: Forms) -> Iterator[Conflict]:
    """Names that stand beside several readable codes."""
    found = pl.concat([forms.flagged("members", field, CODES.rules) for field in ("uscc", "name")]).unique()
    keys = {fold_name(name) for name in forms.flagged_members(found)["name"] if name}
    groups: dict[str, Rows] = {}
    for row in forms.named("members", keys).filter(READABLE).iter_rows(named=True):
        groups.setdefault(fold_name(row["name"]), []).append(row)
    for key in sorted(groups):
        counts = Counter(row["uscc"] for row in groups[key])
        options = sorted(counts)
        if len(options) > 1:
            most = sorted(counts.values(), reverse=True)
            lines = [forms.line("members", row, "uscc", row["uscc"], row["uscc"]) for row in groups[key]]
            mark = SUGGESTED if most[0] > most[1] else ""
            yield conflict_of(CODES, [key], options, lines, mark=mark, marked=max(options, key=counts.__getitem__),
                              also=("name",), name=groups[key][0]["name"])


def money(forms: Forms) -> Iterator[Conflict]:
    """Organisations whose revenue or R&D spending differs from form to form."""
    for dispute, field in ((REVENUE, "revenue_wan"), (RD_SPEND, "rd_spend_wan")):
        label = FORM.block("members").columns[field].label
        for code, rows in _by_code(forms, field, dispute):
            # Of an enterprise 0 is a sum; elsewhere it is written for nothing.
            enterprise = uscc.kind_of(code, rows[0]["name"] or "") == call.ENTERPRISE
            rows = [row for row in rows if row[field] is not None
                    and (row[field] > 0 or enterprise and row[field] == 0)]
            amounts = Counter(row[field] for row in rows)
            if len({row["submission_id"] for row in rows}) < 2 or _ratio(amounts) <= 1 + call.MONEY_TOLERANCE:
                continue
            kept = forms.kept(code, field)
            options = [plain(amount) for amount in sorted(amounts)]
            lines = [forms.line("members", row, field, plain(row[field]), plain(row[field], ",")) for row in rows]
            name = forms.kept(code, "name") or min(row["name"] or "" for row in rows)
            yield conflict_of(dispute, [code], options, lines, mark=KEPT if kept in amounts else "", name=name,
                              marked=plain(kept) if kept in amounts else None, label=label,
                              apart=_apart(_ratio(amounts)), slip=_slip(_ratio(amounts)))


def plain(amount: float, separator: str = "") -> str:
    """An amount in 万元 as an option: its decimal as far as it goes, six places at most."""
    return f"{amount:{separator}.6f}".rstrip("0").rstrip(".")


def _by_code(forms: Forms, field: str, dispute: Dispute) -> Iterator[tuple[str, Rows]]:
    """Codes with a finding on `field`, each with all rows that have it, in order."""
    found = forms.flagged("members", field, dispute.rules)
    concerned = forms.flagged_members(found)["org_id"].unique()
    rows = forms.rows("members", READABLE & pl.col("org_id").is_in(concerned.implode()))
    for (code,), group in sorted(rows.partition_by("org_id", as_dict=True).items()):
        yield code, group.rows(named=True)


def _spellings(rows: Sequence[dict]) -> dict[str, str]:
    """The names that differ in more than brackets and blanks, each in its most usual spelling."""
    written = Counter(row["name"] for row in rows if fold_name(row["name"]))
    found: dict[str, str] = {}
    for name in sorted(written, key=lambda name: (-written[name], name)):
        found.setdefault(fold_name(name), name)
    return found


def _ratio(amounts: Iterable[float]) -> float:
    least = min(amounts, default=1.0)
    return max(amounts, default=1.0) / least if least else inf


def _apart(ratio: float) -> str:
    return "其中有的为 0" if ratio == inf else f"最大为最小的 {ratio:,.2f} 倍"


def _slip(ratio: float) -> str:
    slips = {slip for slip in UNIT_SLIPS if abs(ratio / slip - 1) <= call.MONEY_TOLERANCE}
    return "恰差十倍，疑似单位填错。" if 10 in slips else "恰差一万倍，疑似单位填错。" if slips else ""
