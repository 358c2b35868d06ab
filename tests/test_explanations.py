"""`pipeline.explanations`: what settles a warning, for how long, and what is refused."""

from __future__ import annotations

import pytest
from drawn import RIGHT, form, other, with_row
from received import file, receipt
from rounds import Played, explaining, played

from pipeline.explanations import is_general
from pipeline.submissions import FileReading

PATH, LIST = "南京市/a.xlsx", "南京市/问题清单.xlsx"
ADDRESS = {"F5": ""}
MOVED = "牵头单位正在搬迁，地址待定"
NONE = "请补充通讯地址，如“南京市江宁区吉印大道1888号”；确实没有的请在说明栏写明。"
# Research dearer than sales; sales that differ from those in another form.
DEAR = {"G17": "6000", "H17": "9000"}
FIRST = file(PATH, form(ADDRESS), 1)


def explained(text: str = MOVED, changes: dict | None = None, sequence: int = 2, drawing: str = RIGHT,
              code: str = "B07", number: str | None = None) -> FileReading:
    """A new version that carries an explanation."""
    number = played(FIRST).number(code) if number is None else number
    told = file(PATH,
                form({**ADDRESS, "A40": "　" * sequence} if changes is None else changes, drawing=drawing), sequence)
    return explaining(told, (number, f"{code}\n“通讯地址”", text))


def test_explained__settled_with_the_text() -> None:
    one = played(FIRST, explained(), memory=played(FIRST).memory)
    row = one.row("B07")
    assert (row["state"], row["suggestion"]) == ("explained", f"本市已说明：{MOVED}")
    assert one.tables["finding_history"].filter(code="B07").select("state", "note").row(0) == ("explained", MOVED)
    assert one.tables["submissions"]["warnings"].to_list()[-1] == 0
    (stored,) = one.explained.stored
    assert (stored.finding_id, stored.text, stored.sha256) == (row["finding_id"], MOVED, explained().receipt.sha256)


def test_explained__stays_so_in_versions_that_do_not_repeat_it() -> None:
    before = played(FIRST, explained())
    later = file(PATH, form({**ADDRESS, "F7": "教授"}), 3)
    assert played(FIRST, explained(), later, memory=before.memory).states("B07") == ["explained"]
    assert played(later, memory=before.memory).states("B07") == ["explained"]
    # Nor is it lost with the memory, as long as the version that brought it is known.
    assert played(FIRST, explained(), later).states("B07") == ["explained"]


def test_explained__stays_so_when_rows_are_put_in_above() -> None:
    number = played(file(PATH, form({"F17": ""}), 1)).number("M28")
    told = explained("由牵头单位统一承担", {"F17": ""}, 1, code="M28", number=number)
    drawing = with_row(RIGHT.replace(" 负责芯片流片 ", " "), 13, "| ^ | | | | | | | | |")
    assert played(file(PATH, form(drawing=drawing), 2), memory=played(told).memory).states("M28") == ["explained"]


TWO_CELLS = {"G17": "6100", "H17": "9000"}


@pytest.mark.parametrize("text", ["研发先于销售，附审计报告", " 研发先于销售，\n附审计报告"])
@pytest.mark.parametrize("remembered", [True, False])
def test_cell_changed__lapses_though_the_text_comes_again(text: str, remembered: bool) -> None:
    number = played(file(PATH, form(DEAR), 1)).number("M23")
    first = explained("研发先于销售，附审计报告", DEAR, 1, code="M23", number=number)
    second = explained(text, TWO_CELLS, 2, code="M23", number=number)
    memory = played(first).memory
    assert played(first).states("M23") == ["explained"]
    one = played(first, second, memory=memory) if remembered else played(first, second)
    row = one.row("M23")
    assert row["state"] == ("open" if remembered else "new")
    assert row["suggestion"].endswith("此前的说明“研发先于销售，附审计报告”是就原来的内容作的，现内容已有变化，请核对；"
                                      "仍需说明的，请就现在的内容另行写明。")


def test_cell_changed_back__explained_again() -> None:
    number = played(file(PATH, form(DEAR), 1)).number("M23")
    first = explained("研发先于销售，附审计报告", DEAR, 1, code="M23", number=number)
    second = file(PATH, form(TWO_CELLS), 2)
    third = file(PATH, form({**DEAR, "F7": "教授"}), 3)
    lapsed = played(first, second, memory=played(first).memory)
    assert lapsed.states("M23") == ["open"]
    assert played(first, second, third, memory=lapsed.memory).states("M23") == ["explained"]


def test_cell_changed_and_explained_anew__settled() -> None:
    number = played(file(PATH, form(DEAR), 1)).number("M23")
    first = explained("研发先于销售，附审计报告", DEAR, 1, code="M23", number=number)
    second = explained("金额已按审计报告更新", TWO_CELLS, 2, code="M23", number=number)
    one = played(first, second, memory=played(first).memory)
    assert one.row("M23")["suggestion"] == "本市已说明：金额已按审计报告更新"
    assert [(kept.text) for kept in one.explained.stored] == ["金额已按审计报告更新"]


GENERAL = ["核实无误", "核实，无误。", "无误", "已核实", "经核实，情况属实！", "属实", "同上", "OK", "ok!!", "无", "/", "已确认，没有问题", "见附件",
           "数据准确，请予通过", "1111111", "更名", "——"]
TELLING = [MOVED, "该企业已更名", "按合并报表口径填写", "企业2022年新设立", "经核实，金额含子公司收入", "研发投入含政府补助，情况属实"]


@pytest.mark.parametrize("text", GENERAL)
def test_general_words__refused_with_what_to_write(text: str) -> None:
    one = played(FIRST, explained(text), memory=played(FIRST).memory)
    row = one.row("B07")
    assert row["state"] == "open"
    assert row["suggestion"] == (f"{NONE}“说明”栏所写“{text}”过于笼统，不作为说明；"
                                 "请写明具体原因和依据，如“按合并报表口径填报，已与审计报告核对”。")
    assert one.explained.stored == ()


@pytest.mark.parametrize("text", TELLING)
def test_telling_words__taken(text: str) -> None:
    assert not is_general(text)
    assert played(explained(text)).states("B07") == ["explained"]


def test_general_words_over_a_good_text__leave_it_standing() -> None:
    before = played(explained())
    assert played(explained(), explained("无误", sequence=3),
                  memory=before.memory).row("B07")["suggestion"].endswith(MOVED)


def test_error__stays_an_error_and_says_so() -> None:
    wrong = {"D16": "12320000466006762J"}
    number = played(file(PATH, form(wrong), 1)).number("M08")
    one = played(explained("证照确系此号，已附扫描件", wrong, code="M08", number=number))
    row = one.row("M08")
    assert (row["severity"], row["state"]) == ("E", "new")
    assert row["suggestion"].endswith("说明“证照确系此号，已附扫描件”已收到；本项属“须改正”，不能以说明代替，改正后才能入库。")
    assert (one.tables["submissions"]["status"].to_list(), one.explained.stored) == (["returned"], ())


def test_list_alone__is_no_form_and_its_texts_are_taken() -> None:
    number = played(FIRST).number("B07")
    given = explaining(FileReading(receipt(LIST, 2)), (number, MOVED))
    one = played(FIRST, given, memory=played(FIRST).memory)
    assert one.states("B07") == ["explained"]
    assert one.tables["ignored"]["reason"].to_list() == ["问题清单，不是基础信息表；其中填写说明 1 条，办理情况见各表所列问题"]
    assert one.tables["submissions"]["status"].to_list() == ["accepted", "ignored"]


def test_list_of_before_a_change__does_not_explain_what_came_after() -> None:
    number = played(file(PATH, form(DEAR), 1)).number("M23")
    given = explaining(FileReading(receipt(LIST, 2)), (number, "研发先于销售，附审计报告"))
    one = played(file(PATH, form(DEAR), 1), given, file(PATH, form(TWO_CELLS), 3))
    assert one.states("M23") == ["new"]


def test_other_city_s_list__explains_nothing() -> None:
    number = played(FIRST).number("B07")
    given = explaining(FileReading(receipt("无锡市/问题清单.xlsx", 2)), (number, MOVED))
    assert played(FIRST, given).states("B07") == ["new"]


def test_list_without_numbers__matched_by_rule_and_place() -> None:
    here = explained(number="")
    assert played(here).states("B07") == ["explained"]
    elsewhere = explaining(file(PATH, form(ADDRESS), 1), ("", "B07\n“职务/职称”", MOVED))
    assert played(elsewhere).states("B07") == ["new"]


def shared(money: str) -> FileReading:
    """A form of another city with a member of the first, and its sales."""
    return file("苏州市/b.xlsx",
                other({"C15": "南京某某半导体有限公司", "D15": "91320100PDY000204N", "G15": money, "H15": "6000"}), 5)


def across(one: Played) -> str:
    return one.tables["findings"].filter(code="X05", city="南京市")["finding_id"][0]


def test_other_form_s_amount_changed__lapses() -> None:
    number = across(played(file(PATH, form(), 1), shared("140000")))
    told = explaining(file(PATH, form(), 1), (number, "", "按本部口径填报，不含子公司"))
    before = played(told, shared("140000"))
    states = dict.fromkeys(["140000", "150000"])
    for money in states:
        one = played(told, shared(money), memory=before.memory)
        states[money] = one.tables["findings"].filter(finding_id=number)["state"][0]
    assert states == {"140000": "explained", "150000": "open"}
