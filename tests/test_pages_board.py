"""The centre's board: states, counts, pictures, and what must be decided with all its sides."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
import register_tables
from page_text import Page
from pending_tables import BROKEN, GOOD, every_kind
from pipeline import cities
from pipeline.conflicts import agenda_of
from pipeline.memory import Nil
from pipeline.publish import pending
from pipeline.publish.pages import Matters, board, charts, decisions, tilemap
from schemas import call
from tiny_register import tiny

NOW = datetime(2023, 9, 20, 8, 30, tzinfo=call.CHINA)
AFTER = datetime(2023, 9, 30, 0, 0, tzinfo=call.CHINA)
AT = datetime(2023, 9, 18, 9, 0, 5, tzinfo=call.CHINA)


def write(tmp_path, tables=None, now=NOW, **rows) -> Page:
    board.write(register_tables.frames(rows) if tables is None else tables, tmp_path / "报送情况.html",
                call.DEADLINE, now)
    return Page(tmp_path / "报送情况.html")


def standing(nils=None, **rows) -> dict:
    """The tables with the cities as they then stand."""
    tables = register_tables.frames(rows)
    return tables | {"cities": cities.table(tables, nils or {})}


def form(key: str, city: str, **facts) -> dict:
    return dict(submission_id=key, city=city, file=f"{city}/{key}.xlsx", sheet="基础信息表", version=1, late=False,
                status="accepted_with_warnings", consortium_id=f"c{key}", consortium_name=f"{key}创新联合体",
                received_at=AT, errors=0, warnings=1, notices=0) | facts


def finding(key: str, city: str, code: str, said: str, severity: str = "W", **facts) -> dict:
    return dict(finding_id=f"{key}{code}", submission_id=key, city=city, sheet="基础信息表", code=code,
                severity=severity, table="members", row=1, cell="C13", value="甲公司", suggestion="请核对。",
                message=f"成员表第 1 行“某栏”（C13）：{said}。", state="open") | facts


def test_figures__count_what_the_tables_hold(tmp_path):
    page = write(tmp_path, tiny())
    assert page.section("（还有 8 天）", " 一、各市进度") == (
        "距截止还有 8天 已报送 3/13 市 已入库联合体 2个 牵头及成员单位 2家 待改的表 2份 待裁定 0件")


def test_cities__each_with_its_numbers_in_official_order(tmp_path):
    head, *rows = write(tmp_path, tiny()).tables[0]
    assert head == ["设区市", "状态", "收到", "入库", "退回", "无法读取", "逾期收到", "须改正", "需核实", "最近收件"]
    assert [row[0] for row in rows] == [city.name for city in call.CITIES]
    assert rows[:4] == [
        ["南京市", "已报送待改", "3", "1", "1", "0", "1", "4", "0", ""],
        ["无锡市", "全部通过", "1", "1", "0", "0", "0", "0", "1", ""],
        ["徐州市", "已报送待改", "1", "0", "0", "1", "0", "1", "0", ""],
        ["常州市", "未报送", *["0"] * 7, ""]]


@pytest.mark.parametrize(("now", "standing"), [
    (NOW, "全部通过1 市 无锡市 已报送待改2 市 南京市、徐州市 未报送10 市 常州市、"),
    (call.DEADLINE, "全部通过1 市 无锡市 已报送待改2 市 南京市、徐州市 未报送10 市 常州市、"),
    (AFTER, "全部通过1 市 无锡市 已报送待改2 市 南京市、徐州市 逾期（未报送）10 市 常州市、")])
def test_states__overdue_is_who_has_sent_nothing_by_the_deadline(tmp_path, now, standing):
    assert write(tmp_path, tiny(), now).section("点市名看该市回执。").startswith(standing)


def test_tiles__lead_to_each_bureau_with_a_mark_beside_the_word(tmp_path):
    page = write(tmp_path, tiny())
    tiles = [(each["href"], each["class"]) for tag, each in page.tags
             if tag == "a" and each.get("class", "").startswith("tile")]
    assert tiles[:4] == [
        ("../%E5%8D%97%E4%BA%AC%E5%B8%82/%E6%8A%A5%E9%80%81%E5%9B%9E%E6%89%A7.html", "tile mend"),
        ("../%E6%97%A0%E9%94%A1%E5%B8%82/%E6%8A%A5%E9%80%81%E5%9B%9E%E6%89%A7.html", "tile pass"),
        ("../%E5%BE%90%E5%B7%9E%E5%B8%82/%E6%8A%A5%E9%80%81%E5%9B%9E%E6%89%A7.html", "tile mend"),
        ("../%E5%B8%B8%E5%B7%9E%E5%B8%82/%E6%8A%A5%E9%80%81%E5%9B%9E%E6%89%A7.html", "tile none")]
    assert page.section("一、各市进度", " 徐州").replace("\u200b", "") == "南京 已报送待改 入库 1 待改 1 无锡 全部通过 入库 1"


def test_tilemap__has_a_place_of_its_own_for_every_city():
    places = [tilemap.tile(city) for city in call.CITIES]
    assert len(set(places)) == len(call.CITIES)
    assert {row for row, _ in places} == {1, 2, 3, 4} and {column for _, column in places} == {1, 2, 3, 4, 5}


def test_letters__first_to_all_then_to_each_bureau(tmp_path):
    everyone = [form(city.code, city.name, status="accepted") for city in call.CITIES[3:]]
    page = write(tmp_path, standing(submissions=[*everyone, form("b", "徐州市", status="returned", errors=1)]))
    together, nanjing, wuxi, xuzhou = (
        page.section(f"{to}复制 ", end) for to, end in (
            ("催报文字（4 段，可复制发送） 工作群通知（各市合在一起）", " 南京市　"), ("南京市　未报送", " 无锡市　"),
            ("无锡市　未报送", " 徐州市　"), ("徐州市　已报送待改", " 各市明细")))
    assert together == (
        "南京市科技局、无锡市科技局：尚未收到贵局推荐的创新联合体基础信息表，请于2023年9月28日24时前报送；确无推荐的，也请告知。 "
        "徐州市科技局（1 份）：报送的材料尚有待改之处，位置和改法见“报送回执”，请于2023年9月28日24时前改正重报。")
    assert nanjing.startswith("南京市科技局：截至2023年9月20日，省生产力促进中心尚未收到")
    assert wuxi.startswith("无锡市科技局：截至2023年9月20日")
    assert "1. “b创新联合体”：须改正 1 项，需核实 1 项。" in xuzhou
    copied = [each["data-copy"] for tag, each in page.tags if tag == "button"]
    assert copied == ["letter-all", "letter-320100", "letter-320200", "letter-320300"]
    assert set(copied) <= {each.get("id") for _, each in page.tags}


def test_declared_nil__is_a_state_and_is_not_chased(tmp_path):
    everyone = [form(city.code, city.name, status="accepted") for city in call.CITIES[1:]]
    tables = standing({"南京市": Nil("南京市", "来函", NOW), "无锡市": Nil("无锡市", "来函", NOW)}, submissions=everyone)
    page = write(tmp_path, tables)
    assert page.section("点市名看该市回执。").startswith("全部通过12 市 ")
    assert " 零申报1 市 南京市 " in page.text and " 未报送" not in page.text
    assert page.section("距截止还有 8天 ", " 已入库联合体") == "已报送，零申报 1 市 12/13 市"
    assert page.tables[0][1][:3] == ["南京市", "零申报", "0"]
    assert page.tables[1][1:] == [["无锡市", "来函（2023-09-20 登记）", "", "",
                                   "零申报说明不生效：该市已报送材料，以报送的材料为准；确属零申报的，请撤回所报材料"]]
    assert not any(tag == "button" for tag, _ in page.tags)


def test_given_to_another_city__is_a_state_and_is_not_chased(tmp_path):
    everyone = [form(city.code, city.name, status="accepted", warnings=0) for city in call.CITIES[1:]]
    page = write(tmp_path, standing(submissions=[form("a", "南京市", status="ignored"), *everyone]), AFTER)
    assert " 已归他市1 市 南京市 " in page.text and " 逾期（未报送）" not in page.text
    assert page.tables[0][1][:3] == ["南京市", "已归他市", "0"]
    assert page.section("已过截止 2天 ", " 已入库联合体") == "已报送 13/13 市"
    assert not any(tag == "button" for tag, _ in page.tags)


def test_files_of_no_city__are_shown_with_the_reason(tmp_path):
    page = write(tmp_path, submissions=[form("x", None, file="待分拣/表.xlsx", status="returned")],
                 findings=[finding("x", None, "F10", "无法判断", "E", message="文件：无法判断报送城市。", table="")])
    assert page.section("报送城市不明", " 催报文字") == "1 份 待分拣/表.xlsx　已退回待改　文件：无法判断报送城市。"


def test_decisions__are_those_of_the_list_under_their_numbers(tmp_path):
    tables = every_kind()
    page = write(tmp_path, tables)
    found = pending.conflicts(tables)
    assert page.section("二、待裁定的事项", " 即“待核清单”").startswith("（10 件）")
    assert "待裁定 10件" in page.text
    heads = [f"{conflict.dispute.title} {conflict.number} {conflict.says}" for conflict in found]
    assert [head for head in heads if head in page.text] == heads and len(heads) == 10


def test_decision__shows_all_its_sides_where_they_are(tmp_path):
    rows = write(tmp_path, every_kind()).tables
    assert rows[5] == [
        ["报送城市", "创新联合体", "位置", "所填内容"], ["南京市", "同名", "成员表 C13", "甲公司"],
        ["无锡市", "3号创新联合体", "成员表 C13", "甲公司"], ["无锡市", "同名", "成员表 C13", "甲厂"]]
    # The code stands right in two forms, of which no finding tells a cell, and is no code in the third.
    assert rows[3][1:] == [["南京市", "同名", "成员表第 1 行", GOOD], ["无锡市", "3号创新联合体", "成员表第 1 行", GOOD],
                           ["无锡市", "同名", "成员表第 1 行", GOOD], ["无锡市", "3号创新联合体", "成员表 D14", BROKEN]]
    assert rows[4][1] == ["—", "（其他表中未见，按校验规则推算）", "", "91320200PDY000028Y"]


def test_decisions__are_those_that_are_left(tmp_path):
    tables = every_kind()
    agenda = agenda_of(tables)
    left = agenda._replace(conflicts=agenda.conflicts[:1])
    board.write(tables, tmp_path / "报送情况.html", call.DEADLINE, NOW, Matters.of(tables, left))
    page = Page(tmp_path / "报送情况.html")
    assert page.section("二、待裁定的事项", " 三、").startswith("（1 件） 即“待核清单”")
    assert agenda.conflicts[0].number in page.text and agenda.conflicts[1].number not in page.text


def test_decisions__more_than_the_board_has_room_for_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(decisions, "MOST_DECISIONS", 3)
    monkeypatch.setattr(decisions, "MOST_SIDES", 1)
    page = write(tmp_path, every_kind())
    assert "（10 件）" in page.text and "另有 7 件，见“待核清单”。" in page.text
    assert page.section("两市同名", "牵头几个").endswith("另有 1 处，见“待核清单”。 看牵头单位登记地和成员是否相同。")


def test_matters__are_as_json_has_them():
    matters = Matters.of(every_kind())
    assert Matters.read(json.loads(json.dumps(matters))) == matters


def test_decision__masks_what_may_be_a_number_of_a_person():
    person = "11010519491231002X"
    said = every_kind(message=f"成员表第 3 行（D15）：“{person}”不是代码。")
    assert any(person in conflict.says for conflict in pending.conflicts(said))
    assert person not in str(Matters.of(said))


@pytest.mark.parametrize("found", [
    finding("a", "南京市", "M26", "金额 18670800 万元（合 1867.08 亿元）异常，疑似按“元”或“千元”填写，本栏单位为万元"),
    finding("a", "南京市", "X06", "“甲公司”参与 6 个联合体", "I")], ids=["one form's own", "notice"])
def test_what_needs_no_decision__is_not_listed(tmp_path, found):
    assert write(tmp_path, submissions=[form("a", "南京市")], findings=[found]).section(
        "二、待裁定的事项（0 件）", " 三、") == "没有。"


def test_pictures__say_their_numbers_in_words(tmp_path):
    page = write(tmp_path, tiny())
    text = page.section("三、分布", " 四、")
    assert "各市现行的表（份） 各市现行的表（份） 南京 已入库 1、已退回待改 1、无法读取 0；无锡 已入库 1、" in text
    assert "各市的问题（处） 南京 须改正 4、需核实 0；无锡 须改正 0、需核实 1；徐州 须改正 1、需核实 0；" in text
    assert "牵头及成员单位（家，已入库） 企业 1；高校 1；科研院所 0；其它 0 " in text
    assert "产业领域（个联合体） 集成电路 已入库 1、待改 0；新能源 已入库 0、待改 1；新材料 已入库 1、待改 0 " in text
    assert "尚无联合体的领域（21 个）：高端装备、生物医药、" in text


def test_commonest_mistakes__with_places_and_forms(tmp_path):
    head, *rows = write(tmp_path, tiny()).tables[-1]
    assert head == ["问题", "级别", "处数", "涉及表数"]
    assert [row[1:] for row in rows] == [["须改正", "4", "1"], ["须改正", "1", "1"], ["需核实", "1", "1"]]
    assert [row[0].strip().rpartition(" ")[2] for row in rows] == ["M08", "F03", "M23"]


def test_empty_tables__give_a_board_all_the_same(tmp_path):
    page = write(tmp_path)
    assert page.section("（还有 8 天）", " 一、") == (
        "距截止还有 8天 已报送 0/13 市 已入库联合体 0个 牵头及成员单位 0家 待改的表 0份 待裁定 0件")
    assert page.section("四、最常见的问题", " 依据") == "没有。"


def test_bars__are_as_long_as_their_numbers():
    chart = charts.bars("x", "题", ("一", "二"), [("甲乙", (2, 1)), ("丙", (0, 6)), ("丁", (0, 0))])
    room = charts.WIDTH - chart.left - 38
    assert chart.left == 2 * 13 + 8
    assert [(part.x, part.width, part.fill) for bar in chart.bars for part in bar.parts] == [
        (chart.left, round(room / 3, 1), "solid"),
        (round(chart.left + room / 3, 1), round(room / 6, 1), "hatch"),
        (chart.left, room, "hatch")]
    assert [bar.total for bar in chart.bars] == [3, 6, 0]
    assert chart.said == "甲乙 一 2、二 1；丙 一 0、二 6；丁 一 0、二 0"
    assert chart.height == charts.LEGEND + 3 * charts.ROW + 4


def arrival(key: str, city: str, **facts) -> dict:
    return dict(file=f"{city}/{key}.xlsx", sha256=key, city=city, received_at=AT, modified_at=AT, sequence=1,
                present=True,
                late=False) | facts


def test_files__vanished_withdrawn_and_clocks_are_said(tmp_path):
    forms = [form(key, "南京市", sha256=key) for key in "abcd"]
    forms[2] |= dict(status="ignored", consortium_id=None, consortium_name=None)
    page = write(tmp_path, submissions=forms, arrivals=[
        arrival("a", "南京市", present=False), arrival("b", "南京市", modified_at=AT + timedelta(minutes=20)),
        arrival("c", "南京市", present=False, withdrawn="已撤回（2023-09-19，重复报送）"), arrival("d", "南京市")],
        ignored=[dict(submission_id="c", city="南京市", file="南京市/c.xlsx", reason="已撤回（2023-09-19，重复报送）")])
    assert page.section("须留意的文件") .startswith("（3 项）")
    assert page.tables[1][1:] == [
        ["南京市", "南京市/a.xlsx", "2023-09-18 09:00", "2023-09-18 09:00", "收件夹里已找不到该文件，仍按已收到的计；确要撤回请告知省里"],
        ["南京市", "南京市/b.xlsx", "2023-09-18 09:00", "2023-09-18 09:20",
         "文件时间比收件时间晚 20 分钟，共享盘或报送电脑的时钟可能偏快；是否逾期只看收件时间"],
        ["南京市", "南京市/c.xlsx", "2023-09-18 09:00", "2023-09-18 09:00", "已撤回（2023-09-19，重复报送）"]]


def past(number: int, state: str, **facts) -> dict:
    return dict(finding_id=f"f{number}", city="南京市", code="M08", severity="E", state=state, first_round=1, last_round=2,
                first_at=AT, last_at=AT) | facts


def test_changes__by_city_since_the_round_before(tmp_path):
    found = [finding("a", "南京市", "M08", "错", "E", state="new"), finding("a", "南京市", "M20", "错", "E", state="open"),
             finding("b", "苏州市", "M08", "错", "E", state="open")]
    forms = [form("a", "南京市", status="returned"), form("b", "苏州市", status="returned")]
    page = write(tmp_path, submissions=forms, findings=found, finding_history=[
        past(1, "new", first_round=2), past(2, "open"), past(3, "mended", last_round=1, mended_round=2)])
    assert page.tables[1] == [["设区市", "新发现", "再次出现", "已改正", "已说明或裁定", "尚待处理"],
                              ["南京市", "1", "0", "1", "0", "2"]]


def test_changes__nothing_moved_is_said_and_a_first_round_says_nothing(tmp_path):
    assert write(tmp_path, finding_history=[past(1, "open")]).section("与上期相比 ", " 二、") == "各市的问题没有变化。"
    assert "与上期相比" not in write(tmp_path, finding_history=[past(1, "new", last_round=1)]).text


def test_decisions_without_effect__are_listed_again(tmp_path):
    decided = dict(number="D-1", kind="名称", says="代码 91X 的名称", ruling="用甲公司", reason="见证照", judge="周某",
                   day="2023-09-10",
                   file="省级裁定/待核.xlsx", sheet="待核", row=7, sha256="x")
    page = write(tmp_path, decisions=[decided | dict(state=state, answer=state, row=row) for row, state in enumerate(
        ("applied", "lapsed", "not_needed", "refused", "expired", "superseded"), start=1)])
    assert page.section("要再看的裁定").startswith("（3 项）")
    assert page.tables[1][1:] == [
        ["D-1 名称 代码 91X 的名称", words, "用甲公司：见证照（周某，2023-09-10）", state, f"省级裁定/待核.xlsx 待核 第 {row} 行"]
        for row, state, words in ((2, "lapsed", "需复核"), (4, "refused", "未能办理"), (5, "expired", "已到期"))]
