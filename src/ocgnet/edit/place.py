"""Where records are and can be changed: what every kind of place has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import pyarrow as pa

from ocgnet.dataset import About, Dataset
from ocgnet.edit.change import Change, Changed
from ocgnet.edit.neighbourhood import Concerned, Neighbourhood, concerned_by, part_of
from ocgnet.model import TABLES
from ocgnet.words import Words, built_in


class Place(ABC):
    """A folder, a workbook or a store.

    What is read and changed within ``with place.alone():`` is one transaction: nobody else changes these records
    in between. A single :meth:`amend` is one by itself.
    """

    _near: Neighbourhood | None = None
    """The rows met so far, while nobody else changes them."""

    @abstractmethod
    def dataset(self) -> Dataset:
        """Return all records, checked.

        Raises
        ------
        RecordError, SourceError, StoreError
            When they break rules or cannot be read.
        """

    @abstractmethod
    def sound(self, person: str = "") -> Dataset:
        """Return the records without rows that break rules, once no row that names this person is one of them.

        Raises
        ------
        RecordError
            When a row that names the person breaks a rule, or a table cannot be read as a whole.
        """

    @abstractmethod
    def texts(self) -> Mapping[str, pa.Table]:
        """Return every table of the model as text, whatever is wrong with its rows; blank is an empty text."""

    @abstractmethod
    def look_up(self, name: str, column: str, texts: Collection[str]) -> pa.Table:
        """Return the rows of a table of which a column holds one of some texts; of a list of ids, one of its ids."""

    @abstractmethod
    def _hold(self) -> AbstractContextManager[None]: ...

    @property
    @abstractmethod
    def about(self) -> About:
        """What the records say of themselves."""

    @property
    @abstractmethod
    def given(self) -> frozenset[str]:
        """Tables that the records have."""

    @property
    def words(self) -> Words:
        """What the words of the records mean."""
        return built_in()

    @abstractmethod
    def _write(self, change: Change, concerned: Concerned) -> None: ...

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everybody else from changing these records until the end; may be nested.

        Raises
        ------
        UsageError
            When this kind of place is only read.
        """
        if self._near is not None:
            yield
            return
        with self._hold():
            self._near = self._neighbourhood()
            try:
                yield
            finally:
                self._near = None

    def part(self, name: str, column: str, texts: Iterable[str], **beside: Iterable[str]) -> Dataset:
        """Return a part of the records: some rows of a table, and of others the rows with these ids.

        Raises
        ------
        RecordError
            When one of the rows of ``name`` breaks a rule.
        """
        near = self._near or self._neighbourhood()
        near.gather_targets(name, near.gather(name, column, texts))
        for other, ids in beside.items():
            near.gather_targets(other, near.gather(other, TABLES[other].key[0], ids))
        return part_of(near, name)

    def foresee(self, change: Change) -> None:
        """Refuse what :meth:`amend` would refuse, and change nothing."""
        with self.alone():
            concerned_by(change, self._near or self._neighbourhood())

    def amend(self, change: Change) -> dict[str, Changed]:
        """Make a change, all or nothing, and return how many rows of each table it touched.

        The rows concerned, and what refers to them, pass the check before anything is written; a fault elsewhere
        in the records does not stand in the way.

        Raises
        ------
        RecordError
            When the change breaks rules.
        UsageError
            When a row to drop or edit does not exist, or this kind of place is only read.
        SourceError, StoreError, OutputError
            When the place cannot be read or written.
        """
        if not change.tables:
            return {}
        with self.alone():
            self._write(change, concerned_by(change, self._near or self._neighbourhood()))
            self._near = self._neighbourhood()
        return change.counted()

    def _neighbourhood(self) -> Neighbourhood:
        return Neighbourhood(self.look_up, self.given, self.about, self.words)
