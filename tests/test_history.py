"""`pipeline.history`: what is new, still open, mended, back again; by city, round after round."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from drawn import RIGHT, form, other, with_row
from received import file, receipt
from rounds import FIRST, played

from pipeline import history
from pipeline.history import Since
from pipeline.read import Spotted
from pipeline.submissions import FileReading
from schemas.register import TABLES
from schemas.season import FindingState

PATH = "南京市/a.xlsx"
NO_DUTY, NO_ADDRESS, BAD_CODE = {"F17": ""}, {"F5": ""}, {"D16": "12320000466006762J"}


def rounds(*of_rounds: tuple, **how) -> list:
    """Rounds one after another; each is the files that lie in the inbox then."""
    found, memory = [], None
    for files in of_rounds:
        found.append(played(*files, memory=memory, **how))
        memory = found[-1].memory
    return found


def known(one, code: str) -> tuple:
    """State, and the rounds first, last, mended, back of a rule's finding."""
    return one.tables["finding_history"].filter(code=code).select(
        "state", "first_round", "last_round", "mended_round", "back_round").row(0)


def test_found_kept_mended_back__state_by_state() -> None:
    new = file(PATH, form(NO_DUTY), 1)
    right, again = file(PATH, form(), 2), file(PATH, form({**NO_DUTY, "F7": "教授"}), 3)
    found = rounds((new,), (new,), (new, right), (new, right), (new, right, again), (new, right, again))
    assert [known(one, "M28") for one in found] == [
        ("new", 1, 1, None, None), ("open", 1, 2, None, None), ("mended", 1, 2, 3, None), ("mended", 1, 2, 3, None),
        ("back", 1, 5, None, 5), ("open", 1, 6, None, 5)]
    assert [one.states("M28") for one in found] == [["new"], ["open"], [], [], ["back"], ["open"]]


def test_round_repeated__same_tables() -> None:
    first = played(file(PATH, form(NO_DUTY), 1))
    second = played(file(PATH, form(NO_ADDRESS), 2), memory=first.memory)
    for one, files in ((first, (file(PATH, form(NO_DUTY), 1),)), (second, (file(PATH, form(NO_ADDRESS), 2),))):
        again = played(*files, memory=one.memory, number=one.memory.round.number)
        for name in ("findings", "finding_history"):
            assert again.tables[name].equals(one.tables[name]), name


def test_tables__of_the_contract() -> None:
    tables = played(file(PATH, form(NO_DUTY), 1)).tables
    for name in ("findings", "finding_history", "changes"):
        TABLES[name].validate(tables[name])
    (past,) = history.pasts(tables["finding_history"])
    assert (past.code, past.severity, past.consortium_name, past.first_at, past.last_at, past.note) == (
        "M28", "W", "江苏省智能电网创新联合体", FIRST, FIRST, "成员表第 4 行“工作职责”：没有填写。")


BLANK, MEMBER = "| ^ | | | | | | | | |", "| ^ | 9 | 南京第{}材料有限公司 | 91320100PDY000503L | 制备 | 负责材料 | 5000 | 300 |"


def ten_rows(line: str) -> str:
    drawing = RIGHT.replace(" 负责芯片流片 ", " ").replace("12320000466006762K", "12320000466006762J")
    for number in range(10):
        drawing = with_row(drawing, 13, line.format(number))
    return drawing


@pytest.mark.parametrize("line", [BLANK, MEMBER], ids=["blank", "members"])
def test_ten_rows_above_the_members__make_no_finding_new(line: str) -> None:
    before = file(PATH, form({**NO_DUTY, **BAD_CODE, **NO_ADDRESS}), 1)
    # The rows above the table too: titles that a bureau puts over its form.
    after = file(PATH, form({"F5": ""}, drawing=ten_rows(line)), 2)
    first, second = rounds((before,), (before, after))
    wanted = ["B07", "M08", "M28"]
    assert sorted(first.asked()) == wanted
    assert {code: state for code, state in second.asked().items() if code in wanted} == dict.fromkeys(wanted, "open")
    assert second.tables["finding_history"].filter(pl.col("mended_round").is_not_null()).is_empty()


def test_ten_rows_above_the_form__make_no_finding_new() -> None:
    before = file(PATH, form({**NO_DUTY, **NO_ADDRESS}), 1)
    drawing = RIGHT.replace(" 负责芯片流片 ", " ").replace("南京市江宁区吉印大道1888号", "")
    for _ in range(10):
        drawing = with_row(drawing, 1, "| | | | | | | | |")
    _, second = rounds((before,), (before, file(PATH, form(drawing=drawing), 2)))
    assert second.asked() == {"B07": "open", "M28": "open"}
    assert set(second.tables["changes"]["table"]) == set()


def test_form_that_no_longer_counts__its_findings_are_not_called_mended() -> None:
    sent = file(PATH, form(NO_DUTY), 1)
    gone = replace(sent, receipt=replace(sent.receipt, withdrawn="2023-09-22 报错"))
    found = rounds((sent,), (gone,), (sent,))
    assert [known(one, "M28")[:4] for one in found] == [
        ("new", 1, 1, None), ("new", 1, 1, None), ("open", 1, 3, None)]


def test_unreadable_file_in_the_place_of_a_form__mends_nothing() -> None:
    sent = file(PATH, form(NO_DUTY), 1)
    broken = FileReading(receipt(PATH, 2, "broken"), spotted=(Spotted("F01", facts=(("reason", "文件打不开"),)),))
    right = file(PATH, form(), 3)
    found = rounds((sent,), (sent, broken), (sent, broken, right))
    assert [known(one, "M28")[:4] for one in found] == [
        ("new", 1, 1, None), ("new", 1, 1, None), ("mended", 1, 1, 3)]
    assert history.mended(found[2].tables)["code"].to_list() == ["M28", "F01"]


def test_another_consortium_under_the_old_name__ends_what_lay_there() -> None:
    found = rounds((file(PATH, form(NO_DUTY), 1),), (file(PATH, form(NO_DUTY), 1), file(PATH, other(), 2)))
    assert known(found[1], "M28") == ("mended", 1, 1, 2, None)


def test_since__by_city_and_state() -> None:
    first = file(PATH, form({**NO_DUTY, **NO_ADDRESS}), 1)
    elsewhere = file("苏州市/b.xlsx", other(NO_ADDRESS), 2)
    second = file(PATH, form({**NO_ADDRESS, "D16": "12320000466006762J"}), 3)
    before, after = rounds((first, elsewhere), (first, elsewhere, second))
    assert history.since(before.tables) == {"南京市": Since(new=2), "苏州市": Since(new=1)}
    assert history.since(after.tables) == {"南京市": Since(new=2, open=1, mended=1), "苏州市": Since(open=1)}
    assert history.mended(after.tables)["code"].to_list() == ["M28"]
    assert history.latest_round(after.tables["finding_history"]) == 2


def test_nothing_ever_found__no_history() -> None:
    tables = played(file(PATH, form(), 1)).tables
    assert (tables["finding_history"].height, history.since(tables)) == (0, {})
    assert history.latest_round(tables["finding_history"]) == 0


def test_settled__goes_before_new() -> None:
    first = played(file(PATH, form(NO_DUTY), 1))
    tables = {**first.tables, "findings": first.tables["findings"].with_columns(
        state=pl.lit(str(FindingState.WAIVED)), suggestion=pl.lit("省里同意"))}
    again = history.advance(tables, first.memory, first.memory.round)
    assert again["finding_history"].select("state", "note").rows() == [("waived", "省里同意")]
    assert again["findings"]["state"].to_list() == ["waived"]
