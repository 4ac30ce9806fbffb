"""What can be wrong with a record, and how it is told without holding a million sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice

import numpy as np


class Severity(Enum):
    """Whether a problem keeps the records out, or is only worth knowing."""

    ERROR = "error"
    WARNING = "warning"


class Rule(Enum):
    """Every rule a record can break, by the word that results and rejects.csv use."""

    UNREADABLE = "unreadable file"
    ENCODING = "encoding"
    EMPTY = "empty file"
    TWICE = "table given twice"
    MISSING_TABLE = "missing table"
    UNKNOWN_FILE = "unknown file"
    ABOUT = "about"
    WORDS = "words"
    HEADER = "header"
    MISSING_COLUMN = "missing column"
    UNKNOWN_COLUMN = "unknown column"
    WIDTH = "number of cells"
    QUOTE = "quote"
    REQUIRED = "required"
    NOT_KNOWN = "not known"
    TEXT = "text"
    ID = "id"
    ENUM = "allowed value"
    DATE = "date"
    DAY_FIRST = "day first"
    MOMENT = "date and time"
    INTEGER = "whole number"
    NUMBER = "number"
    FLAG = "yes or no"
    RANGE = "range"
    PATTERN = "form"
    NO_RECORD = "row of no record"
    SPELLING = "spelling of a place"
    PLACE = "place in no list"
    DUPLICATE = "duplicate"
    REFERENCE = "reference"
    UNCHECKED = "reference not checked"
    TOGETHER = "given together"
    ANY_OF = "one of several"
    SELF = "link to oneself"
    IMPOSSIBLE_DATE = "impossible date"
    LATER = "after the analysis date"
    AHEAD = "after today"
    FAR_OFF = "far from other dates"
    GRADE = "grade"
    COUNTRY = "country"
    RISK = "word of no risk list"
    CRIME_TYPE = "crime type of no kind"
    OFFENCE_CODE = "offence code"
    UNWEIGHTED = "offence code without a weight"
    CHILD_AGE = "child over 18"
    PARENT_AGE = "age of parent"
    PARENT_CIRCLE = "parents in a circle"
    TWO_TABLES = "in two tables"
    TWO_BIRTHS = "two dates of birth"
    BEFORE_BIRTH = "before birth"
    AGE = "age"
    BOTH_WAYS = "recorded both ways"
    EPISODES = "episodes overlap"
    ROLES = "roles overlap"
    LOOK_ALIKE = "ids look alike"
    SPREADSHEET_ID = "id changed by a spreadsheet"
    IDENTIFIER = "identifier"
    SAME_IDENTIFIER = "same identifier"
    USERS = "users overlap"
    ASSIGNMENTS = "assignments overlap"
    STAGES = "stages of a referral"
    BREACH = "breach after the end"
    NO_LEAD = "plan without an officer"
    CONTRADICTS = "contradicts its plan"
    STATUS = "status and day"
    TARGET = "target without its measure"
    ACTIVITY = "activity against the crime type"
    ZONE = "time zone"
    AUTHORITY = "authority"
    LEFT_OUT = "refers to a row left out"


@dataclass(frozen=True)
class Problem:
    """One problem at one place, with its remedy in a sentence.

    ``file`` may be the sheet of a workbook; ``row`` is the physical line on which the record begins, the header being
    line 1, None for the file as a whole; ``column`` is empty when the whole row or file is meant.
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    remedy: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, eq=False)
class Finding:
    """One rule broken in one column of one file, at any number of rows.

    Only physical line numbers are held (int32, rising; a single 0 stands for the file as a whole); ``explain`` makes
    value and remedy of the k-th when somebody reads them, so that one wrong date format in a million rows costs four
    megabytes and not four hundred. After an error of the ``whole_file`` the table cannot be used, not even without some
    of its rows.
    """

    file: str
    column: str
    rule: Rule
    lines: np.ndarray
    explain: Callable[[int], tuple[str, str]]
    severity: Severity = Severity.ERROR
    whole_file: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def is_error(self) -> bool:
        """Whether it keeps records out."""
        return self.severity is Severity.ERROR

    def problems(self, limit: int | None = None) -> Iterator[Problem]:
        """Yield the problems one by one in the order of their lines, at most ``limit``."""
        for k, line in enumerate(islice(self.lines, limit)):
            value, remedy = self.explain(k)
            yield Problem(self.file, int(line) or None, self.column, value, self.rule.value, remedy, self.severity)


def one(
    file: str,
    rule: Rule,
    remedy: str,
    *,
    line: int = 0,
    column: str = "",
    value: str = "",
    severity: Severity = Severity.ERROR,
    whole_file: bool = False,
) -> Finding:
    """Return a finding at a single place; line 0 is the file as a whole."""
    return Finding(file, column, rule, np.array([line], np.int32), lambda _: (value, remedy), severity, whole_file)
