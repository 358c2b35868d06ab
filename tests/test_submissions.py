"""`pipeline.submissions`: which form of which file counts."""

from __future__ import annotations

import re

import pytest

from pipeline.read import Spotted
from pipeline.submissions import BLANK, FileReading, Submission
from schemas.register import Status
from tests.drawn import OTHER, RIGHT, Book, form, other, sheet
from tests.received import file, receipt, submitted

GRID = "江苏省智能电网创新联合体"
BEGUN = {"F7": "教授"}
CURRENT, SUPERSEDED, UNREADABLE, IGNORED = "current", "superseded", "unreadable", "ignored"


def fates(submissions: list[Submission]) -> list[tuple[str, int, str]]:
    """(file, version, what became of it) in order of arrival."""
    return [(one.receipt.path, one.version, str(one.status or CURRENT)) for one in submissions]


def broken(path: str, sequence: int) -> FileReading:
    return FileReading(
        receipt(path, sequence, f"broken {sequence}"),
        spotted=(Spotted("F01", facts=(("reason", "文件打不开"),)),),
    )


def test_one_form__counts() -> None:
    (one,) = submitted(file("南京市/a.xlsx", form()))
    assert one.current
    assert (one.name, one.version, one.spotted) == (GRID, 1, ())
    assert re.fullmatch(r"320100-[0-9a-f]{8}", one.consortium_id)
    assert re.fullmatch(r"B[0-9a-f]{12}", one.submission_id)


def test_new_bytes_under_an_old_name__replace_it() -> None:
    assert fates(submitted(file("南京市/a.xlsx", form(), 1), file("南京市/a.xlsx", form(BEGUN), 2))) == [
        ("南京市/a.xlsx", 1, SUPERSEDED),
        ("南京市/a.xlsx", 2, CURRENT),
    ]


def test_new_bytes_of_another_consortium__replace_what_lay_there() -> None:
    assert fates(submitted(file("南京市/a.xlsx", form(), 1), file("南京市/a.xlsx", other(), 2))) == [
        ("南京市/a.xlsx", 1, SUPERSEDED),
        ("南京市/a.xlsx", 1, CURRENT),
    ]


@pytest.mark.parametrize("later", ["南京市/b.xlsx", "南京市/修改稿/a.xlsx", "320100/0.xlsx", "南京/a.xlsx"])
def test_same_consortium_under_another_name__last_arrived_counts(later: str) -> None:
    assert fates(submitted(file("南京市/a.xlsx", form(), 1), file(later, form(BEGUN), 2))) == [
        ("南京市/a.xlsx", 1, SUPERSEDED),
        (later, 2, CURRENT),
    ]


def test_three_versions__the_order_of_arrival_counts_not_that_of_names() -> None:
    assert fates(
        submitted(
            file("南京市/z.xlsx", form(), 1),
            file("南京市/a.xlsx", form(BEGUN), 3),
            file("南京市/m.xlsx", form({"F7": "院士"}), 2),
        )
    ) == [("南京市/z.xlsx", 1, SUPERSEDED), ("南京市/m.xlsx", 2, SUPERSEDED), ("南京市/a.xlsx", 3, CURRENT)]


def test_older_file_put_back__counts_again() -> None:
    assert fates(
        submitted(file("南京市/a.xlsx", form(), 1), file("南京市/a.xlsx", form(BEGUN), 2, present=False))
    ) == [("南京市/a.xlsx", 1, CURRENT), ("南京市/a.xlsx", 2, SUPERSEDED)]


def test_file_taken_away__still_counts() -> None:
    assert fates(submitted(file("南京市/a.xlsx", form(), present=False))) == [("南京市/a.xlsx", 1, CURRENT)]


def test_name_written_otherwise__same_consortium() -> None:
    first, second = submitted(
        file("南京市/a.xlsx", form({"B4": "江苏省智能电网（苏南）创新联合体"}), 1),
        file("南京市/b.xlsx", form({"B4": "江苏省 智能电网(苏南)创新联合体"}), 2),
    )
    assert first.consortium_id == second.consortium_id
    assert (first.status, second.current) == (Status.SUPERSEDED, True)


def test_same_name_in_two_cities__both_count() -> None:
    first, second = submitted(file("南京市/a.xlsx", form(), 1), file("无锡市/a.xlsx", form(BEGUN), 2))
    assert first.current and second.current
    assert [one.consortium_id[:7] for one in (first, second)] == ["320100-", "320200-"]
    assert first.consortium_id[7:] == second.consortium_id[7:]


def test_same_bytes_in_two_cities__both_count() -> None:
    assert fates(submitted(file("南京市/a.xlsx", form(), 1), file("无锡市/a.xlsx", form(), 2))) == [
        ("南京市/a.xlsx", 1, CURRENT),
        ("无锡市/a.xlsx", 1, CURRENT),
    ]


def test_same_bytes_twice_in_a_city__the_second_is_a_copy() -> None:
    submissions = submitted(file("南京市/a.xlsx", form(), 1), file("南京市/b.xlsx", form(), 2))
    assert fates(submissions) == [("南京市/a.xlsx", 1, CURRENT), ("南京市/b.xlsx", 1, IGNORED)]
    assert submissions[1].reason == "与 2023-09-20 12:01 收到的文件“a.xlsx”完全相同，未重复处理"
    assert submissions[1].spotted == (
        Spotted("F08", facts=(("time", "2023-09-20 12:01"), ("file", "a.xlsx"))),
    )


def test_two_forms_in_a_workbook__both_count() -> None:
    first, second = submitted(
        file("南京市/a.xlsx", Book((sheet(name="一"), sheet(drawing=OTHER, name="二"))))
    )
    assert first.current and second.current
    assert (first.name, second.name) == (GRID, "苏州市纳米材料创新联合体")
    assert first.receipt == second.receipt
    assert first.submission_id != second.submission_id and first.consortium_id != second.consortium_id


def test_two_forms_below_each_other__both_count() -> None:
    assert [
        one.name
        for one in submitted(file("南京市/a.xlsx", form(drawing=f"{RIGHT.strip()}\n{OTHER.strip()}")))
    ] == [GRID, "苏州市纳米材料创新联合体"]


def test_one_consortium_twice_in_a_workbook__the_last_counts() -> None:
    book = Book((sheet(name="一"), sheet(BEGUN, name="二")))
    assert [
        (one.reading.sheet, one.version, one.current) for one in submitted(file("南京市/a.xlsx", book))
    ] == [("一", 1, False), ("二", 2, True)]


def test_unreadable_file__neither_counts_nor_replaces_another() -> None:
    assert fates(
        submitted(
            file("南京市/a.xlsx", form(), 1),
            broken("南京市/b.xlsx", 2),
        )
    ) == [("南京市/a.xlsx", 1, CURRENT), ("南京市/b.xlsx", 1, UNREADABLE)]


def test_unreadable_file_under_an_old_name__replaces_it() -> None:
    assert fates(submitted(file("南京市/a.xlsx", form(), 1), broken("南京市/a.xlsx", 2))) == [
        ("南京市/a.xlsx", 1, SUPERSEDED),
        ("南京市/a.xlsx", 1, UNREADABLE),
    ]


def test_unreadable_file_mended__is_replaced() -> None:
    assert fates(submitted(broken("南京市/a.xlsx", 1), file("南京市/a.xlsx", form(), 2))) == [
        ("南京市/a.xlsx", 1, SUPERSEDED),
        ("南京市/a.xlsx", 1, CURRENT),
    ]


def test_blank_and_ignored__named_with_the_reason() -> None:
    blank = {
        cell: ""
        for cell in (
            "G2",
            *(f"B{row}" for row in (4, 5, 6, 7, 8, 9, 12, 21, 23, 24)),
            *(f"F{row}" for row in (5, 6, 7, 9, 23, 24)),
            *(f"{col}{row}" for row in (*range(14, 20), 26, 27, 30, 31) for col in "CDEFGH"),
        )
    }
    blank["B10"] = "___个，其中：企业___个，高校___个，科研院所___个， 其它___个"
    submissions = submitted(
        file("南京市/空白.xlsx", form(blank), 1), ignored=[receipt("南京市/~$a.xlsx", 2, ignored="临时文件")]
    )
    assert [(one.receipt.path, str(one.status), one.reason) for one in submissions] == [
        ("南京市/空白.xlsx", IGNORED, BLANK),
        ("南京市/~$a.xlsx", IGNORED, "临时文件"),
    ]


def test_city_unknown__said_on_the_form() -> None:
    (one,) = submitted(file("材料/a.xlsx", form()))
    assert one.spotted == (Spotted("F10"),)
    assert one.consortium_id.startswith("000000-")


def test_nameless_forms__known_by_their_leads() -> None:
    first, second = submitted(
        file("南京市/a.xlsx", form({"B4": ""}), 1), file("南京市/b.xlsx", other({"B4": ""}), 2)
    )
    assert first.current and second.current
    assert (first.name, second.name) == ("", "")


@pytest.mark.parametrize("name", ["无", "/", "____"])
def test_forms_with_a_void_for_a_name__known_by_their_leads(name: str) -> None:
    assert [
        one.current
        for one in submitted(
            file("南京市/a.xlsx", form({"B4": name}), 1), file("南京市/b.xlsx", other({"B4": name}), 2)
        )
    ] == [True, True]


def test_forms_without_name_and_lead__known_by_their_place() -> None:
    nothing = {"B4": "", "B6": ""}
    assert [
        one.current
        for one in submitted(
            file("南京市/a.xlsx", form(nothing), 1), file("南京市/b.xlsx", other(nothing), 2)
        )
    ] == [True, True]


def test_identities__of_path_bytes_and_place_only() -> None:
    (first,) = submitted(file("南京市/a.xlsx", form(), 1))
    (again,) = submitted(file("南京市/a.xlsx", form(), 7))
    (renamed,) = submitted(file("南京市/b.xlsx", form(), 1))
    (changed,) = submitted(file("南京市/a.xlsx", form(BEGUN), 1))
    assert first.submission_id == again.submission_id
    assert len({first.submission_id, renamed.submission_id, changed.submission_id}) == 3
    assert {one.consortium_id for one in (first, again, renamed, changed)} == {first.consortium_id}
