"""The demonstration's inbox: the same every time, as planned, fictional and valid."""

from __future__ import annotations

import hashlib
import itertools
import random
import zipfile

import pytest
from rapidfuzz import fuzz

from pipeline import demo
from pipeline.demo import biff, boxes, mess, opendocument, shapes, strays, workbook
from pipeline.demo.consortia import consortia, right_form
from pipeline.demo.recipe import Form
from pipeline.grid import open_workbook
from pipeline.inbox import city_of
from pipeline.settings import Workspace
from pipeline.signature import Refused
from schemas import call, uscc
from schemas.conflicts import ACROSS
from schemas.form_2023 import FORM, names
from schemas.form_2023.file import FILE_RULES
from schemas.kinds import ticks
from schemas.register import Status
from schemas.rule import judged

# What is wrong with these comes from other files or from who takes part, not from the form itself.
NOT_THE_FORMS_OWN = {"X01/W", "X02/W", "X04/E", "X05/W", "M03/W", "F09/W", "F10/E", "B15/W"}


def _everything(folder) -> dict[str, tuple[str, float]]:
    def told(file) -> tuple[str, float]:
        return hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime
    return {file.relative_to(folder).as_posix(): told(file) for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("demo"))
    demo.build(workspace)
    return workspace.inbox


def _organisations():
    return {member for consortium in consortia().values() for member in consortium.members}


def test_build__twice__same_bytes_and_times(inbox, tmp_path):
    built = demo.build(Workspace(tmp_path))
    assert _everything(tmp_path / "inbox") == _everything(inbox)
    assert sorted(built) == sorted(_everything(inbox)) == sorted(planned.file for planned in demo.PLAN)


def test_build__times__within_the_call(inbox):
    days = {planned.file: planned.day for planned in demo.PLAN}
    for file, (_, modified) in _everything(inbox).items():
        assert modified == days[file].timestamp()
        assert call.ISSUED <= days[file].date() and days[file] <= call.DEADLINE


def test_build__resubmission__is_the_later_file():
    days = {planned.status: planned.day for planned in demo.PLAN if planned.file.startswith("无锡/新建")}
    assert days[Status.SUPERSEDED,] < days[Status.ACCEPTED_WITH_WARNINGS,]


def test_build__copy__has_the_same_bytes(inbox):
    copies = [path for path in (inbox / "南京市").iterdir() if "柔性配电" in path.name]
    assert len(copies) == 2 and copies[0].read_bytes() == copies[1].read_bytes()


def test_plan__cities__two_missing_one_clean_the_others_reported():
    cities = {planned.file: city_of(planned.file) for planned in demo.PLAN}
    assert {city.name for city in call.CITIES} - set(cities.values()) == set(demo.NOT_REPORTED)
    clean = [planned for planned in demo.PLAN if cities[planned.file] == demo.CLEAN_CITY]
    assert [(planned.status, planned.rules) for planned in clean] == [((Status.ACCEPTED,), frozenset())] * 2
    assert [file for file, city in cities.items() if city is None] == ["待分拣/数字人交互基础信息表.xlsx"]


def test_plan__forms__six_in_ten_right():
    forms = [planned for planned in demo.PLAN if planned.status[0] not in (Status.UNREADABLE, Status.IGNORED)]
    right = [planned for planned in forms
             if planned.rules <= NOT_THE_FORMS_OWN and Status.SUPERSEDED not in planned.status]
    assert 0.5 <= len(right) / len(forms) <= 0.7
    assert 40 <= len(demo.PLAN) <= 50


def test_plan__rules__all_declared():
    models = [block.model for block in FORM.blocks] + list(ACROSS.values())
    declared = {f"{rule.code}/{rule.severity}" for model in models for rule in judged(model).values()}
    declared |= {f"{rule.code}/{rule.severity}" for rule in FILE_RULES}
    assert {name for planned in demo.PLAN for name in planned.rules} <= declared


def test_plan__planned__says_codes_and_what_is_in_it():
    motor = next(planned for planned in demo.PLAN if "高效电机" in planned.file)
    assert motor.expected == {"M04", "M28", "T02", "P03", "B07", "J02"}
    assert motor.status == (Status.RETURNED,)
    assert motor.about.startswith("高效电机（一个成员代码少录一位、")
    assert all(planned.about and planned.about.count("（）") == 0 for planned in demo.PLAN)


def test_organisations__codes__valid_and_of_the_right_place():
    for organisation in _organisations():
        if organisation.uscc.startswith("境外"):
            assert uscc.is_foreign_name(organisation.name)
            continue
        assert uscc.diagnose(organisation.uscc) == uscc.Diagnosis(organisation.uscc)
        assert not uscc.is_unusual_prefix(organisation.uscc)
        if organisation.address:
            assert uscc.division(organisation.uscc).status == "现行"
            assert organisation.address.startswith(uscc.city_of(organisation.uscc))
            assert uscc.division(organisation.uscc).name in organisation.address


def test_organisations__names_and_codes__each_once():
    organisations = _organisations()
    assert len({one.name for one in organisations}) == len(organisations)
    assert len({one.uscc for one in organisations}) == len(organisations)
    assert {names.doubt(one.name) for one in organisations} == {""}
    assert sum(one.uscc.isdigit() for one in organisations) >= 20


def test_organisations__most_codes__in_the_private_range():
    bodies = [one.uscc[8:16] for one in _organisations() if not one.uscc.startswith("境外")]
    assert all(body.startswith("PDY") or body.isdigit() for body in bodies)
    assert sum(body.startswith("PDY") for body in bodies) > len(bodies) / 2


def test_consortia__governance__no_two_alike():
    texts = {key: right_form(key)["consortium"]["governance"] for key in consortia()}
    assert all(150 <= len(text) <= 450 for text in texts.values())
    alike = [pair for pair in itertools.combinations(texts, 2)
             if fuzz.ratio(texts[pair[0]], texts[pair[1]]) >= call.SAME_TEXT_PERCENT]
    assert alike == []


def test_consortia__planted_pair__governance_alike():
    copied = Form("brain", (mess.governance_of_another("device"),)).filled()["consortium"]["governance"]
    original = right_form("device")["consortium"]["governance"]
    assert fuzz.ratio(copied, original) >= call.SAME_TEXT_PERCENT


def test_right_form__changed__leaves_the_next_one_alone():
    right_form("grid")["members"][0]["name"] = "改过"
    assert right_form("grid")["members"][0]["name"] == consortia()["grid"].lead.name


@pytest.mark.parametrize(("spoil", "key", "row", "fault"), [
    (mess.letter_o(2), "silicon", 2, "character"),
    (mess.swapped(2), "software", 2, "checksum"),
    (mess.one_missing(1), "motor", 1, "length"),
    (mess.as_number(2), "chip", 2, "number"),
    (mess.as_number(2), "silica", 2, "number"),
    (mess.inner_digit(3), "plane", 3, "inner"),
    (mess.personal_id(2), "enzyme", 2, "personal_id"),
    (mess.organisation_code(1), "solar", 1, "length"),
])
def test_mess__code__has_the_fault_that_was_meant(spoil, key, row, fault):
    filled = right_form(key)
    spoil.apply(filled, random.Random(0))
    spoilt = filled["members"][row]["uscc"]
    text, stored = (f"{spoilt:.0f}", "number") if isinstance(spoilt, float) else (spoilt, "text")
    assert uscc.diagnose(text, stored).fault == fault


@pytest.mark.parametrize(("spoil", "key"), [(mess.swapped(2), "software"), (mess.as_number(2), "chip")])
def test_mess__shared_member__right_code_stands_in_another_form(spoil, key):
    good = consortia()[key].members[2]
    cities = [other.city for other in consortia().values() if good in other.members and other.key != key]
    assert cities == [consortia()[key].city]
    filled = right_form(key)
    spoil.apply(filled, random.Random(0))
    spoilt = filled["members"][2]["uscc"]
    stored = "number" if isinstance(spoilt, float) else "text"
    assert uscc.candidates(str(spoilt), stored, known={good.uscc})[0] == good.uscc


def test_mess__identity_number__nobody_alive():
    filled = right_form("enzyme")
    mess.personal_id(2).apply(filled, random.Random(0))
    assert uscc.is_personal_id(filled["members"][2]["uscc"])
    assert filled["members"][2]["uscc"][6:14] == "19010101"


@pytest.mark.parametrize("style", boxes.STYLES)
def test_boxes__every_style__read_as_the_one_ticked(style):
    sheets = shapes.draw(right_form("grid"), shapes.Layout(ticks=style))
    grid, = open_workbook(workbook.xlsx(sheets)).grids
    row, col = sheets[0].at(FORM.block("consortium").columns["lead_type"].label)
    texts = [cell.text for cell in grid.in_row(row) if cell.col > col]
    texts += [("☑" if box.checked else "□") + box.caption for box in grid.boxes]
    assert ticks.read_options(texts, call.LEAD_TYPES).ticked == (call.BACKBONE_ENTERPRISE,)


@pytest.mark.parametrize("write", [workbook.xlsx, opendocument.ods, biff.xls])
def test_writers__every_format__same_cells_and_merges(write):
    sheet, = shapes.draw(right_form("gene"), shapes.Layout(tall_rows=True))
    grid, = open_workbook(write([sheet])).grids
    written = {place: str(content) for place, content in sheet.cells.items()}
    assert {place: cell.text for place, cell in grid.cells.items()} == written
    assert set(grid.spans.values()) == set(sheet.merges)


@pytest.mark.parametrize(("make", "reason", "kind"), [
    (lambda: strays.word(["申请书"]), "foreign", "Word"),
    (strays.pdf, "foreign", "PDF"),
    (strays.picture, "foreign", "图片（PNG）"),
    (lambda: strays.encrypted("x"), "encrypted", ""),
    (strays.owner_file, "not_a_workbook", ""),
    (strays.thumbnails, "not_a_workbook", ""),
])
def test_strays__each__known_for_what_it_is(make, reason, kind):
    with pytest.raises(Refused) as refused:
        open_workbook(make())
    assert (refused.value.reason, refused.value.kind) == (reason, kind)


def test_strays__cut_off_workbook__cannot_be_opened(inbox):
    with pytest.raises(Refused) as refused:
        open_workbook((inbox / "扬州市/数字人（U盘拷贝）.xlsx").read_bytes())
    assert refused.value.reason == "damaged"


def test_hidden__row_and_sheet__are_in_the_file(inbox):
    shown, hidden = open_workbook((inbox / "常州市/高性能碳纤维.xlsx").read_bytes()).grids
    assert shown.visible and not hidden.visible and hidden.cells
    assert len(shown.hidden_rows) == 1
    assert any(cell.row in shown.hidden_rows for cell in shown)


def test_broken_links__errors_and_formulas__are_in_the_file(inbox):
    grid, = open_workbook((inbox / "扬州市/协作机器人.xlsx").read_bytes()).grids
    broken = sorted(cell.stored for cell in grid if cell.stored in ("error", "formula"))
    assert broken == ["error", "error", "formula"]


def test_macro_workbook__content_type__is_that_of_xlsm(inbox):
    with zipfile.ZipFile(inbox / "无锡/先进封装创新联合体.xlsm") as package:
        types = package.read("[Content_Types].xml")
    assert b"sheet.macroEnabled.main+xml" in types and b"spreadsheetml.sheet.main+xml" not in types
