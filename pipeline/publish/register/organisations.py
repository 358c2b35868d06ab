"""成员单位名录: one row an organisation, with where it was read, by place of registration and kind."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.order import by_kind
from pipeline.publish.register.columns import COMPILED, IN_WAN, SERIAL, column, read_of
from pipeline.publish.register.sources import PLACE, READ, Sources
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call
from schemas.register import LEAD_ROLE

TITLE = f"{call.PROVINCE}创新联合体成员单位名录"
# Jiangsu's organisations come first; division codes have the cities in official order.
HOME = call.CITIES[0].code[:2]
COLUMNS = (
    SERIAL,
    column("organisations", "name", most=32, least=22, meaning="按取值规则保留的写法。"),
    column("organisations", "uscc", "code", 20, 20, "合并的依据；没有代码的单位不与其他单位合并。"),
    column("organisations", "kind", "centre", 9, 10, "按统一社会信用代码和名称归类。"),
    column("organisations", "division_name", "centre", 12, 18, "代码第 3—8 位所示的登记机关所在地。"),
    Column("consortia", "参与联合体", "text", 24, 34, f"单位所在的创新联合体，牵头的注“{LEAD_ROLE}”。"),
    column("organisations", "consortium_count", "count", 7, 8, "入库创新联合体中的个数。"),
    column("organisations", "lead_count", "count", 7, 8, "其中该单位牵头的个数。"),
    column("organisations", "revenue_wan", "money", 15.5, 22, "按取值规则保留的数。"),
    column("organisations", "rd_spend_wan", "money", 15.5, 22, "按取值规则保留的数。"),
    column("organisations", "other_names", most=24, least=12, meaning="各表中的其他写法。"),
    column("organisations", "conflicts", most=28, least=12, meaning="各表所填不一致、需要核定的事项；省里已作裁定的，写明裁定。"),
    Column("places", "来源", "text", 30, 40, "文件、工作表和单元格；有退改文件的，右侧各栏为到其单元格的链接（不打印）。"),
)

LISTED = {"organisations": read_of("organisations", COLUMNS, "org_id", "division_code"), "sources": READ}


def write(book: Book, name: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the sheet; `tables` has `sources.ANSWERED` besides."""
    frame, organisations = rows(tables), tables["organisations"]
    sources = Sources(tables, frame)
    most = sources.most_links()
    beside = [Column(f"{PLACE}{number}", f"来源{number}", "link", 15, 20) for number in range(1, most + 1)]
    left = f"{COMPILED}　　共 {frame.height} 家"

    def fill(some: pl.DataFrame) -> pl.DataFrame:
        whole = organisations[some["row"]].with_columns(some["serial"].cast(pl.String), number=some["serial"])
        for lists in sources.of(some["serial"], len(beside)):
            whole = whole.join(lists, on="number", how="left", maintain_order="left")
        return whole

    write_plan(book, Plan(name, TITLE, COLUMNS, frame, left, IN_WAN, paper="A3", beside=beside, by="home", fill=fill))


def rows(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Organisations in print order: `serial`, the `row` in their table, and the city in which they are at `home`."""
    elsewhere = ~pl.col("division_code").str.starts_with(HOME).fill_null(False)
    homes = {city.code[:4]: city.name for city in call.CITIES}
    home = pl.col("division_code").str.head(4).replace_strict(homes, default=None, return_dtype=pl.String)
    return tables["organisations"].select("division_code", "kind", "name").with_row_index("row").sort(
        elsewhere, "division_code", by_kind(), "name", nulls_last=True, maintain_order=True).select(
        "row", home=home).with_row_index("serial", 1)
