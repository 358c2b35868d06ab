"""Where the organisations were read: consortia, places and links, made for as many of them as are printed at once."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish import terms
from pipeline.publish.links import URL, with_links
from pipeline.publish.plan import ROWS_AT_ONCE
from schemas.register import LEAD_ROLE

# The files handed back, of `links.answered`, where they lie beside the tables.
ANSWERED = "answered"
PLACE = "place"
# What is read of the sources, and of the consortia for their names.
READ = ("org_id", "consortium_id", "role", "city", "file", "sheet", "cell")
NAMED_BY = ("consortium_id", "name", "admitted")
# As many lines as a row can show without being cut.
MOST_LINES = 12


class Sources:
    """The sources in the order in which organisations are `printed` (`serial`, from 1, and `row` in their table)."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], printed: pl.DataFrame) -> None:
        self._answered = tables[ANSWERED]
        names = tables["consortia"].filter("admitted").unique("consortium_id", keep="first", maintain_order=True)
        self._table = tables["sources"].select(READ)
        self._titles = self._table.select("consortium_id").join(
            names.select("consortium_id", title="name"), on="consortium_id", how="left", maintain_order="left")["title"]
        numbers = tables["organisations"].select("org_id")[printed["row"]].with_columns(number=printed["serial"])
        self._order = self._table.select("org_id").with_row_index("row").join(
            numbers, on="org_id", maintain_order="left").select("row", "number").sort("number", maintain_order=True)

    def most_links(self) -> int:
        """The most places of an organisation that lead to a form handed back, as far as they are shown."""
        most = 0
        for some in self._order.iter_slices(ROWS_AT_ONCE) if self._answered.height else ():
            # An organisation on the border between two is looked at whole.
            whole = self._of(some["number"][0], some["number"][-1])
            most = max(most, self._linked(whole).group_by("number").len()["len"].max() or 0)
            if most >= MOST_LINES:
                return MOST_LINES
        return most

    def of(self, numbers: pl.Series, links: int) -> list[pl.DataFrame]:
        """By `number`, of these organisations in their order: consortia, places, and of each at most so many
        `links`."""
        whole = self._of(numbers[0], numbers[-1])
        if numbers[-1] - numbers[0] >= len(numbers):
            whole = whole.filter(pl.col("number").is_in(numbers.implode()))
        lists = [_consortia(whole), _places(whole)]
        return [*lists, _links(self._linked(whole), links)] if links else lists

    def _of(self, first: int, last: int) -> pl.DataFrame:
        start, end = self._order["number"].search_sorted(first), self._order["number"].search_sorted(last, "right")
        some = self._order[start:end]
        return self._table[some["row"]].with_columns(some["number"], title=self._titles.gather(some["row"]))

    def _linked(self, sources: pl.DataFrame) -> pl.DataFrame:
        url = PLACE + URL
        return with_links(sources, self._answered, PLACE).filter(pl.col(url).is_not_null()).unique(
            ["number", url], keep="first", maintain_order=True)


def _consortia(sources: pl.DataFrame) -> pl.DataFrame:
    each = sources.group_by("number", "consortium_id", maintain_order=True).agg(
        pl.col("title").first(), leads=(pl.col("role") == LEAD_ROLE).any())
    role = pl.when("leads").then(pl.lit(f"（{LEAD_ROLE}）")).otherwise(pl.lit(""))
    return _listed(each.with_columns(pl.col("title").fill_null("（名称未填）") + role), "title", "consortia")


def _places(sources: pl.DataFrame) -> pl.DataFrame:
    place = ["number", "file", "sheet"]
    every = sources.select(*place, terms.cells()).unique(maintain_order=True)
    cells = every.group_by(place, maintain_order=True).agg("cell")
    cell = pl.col("cell").list.join("、", ignore_nulls=True)
    line = pl.concat_str(pl.col("file").fill_null(""), pl.col("sheet").fill_null(""), cell, separator=" ")
    return _listed(cells.select("number", line=line.str.strip_chars()), "line", "places")


def _links(sources: pl.DataFrame, most: int) -> pl.DataFrame:
    """Texts and targets, each place in columns of its own."""
    text = pl.concat_str("city", terms.cells(), separator=" ", ignore_nulls=True)
    lists = sources.group_by("number", maintain_order=True).agg(texts=text, urls=PLACE + URL)
    return lists.select("number", **{
        f"{PLACE}{place + 1}{end}": pl.col(lists_of).list.get(place, null_on_oob=True)
        for place in range(most) for end, lists_of in (("", "texts"), (URL, "urls"))})


def _listed(frame: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """The texts of each organisation, one a line; how many there are where not all are shown."""
    more = pl.when(pl.col("len") > MOST_LINES).then(
        pl.format("\n……等 {} 处，全部见数据表", "len")).otherwise(pl.lit(""))
    lists = frame.group_by("number", maintain_order=True).agg(pl.col(column).head(MOST_LINES), pl.len())
    return lists.select("number", (pl.col(column).list.join("\n") + more).alias(name))
