"""All rules in one list, from where they are declared: file, blocks, forms beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from schemas.conflicts import ACROSS
from schemas.current import FILE_RULES, FORM
from schemas.form import Block, BlockModel
from schemas.rule import Rule, Severity

# In the order of the form: file, basics, members, texts, figures, platforms, projects, date, across forms.
LETTERS = "FBMLTPJDX"


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule once: by letter in the order of the form, then by number, errors before warnings."""
    declared = [*FILE_RULES, *(rule for block in FORM.blocks for rule in _of_block(block))]
    return tuple(sorted({id(rule): rule for rule in declared}.values(), key=_place))


def labels_of(rule: Rule) -> tuple[str, ...]:
    """The labels of the columns that a rule looks at, in its own order; none for the rules about a file."""
    for block in FORM.blocks:
        if any(rule is declared for declared in _of_block(block)):
            names = [field.partition("@")[0] for field in rule.on]
            return tuple(dict.fromkeys(block.columns[name].label for name in names if name in block.columns))
    return ()


def plain(sentence: str) -> str:
    """A rule's sentence as it is read without a form at hand: … where it has a place for a value."""
    return re.sub(r"\{[^}]*\}", "…", sentence)


def _of_block(block: Block) -> Iterator[Rule]:
    yield from _of(block.model)
    yield from _of(ACROSS[block.name])


def _of(model: type[BlockModel]) -> Iterator[Rule]:
    """The rules of a block as declared; a code may have several of one severity, told apart by identity."""
    for parent in reversed(model.__mro__):
        for item in vars(parent).values():
            declared = getattr(getattr(item, "__func__", item), "rule", None)
            if isinstance(declared, Rule):
                yield declared


def _place(rule: Rule) -> tuple[int, str, int]:
    return LETTERS.index(rule.code[0]), rule.code, list(Severity).index(rule.severity)
