"""`pipeline.reminders`: who is reminded, and the text exactly as it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipeline import cities
from pipeline.memory import Nil
from pipeline.publish.pages.due import Due
from pipeline.reminders import MOST_FORMS, Reminder, reminders
from schemas import call
from tests.register_tables import frames

NOW = datetime(2023, 9, 20, 8, tzinfo=call.CHINA)
NANJING = call.CITIES[0].name


def form(place: int = 1, status: str = "returned", **facts) -> dict:
    return dict(submission_id=str(place), city=NANJING, file=f"{NANJING}/{place}.xlsx", status=status,
                errors=3, warnings=1,
                consortium_name=f"江苏省第{place}创新联合体") | facts


def sent(*forms: dict, now: datetime = NOW, nils: tuple[str, ...] = ()) -> list[Reminder]:
    tables = frames({"submissions": list(forms)})
    tables["cities"] = cities.table(tables, {city: Nil(city, "来函", NOW) for city in nils})
    return reminders(tables, Due.of(call.DEADLINE, now))


def to_nanjing(*forms: dict, now: datetime = NOW) -> str:
    return next(one.text for one in sent(*forms, now=now) if one.city.name == NANJING)


def test_missing__is_asked_for_the_form_or_a_declaration() -> None:
    assert to_nanjing() == (
        "南京市科技局：截至2023年9月20日，省生产力促进中心尚未收到贵局推荐的创新联合体《基础信息表》。"
        "按苏科高发〔2023〕110号文件要求，请于2023年9月28日24时前（还有 8 天）报送；"
        "确无推荐的，也请报送零申报说明（文件名写明“零申报”），放入本市收件夹即可。")


@pytest.mark.parametrize(("days", "until"), [
    (8, "请于2023年9月28日24时前（今日截止）报送"), (9, "报送已于2023年9月28日24时截止（已截止 1 天），请立即报送")])
def test_until__on_the_last_day_and_after_it(days: int, until: str) -> None:
    assert f"文件要求，{until}；确无推荐" in to_nanjing(now=NOW + timedelta(days=days))


def test_mending__names_each_form_and_how_much_is_asked() -> None:
    scan = form(3, "unreadable", consortium_name=None, file=f"{NANJING}/扫描件.pdf", errors=1, warnings=0)
    assert to_nanjing(form(2, "accepted_with_warnings", errors=0, warnings=2), form(1), scan, form(4, "accepted")) == (
        "南京市科技局：贵局报送的创新联合体《基础信息表》，截至2023年9月20日尚有 3 份须办理：\n"
        "1. “江苏省第1创新联合体”：须改正 3 项，需核实 1 项；\n"
        "2. 文件“扫描件.pdf”：读不出来，请按“报送回执”所说重新报送；\n"
        "3. “江苏省第2创新联合体”：需核实 2 项。\n"
        "具体位置和改法见本市“报送回执”和“问题清单”。请于2023年9月28日24时前（还有 8 天）在原表中改正，重新放入本市收件夹。")


def test_verifying__is_asked_of_a_city_that_is_all_in() -> None:
    assert to_nanjing(form(1, "accepted_with_warnings", errors=0, warnings=2)) == (
        "南京市科技局：贵局报送的创新联合体《基础信息表》已入库，截至2023年9月20日尚有 1 份须核实：\n"
        "1. “江苏省第1创新联合体”：需核实 2 项。\n"
        "具体位置见本市“报送回执”和“问题清单”。请于2023年9月28日24时前（还有 8 天）改正后重报，"
        "或在“问题清单”的说明栏写明情况后报回。")


def test_order__missing_then_mending_then_verifying() -> None:
    everyone = [form(int(city.code), "accepted", city=city.name) for city in call.CITIES[4:]]
    told = sent(*everyone, form(1, "accepted_with_warnings"), form(2, city=call.CITIES[1].name),
                nils=(call.CITIES[3].name,))
    assert [(one.city.name, one.state) for one in told] == [
        ("徐州市", "missing"), ("无锡市", "mending"), ("南京市", "clean")]


@pytest.mark.parametrize("quiet", [form(1, "accepted"), form(1, "accepted_with_warnings", warnings=0)])
def test_nothing_asked__nobody_is_reminded(quiet: dict) -> None:
    assert NANJING not in [one.city.name for one in sent(quiet)]


def test_many_forms__the_rest_is_counted() -> None:
    lines = to_nanjing(*map(form, range(MOST_FORMS + 2))).split("\n")
    assert (len(lines), lines[-2]) == (MOST_FORMS + 3, "其余 2 份见“问题清单”。")


def test_names__cannot_act_in_a_terminal_and_stay_on_a_line() -> None:
    assert to_nanjing(form(consortium_name="甲\x1b[2J\n乙" + "长" * 100)).split("\n")[1] == (
        f"1. “甲\ufffd[2J 乙{'长' * 73}……”：须改正 3 项，需核实 1 项。")
