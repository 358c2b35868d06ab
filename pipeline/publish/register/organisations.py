"""成员单位名录: one row an organisation, with where it was read, by place of registration and kind."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish import terms
from pipeline.publish.links import URL
from pipeline.publish.order import by_kind, numbered
from pipeline.publish.register.columns import COMPILED, IN_WAN, SERIAL, column
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call
from schemas.register import LEAD_ROLE

TITLE = f"{call.PROVINCE}创新联合体成员单位名录"
PLACE = "place"
# As many lines as a row can show without being cut.
MOST_LINES = 12
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


def write(book: Book, name: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the sheet."""
    frame = rows(tables)
    links, beside = _links(tables["sources"])
    frame = frame.join(links, on="org_id", how="left", maintain_order="left")
    left = f"{COMPILED}　　共 {frame.height} 家"
    write_plan(book, Plan(name, TITLE, COLUMNS, frame, left, IN_WAN, paper="A3", beside=beside, by="home"))


def rows(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Organisations in print order with their consortia and places of origin, several lines a cell."""
    elsewhere = ~pl.col("division_code").str.starts_with(HOME).fill_null(False)
    frame = tables["organisations"].sort(elsewhere, "division_code", by_kind(), "name", nulls_last=True,
                                         maintain_order=True)
    for lists in (_consortia(tables), _places(tables["sources"])):
        frame = frame.join(lists, on="org_id", how="left", maintain_order="left")
    homes = {city.code[:4]: city.name for city in call.CITIES}
    return numbered(frame.with_columns(home=pl.col("division_code").str.head(4).replace_strict(
        homes, default=None, return_dtype=pl.String)))


def _consortia(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    names = tables["consortia"].filter("admitted").unique("consortium_id", keep="first", maintain_order=True)
    names = names.select("consortium_id", title="name")
    named = tables["sources"].select("org_id", "consortium_id", "role").join(names, on="consortium_id", how="left", maintain_order="left")
    role = pl.when((pl.col("role") == LEAD_ROLE).any()).then(pl.lit(f"（{LEAD_ROLE}）")).otherwise(pl.lit(""))
    each = named.group_by("org_id", "consortium_id", maintain_order=True).agg(
        (pl.col("title").first().fill_null("（名称未填）") + role).alias("line"))
    return _listed(each, "line", "consortia")


def _places(sources: pl.DataFrame) -> pl.DataFrame:
    cells = sources.group_by("org_id", "file", "sheet", maintain_order=True).agg(
        terms.cells().drop_nulls().unique(maintain_order=True).str.join("、"))
    line = pl.concat_str(*[pl.col(part).fill_null("") for part in ("file", "sheet", "cell")], separator=" ")
    return _listed(cells.with_columns(line=line.str.strip_chars()), "line", "places")


def _links(sources: pl.DataFrame) -> tuple[pl.DataFrame, list[Column]]:
    """The places of each organisation whose form is at hand, each in a column of its own, and these columns."""
    url, text = PLACE + URL, pl.concat_str("city", terms.cells(), separator=" ", ignore_nulls=True)
    found = sources.filter(pl.col(url).is_not_null()).unique(["org_id", url], keep="first", maintain_order=True)
    lists = found.group_by("org_id", maintain_order=True).agg(texts=text, urls=url)
    most = min(MOST_LINES, lists["urls"].list.len().max() or 0)
    beside = [Column(f"{PLACE}{number}", f"来源{number}", "link", 15, 20) for number in range(1, most + 1)]
    columns = {f"{PLACE}{place + 1}{end}": pl.col(lists_of).list.get(place, null_on_oob=True)
               for place in range(most) for end, lists_of in (("", "texts"), (URL, "urls"))}
    return lists.select("org_id", **columns), beside


def _listed(frame: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The texts of each organisation, one a line; how many there are where not all are shown."""
    more = pl.when(pl.len() > MOST_LINES).then(pl.format("\n……等 {} 处，全部见数据表", pl.len())).otherwise(pl.lit(""))
    return frame.group_by("org_id", maintain_order=True).agg(
        (pl.col(column).head(MOST_LINES).str.join("\n") + more).first().alias(name))
