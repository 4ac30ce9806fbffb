"""One table under check: the rules that need no other table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.checks.column import CheckedColumn
from ocgnet.checks.instants import InstantColumn, Told
from ocgnet.checks.readings import Reading, read_words
from ocgnet.clocks import on_the_wall, universal
from ocgnet.days import Days, pooled
from ocgnet.model import TABLES, Column, Kind
from ocgnet.settings import Settings
from ocgnet.sources import Finding, RawTable, Rule, Severity
from ocgnet.sources.arrays import bools, missing, numbers, strings
from ocgnet.sources.cells import DAY_FIRST
from ocgnet.words import Words


@dataclass(frozen=True)
class Repeats:
    """Rows of which an earlier row has the same identity, rising, each with the ``first`` row of that identity.

    Of each repeated identity one row is kept when rejects are skipped, and the others are dropped.
    """

    rows: np.ndarray
    first: np.ndarray
    keep: np.ndarray
    drop: np.ndarray


def repeats_of(
    columns: Mapping[str, CheckedColumn], identity: np.ndarray, sound: np.ndarray, good: np.ndarray
) -> Repeats | None:
    """Find rows of the same identity among ``sound`` ones; None when every identity stands once.

    Of several copies the ``good`` one that sorts first by its content is kept, so that the order of the rows never
    matters.
    """
    keys = identity[sound]
    ordered = np.sort(keys)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return None
    repeated = np.isin(keys, twice)
    places = np.flatnonzero(sound)[repeated]
    of_key: dict[int, list[int]] = {}
    for place, key in zip(places.tolist(), keys[repeated].tolist(), strict=True):
        of_key.setdefault(key, []).append(place)
    rows, first, keep, drop = [], [], [], []
    for copies in of_key.values():
        content = {row: tuple(c.text(row) for c in columns.values()) for row in copies}
        kept = min(copies, key=lambda row: (not good[row], content[row], row))
        rows += copies[1:]
        first += [copies[0]] * (len(copies) - 1)
        if good[kept]:
            keep.append(kept)
        drop += [row for row in copies if row != kept]
    order = np.argsort(rows)
    return Repeats(np.array(rows)[order], np.array(first)[order], np.array(keep, int), np.array(sorted(drop)))


def identities(columns: Sequence[CheckedColumn]) -> np.ndarray:
    """Return one number per row, in the order of the values of all columns; the same where all are the same.

    Blank equals blank and comes last. What was refused equals nothing else.
    """
    ranks = np.zeros(len(columns[0].codes), np.int64)
    size = 1
    for column in columns:
        of_column, width = _ranks(column)
        if size * width >= 2**62:
            ordered = np.sort(ranks)
            if (ordered[1:] > ordered[:-1]).all():
                # No two are the same so far, so nothing that comes later decides.
                return ranks
            ranks = np.unique(ranks, return_inverse=True)[1].astype(np.int64)
            size = len(ranks) + 1
        if width > 1:
            ranks = ranks * width + of_column
            size *= width
    return ranks


def _ranks(column: CheckedColumn) -> tuple[np.ndarray, int]:
    """Rank the cells of a column by what they stand for (31/01/2019 and 2019-01-31 are one day); blank comes last.

    Return the ranks, and a number that is above all of them.
    """
    if not column.distinct:
        return np.zeros(len(column.codes), np.int64), 1
    refused = np.flatnonzero(column.refused)
    if isinstance(column, InstantColumn) and len(refused) < column.distinct:
        # A sort of ten million times only to rank them would cost more than the check.
        ranks = column.seconds - pc.min(column.values).cast(pa.int64()).as_py()
        above = int(pc.max(column.values).cast(pa.int64()).as_py() - pc.min(column.values).cast(pa.int64()).as_py()) + 1
    else:
        ranks = numbers(pc.rank(column.values, tiebreaker="dense"), np.uint64).astype(np.int64)
        above = int(ranks.max(initial=0)) + 1
    ranks[refused] = above + np.arange(len(refused))
    blank = above + len(refused)
    if not (column.codes < 0).any():
        return ranks.take(column.codes), blank
    return np.append(ranks, blank).take(column.codes), blank + 1


def _checked(declared: Column, cells: pa.ChunkedArray, open_ends: Collection[date]) -> CheckedColumn:
    if declared.kind is Kind.INSTANT:
        return InstantColumn(declared, cells)
    return CheckedColumn(declared, cells, open_ends)


class CheckedTable:
    """The rows of one table, the problems found in them, and which of them are left out for that.

    Every column of the model stands in ``columns``; one that was not given is blank throughout. ``readings`` are what
    was written in a force's words and read in ours; ``fallen`` (filled by ``cascade``) are rows that stand well
    themselves and are left out because a row they name is. ``reason`` is a number a row, int16: the position in
    ``reasons`` of the first rule that the row broke, -1 for a good row. Where a source is judged beside a store,
    ``own`` says which rows are the source's, and ``kept`` are the ids that the store holds.
    """

    def __init__(self, raw: RawTable, words: Words, open_ends: Collection[date] = ()) -> None:
        self.raw = raw
        self.declared = TABLES[raw.name]
        rows = len(raw.lines)
        self.columns = {
            c.name: _checked(c, raw.columns[c.name], open_ends)
            if c.name in raw.columns
            else CheckedColumn.absent(c, rows)
            for c in self.declared.columns
        }
        self.readings = [r for c in self.columns.values() for r in read_words(c, raw.name, raw.file, words)]
        self.findings: list[Finding] = [*raw.findings, *(self._not_known(r) for r in self.readings if not r.means)]
        self.fallen: list[Finding] = []
        self.reasons: list[tuple[Rule, str]] = []
        self.reason = np.full(rows, -1, np.int16)
        self.own = np.ones(rows, bool)
        self.kept: pa.Array = strings([])
        for finding in raw.findings:
            if finding.is_error and not finding.whole_file:
                self.leave_out(self._rows_on(finding.lines), finding.rule)

    def _not_known(self, reading: Reading) -> Finding:
        """Return the warning that a word was read as not recorded."""
        explained = reading.word, "This says that it is not known, and is read as not recorded."
        lines = self.raw.lines[reading.rows]
        return Finding(self.raw.file, reading.column, Rule.NOT_KNOWN, lines, lambda _: explained, Severity.WARNING)

    def _rows_on(self, lines: np.ndarray) -> np.ndarray:
        """Return the rows that begin on some lines; a row that could not be read is none."""
        places = np.searchsorted(self.raw.lines, lines)
        inside = places < len(self.raw.lines)
        places, lines = places[inside], lines[inside]
        return np.compress(self.raw.lines[places] == lines, places)

    @cached_property
    def identity(self) -> np.ndarray:
        """A number per row in the order of the table's identity, shape ``(rows,)``; the same for a repetition."""
        return identities([self.columns[n] for n in self.declared.identity])

    @cached_property
    def order(self) -> np.ndarray:
        """The rows in the order of the table's identity, shape ``(rows,)``."""
        return np.argsort(self.identity)

    @property
    def good(self) -> np.ndarray:
        """Whether each row broke no rule, shape ``(rows,)``."""
        return self.reason < 0

    def report(
        self,
        column: str,
        rule: Rule,
        rows: np.ndarray,
        explain: Callable[[int], tuple[str, str]],
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Record that rows (positions, rising) break a rule; an error leaves them out.

        ``explain`` gives value and remedy of a row.
        """
        if not len(rows):
            return
        lines = self.raw.lines[rows]
        self.findings.append(Finding(self.raw.file, column, rule, lines, lambda k: explain(int(rows[k])), severity))
        if severity is Severity.ERROR:
            self.leave_out(rows, rule)

    def report_text(
        self,
        column: str,
        rule: Rule,
        rows: np.ndarray,
        remedy: Callable[[str], str],
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Record rows whose text of ``column`` breaks a rule; ``remedy`` is told the text as it is read."""
        checked = self.columns[column]

        def explain(row: int) -> tuple[str, str]:
            return checked.written(row), remedy(checked.text(row))

        self.report(column, rule, rows, explain, severity)

    def leave_out(self, rows: np.ndarray, rule: Rule, of: str = "") -> None:
        """Leave rows out for a rule, unless they are left out already; ``of`` is the table that made them fall."""
        if (rule, of) not in self.reasons:
            self.reasons.append((rule, of))
        fresh = rows[self.reason[rows] < 0]
        self.reason[fresh] = self.reasons.index((rule, of))

    def fall(self, rows: np.ndarray, column: str, of: str) -> None:
        """Leave out rows whose ``column`` names a row of the table ``of`` that was left out, and list them."""
        texts = self.columns[column]
        remedy = f"The row of {of} that it names was left out, and so is this one. Mend that row; then both count."

        def explain(k: int) -> tuple[str, str]:
            return texts.text(int(rows[k])), remedy

        self.fallen.append(Finding(self.raw.file, column, Rule.LEFT_OUT, self.raw.lines[rows], explain))
        self.leave_out(rows, Rule.LEFT_OUT, of)

    def left_out(self) -> Iterable[tuple[str, int]]:
        """Yield how many rows were left out for each reason, those that could not be read among them."""
        counts = {rule: int((self.reason[self.own] == k).sum()) for k, rule in enumerate(self.reasons)}
        for finding in self.raw.findings:
            if (finding.is_error and not finding.whole_file) or finding.rule is Rule.NO_RECORD:
                unread = len(finding) - len(self._rows_on(finding.lines))
                counts[finding.rule, ""] = counts.get((finding.rule, ""), 0) + unread
        return (
            (f"refers to a row of {of} that was refused" if of else rule.value, count)
            for (rule, of), count in counts.items()
            if count
        )

    def days(self, settings: Settings) -> Days | None:
        """Return the days of the good rows; None where no event, nor the end of one, has a date."""
        events = [c for c in self.columns.values() if c.declared.event and c.distinct]
        parts = [(c.declared, *c.day_counts(self.good)) for c in events]
        return pooled(parts, settings) if any(n.any() for _, _, n in parts) else None

    def typed(self) -> pa.Table:
        """Return the source's good rows in the schema of the model, in the order of the table's identity."""
        rows = self.order
        if not (self.good.all() and self.own.all()):
            rows = rows[self.good[rows] & self.own[rows]]
        return pa.table({n: c.taken(rows) for n, c in self.columns.items()})


def check_alone(checked: CheckedTable) -> None:
    """Find the problems of a table that can be found without any other table."""
    _cells(checked)
    _required(checked)
    _pairs(checked)
    _orders(checked)
    _duplicates(checked)


def _cells(checked: CheckedTable) -> None:
    for name, column in checked.columns.items():
        rows = column.where(column.refused)

        def explain(row: int, column: CheckedColumn = column) -> tuple[str, str]:
            text, refusal = column.why(row)
            return text, refusal.remedy if refusal else ""

        for rule, of_rule in _by_rule(column, rows):
            checked.report(name, rule, of_rule, explain)
        if column.declared.kind in (Kind.DATE, Kind.MOMENT, Kind.INSTANT) and column.distinct:
            if isinstance(column, InstantColumn):
                written = column.where(column.day_first)
            else:
                written = column.where(bools(pc.match_substring(column.texts, DAY_FIRST)) & ~column.refused)
            checked.report_text(name, Rule.DAY_FIRST, written, _day_first_read, Severity.WARNING)


def _day_first_read(text: str) -> str:
    day, month, *_ = text.split("/")
    return f"Read as day {day} of month {month}; year-month-day is safer."


def _by_rule(column: CheckedColumn, rows: np.ndarray) -> Iterable[tuple[Rule, np.ndarray]]:
    """Split refused rows by the rule they break, again one look per distinct text."""
    codes = column.codes[rows]
    distinct, first = np.unique(codes, return_index=True)
    rules: dict[Rule, list[int]] = {}
    for code, at in zip(distinct, first, strict=True):
        refusal = column.why(int(rows[at]))[1]
        if refusal is not None:
            rules.setdefault(refusal.rule, []).append(int(code))
    return ((rule, rows[np.isin(codes, members)]) for rule, members in rules.items())


def _required(checked: CheckedTable) -> None:
    declared = checked.declared
    for column in declared.columns:
        # What may be said once elsewhere is asked for where both places are known.
        if column.never_blank and not column.once:
            rows = np.flatnonzero(checked.columns[column.name].blank)
            remedy = f"Fill in {column.name}, or delete the row: {declared.name} needs it in every row."
            checked.report(column.name, Rule.REQUIRED, rows, _nothing_there(remedy))
    for names in declared.any_of:
        blank = np.logical_and.reduce([checked.columns[n].blank for n in names])
        remedy = f"Fill in {' or '.join(names)}."
        checked.report(names[0], Rule.ANY_OF, np.flatnonzero(blank), _nothing_there(remedy))


def _nothing_there(remedy: str) -> Callable[[int], tuple[str, str]]:
    return lambda _: ("", remedy)


def always(remedy: str) -> Callable[[str], str]:
    """Return a remedy that is the same whatever the text."""
    return lambda _: remedy


MOST_TOLD = 20
"""Words of one column that are told one by one; the others are told together."""


def by_frequency(of_row: np.ndarray, texts: Sequence[str], odd: Sequence[int] | np.ndarray) -> Iterator[np.ndarray]:
    """Yield the rows of each odd text, the most frequent first; those of very many texts together at the end.

    ``of_row`` is the position in ``texts`` of the text in each row, -1 where none is; ``odd`` are positions in it.
    """
    marked = np.zeros(len(texts) + 1, bool)
    marked[odd] = True
    rows = np.flatnonzero(marked[of_row])
    codes, counts = np.unique(of_row[rows], return_counts=True)
    order = sorted(range(len(codes)), key=lambda i: (-counts[i], texts[int(codes[i])]))
    for i in order[:MOST_TOLD]:
        yield rows[of_row[rows] == codes[i]]
    if len(order) > MOST_TOLD:
        yield rows[np.isin(of_row[rows], codes[order[MOST_TOLD:]])]


def _pairs(checked: CheckedTable) -> None:
    for one, other in checked.declared.together:
        for here, there in ((one, other), (other, one)):
            alone = checked.columns[there].blank & ~checked.columns[here].blank
            remedy = f"Fill in {there} too, or clear {here}: each is of no use without the other."
            checked.report_text(here, Rule.TOGETHER, np.flatnonzero(alone), always(remedy))
    for one, other in checked.declared.differ:
        a, b = checked.columns[one], checked.columns[other]
        if not a.distinct or not b.distinct:
            continue
        places = pc.index_in(b.texts, a.texts)
        place = np.where(missing(places), np.int32(-2), numbers(places, np.int32))
        same = np.append(place, np.int32(-2))[b.codes] == a.codes
        what = "thing" if a.declared.refers == "things" else "person"
        remedy = f"{one} and {other} name the same {what}. Correct one of them, or delete the row."
        checked.report_text(other, Rule.SELF, np.flatnonzero(same), always(remedy))


def _orders(checked: CheckedTable) -> None:
    for first, second in checked.declared.orders:
        a, b = checked.columns[first], checked.columns[second]
        if not a.distinct or not b.distinct:
            continue
        rows = np.flatnonzero(a.times() > b.times())
        kinds = {a.declared.kind, b.declared.kind}
        if Kind.INSTANT in kinds and len(rows):
            # A day alone is all of that day, as the clock on the wall counts it.
            alone = [c.spread(c.told == Told.DAY)[rows] for c in (a, b) if isinstance(c, InstantColumn)]
            days = [
                np.where(day, at, on_the_wall(at)).astype("datetime64[D]")
                for day, at in zip(alone, (a.times()[rows], b.times()[rows]), strict=True)
            ]
            rows = rows[~(alone[0] | alone[1]) | (days[0] > days[1])]
        elif Kind.MOMENT in kinds and len(rows):
            # In the hour that comes twice in October the clock may show less though time has passed.
            rows = rows[universal(a.times()[rows]) > universal(b.times()[rows], later=True)]

        def explain(
            row: int, a: CheckedColumn = a, b: CheckedColumn = b, first: str = first, second: str = second
        ) -> tuple[str, str]:
            return b.text(row), f"{second} lies before {first} ({a.text(row)}). Correct one of the two dates."

        checked.report(second, Rule.IMPOSSIBLE_DATE, rows, explain)


def _duplicates(checked: CheckedTable) -> None:
    names = checked.declared.identity
    # Rows with a blank or refused key are reported for that; as duplicates they would be noise.
    ordered = checked.identity[checked.order]
    if (ordered[1:] > ordered[:-1]).all():
        return
    keys = [checked.columns[n] for n in checked.declared.key]
    sound = np.logical_and.reduce([~key.blank & ~key.spread(key.refused) for key in keys])
    repeats = repeats_of(checked.columns, checked.identity, sound, checked.good)
    if repeats is None:
        return
    checked.report(names[0], Rule.DUPLICATE, repeats.rows, _repeat(checked, repeats))
    # Which copy is kept must not depend on the order of the rows, so it may be another than the first.
    checked.reason[repeats.keep] = -1
    checked.leave_out(repeats.drop, Rule.DUPLICATE)


def _repeat(checked: CheckedTable, repeats: Repeats) -> Callable[[int], tuple[str, str]]:
    names = checked.declared.identity
    first = dict(zip(repeats.rows.tolist(), repeats.first.tolist(), strict=True))

    def explain(row: int) -> tuple[str, str]:
        value = ", ".join(filter(None, (checked.columns[n].text(row) for n in names)))
        other = first[row]
        apart = [n for n, c in checked.columns.items() if c.text(row) != c.text(other)]
        line = checked.raw.lines[other]
        if apart:
            return value, f"Line {line} is the same record with another {', '.join(apart)}. Keep the one that is right."
        return value, f"Line {line} is the same record. Delete one of the two."

    return explain
