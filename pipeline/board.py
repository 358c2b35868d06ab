"""The board on a screen: what each of the 13 cities has sent, from the tables of the last run."""

from __future__ import annotations

from pipeline.job import NO_CITY
from pipeline.settings import Workspace
from pipeline.usage import WrongUsage, columns
from schemas.call import CITIES
from schemas.register import ADMITTED, Status

HEAD = ("设区市", "收到", "入库", "退回", "无法读取", "最近收件")


def lines(workspace: Workspace) -> list[str]:
    """A head, a line a city in official order, a sum. WrongUsage if there has been no run."""
    import polars as pl

    table = workspace.data_outbox / "submissions.parquet"
    if not table.is_file():
        raise WrongUsage("还没有汇总过，请先运行“consortium run”")
    counted = pl.read_parquet(table).filter(~pl.col("status").is_in([Status.IGNORED, Status.SUPERSEDED]))
    rows = [_row(counted.filter(pl.col("city") == city.name), city.name) for city in CITIES]
    homeless = counted.filter(~pl.col("city").is_in([city.name for city in CITIES]).fill_null(False))
    if homeless.height:
        rows.append(_row(homeless, NO_CITY))
    sums = [str(sum(map(int, numbers))) for numbers in list(zip(*rows, strict=True))[1:-1]]
    return columns([HEAD, *rows, ("合计", *sums, "")])


def _row(forms, city: str) -> tuple[str, ...]:
    status = forms["status"]
    last = forms["received_at"].max()
    admitted = status.is_in(list(ADMITTED)).sum()
    return (city, str(forms.height), str(admitted), str((status == Status.RETURNED).sum()),
            str((status == Status.UNREADABLE).sum()), f"{last:%Y-%m-%d %H:%M}" if last else "未报送")
