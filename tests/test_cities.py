"""`pipeline.cities`: missing, 零申报, mending, clean; and what a declaration is worth beside a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline import arrivals, cities, job, reminders
from pipeline.memory import Nil
from pipeline.publish import problems
from pipeline.publish.pages import receipt as receipt_page
from pipeline.publish.pages.due import Due
from pipeline.publish.register import overview, progress
from pipeline.read import Spotted
from pipeline.submissions import FileReading
from schemas.call import CHINA, CITIES, DEADLINE
from tests.deciding import BEGAN, decided
from tests.drawn import form, other
from tests.page_text import Page
from tests.received import NOON, file, receipt, register_of
from tests.register_tables import frames
from tests.test_organisations import grid, nano

NANJING = "南京市"
DECLARED = {NANJING: Nil(NANJING, "来函说明", datetime(2023, 9, 20, 23, 30, tzinfo=CHINA))}
COMMAND = "来函说明（2023-09-20 登记）"


def city(statuses: list[str], nils=None, **facts) -> dict:
    """The row of 南京市, which sent files of these statuses."""
    rows = [dict(submission_id=str(place), file=f"{NANJING}/{place}.xlsx", city=NANJING, status=status, late=place == 1,
                 received_at=NOON + timedelta(days=place), errors=2, warnings=3) | facts
            for place, status in enumerate(statuses)]
    return cities.table(frames({"submissions": rows}), nils or {}).row(0, named=True)


@pytest.mark.parametrize(("statuses", "state", "counts"), [
    ([], "missing", (0, 0, 0, 0, 0, 0)), (["ignored"], "missing", (0, 0, 0, 0, 0, 0)),
    (["accepted"], "clean", (1, 1, 0, 0, 2, 3)), (["accepted_with_warnings"], "clean", (1, 1, 0, 0, 2, 3)),
    (["accepted", "returned"], "mending", (2, 1, 1, 1, 4, 6)), (["unreadable"], "mending", (0, 0, 1, 0, 2, 3)),
    (["superseded", "accepted"], "clean", (1, 1, 0, 1, 2, 3)),
    (["accepted", "superseded"], "clean", (1, 1, 0, 0, 2, 3))])
def test_state__follows_what_counts(statuses, state, counts) -> None:
    row = city(statuses)
    assert row["state"] == state
    assert tuple(row[name] for name in ("forms", "admitted", "mending", "late", "errors", "warnings")) == counts


@pytest.mark.parametrize(("statuses", "state"), [
    ([], "nil"), (["ignored"], "nil"), (["accepted"], "clean"), (["returned"], "mending"), (["unreadable"], "mending"),
    (["superseded"], "nil")])
def test_declared_by_command__what_counts_goes_before_it(statuses, state) -> None:
    row = city(statuses, DECLARED)
    assert (row["state"], row["nil_reason"]) == (state, COMMAND)


GIVEN = {"consortium_id": "c1"}


@pytest.mark.parametrize(("statuses", "nils", "state"), [
    (["ignored"], {}, "given"), (["superseded", "ignored"], {}, "given"), (["ignored"], DECLARED, "nil"),
    (["accepted", "ignored"], {}, "clean"), (["returned", "ignored"], {}, "mending"),
    (["unreadable", "ignored"], {}, "mending"), (["superseded"], {}, "missing")])
def test_form_given_to_another_city__nothing_is_asked_unless_something_counts(statuses, nils, state) -> None:
    row = city(statuses, nils, **GIVEN)
    assert row["state"] == state
    assert (row["forms"], row["admitted"]) == (1 if state == "clean" or "returned" in statuses else 0, state == "clean")


def test_table__thirteen_cities_in_official_order_with_first_and_last_arrival() -> None:
    found = cities.table(frames({}), {})
    assert found["city"].to_list() == [each.name for each in CITIES]
    row = city(["superseded", "accepted", "ignored"])
    assert (row["first_received_at"], row["last_received_at"]) == (NOON, NOON + timedelta(days=1))


def said(path: str, sequence: int = 1, **how) -> FileReading:
    """A file in which no form was found."""
    return FileReading(receipt(path, sequence, **how), spotted=(Spotted("F01", facts=(("reason", "文件打不开"),)),))


def standing(*files: FileReading) -> tuple[str, str | None, list[str]]:
    """State and declaration of 南京市, and the findings' codes."""
    tables = register_of(*files)
    tables["arrivals"] = arrivals.table([one.receipt for one in files], DEADLINE)
    row = cities.table(tables, {}).row(0, named=True)
    return row["state"], row["nil_reason"], tables["findings"]["code"].to_list()


@pytest.mark.parametrize("name", ["零申报.txt", "南京市零报送说明.pdf", "关于无推荐的函.docx", "零申报.xlsx"])
def test_file_that_says_so__declares_nil_without_a_finding(name: str) -> None:
    assert standing(said(f"{NANJING}/{name}")) == ("nil", f"报送文件“{name}”", [])


def test_blank_form_of_that_name__declares_nil() -> None:
    blank = FileReading(receipt(f"{NANJING}/零申报.xlsx"), blank=True)
    assert standing(blank) == ("nil", "报送文件“零申报.xlsx”", [])


def test_filled_form_of_that_name__is_a_form() -> None:
    assert standing(file(f"{NANJING}/零申报.xlsx", form())) == ("clean", None, [])


def test_declaration_beside_a_form__is_without_effect() -> None:
    files = (said(f"{NANJING}/零申报.txt"), file(f"{NANJING}/表.xlsx", form(), 2))
    assert standing(*files) == ("clean", "报送文件“零申报.txt”", [])
    tables = register_of(*files)
    tables["arrivals"] = arrivals.table([one.receipt for one in files], DEADLINE)
    assert cities.without_effect(cities.table(tables, {}))["city"].to_list() == [NANJING]


def test_declaration_replaced_by_a_form_of_its_name__is_none() -> None:
    assert standing(said(f"{NANJING}/零申报.xlsx", present=False, content="函"),
                    file(f"{NANJING}/零申报.xlsx", form(), 2)) == ("clean", None, [])


def test_declaration_of_no_city__is_told_like_any_unreadable_file() -> None:
    tables = register_of(said("待分拣/零申报.txt"), file("苏州市/表.xlsx", other(), 2))
    assert tables["submissions"]["status"].to_list() == ["unreadable", "accepted"]
    assert tables["findings"]["code"].to_list() == ["F01"]


@pytest.mark.parametrize(("present", "expected"), [(True, ("mending", None, ["F01"])), (False, ("missing", None, []))])
def test_unreadable_file__is_let_go_when_it_is_taken_away(present: bool, expected: tuple) -> None:
    assert standing(said(f"{NANJING}/扫描件.pdf", present=present)) == expected


def test_withdrawn_form__lets_its_copy_count() -> None:
    first, second = file(f"{NANJING}/a.xlsx", form()), file(f"{NANJING}/b.xlsx", form(), 2)
    first = replace(first, receipt=replace(first.receipt, withdrawn="已撤回（2023-09-20，重复）"))
    tables = register_of(first, second)
    assert tables["submissions"]["status"].to_list() == ["ignored", "accepted"]
    assert tables["ignored"]["reason"].to_list() == ["已撤回（2023-09-20，重复）"]


def test_city_whose_form_was_given_away__is_asked_nothing(tmp_path: Path) -> None:
    found = decided(tmp_path, [grid(), nano(B4="江苏省智能电网创新联合体")], "归南京市", "两市同名").tables
    rows = found["cities"].filter(pl.col("city").is_in([NANJING, "苏州市"]))
    assert rows.select("city", "state", "forms").rows() == [(NANJING, "clean", 1), ("苏州市", "given", 0)]
    missing = [each.name for each in CITIES if each.name not in (NANJING, "苏州市")]
    chased = reminders.reminders(found, Due.of(DEADLINE, BEGAN))
    assert [(one.city.name, str(one.state)) for one in chased] == [(name, "missing") for name in missing]
    assert job.summary_of(found, ()).missing_cities == tuple(missing)
    assert problems.told(found)["苏州市"].verdict == "所报材料已由省里裁定归他市报送，本市不需再办。"
    shown = progress.city_rows(found)
    assert dict(shown.select("city", "state").iter_rows())["苏州市"] == "已归他市"
    assert overview._missing(shown) == f"未报送：{'、'.join(missing)}（11 市）。已归他市：苏州市（1 市）。"
    for at in (BEGAN, DEADLINE + timedelta(days=1)):
        receipt_page.write(found, "苏州市", tmp_path / "报送回执.html", DEADLINE, at)
        page = Page(tmp_path / "报送回执.html")
        assert "所报材料已由省里裁定归他市报送，本市不需再办。" in page.text and "请立即" not in page.text
        assert page.section("二、下一步", " 省生产力") == "不需再办。"
