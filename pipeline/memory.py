"""What the ledger remembers from round to round, as plain data: stages are given it and never ask the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.season import FindingState


@dataclass(frozen=True)
class Round:
    """One state of the inputs: its number from 1, the key that names it, when it was first run (+08:00)."""

    number: int
    key: str
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of one finding; rounds as in `schemas.season.FindingHistory`."""

    finding_id: str
    city: str | None
    consortium_id: str | None
    consortium_name: str | None
    code: str
    severity: str
    first_round: int
    last_round: int
    first_at: datetime
    last_at: datetime
    mended_round: int | None = None
    back_round: int | None = None
    # The state and note of the last round that knew it, for what is mended since.
    state: str = FindingState.OPEN
    note: str = ""


@dataclass(frozen=True)
class Explanation:
    """What a bureau wrote about a finding, and what stood in its cell then (a digest): another value, and it lapses."""

    finding_id: str
    value_digest: str
    text: str
    sha256: str
    given_at: datetime


@dataclass(frozen=True)
class Nil:
    """A city's word that it recommends nothing this year (零申报)."""

    city: str
    reason: str
    declared_at: datetime


@dataclass(frozen=True)
class Disposition:
    """What settles a finding without a change of its cell, with the words that are shown for it."""

    state: FindingState
    note: str


@dataclass(frozen=True)
class Memory:
    """Everything remembered; `round` is the last committed one, None before the first."""

    round: Round | None = None
    findings: Mapping[str, Past] = field(default_factory=dict)
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    nils: Mapping[str, Nil] = field(default_factory=dict)
