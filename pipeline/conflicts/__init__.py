"""What is to be decided: every conflict between forms with its evidence, and the rules that may be waived."""

from __future__ import annotations

from pipeline.conflicts.agenda import Agenda, agenda_of
from pipeline.conflicts.conflict import Conflict
from pipeline.conflicts.gathering import conflicts

__all__ = ["Agenda", "Conflict", "agenda_of", "conflicts"]
