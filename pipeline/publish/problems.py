"""问题清单.xlsx: what one bureau has to mend, what it has to explain, and what became of each of its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipeline import cities
from pipeline.publish import most, remembered, style, terms
from pipeline.publish.atomic import replacing
from pipeline.publish.order import numbered, ordered
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from pipeline.read.remarks import CODE, FORM_NAME, NUMBER, PLACE, REMARK
from pipeline.shelf import LONG
from schemas import call
from schemas.current import FORM
from schemas.register import ADMITTED, TO_MEND, Status, titles
from schemas.rule import SEVERITY_WORDS, Severity

PROBLEMS, MENDED, CHANGES, FILES, NOTICES = SHEETS = ("问题清单", "已改正", "版本差异", "文件清单", "提示事项")
# Findings of one rule in one row of the list; more go on in the next row, so that none is cut on paper.
REPEATS_A_ROW = 4
GUIDE = ("“须改正”的，请在原表中改正后重新放入本市收件夹；“需核实”的，请改正，或在“说明”栏写明情况后，把本清单（或写了说明的退改表）"
         "放入本市收件夹（只写“核实无误”不作为说明）。“已说明”“已豁免”“已裁定”的不需再办。未列出的栏目不需改动。")
SIGNATURE = "填表人：　　　　　　　　审核人：　　　　　　　　联系电话：　　　　　　　　（盖章）"
_COLUMNS = (
    Column("serial", "序号", "centre", 5, 6),
    Column("form", FORM_NAME, "text", 22, 24),
    Column("place", PLACE, "text", 12, 14),
    Column("message", "问题", "text", 38, 38),
    Column("value", "您填写的值", "text", 16, 25),
    Column("suggestion", "怎么改", "text", 30, 34),
    Column("severity", "级别", "centre", 8, 8),
    Column("code", CODE, "centre", 6.5, 6.5),
)
PROBLEM_COLUMNS = (
    *_COLUMNS, Column("state", "状态", "centre", 8, 8), Column("first_seen", "首次发现", "centre", 11.5, 11.5),
    Column("remark", REMARK, "entry", 24, 24))
# For the machine: by it an explanation is taken, wherever the rows of the form have gone meanwhile.
NUMBER_COLUMN = Column("numbers", NUMBER, "number", 10, 10)
FILE_COLUMNS = (
    Column("serial", "序号", "centre", 5, 6), Column("file", "文件", "text", 34, 50),
    Column("sheet", "工作表", "text", 14, 20),
    Column("consortium_name", titles("submissions")["consortium_name"], "text", 26, 32),
    Column("version", "版次", "count", 6, 6), Column("status", "处理结果", "centre", 14, 20),
    Column("errors", SEVERITY_WORDS[Severity.ERROR], "count", 8, 8),
    Column("warnings", SEVERITY_WORDS[Severity.WARNING], "count", 8, 8),
    Column("reason", "原因", "text", 30, 40),
)
# What differs between the messages of one rule: quoted values, numbers, codes and addresses.
_VARYING = r"“[^”]*”|[0-9A-Za-z.,:：、—-]+"


class Told(NamedTuple):
    """What one bureau's list and its receipt say: how it stands, its findings as rows, what became of its files.

    The rows are those of the list, without serial numbers. `cut` says that some form has more findings than are listed.
    """

    verdict: str
    rows: pl.DataFrame
    files: pl.DataFrame
    cut: bool


def told(tables: Mapping[str, pl.DataFrame]) -> dict[str, Told]:
    """By city, for all cities at once: a question to polars costs the same for one of them."""
    forms, findings, ignored = ordered({name: tables[name] for name in ("submissions", "findings", "ignored")}).values()
    found = remembered.with_history(_current_findings(forms, findings), tables)
    rows, files = _grouped_by_city(most.listed(found)), by_city(_files(forms, findings, ignored))
    asked = found.filter(~remembered.settled()).group_by("city", "severity").len()
    counts = {(city, level): number for city, level, number in asked.iter_rows()}
    standing = Counter(forms.select("city", "status").iter_rows())
    excused = cities.excused(tables["cities"])
    cut = {city for city, _ in most.cut(found)}
    return {city: Told(verdict({status: standing[city, str(status)] for status in Status},
                               *(counts.get((city, str(level)), 0) for level in (Severity.ERROR, Severity.WARNING)),
                               excuse=excused.get(city, "")),
                       rows(city), files(city), city in cut) for city in call.CITY_ORDER}


def _grouped_by_city(found: pl.DataFrame) -> Callable[[str], pl.DataFrame]:
    """What is `grouped` of each city: of all at once, unless that would take much memory beside the findings."""
    if found.height < LONG:
        return by_city(grouped(found))
    one_city = by_city(found)
    parts = {city: grouped(one_city(city)) for city in call.CITY_ORDER}
    return parts.__getitem__


def by_city(frame: pl.DataFrame) -> Callable[[str], pl.DataFrame]:
    """The rows of each city, in their order; none where it has none."""
    parts = frame.partition_by("city", as_dict=True, maintain_order=True)
    return lambda city: parts.get((city,), frame.clear())


def write(tables: Mapping[str, pl.DataFrame], city: str, target: Path, known: Told | None = None) -> None:
    """Write the list of one city's bureau, in one step; same rows, same bytes. `known` is what is `told` of the
    city."""
    known = known or told(tables)[city]
    grave = known.rows["severity"] != SEVERITY_WORDS[Severity.NOTICE]
    # All of them are one city's: where they go onto several sheets, these are only numbered.
    problems, notices = (numbered(known.rows.filter(those).drop("city")) for those in (grave, ~grave))
    cut = ((most.NOTE, "remark"),) if known.cut else ()
    title = f"{_bureau(city)}报送问题清单"
    with replacing(target) as aside, style.workbook(aside, title) as workbook:
        book = Book(workbook)
        write_plan(book, Plan(PROBLEMS, title, PROBLEM_COLUMNS, problems, frozen=2, signature=SIGNATURE,
                              notes=((known.verdict, "verdict"), *cut, (GUIDE, "remark")), beside=(NUMBER_COLUMN,)))
        _write_more(book, city, tables)
        write_plan(book, Plan(FILES, f"{_bureau(city)}报送文件清单", FILE_COLUMNS, numbered(known.files)))
        if notices.height:
            write_plan(book, Plan(NOTICES, f"{_bureau(city)}报送提示事项", _COLUMNS, notices,
                                  notes=(("下列事项系统已自动处理，或仅供参考，可不改。", "remark"),)))


def _write_more(book: Book, city: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """What has been mended, and what new versions have changed; no sheet where there is nothing of the kind."""
    mended, changes = remembered.mended(tables, city), remembered.changes(tables, city)
    if mended.height:
        write_plan(book, Plan(MENDED, f"{_bureau(city)}已改正的问题", remembered.MENDED_COLUMNS, mended,
                              notes=(("下列问题已不再出现，不需再办。", "remark"),)))
    if changes.height:
        write_plan(book, Plan(CHANGES, f"{_bureau(city)}新旧版本差异", remembered.CHANGE_COLUMNS, changes,
                              notes=(("现行的一版与它所替代的一版逐项比较，行的先后变动不算差异。请核对是否确需改动。", "remark"),)))


def verdict(standing: Mapping[Status, int], errors: int, warnings: int, *, excuse: str = "") -> str:
    """How the bureau stands, in one sentence: 须改正 3 处，需核实 2 处. What is settled does not count.

    `standing` has the number of its forms by status; `excuse` is why nothing is asked where nothing counts.
    """
    current = sum(number for status, number in standing.items() if status not in (Status.SUPERSEDED, Status.IGNORED))
    if not current:
        return excuse or "尚未收到可计入的报送材料。"
    admitted, mending = (sum(standing.get(status, 0) for status in those) for those in (ADMITTED, TO_MEND))
    if not errors and not warnings and not mending:
        return "0 项问题，已入库。" if admitted == 1 else f"0 项问题，{admitted} 份均已入库。"
    counted = f"{SEVERITY_WORDS[Severity.ERROR]} {errors} 处，{SEVERITY_WORDS[Severity.WARNING]} {warnings} 处。"
    if not mending:
        return f"{counted}{'' if admitted == 1 else f'{admitted} 份均'}已入库，请核实后改正或说明。"
    return f"{counted}共报送 {current} 份：已入库 {admitted} 份，须改正后重报 {mending} 份。"


def grouped(found: pl.DataFrame) -> pl.DataFrame:
    """Findings as rows of the list: errors first, repeats of a rule in a form together with their cells."""
    pattern = pl.col("message").str.replace_all(_VARYING, "")
    frame = found.sort(
        remembered.settled(), terms.by_severity(), pl.col("status") != Status.UNREADABLE, "form", "submission_id",
        terms.by_table(), "row", "code", nulls_last=True, maintain_order=True).with_columns(
        pattern=pattern, message=terms.message()).with_columns(beside=_beside_value())
    same = ["city", "submission_id", "code", "severity", "sheet", "table", "field", "pattern", "state", "first_seen",
            "explanation"]
    part = pl.int_range(pl.len()).over(same) // REPEATS_A_ROW
    frame = frame.with_columns(part=part, total=pl.len().over(same))
    rows = frame.group_by(*same, "part", maintain_order=True).agg(
        pl.col("form", "home", "total").first(), pl.col("message"), pl.col("beside").n_unique(),
        pl.col("cell").drop_nulls(), _by_cell("value"), _by_cell("suggestion"),
        numbers=pl.col("finding_id").str.join("\n"))
    return rows.with_columns(pl.col("cell").list.join(",").alias("cell")).with_columns(
        place=terms.place("home"), severity=terms.severity(), message=_message(), remark="explanation",
        standing="state", state=remembered.state_words())


def _beside_value() -> pl.Expr:
    """What a message says beside the place and the value, which have columns of their own."""
    said = pl.col("message").str.replace("^[^：]*：", "")
    return said.str.split(pl.col("value").fill_null("")).list.join("")


def _message() -> pl.Expr:
    """The first one for all, unless another says what is in no other column, such as the code in other forms."""
    first = pl.col("message").list.first()
    alone = (pl.col("total") == 1) | (pl.col("message").list.n_unique() == 1)
    more = pl.format("{}\n（同类问题共 {} 处，逐处见相邻各栏。）", first, pl.col("total"))
    every = pl.col("message").list.join("\n")
    return pl.when(alone).then(first).when(pl.col("beside") == 1).then(more).otherwise(every)


def _by_cell(column: str) -> pl.Expr:
    """The values of a group, each with its cell where there is more than one finding and they differ."""
    value = pl.col(column).fill_null("")
    line = pl.concat_str(pl.col("cell").fill_null(""), value, separator="：")
    several = (pl.len() > 1) & (value.n_unique() > 1)
    listed = line.filter(value != "").str.join("\n")
    return pl.when(several).then(listed).otherwise(value.first()).first().alias(column)


def _current_findings(forms: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Findings of the forms that count, with the name under which the bureau knows each form."""
    name = pl.col("file").str.split("/").list.last()
    sheet = pl.when(~pl.col("sheet").is_in(["", FORM.sheet])).then("（" + pl.col("sheet") + "）").fill_null("")
    title = pl.col("consortium_name").replace("", None)
    form = pl.concat_str(title, name + sheet, separator="\n", ignore_nulls=True)
    counted = forms.filter(~terms.of_status(Status.SUPERSEDED, Status.IGNORED))
    known = counted.unique("submission_id", keep="first", maintain_order=True).select(
        "submission_id", "status", "city", home="sheet", form=form)
    return findings.drop("city").join(known, on="submission_id", maintain_order="left")


def _files(forms: pl.DataFrame, findings: pl.DataFrame, ignored: pl.DataFrame) -> pl.DataFrame:
    said = terms.first_message(findings, ignored)
    frame = forms.join(said, on="submission_id", how="left", maintain_order="left").with_columns(
        reason=terms.reason("consortium_id"), status=terms.status())
    return frame.sort("file", "sheet", "version", nulls_last=True, maintain_order=True)


def _bureau(city: str) -> str:
    names = {known.name: known.bureau for known in call.CITIES}
    return names.get(city, city)
