"""Everything that is answered, each kind of output by the module that writes it. Paths are the contract's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.publish import handed_back, pages, pending, problems, recommendation, register, tables
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
    with handed_back.writing(resolved, workspace) as forms:
        bureaus = [path for city in forms for path in (*_for_bureau(resolved, workspace, city, now), *forms[city])]
        board = workspace.province_outbox / pages.board.NAME
        pages.board.write(resolved.tables, board, resolved.deadline, now)
        tables.write(resolved.tables, workspace.data_outbox)
    # These two link to the forms handed back, so they come after them.
    books = (workspace.province_outbox / REGISTER, workspace.province_outbox / PENDING)
    register.write(resolved.tables, books[0])
    pending.write(resolved.tables, books[1])
    return tuple(path.relative_to(workspace.outbox).as_posix() for path in (*books, board, *bureaus))


def _for_bureau(resolved: Resolved, workspace: Workspace, city: str, now: datetime) -> list[Path]:
    folder = workspace.city_outbox(city)
    problems.write(resolved.tables, city, folder / PROBLEMS)
    pages.receipt.write(resolved.tables, city, folder / pages.receipt.NAME, resolved.deadline, now)
    recommendation.write(resolved.tables, city, folder / RECOMMENDATION)
    return [folder / PROBLEMS, folder / pages.receipt.NAME, folder / RECOMMENDATION]
