"""The vocabulary in which tables are declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

NOT_RECORDED, OTHER_WORDS = "not recorded", "other words"
"""What counts of words say where the record says nothing, and where it says something that is in no list."""


class Kind(Enum):
    """What the text of a cell stands for, with the Arrow type that holds it."""

    ID = "id"
    TEXT = "text"
    ENUM = "enum"
    DATE = "date"
    MOMENT = "moment"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"

    @property
    def arrow(self) -> pa.DataType:
        """Arrow type of a column of this kind."""
        return {
            Kind.DATE: pa.date32(),
            Kind.MOMENT: pa.timestamp("s"),
            Kind.INTEGER: pa.int64(),
            Kind.NUMBER: pa.float64(),
            Kind.FLAG: pa.bool_(),
        }.get(self, pa.string())


class Sensitivity(Enum):
    """How carefully a column is handled when anything leaves the desk."""

    PLAIN = "plain"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Ahead(Enum):
    """What a date of a column may be that has not come yet."""

    NEVER = "never"
    """Something that has happened: a date after today cannot be right."""
    OPEN = "open"
    """The end of something that has happened; an open end such as 9999-12-31 says that there is none yet."""
    PLANNED = "planned"
    """Planned or agreed beforehand, so it may lie ahead; an open end says that nothing is planned."""


@dataclass(frozen=True)
class Column:
    """One column of a data table.

    Parameters
    ----------
    name : str
        Header in files, property in the graph, column in results.
    kind : Kind
        What a cell stands for.
    says : str
        One plain sentence for the data dictionary.
    key : bool
        Part of the table's key; a key cell is never blank.
    required : bool
        Never blank, though not part of the key.
    enum : tuple of str
        Allowed values, lower case, when ``kind`` is ``ENUM``.
    many : bool
        Several values separated by ``|`` in one cell.
    refers : str
        Table whose single key this column must name, or ``"person"`` for any table of people.
    lenient : bool
        An unknown reference is a warning, not an error.
    event : bool
        Its date says when something happened or was recorded.
    dates_records : bool
        An event whose date may be the day on which the records are judged when nobody names one.
    counts_from : bool
        Before this date the row does not count.
    ahead : Ahead
        Whether the date may be an open end, or lie ahead.
    between : (float, float) or None
        Lowest and highest value that a number may have.
    pattern, pattern_says : str
        Regular expression that the whole text must match, and the same in words.
    sensitivity : Sensitivity
        Handling when results leave the desk.
    free_text : bool
        Written in somebody's own words, so that it may hold anything, a child's words and names among them.
        No output of ``analyse`` or ``profile`` repeats it, but for the title of a report that may be named.
    counted_as : tuple of str
        Words under which a text is counted and printed where texts are counted; all others are one
        count, because what a force writes into such a column need not be a word of a list.
    """

    name: str
    kind: Kind
    says: str
    key: bool = False
    required: bool = False
    enum: tuple[str, ...] = ()
    many: bool = False
    refers: str = ""
    lenient: bool = False
    event: bool = False
    dates_records: bool = False
    counts_from: bool = False
    ahead: Ahead = Ahead.NEVER
    between: tuple[float, float] | None = None
    pattern: str = ""
    pattern_says: str = ""
    sensitivity: Sensitivity = Sensitivity.PLAIN
    free_text: bool = False
    counted_as: tuple[str, ...] = ()

    @property
    def arrow(self) -> pa.DataType:
        """Arrow type of the column; a cell of several values stays ``|``-joined text."""
        return pa.string() if self.many else self.kind.arrow

    def counted_word(self, text: str | None) -> str:
        """Return the word under which a text is counted and printed: its own where it is in the list.

        Case, underscores, hyphens and repeated spaces make no other word.

        >>> sector = Column("sector", Kind.TEXT, "Sector.", counted_as=("social care",))
        >>> sector.counted_word("Social_Care"), sector.counted_word("told her aunt"), sector.counted_word(" ")
        ('social care', 'other words', 'not recorded')
        """
        word = " ".join((text or "").lower().replace("_", " ").replace("-", " ").split())
        if not word:
            return NOT_RECORDED
        return word if word in self.counted_as else OTHER_WORDS

    @property
    def never_blank(self) -> bool:
        """Whether a blank cell breaks a rule."""
        return self.key or self.required


@dataclass(frozen=True)
class Table:
    """One table of a data folder.

    Parameters
    ----------
    name : str
        File or sheet name without ending.
    says : str
        One plain sentence for the data dictionary.
    columns : tuple of Column
        In the order of the template.
    orders : tuple of (str, str)
        Pairs of date columns where the first may not be later than the second.
    apart_by : tuple of str
        Further columns that tell rows of one key apart, such as the start of a membership; may be blank.
    together : tuple of (str, str)
        Pairs of columns that are given both or not at all.
    any_of : tuple of tuple of str
        Sets of columns of which at least one is given.
    differ : tuple of (str, str)
        Pairs of columns that may not hold the same value.
    """

    name: str
    says: str
    columns: tuple[Column, ...]
    orders: tuple[tuple[str, str], ...] = ()
    apart_by: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    differ: tuple[tuple[str, str], ...] = ()

    @property
    def identity(self) -> tuple[str, ...]:
        """Columns that together may stand only once: the key, and what tells its repetitions apart."""
        return (*self.key, *self.apart_by)

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that identify a row."""
        return tuple(c.name for c in self.columns if c.key)

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the typed table."""
        return pa.schema([(c.name, c.arrow) for c in self.columns])

    def column(self, name: str) -> Column:
        """Return one column by name; ``KeyError`` when the table has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")
