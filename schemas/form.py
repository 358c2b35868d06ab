"""What a form is: sections and blocks in sheet order, each block one pandera model."""

from __future__ import annotations

from dataclasses import dataclass

import pandera.polars as pa

from schemas.column import Column, columns_of


class BlockModel(pa.DataFrameModel):
    """Parent of every block's model: one row of the frame is one row of one form."""

    submission: int = pa.Field(title="报送序号")
    seq: int = pa.Field(title="行号")


@dataclass(frozen=True)
class Block:
    """A block of the form. `short` is what messages call it; a `table` has one record a row below its header."""

    name: str
    model: type[BlockModel]
    title: str
    short: str
    section: int
    table: bool = True
    title_spellings: tuple[str, ...] = ()
    # The columns without which a row of labels is not this table's header.
    telling: tuple[str, ...] = ()
    # Rows printed in the blank form.
    spare_rows: int = 0
    # A note printed beside the block's title in the form.
    remark: str = ""

    @property
    def columns(self) -> dict[str, Column]:
        """Columns by field name, in sheet order."""
        return columns_of(self.model)


@dataclass(frozen=True)
class Form:
    """A year's form: printed title, edition mark, the numbered sections, the blocks."""

    title: str
    sheet: str
    edition: str
    sections: tuple[str, ...]
    section_spellings: tuple[tuple[str, ...], ...]
    blocks: tuple[Block, ...]
    # Heads the column beside the print area in which the template checks itself; nothing from there on is content.
    margin: str = "自检（不打印）"
    # The sheet that a returned form carries in front; dropped again, it is no content either.
    answer_sheet: str = "问题清单"

    def block(self, name: str) -> Block:
        """The block of that name; KeyError if there is none."""
        return {block.name: block for block in self.blocks}[name]
