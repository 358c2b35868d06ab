"""`schemas.similar`: what is passed over without being compared would not have been found alike."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from rapidfuzz import fuzz

from schemas.similar import near_twins

CLAUSE = "联合体设立理事会和专家委员会分别负责决策与咨询"
CHARACTERS = "甲乙丙丁戊己庚辛壬癸理事会专家abc，。𠀀é"


def spoilt(rng: random.Random, text: str, times: int) -> str:
    characters = list(text)
    for _ in range(times):
        place = rng.randrange(len(characters))
        characters[place:place + rng.randrange(2)] = rng.choice(CHARACTERS) if rng.random() < 0.6 else ""
    return "".join(characters)


def texts(seed: int) -> list[str]:
    rng = random.Random(seed)
    base = "".join(rng.choice(CHARACTERS) for _ in range(120))
    # All share a clause, so that all are to be compared.
    return [f"{CLAUSE}。{spoilt(rng, base, rng.randrange(60))}" for _ in range(12)]


@pytest.mark.parametrize("ratio", [100, 95, 90, 70, 0])
def test_near_twins__those_of_comparing_each_with_each(ratio: float) -> None:
    for seed in range(20):
        drawn = texts(seed)
        alike = {place for one in combinations(range(len(drawn)), 2)
                 if fuzz.ratio(drawn[one[0]], drawn[one[1]]) >= ratio for place in one}
        twins = near_twins(drawn, ratio)
        assert {place for place, twin in enumerate(twins) if twin is not None} == alike
        assert all(fuzz.ratio(drawn[place], drawn[twin]) >= ratio for place, twin in enumerate(twins)
                   if twin is not None)


def test_near_twins__short_ones_and_none_at_all() -> None:
    long = CLAUSE * 3
    assert near_twins([long, None, "", CLAUSE, CLAUSE, long], 90) == [5, None, None, None, None, 0]


def test_near_twins__one_text_of_many_with_other_names() -> None:
    drawn = [f"{CLAUSE}。由{name}公司担任理事长单位，{CLAUSE}。" for name in range(40)]
    assert None not in near_twins(drawn, 90)
