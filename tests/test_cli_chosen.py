"""Which received file a command line means."""

from __future__ import annotations

import pytest

from pipeline.commands.chosen import paths_of
from pipeline.usage import WrongUsage

HELD = ("南京市/创新联合体.xlsx", "无锡市/创新联合体.xlsx", "南京市/修改稿/甲联合体.xlsx", "徐州市/a\\\\b.xlsx")


@pytest.mark.parametrize(("word", "path"), [
    ("南京市/创新联合体.xlsx", HELD[0]), ("inbox/无锡市/创新联合体.xlsx", HELD[1]), ("./inbox/无锡市/创新联合体.xlsx", HELD[1]),
    ("D:\\汇总\\inbox\\无锡市\\创新联合体.xlsx", HELD[1]), ("甲联合体.xlsx", HELD[2]), ("甲联合体", HELD[2]),
    ("修改稿/甲联合体.xlsx", HELD[2]), ("徐州市/a\\\\b.xlsx", HELD[3])])
def test_word__means_one_path(word: str, path: str) -> None:
    assert paths_of([word], HELD) == [path]


def test_words__the_same_path_twice_is_one() -> None:
    assert paths_of(["甲联合体", "甲联合体.xlsx", HELD[0]], HELD) == [HELD[2], HELD[0]]


@pytest.mark.parametrize(("word", "sentence"), [
    ("创新联合体.xlsx", "“创新联合体.xlsx”对应几个文件，请写全路径：南京市/创新联合体.xlsx、无锡市/创新联合体.xlsx"),
    ("南京市/甲联合休.xlsx", "台账里没有“南京市/甲联合休.xlsx”这个文件，相近的有：南京市/修改稿/甲联合体.xlsx"),
    ("甲", "台账里没有“甲”这个文件，相近的有：南京市/修改稿/甲联合体.xlsx"), ("zzz", "台账里没有“zzz”这个文件")])
def test_word_that_means_none_or_several__is_told_with_what_is_near(word: str, sentence: str) -> None:
    with pytest.raises(WrongUsage) as told:
        paths_of([word], HELD)
    assert str(told.value) == sentence
