"""Columns of the register's sheets: title from the table's model, meaning from the form's help text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pipeline.publish.sheet import Column
from schemas import call, register
from schemas.current import FORM

CENTRE = f"{call.PROVINCE}{call.CENTRE.removeprefix('省')}"
COMPILED = f"编制单位：{CENTRE}"
IN_WAN = "单位：万元"
UNIT_COUNT = "单位：个"
SERIAL = Column("serial", "序号", "centre", 5, 8, "本表内的顺序号。")
CITY = Column("city", "报送城市", "centre", 9, 12, "报送该表的设区市，按全省统一次序排列。")


def read_of(table: str, columns: Iterable[Column], *more: str) -> tuple[str, ...]:
    """What is read of a table, in its order, for a sheet with these columns: those that it has, and `more` besides."""
    wanted = {*more, *(shown.field for shown in columns)}
    return tuple(field for field in register.polars_schema(table) if field in wanted)


@cache
def _titles(table: str) -> dict[str, str]:
    return register.titles(table)


@cache
def _help(table: str) -> dict[str, str]:
    blocks = {block.name: block for block in FORM.blocks}
    block = blocks.get({"consortia": "consortium"}.get(table, table))
    return {field: column.help for field, column in block.columns.items()} if block else {}


def column(table: str, field: str, look: str = "text", least: float = 6, most: float = 30,
           meaning: str = "") -> Column:
    """The column `field` of the output table `table`; its meaning is the form's own help unless given."""
    return Column(field, _titles(table)[field], look, least, most, meaning or _help(table).get(field, ""))
