"""One place on the planned sheet where something is checked: cells, columns and rules by name."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.template.layout import Plan, Table
from pipeline.template.wording import rules_of
from schemas.column import Column
from schemas.rule import Rule


@dataclass(frozen=True)
class Place:
    """Where a check stands: in one row of a table, or among the single values."""

    plan: Plan
    block: str
    row: int = 0

    @property
    def table(self) -> Table:
        """The table that the row belongs to."""
        return self.plan.tables[self.block]

    def cell(self, name: str) -> str:
        """Address of a field: of this row, else of the single value of that name."""
        if self.block in self.plan.tables:
            return self.table.cell(name, self.row).address
        return self.plan.singles[name].value.address

    def above(self, name: str) -> str:
        """The cells of a field from the table's header to the row before this one."""
        letter = chr(ord("A") + self.table.columns[name][0])
        return f"{letter}${self.table.header + 1}:{letter}{self.row}"

    def column(self, name: str) -> Column:
        """What is declared about a field."""
        return self.plan.form.block(self.block).columns[name]

    @property
    def rules(self) -> dict[str, Rule]:
        """The block's rules by their functions' names."""
        return rules_of(self.plan.form)[self.block]

    def rule(self, name: str) -> Rule:
        """A rule by its function's name, or by its code if it is about the file."""
        found = rules_of(self.plan.form)
        return found[self.block].get(name) or found[""][name]
