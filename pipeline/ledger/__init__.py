"""The ledger: receipts, runs, and what is remembered from round to round, in SQLite or PostgreSQL.

It keeps paths, hashes, times and counts, and of the forms' contents what people wrote to be remembered: explanations
and decisions, with the names by which findings are recognised. None of it goes into a log. Only here is SQLAlchemy
imported.
"""

from __future__ import annotations

from pipeline.ledger.faults import LedgerAway, LedgerForeign
from pipeline.ledger.ledger import INTERRUPTED, Ledger, Run
from pipeline.ledger.lock import Hold, hold
from pipeline.ledger.rebuilding import Rebuilt, rebuild
from pipeline.ledger.receipts import Withdrawal
from pipeline.ledger.tables import SCHEMA_VERSION

__all__ = ["INTERRUPTED", "SCHEMA_VERSION", "Hold", "Ledger", "LedgerAway", "LedgerForeign", "Rebuilt", "Run",
           "Withdrawal",
           "hold", "rebuild"]
