"""Asking all watches of some records, and keeping what is new; one that fails says so and stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from ocgnet.dataset import About, Dataset
from ocgnet.days import days_of
from ocgnet.edit.place import Place
from ocgnet.edit.stores import DuckDBPlace, Neo4jPlace
from ocgnet.errors import OcgnetError, StoreError, UsageError
from ocgnet.evidence.period import overdue
from ocgnet.evidence.restricted import restricted_ids
from ocgnet.model import PERSON_TABLES
from ocgnet.queries.ask import Records, ask_records, ask_store, own_limit
from ocgnet.queries.query import Answer
from ocgnet.queries.watched_rows import Found, State, changing, failed, merged, read_state
from ocgnet.queries.watches import Watch, tables_beside, tables_missing
from ocgnet.settings import Settings
from ocgnet.store import LoadManifest
from ocgnet.store.merging import ForceState

MOST_ROWS = 20_000
"""Rows of one watch at most: what nobody can look through is no watch."""


def run_watches(
    where: str | Path,
    place: Place,
    watches: Sequence[Watch],
    file: Path,
    day: date,
    password: Callable[[str], str] | None = None,
    settings: Settings | None = None,
) -> list[Found]:
    """Ask the watches of some records, keep what they found in a file, and return it, one for each watch.

    Parameters
    ----------
    where, place : str or Path, Place
        The records, as they were named and as a place.
    watches : sequence of Watch
        What is asked.
    file : Path
        Where it is kept, see :func:`ocgnet.queries.watched_rows.home_of`.
    day : datetime.date
        The day that is noted for what is new or gone.
    password, settings
        As :func:`ocgnet.queries.ask.ask_store` takes them.

    Raises
    ------
    SourceError, OutputError
        When the file cannot be read or written. Whatever goes wrong with a watch is in what is returned for it.
    """
    settings = settings or Settings()
    asker = _Asker(where, place, password, settings)
    asked_at = datetime.now(UTC).isoformat(timespec="microseconds")
    answers = [_tried(asker, watch) for watch in watches]
    hidden, given = asker.hidden(), asker.given
    found: list[Found] = []
    with changing(file) as put:
        state = read_state(file)
        for watch, (answer, cut, why) in zip(watches, answers, strict=True):
            state, one = _kept(state, watch, answer, why, asked_at, day, hidden, given, cut=cut)
            found.append(one)
        put(state)
    return found


def _kept(
    state: State,
    watch: Watch,
    answer: Answer,
    why: str,
    asked_at: str,
    day: date,
    hidden: set[str],
    given: frozenset[str],
    *,
    cut: bool,
) -> tuple[State, Found]:
    if not why:
        try:
            kept, one = merged(state, watch, answer, asked_at, day.isoformat(), hidden, cut=cut)
        except UsageError as error:
            why = str(error)
        else:
            lacking = tables_beside(watch.query, given)
            beside = (f"{watch.query.name} also reads {', '.join(lacking)}, which these records do not have.",)
            ends = (f"{watch.query.name} ends with a LIMIT that is reached, so what is gone is not known.",)
            return kept, replace(one, notes=(*answer.notes, *(beside if lacking else ()), *(ends if cut else ())))
    return failed(state, watch, why, day.isoformat())


def _tried(asker: _Asker, watch: Watch) -> tuple[Answer, bool, str]:
    """Return the answer to a watch and whether it is cut off, or why there is none."""
    nothing = Answer((), ())
    try:
        asker.refuse_missing(watch)
        _, values, answer = asker.ask(watch)
    except OcgnetError as error:
        return nothing, False, str(error)
    except Exception as error:
        # Whatever an engine or a driver raises, the question was not answered, and the others are still asked.
        return nothing, False, f"the question could not be asked ({type(error).__name__})"
    if len(answer.rows) > MOST_ROWS:
        why = f"it has {len(answer.rows):,} rows, more than the {MOST_ROWS:,} that are kept. Ask for less."
        return nothing, False, why
    limit = own_limit(watch.query, values)
    return answer, limit is not None and len(answer.rows) >= limit, ""


class _Asker:
    """Asks of one place; records without a server are read once for all watches."""

    def __init__(
        self, where: str | Path, place: Place, password: Callable[[str], str] | None, settings: Settings
    ) -> None:
        self.where, self.place, self.password, self.settings = str(where), place, password, settings
        self._records: Records | None = None
        self._why = ""
        self.given: frozenset[str] = frozenset()

    def refuse_missing(self, watch: Watch) -> None:
        """Raise StoreError where the records have no table of those that a question reads."""
        self.given = self.given or self.place.given
        if lacking := tables_missing(watch.query, self.given):
            needed = "; ".join(" or ".join(group) for group in lacking)
            raise StoreError(f"{watch.query.name} reads {needed}, and these records have no such table")

    def ask(self, watch: Watch) -> tuple[About, dict[str, object], Answer]:
        if isinstance(self.place, Neo4jPlace):
            # Whoever opened the place gave the password; it is not asked for at every question.
            given = self.place.store.address.password
            password = (lambda _prompt: given) if given else self.password
            return ask_store(self.where, watch.query, watch.given, password, self.settings, every_row=True)
        return ask_records(self.records(), watch.query, watch.given, self.settings, every_row=True)

    def records(self) -> Records:
        """Return the records; what could not be read once is not read again for each watch."""
        if self._why:
            raise StoreError(self._why)
        if self._records is None:
            try:
                self._records = self._read()
            except OcgnetError as error:
                self._why = str(error)
                raise
        return self._records

    def _read(self) -> Records:
        dataset = self.place.sound()
        if isinstance(self.place, DuckDBPlace):
            return Records(dataset, self.place.store.states(), self.where)
        alone = ForceState(dataset.about, dataset.left_out, dataset.given, LoadManifest((), ""))
        return Records(dataset, {"": alone}, self.where)

    def hidden(self) -> set[str]:
        """Return who may be in no answer: the restricted, and people and children whose review is overdue."""
        if isinstance(self.place, Neo4jPlace):
            return _hidden_on_server(self.place)
        if self._records is None:
            return set()
        return _hidden_in(self._records.dataset, self.settings)


def _hidden_in(dataset: Dataset, settings: Settings) -> set[str]:
    from ocgnet.days import latest_event

    days = days_of(dataset.tables, settings) if dataset.about.as_of is None else {}
    day = dataset.about.as_of or latest_event(days, settings).day or settings.today
    late = {
        person
        for name, key in PERSON_TABLES.items()
        for person in dataset[name].filter(overdue(dataset[name], day))[key].to_pylist()
    }
    return late | set(restricted_ids(dataset.tables))


def _hidden_on_server(place: Neo4jPlace) -> set[str]:
    from ocgnet.model.graph import PERSON
    from ocgnet.store.neo4j.connection import connected

    try:
        with connected(place.store.address) as connection:
            day = place.about.as_of or date.today()
            rows = connection.rows(
                f"MATCH (p:{PERSON.label}) WHERE p.restricted_on IS NOT NULL OR p.overdue_after < $day "
                f"RETURN p.{PERSON.key} AS id",
                day=day,
            )
    except OcgnetError:
        # Then no watch was answered either, and no row is judged.
        return set()
    return {row["id"] for row in rows}
