"""A bureau's receipt: every file, what counts, what is wrong, what to do and by when."""

from __future__ import annotations

from datetime import datetime

import pytest
import register_tables
from page_text import Page
from pipeline.publish.pages import receipt
from schemas import call

CITY = "南京市"
NOW = datetime(2023, 9, 20, 8, 30, tzinfo=call.CHINA)
AFTER = datetime(2023, 9, 30, 0, 0, tzinfo=call.CHINA)
AT = datetime(2023, 9, 18, 9, 0, 5, tzinfo=call.CHINA)


def submission(key: str, status: str, **facts) -> dict:
    return dict(submission_id=key, city=CITY, file=f"{CITY}/{key}.xlsx", sheet="基础信息表", sha256=key * 32,
                size=12_345, received_at=AT, status=status, version=1, late=False, consortium_id=f"c{key}",
                consortium_name=f"{key}创新联合体", errors=0, warnings=0, notices=0) | facts


def finding(key: str, code: str, severity: str, row: int = 0, **facts) -> dict:
    return dict(finding_id=f"{key}{code}{row}{facts.get('cell')}", submission_id=key, city=CITY,
                sheet="基础信息表", code=code, severity=severity, table="members" if row else "consortium",
                row=row, message=f"“某栏”（{facts.get('cell')}）：不对。", suggestion="请改。", state="open") | facts


def write(tmp_path, submissions=(), findings=(), ignored=(), now=NOW, deadline=call.DEADLINE) -> Page:
    built = register_tables.frames(
        {"submissions": list(submissions), "findings": list(findings), "ignored": list(ignored)})
    receipt.write(built, CITY, tmp_path / "报送回执.html", deadline, now)
    return Page(tmp_path / "报送回执.html")


def test_files__each_with_time_hash_version_and_verdict(tmp_path):
    page = write(tmp_path, [
        submission("b1", "accepted_with_warnings", version=2, consortium_id="c", consortium_name="乙联合体",
                   warnings=1, received_at=AT.replace(day=19)),
        submission("a1", "superseded", consortium_id="c", consortium_name="乙联合体", errors=3),
        submission("d1", "returned", sheet="表二", errors=2, late=True, received_at=AT.replace(hour=23)),
        submission("e1", "ignored", sheet=None, version=None, consortium_id=None, consortium_name=None,
                   sha256=None)],
        ignored=[dict(submission_id="e1", city=CITY, file=f"{CITY}/e1.xlsx", reason="系统文件")])
    head, *rows = page.tables[0]
    assert head == ["序号", "文件", "收件时间（北京时间）", "版次", "处理结果", "须改正", "需核实"]
    assert rows == [
        ["1", "南京市/a1.xlsx", "2023-09-18 09:00:05", "第 1 版", "已被新版替代", "—", "—"],
        [f" 乙联合体：已由第 2 版替代 SHA-256 {'a1' * 32}　12,345 字节 "],
        ["2", "南京市/e1.xlsx", "2023-09-18 09:00:05", "—", "未计入", "—", "—"],
        [" 系统文件 SHA-256 （未读取内容，没有校验值）　12,345 字节 "],
        ["3", "南京市/d1.xlsx（工作表“表二”）", "2023-09-18 23:00:05（逾期）", "第 1 版", "已退回待改", "2", "0"],
        [f" d1创新联合体 SHA-256 {'d1' * 32}　12,345 字节 "],
        ["4", "南京市/b1.xlsx", "2023-09-19 09:00:05", "第 2 版，以此版为准", "已入库（有需核实项）", "0", "1"],
        [f" 乙联合体 SHA-256 {'b1' * 32}　12,345 字节 "]]


def test_head__names_bureau_receiver_day_and_number(tmp_path):
    page = write(tmp_path, [submission("a1", "accepted")])
    head = page.section("报送回执 2023年江苏省创新联合体建设试点报送回执", "0 项问题")
    number = page.section("回执编号 ", " ")
    assert head.startswith("报送单位 南京市科技局 收件单位 省生产力促进中心 回执日期 2023年9月20日 回执编号 320100-20230920-")
    assert len(number) == len("320100-20230920-") + 8
    assert write(tmp_path, [submission("a1", "accepted", sha256="00" * 32)]).section("回执编号 ", " ") != number
    assert write(tmp_path, [submission("a1", "accepted")]).section("回执编号 ", " ") == number


@pytest.mark.parametrize(("deadline", "now", "words"), [
    (call.DEADLINE, NOW, "2023年9月28日24时（还有 8 天）。"),
    (call.DEADLINE, call.DEADLINE.replace(hour=0), "2023年9月28日24时（今日截止）。"),
    (call.DEADLINE.replace(day=27, hour=17, minute=0), AFTER,
     "2023年9月27日17:00（已截止 3 天）。已过截止时间，请立即办理，并与省科技厅高新处联系确认。"),
])
def test_deadline__in_words(tmp_path, deadline, now, words):
    page = write(tmp_path, [submission("a1", "returned", errors=1)], deadline=deadline, now=now)
    assert page.section("报送截止时间：", " 一、") == words


def test_passed_bureau_after_the_deadline__is_not_urged(tmp_path):
    page = write(tmp_path, [submission("a1", "accepted")], now=AFTER)
    assert page.section("报送截止时间：", " 一、") == "2023年9月28日24时（已截止 2 天）。"
    assert page.section("二、下一步", " 省生产力") == "1 份已入库，不需再办。"


def test_next_steps__by_form_graver_first_with_the_day(tmp_path):
    page = write(tmp_path, [
        submission("a1", "accepted_with_warnings", warnings=2), submission("b1", "accepted"),
        submission("d1", "returned", errors=3, warnings=1), submission("e1", "returned", errors=1),
        submission("f1", "unreadable", consortium_name=None, errors=1, file=f"{CITY}/扫描.pdf")],
        [finding("f1", "F02", "E", suggestion="请取消密码后重报。", table="", cell=None)])
    assert page.section("二、下一步", " 三、") == (
        "d1创新联合体：在原表中改正 3 处，重新放入本市收件夹。另有 1 处需核实：改正后重报，或在“问题清单.xlsx”的说明栏写明情况。"
        "2023年9月28日24时前 e1创新联合体：在原表中改正 1 处，重新放入本市收件夹。2023年9月28日24时前 "
        "扫描.pdf：请取消密码后重报。2023年9月28日24时前 "
        "a1创新联合体：已入库；有 2 处需核实：改正后重报，或在“问题清单.xlsx”的说明栏写明情况。2023年9月28日24时前 "
        "其余 1 份已入库，不需再办。")


@pytest.mark.parametrize(("now", "said"), [
    (NOW, "请于2023年9月28日24时前将填好的《基础信息表》放入本市收件夹。"),
    (AFTER, "请立即将填好的《基础信息表》放入本市收件夹。")])
def test_nothing_received__says_so_and_what_to_do(tmp_path, now, said):
    page = write(tmp_path, now=now)
    assert page.tables == []
    assert page.section("一、收到的文件（0 个）", "。") == f"截至{now.year}年{now.month}月{now.day}日，没有收到贵局的文件"
    assert page.section("二、下一步", " 省生产力") == said


def test_problems__by_form_errors_first_with_cell_and_clause(tmp_path):
    page = write(tmp_path, [submission("a1", "accepted_with_warnings", warnings=1),
                            submission("b1", "returned", errors=3, warnings=1)], [
        finding("a1", "B08", "W", cell="F8", value="154"),
        finding("b1", "X05", "W", 2, cell="G5", value="1.0", field="revenue_wan"),
        *(finding("b1", "M08", "E", n, cell=f"D{n}", value=f"9{n}", field="uscc", suggestion="请改正。",
                  message=f"成员表第 {n} 行“某栏”（D{n}）：代码“9{n}”校验不通过。") for n in (3, 4)),
        finding("b1", "B01", "E", cell="B3", suggestion="请填写。")])
    head = ["位置", "问题", "您填写的值", "怎么改"]
    assert page.tables[1:] == [[
        head,
        [" 须改正 基本信息 B3", "“某栏”：不对。 B01　申请书《基础信息表》填表要求", "", "请填写。"],
        [" 须改正 成员表 D3、D4", "成员表第 3 行“某栏”：代码“93”校验不通过。 （同类问题共 2 处，逐处见相邻各栏。） M08　GB 32100-2015",
         "D3：93 D4：94", "请改正。"],
        [" 需核实 成员表 G5", "“某栏”：不对。 X05　申请书《基础信息表》填表要求", "1.0", "请改。"]],
        [head, [" 需核实 基本信息 F8", "“某栏”：不对。 B08　申请书《基础信息表》填表要求", "154", "请改。"]]]
    assert page.links == ["#f1", "#f2", "%E9%97%AE%E9%A2%98%E6%B8%85%E5%8D%95.xlsx"]
    assert {"f1", "f2"} <= {attributes.get("id") for _, attributes in page.tags}


def test_notices__are_folded_away(tmp_path):
    said = "成员表第 1 行“某栏”（C13）：参与 6 个。"
    page = write(tmp_path, [submission("a1", "accepted", notices=1)],
                 [finding("a1", "X06", "I", 1, cell="C13", message=said, suggestion="仅提示。")])
    assert "三、" not in page.text
    folded = page.section("提示事项（不需处理，打印时不附）", " 省生产力")
    assert folded.startswith("系统已自动处理，或仅供参考。 a1创新联合体 位置")
    assert [each for tag, each in page.tags if tag == "details"] == [{"class": "notices"}]


def test_other_cities_and_past_versions__are_not_shown(tmp_path):
    page = write(tmp_path, [
        submission("a1", "accepted"), submission("z1", "returned", city="无锡市", file="无锡市/秘密.xlsx"),
        submission("y1", "superseded", errors=1), submission("x1", "returned", city=None)],
        [finding("z1", "B01", "E", city="无锡市", message="别市的问题"), finding("y1", "B01", "E", message="旧版的问题"),
         finding("x1", "F10", "E", city=None, message="没有城市")])
    assert [word for word in ("z1", "无锡", "秘密", "别市", "旧版的问题", "x1", "没有城市") if word in page.source] == []


def waited(tmp_path, waiting: dict[str, str]) -> Page:
    built = register_tables.frames({"submissions": [submission("a1", "accepted")]})
    receipt.write(built, CITY, tmp_path / "报送回执.html", call.DEADLINE, NOW, waiting)
    return Page(tmp_path / "报送回执.html")


def test_waiting__each_file_with_its_reason_and_what_to_do(tmp_path):
    told = waited(tmp_path, {"南京市/<b>.xlsx": "还没有传完", "南京市/表.xlsx": "超过单次接收上限，下次继续"})
    assert told.section("另有 ", " 二、") == (
        "2 个文件这次没有接收，下次汇总时再收，不必重新放入。多次列在这里的，请确认已复制完整、没有被其他程序打开："
        " 南京市/<b>.xlsx：还没有传完 南京市/表.xlsx：超过单次接收上限，下次继续")
    assert told.section("回执编号 ", " ") != waited(tmp_path, {}).section("回执编号 ", " ")
    assert "另有" not in waited(tmp_path, {}).text


def test_waiting__long_list_is_cut_and_counted(tmp_path):
    told = waited(tmp_path, {f"南京市/{number:03}.xlsx": "仍在变化" for number in range(300)})
    assert told.section("另有 ", " ") == "300"
    assert told.text.count("：仍在变化") == 20 and "019.xlsx：仍在变化 ……" in told.text


def test_waiting__is_shown_to_the_city_whose_it_is():
    waiting = {"苏州市/表.xlsx": "仍在变化", "南京市/": "暂时读不到", "说明.txt": "仍在变化", "南京市/甲.xlsx": "还没有传完"}
    assert receipt.by_city(waiting) == {
        "南京市": {"南京市/": "暂时读不到", "南京市/甲.xlsx": "还没有传完"}, "苏州市": {"苏州市/表.xlsx": "仍在变化"},
        None: {"说明.txt": "仍在变化"}}
