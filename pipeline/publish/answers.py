"""Everything that is answered, each kind of output by the module that writes it. Paths are the contract's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.publish import pages, pending, problems, recommendation, register, tables
from schemas import call

if TYPE_CHECKING:
    from pipeline.job import Resolved
    from pipeline.settings import Workspace

REGISTER = f"{call.PROVINCE}创新联合体名录.xlsx"
PENDING = "待核清单.xlsx"
PROBLEMS = "问题清单.xlsx"
RECOMMENDATION = "推荐汇总表.xlsx"


def write(resolved: Resolved, workspace: Workspace, now: datetime) -> tuple[str, ...]:
    """Write all outputs of a run; their paths under the outbox, the province's first, then each bureau's."""
    bureaus = [path for city in call.CITIES for path in _for_bureau(resolved, workspace, city.name, now)]
    # The province's workbooks link to what the bureaus have been answered, so they come after it.
    written = [*_for_province(resolved, workspace, now), *bureaus]
    return tuple(path.relative_to(workspace.outbox).as_posix() for path in written)


def _for_province(resolved: Resolved, workspace: Workspace, now: datetime) -> list:
    folder = workspace.province_outbox
    register.write(resolved.tables, folder / REGISTER)
    tables.write(resolved.tables, workspace.data_outbox)
    pages.board.write(resolved.tables, folder / pages.board.NAME, resolved.deadline, now)
    pending.write(resolved.tables, folder / PENDING)
    return [folder / REGISTER, folder / pages.board.NAME, folder / PENDING]


def _for_bureau(resolved: Resolved, workspace: Workspace, city: str, now: datetime) -> list:
    folder = workspace.city_outbox(city)
    problems.write(resolved.tables, city, folder / PROBLEMS)
    pages.receipt.write(resolved.tables, city, folder / pages.receipt.NAME, resolved.deadline, now)
    recommendation.write(resolved.tables, city, folder / RECOMMENDATION)
    return [folder / PROBLEMS, folder / pages.receipt.NAME, folder / RECOMMENDATION]
