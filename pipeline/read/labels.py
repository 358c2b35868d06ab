"""The form's labels as plain look-up tables.

Made once from the declaration and sent to the processes that read workbooks: those import no frame library.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from schemas import call
from schemas.label import label_key

if TYPE_CHECKING:
    from schemas.form import Block, Form

SINGLES = "consortium"
# The value by which a form begins, and the table without which there is none.
TITLE, MAIN_TABLE = "name", "members"
# The value whose label is a word for a kind of members, too.
LEAD = "lead_unit"
# A label this short can stand in a table's cell by chance; it does not end a table.
SHORT_KEY = 4
SHORTEST_FIGURE = 3


# Compared by identity, so that what is remembered of a row can be remembered for these labels.
@dataclass(frozen=True, eq=False)
class Labels:
    """`singles` and `tables[block]` map a label's key to its field; other members by the same field names;
    `headings` has the keys of all tables."""

    edition: str
    margin: str
    answer_sheet: str
    singles: dict[str, str]
    tables: dict[str, dict[str, str]]
    headings: frozenset[str]
    telling: dict[str, frozenset[str]]
    order: dict[str, tuple[str, ...]]
    titles: dict[str, str]
    sections: dict[str, int]
    printed: dict[tuple[str, str], str]
    short: dict[str, str]
    regions: frozenset[str]
    ticks: frozenset[str]
    counts: frozenset[str]
    texts: frozenset[str]
    long_texts: frozenset[str]
    days: frozenset[str]
    # By single value, the keys of what may stand between its label and the value (姓名).
    sub_labels: dict[str, frozenset[str]]
    # Labels of figures that may stand in one cell with their number, the longest first.
    figures: tuple[tuple[str, str], ...]
    money: frozenset[str]
    levels: frozenset[str]
    months: frozenset[str]
    periods: frozenset[str]
    hints: frozenset[str]
    options: tuple[str, ...]
    cover: dict[str, str]
    # A label that names two values whose texts tell themselves apart (联系人及电话).
    pairs: dict[str, tuple[str, str]]

    def field(self, text: str) -> str | None:
        """The single value that a text is the label of."""
        return self.singles.get(label_key(text))

    def is_label(self, text: str) -> bool:
        """Whether a text is any label, title or section of the form."""
        return label_key(text) in self.known

    @cached_property
    def known(self) -> frozenset[str]:
        """The keys of all labels of single values, of all titles and sections."""
        return frozenset((*self.singles, *self.titles, *self.sections))

    @cached_property
    def words_of_form(self) -> frozenset[str]:
        """The keys of all that is printed on a form: a text with another is a value, or nobody's."""
        return frozenset((*self.known, *self.headings, *self.pairs, *self.between, *self.hints, self.margin))

    @cached_property
    def heading_ends(self) -> frozenset[str]:
        """The last characters of the labels of columns; behind them a unit may stand, which is no part of the key."""
        return frozenset((*(key[-1] for key in self.headings), "元"))

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The keys of each table's titles and of the labels of its records' names."""
        return {block: (*(key for key, of in self.titles.items() if of == block),
                        *(key for key, name in fields.items() if name == "name"))
                for block, fields in self.tables.items()}

    @cached_property
    def between(self) -> frozenset[str]:
        """The keys of all that may stand between a label and its value."""
        return frozenset().union(*self.sub_labels.values())

    @cached_property
    def has_ascii_figures(self) -> bool:
        """Whether a label of a figure has no other characters than those of ASCII."""
        return any(key.isascii() for key, _ in self.figures)

    @cached_property
    def figure_ends(self) -> frozenset[str]:
        """The last characters of the labels of figures."""
        return frozenset(key[-1] for key, _ in self.figures)

    @cached_property
    def names(self) -> frozenset[str]:
        """The keys by which a form names itself, without short spellings (名称), which stand in headers of tables,
        too."""
        return frozenset(key for key, name in self.singles.items() if name == TITLE and len(key) > 2)


@cache
def labels_of(form: Form) -> Labels:
    """The look-up tables of a form."""
    from schemas.kind import COUNT, DAY, LEVEL, LONG_TEXT, MONEY, MONTH, PERIOD, TEXT, TICKS

    columns = [(block.name, column) for block in form.blocks for column in block.columns.values()]
    counts = frozenset(column.field for block, column in columns if block == SINGLES and column.kind == COUNT)
    singles = {key: column.field for block, column in columns if block == SINGLES for key in column.keys}
    tables = {block.name: _column_keys(block) for block in form.blocks if block.table}
    texts, long_texts, days, ticks = (frozenset(column.field for block, column in columns if block == SINGLES
                                                and column.kind == kind) for kind in (TEXT, LONG_TEXT, DAY, TICKS))
    return Labels(
        edition=form.edition, margin=label_key(form.margin), answer_sheet=form.answer_sheet,
        singles=singles, tables=tables,
        headings=frozenset(key for keys in tables.values() for key in keys),
        telling={block.name: frozenset(block.telling) for block in form.blocks if block.table},
        order={block.name: tuple(block.columns) for block in form.blocks},
        titles={label_key(text): block.name for block in form.blocks if block.table
                for text in (block.title, *block.title_spellings)},
        sections={label_key(text): place for place, (title, spellings)
                  in enumerate(zip(form.sections, form.section_spellings, strict=True))
                  for text in (title, *spellings)},
        printed={(block, column.field): column.label for block, column in columns},
        short={block.name: block.short for block in form.blocks},
        regions=frozenset(column.field for block, column in columns if column.kind.region),
        counts=counts, figures=tuple(sorted(((key, name) for key, name in singles.items()
                                             if name in counts and len(key) >= SHORTEST_FIGURE),
                                            key=lambda pair: (-len(pair[0]), pair[0]))),
        texts=texts, long_texts=long_texts, days=days, ticks=ticks,
        sub_labels={column.field: frozenset(map(label_key, column.sub_labels)) for block, column in columns
                    if block == SINGLES and column.sub_labels},
        **{name: frozenset(column.field for _, column in columns if column.kind == kind)
           for name, kind in (("money", MONEY), ("levels", LEVEL), ("months", MONTH), ("periods", PERIOD))},
        hints=frozenset(label_key(column.hint) for _, column in columns if column.hint),
        options=tuple(spelling for spellings in call.LEAD_TYPES.values() for spelling in spellings),
        cover={"cover_name": "name"}, pairs=_pairs(form))


def _column_keys(block: Block) -> dict[str, str]:
    halves = {label_key(text): half(column.field, place) for column in block.columns.values()
              for place, spellings in enumerate(column.halves) for text in spellings}
    return halves | {key: column.field for column in block.columns.values() for key in column.keys}


def _pairs(form: Form) -> dict[str, tuple[str, str]]:
    """The labels of a text and the telephone number after it, put together as one."""
    from schemas.kind import PHONE, TEXT

    columns = list(form.block(SINGLES).columns.values())
    return {first + joint + second: (one.field, other.field)
            for one, other in zip(columns, columns[1:], strict=False) if one.kind == TEXT and other.kind == PHONE
            for first in one.keys for second in other.keys for joint in ("", "及", "和", "与")}


def half(field: str, place: int) -> str:
    """The name under which a table's header holds one half of a column."""
    return f"{field}#{place}"
