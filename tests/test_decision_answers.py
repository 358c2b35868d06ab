"""Every decision is answered: what cannot be applied says why, other evidence lapses it, the last word wins."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from pipeline.conflicts import agenda_of
from schemas.decision import NAMES, identity
from tests.deciding import BEGAN, SIGNED, decide, handed_in, run
from tests.drawn import form
from tests.received import file
from tests.test_organisations import FIRM, FIRM_CODE, GRID, grid, nano

FACTORY = "南京某某半导体厂"
FILES = (grid(), nano(C15=FACTORY))
A, B = "采用名称一", "采用名称二"


def again(folder: Path, ruling: str | None, kind: str = "同码异名", files=FILES, **signed):
    return run(folder, *files, handed_in(decide(run(folder, *files), ruling, kind=kind, **signed)))


REFUSED = {
    "no reason": (dict(理由=None), "缺少理由，请补填后重新放入收件夹“省级裁定”。"),
    "nobody": (dict(理由=None, 裁定人=None), "缺少理由、裁定人，请补填后重新放入收件夹“省级裁定”。"),
    "a word of its own": (dict(裁定="都行", anyway=True),
                          "“都行”不在可选之列；此事可选：“采用名称一”、“采用名称二”、“分别保留，待核证照”。"),
    "nothing chosen": (dict(裁定=None, anyway=True), "没有填“裁定”，未作办理；请从下拉列表中选一项，都不合适的请与有关市商定后再填。"),
    "no number": (dict(编号=None), "编号不符：这一行没有编号，无法对应待核事项；请填在该事项的第一行，“编号”栏保留原样。"),
    "another number": (dict(编号="C12"), "编号不符：待核清单中没有这个编号；请用现行的待核清单填写，“编号”栏保留原样。"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused__says_why_and_changes_nothing(tmp_path: Path, name: str) -> None:
    signed, answer = REFUSED[name]
    found = again(tmp_path, "采用名称一", **signed)
    assert (found.tables["decisions"]["state"].to_list(), found.answers()) == (["refused"], [answer])
    assert [kind for kind, _ in found.asked()] == ["同码异名"]
    plain = run(tmp_path, *FILES)
    for table in ("organisations", "findings", "submissions", "members"):
        assert found.tables[table].equals(plain.tables[table]), table


def test_number_that_is_no_more__not_needed(tmp_path: Path) -> None:
    gone = identity(NAMES, ["91320000000000000X"], ["甲", "乙"])
    found = again(tmp_path, "采用名称一", 编号=gone)
    assert (found.states(), found.answers()) == (
        [("采用名称一", "not_needed")], ["各表已改正或不再矛盾，此事不再需要裁定。"])


@pytest.mark.parametrize("typed", ["  采用名称一 ", "采用 名称一"])
def test_word_typed_by_hand__is_understood(tmp_path: Path, typed: str) -> None:
    assert again(tmp_path, typed, anyway=True).tables["decisions"]["state"].to_list() == ["applied"]


def test_comma_of_half_width__is_understood(tmp_path: Path) -> None:
    assert again(tmp_path, "分别保留,待核证照", anyway=True).tables["decisions"]["state"].to_list() == ["applied"]


def test_evidence_changed__lapses_and_is_asked_again(tmp_path: Path) -> None:
    ruling = decide(run(tmp_path, *FILES), "采用名称一", kind="同码异名")
    other = nano(60, C15="南京某某半导体集团")
    found = run(tmp_path, *FILES, other, handed_in(ruling))
    ((kind, number),) = found.asked()
    assert (kind, found.states()) == ("同码异名", [("采用名称一", "lapsed")])
    assert found.answers() == [
        f"依据已变化，原裁定不再使用，需复核：代码 {FIRM_CODE} 在 2 处对应 2 个名称。请在现行清单上按编号 {number} 重新裁定。"]
    sheet = openpyxl.load_workbook(found.path)["待核事项"]
    assert sheet["C5"].value.endswith("\n（原裁定“采用名称一”（省里裁定（2023-09-20 张某）），依据已变化，需复核。）")
    assert found.findings("X02")[0][2] == "new"


def test_evidence_as_before__in_force_again(tmp_path: Path) -> None:
    ruling = decide(run(tmp_path, *FILES), "采用名称一", kind="同码异名")
    moved = file(GRID, form({"F7": "教授"}), 61)
    found = run(tmp_path, *FILES, nano(60, C15=FACTORY, F7="副教授"), moved, handed_in(ruling))
    assert found.states() == [("采用名称一", "applied")]


def test_last_word__wins_and_the_earlier_says_so(tmp_path: Path) -> None:
    before = run(tmp_path, *FILES)
    first = decide(before, "采用名称一", kind="同码异名", name="一.xlsx")
    second = decide(before, "采用名称二", kind="同码异名", name="二.xlsx")
    found = run(tmp_path, *FILES, handed_in(second, 52), handed_in(first, 51))
    assert found.states() == [("采用名称一", "superseded"), ("采用名称二", "applied")]
    assert found.answers()[0] == "已被后来的裁定替代（省级裁定/二.xlsx 待核事项 第 5 行）。"
    assert found.organisation(FIRM_CODE)["name"] == FIRM


def test_last_word_that_cannot_be_applied__leaves_the_earlier_in_force(tmp_path: Path) -> None:
    before = run(tmp_path, *FILES)
    first = decide(before, "采用名称一", kind="同码异名", name="一.xlsx")
    second = decide(before, "采用名称二", kind="同码异名", name="二.xlsx", 理由=None)
    assert run(tmp_path, *FILES, handed_in(first, 51), handed_in(second, 52)).states() == [
        ("采用名称一", "applied"), ("采用名称二", "refused")]


@pytest.mark.parametrize(("day", "told", "said"), [
    ("九月二十日", "2023-09-21", True), ("2025.13.45", "2023-09-21", True), ("9月20日", "2023-09-21", True),
    ("2023年9月19日", "2023-09-19", False), ("2023-09-19 10:30:00", "2023-09-19", False), (None, "2023-09-21", False)])
def test_day_that_cannot_be_read__is_that_of_receipt_and_said(tmp_path: Path, day, told: str, said: bool) -> None:
    """The day may be left out: one that is written in another way takes no decision back."""
    found = again(tmp_path, A, 裁定日期=day)
    assert found.tables["decisions"].select("state", "day").rows() == [("applied", told)]
    unread = f"裁定日期“{day}”读不出是哪一天，按收到之日 2023-09-21 记。"
    assert found.answers()[0].partition("共 2 处。")[2] == (unread if said else "")


def test_day_that_cannot_be_read_in_what_is_refused__is_told_as_written(tmp_path: Path) -> None:
    found = again(tmp_path, A, 裁定日期="9月20日", 理由=None)
    assert found.tables["decisions"].select("state", "day").rows() == [("refused", "9月20日")]


def test_withdrawn__has_no_effect_and_vanished_has(tmp_path: Path) -> None:
    ruling = handed_in(decide(run(tmp_path, *FILES), "采用名称二", kind="同码异名"))
    gone = handed_in(tmp_path / "裁定.xlsx", present=False)
    assert run(tmp_path, *FILES, gone).states() == [("采用名称二", "applied")]
    object.__setattr__(ruling.receipt, "withdrawn", "2023-09-21 误放")
    assert run(tmp_path, *FILES, ruling).states() == []


def test_decision_files__are_no_submissions(tmp_path: Path) -> None:
    found = again(tmp_path, "采用名称一")
    assert found.tables["submissions"]["file"].str.starts_with("省级裁定").any() is False


def test_files_without_decisions__are_answered(tmp_path: Path) -> None:
    plain = run(tmp_path, *FILES)
    empty = handed_in(plain.path, 51)
    strange = tmp_path / "别的.xlsx"
    openpyxl.Workbook().save(strange)
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    found = run(tmp_path, *FILES, empty, handed_in(strange, 52), handed_in(broken, 53))
    assert found.tables["decisions"].select("file", "state").rows() == [
        ("省级裁定/待核清单.xlsx", "refused"), ("省级裁定/别的.xlsx", "refused"), ("省级裁定/坏.xlsx", "refused")]
    assert found.answers()[:2] == [
        "“裁定”栏都空着，没有可办理的裁定。", "文件里没有找到“编号”“裁定”两栏，没有可办理的裁定；请在待核清单上填写。"]
    assert found.answers()[2].startswith("文件：")
    assert found.asked() == plain.asked()


def without_titles(path: Path, title: str | None) -> Path:
    """Another title over 裁定; no title row at all where it is None."""
    book = openpyxl.load_workbook(path)
    sheet = book["待核事项"]
    ruling = next(cell for cell in sheet[4] if cell.value == "裁定")
    if title is None:
        sheet.delete_rows(4)
    else:
        ruling.value = title
    book.save(path)
    return path


@pytest.mark.parametrize(("title", "missing"), [(None, "“编号”、“裁定”"), ("我的看法", "“裁定”")])
def test_sheet_without_its_titles__is_answered_beside_another_that_has_them(tmp_path: Path, title, missing) -> None:
    files = (grid({"F17": ""}), nano(C15=FACTORY))
    waived = decide(run(tmp_path, *files), "同意豁免", kind="M28", sheet="规则豁免", 有效期至="2023-12-31")
    both = decide(run(tmp_path, *files)._replace(path=waived), A, kind="同码异名")
    found = run(tmp_path, *files, handed_in(without_titles(both, title)))
    assert found.tables["decisions"].select("sheet", "row", "state").rows() == [
        ("待核事项", None, "refused"), ("规则豁免", 5, "applied")]
    assert found.answers()[0] == (
        f"工作表“待核事项”里有待核事项，但没有找到{missing}栏的标题，这张表没有办理；请恢复标题行，重新放入收件夹“省级裁定”。")
    assert [kind for kind, _ in found.asked()] == ["同码异名"]


def test_title_of_an_office_s_own__is_understood(tmp_path: Path) -> None:
    ruling = decide(run(tmp_path, *FILES), A, kind="同码异名")
    assert run(tmp_path, *FILES, handed_in(without_titles(ruling, "裁定意见"))).states() == [(A, "applied")]


WARNED = (grid({"F17": ""}),)
BAD = (grid({"D16": "", "B9": ""}),)


def test_waiver__of_a_warning_until_its_day(tmp_path: Path) -> None:
    plain = run(tmp_path, *WARNED)
    assert (plain.status("南京市"), plain.findings("M28")) == (
        {"智能电网.xlsx": "accepted_with_warnings"}, [("南京市", "W", "new")])
    ruling = handed_in(decide(plain, "同意豁免", kind="M28", sheet="规则豁免", 有效期至="2023-09-21"))
    found = run(tmp_path, *WARNED, ruling)
    assert (found.status("南京市"), found.findings("M28")) == (
        {"智能电网.xlsx": "accepted"}, [("南京市", "W", "waived")])
    assert (found.states(), found.asked("规则豁免")) == ([("同意豁免", "applied")], [])
    late = run(tmp_path, *WARNED, ruling, began=BEGAN + timedelta(days=1))
    assert (late.states(), late.findings("M28")) == ([("同意豁免", "expired")], [("南京市", "W", "new")])
    assert late.answers() == ["豁免的有效期至 2023-09-21，已过；仍需豁免的，请在现行清单上重新裁定。"]
    assert [code for code, _ in late.asked("规则豁免")] == ["M28"]


def test_waiver__of_an_error_admits_the_form(tmp_path: Path) -> None:
    plain = run(tmp_path, *BAD)
    codes = [code for code, _ in plain.asked("规则豁免")]
    assert plain.status("南京市") == {"智能电网.xlsx": "returned"}
    files, before = [], plain
    for place, code in enumerate(codes):
        files.append(handed_in(decide(plain, "同意豁免", kind=code, sheet="规则豁免", name=f"{place}.xlsx",
                                      有效期至="2023年12月31日"), 50 + place))
        before = run(tmp_path, *BAD, *files)
    assert set(before.status("南京市").values()) == {"accepted"}
    assert before.tables["submissions"]["errors"].to_list() == [0]


def test_waiver__evidence_is_what_is_written(tmp_path: Path) -> None:
    files = (grid({"B9": "", "F9": "8335"}),)
    ruling = handed_in(decide(run(tmp_path, *files), "同意豁免", kind="B08", sheet="规则豁免", 有效期至="2023-12-31"))
    assert run(tmp_path, *files, ruling).states() == [("同意豁免", "applied")]
    changed = run(tmp_path, grid({"B9": "", "F9": "8336"}), ruling)
    assert changed.states() == [("同意豁免", "lapsed")]
    assert changed.tables["decisions"]["evidence"].str.contains("8336").any() is False


@pytest.mark.parametrize(("until", "answer"), [
    (None, "豁免须写明有效期至哪一天，请补填后重新放入收件夹“省级裁定”。"),
    ("年底", "有效期至“年底”读不出是哪一天，此条没有办理；请写成 2023-12-31 的样子，重新放入收件夹“省级裁定”。")])
def test_waiver_without_a_day__is_refused(tmp_path: Path, until: str | None, answer: str) -> None:
    found = run(tmp_path, *WARNED, handed_in(decide(
        run(tmp_path, *WARNED), "同意豁免", kind="M28", sheet="规则豁免", 有效期至=until)))
    assert (found.states(), found.answers()) == ([("同意豁免", "refused")], [answer])


def test_waiver_denied__is_asked_no_more_and_the_rule_stands(tmp_path: Path) -> None:
    found = run(tmp_path, *WARNED, handed_in(decide(run(tmp_path, *WARNED), "不同意豁免", kind="M28", sheet="规则豁免")))
    assert (found.states(), found.findings("M28"), found.asked("规则豁免")) == (
        [("不同意豁免", "applied")], [("南京市", "W", "new")], [])


def test_replayed__the_same_bytes(tmp_path: Path) -> None:
    ruling = handed_in(decide(run(tmp_path, *FILES), "采用名称二", kind="同码异名"))
    first = run(tmp_path, *FILES, ruling).path.read_bytes()
    found = run(tmp_path, *FILES, ruling)
    assert found.path.read_bytes() == first
    rows = list(openpyxl.load_workbook(found.path)["裁定办理情况"].iter_rows(min_row=4, values_only=True))
    assert rows[1][1:3] == ("已办理", f"已办理：采用名称二（{FIRM}）。名录用此名称，其余写入“其他写法”。涉及苏州市、南京市共 2 处。")
    assert rows[1][5:10] == ("采用名称二", SIGNED["理由"], SIGNED["裁定人"], SIGNED["裁定日期"], None)


def test_refused_and_lapsed__come_first(tmp_path: Path) -> None:
    before = run(tmp_path, *FILES)
    files = [handed_in(decide(before, "采用名称二", kind="同码异名", name="1.xlsx"), 51),
             handed_in(decide(before, "采用名称一", kind="同码异名", name="2.xlsx", 理由=None), 52)]
    rows = list(openpyxl.load_workbook(run(tmp_path, *FILES, *files).path)["裁定办理情况"].iter_rows(
        min_row=5, max_col=2, values_only=True))
    assert rows == [("1", "未能办理"), ("2", "已办理")]


def test_agenda__numbers_of_what_is_open_do_not_move_with_what_is_decided(tmp_path: Path) -> None:
    files = (grid(), nano(C15=FACTORY, G15=130000))
    plain = run(tmp_path, *files)
    numbers = dict(plain.asked())
    found = run(tmp_path, *files, handed_in(decide(plain, "采用名称二", kind="同码异名")))
    assert dict(found.asked()) == {"销售收入不一致": numbers["销售收入不一致"]}
    assert {one.number for one in agenda_of(plain.tables).conflicts} == set(numbers.values())
