"""What an analysis answers: frozen values that views print and files hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from ocgnet.dataset import About, LeftOut, Loss
from ocgnet.results.columns import RESULT_TABLES, ResultColumn
from ocgnet.results.response_columns import RESPONSE_RESULTS
from ocgnet.results.rests_on import TABLES, great, rests_on, why
from ocgnet.results.thing_columns import THING_RESULTS
from ocgnet.results.things import ThingsDrawn
from ocgnet.settings import Settings

_DECLARED = {**RESULT_TABLES, **THING_RESULTS, **RESPONSE_RESULTS}


@dataclass(frozen=True)
class ResultTable:
    """A result with exactly the columns declared under its name, rows in the declared order.

    ``RESULT_TABLES`` declares the tables of an analysis, ``THING_RESULTS`` those that things answer,
    ``RESPONSE_RESULTS`` those about what is done.
    """

    name: str
    frame: pd.DataFrame

    def __post_init__(self) -> None:
        expected = [c.name for c in self.columns]
        if list(self.frame.columns) != expected:
            raise ValueError(f"{self.name}: columns are {list(self.frame.columns)}, declared are {expected}")

    @classmethod
    def of(cls, name: str, rows: pd.DataFrame | Sequence[object]) -> ResultTable:
        """Return the named table with these rows, of which only the declared columns are taken."""
        columns = [c.name for c in _DECLARED[name]]
        return cls(name, pd.DataFrame(rows, columns=columns).reset_index(drop=True))

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """Declared columns."""
        return _DECLARED[self.name]

    def to_frame(self) -> pd.DataFrame:
        """Return a copy that the caller may change."""
        return self.frame.copy()


def not_computed(name: str) -> ResultTable:
    """Return the named table without rows: not computed."""
    return ResultTable.of(name, ())


def tables_of(*computed: ResultTable) -> dict[str, ResultTable]:
    """Return every result table by name, in the order of ``RESULT_TABLES``; without rows what was not computed."""
    by_name = {table.name: table for table in computed}
    return {name: by_name.get(name) or not_computed(name) for name in RESULT_TABLES}


class NamedTable:
    """An attribute that is the result table of its name: ``analysis.roles`` is ``analysis.tables["roles"]``."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, analysis: Analysis, owner: type) -> ResultTable:
        # On the class itself, where help and pydoc look, there is no table: the attribute itself.
        return self if analysis is None else analysis.tables[self.name]  # type: ignore[redundant-expr]


@dataclass(frozen=True)
class Figure:
    """One number of the profile, with everything needed to defend it."""

    value: float | int | None  # None when it cannot be known from these records, never 0 for unknown
    unit: str  # count, share or change
    says: str
    numerator: int | None = None  # of a share
    denominator: int | None = None
    filter: str = ""  # which records were counted
    low: float | None = None  # 95% interval
    high: float | None = None
    null_low: float | None = None  # 95% band and median of the same figure under random allocation
    null_median: float | None = None
    null_high: float | None = None
    outside_chance: bool | None = None  # above the 99.9th percentile of random allocation
    unknown: str = ""  # which loss of records makes that the value is not known

    @classmethod
    def share(cls, part: int, whole: int, says: str, counted: str) -> Figure:
        """Return a share with what it is a share of; of nothing it is not known."""
        if not whole:
            return cls(None, "share", says, filter=counted)
        return cls(part / whole, "share", says, part, whole, counted)


@dataclass(frozen=True)
class Curve:
    """Union coverage by number of people, for one kind of event (``crimes`` or ``reports``), with its null.

    ``events`` is the denominator: events linked to at least one OCG nominal; ``people`` is how many nominals could be
    chosen. ``k`` are numbers of people, from 0, increasing; every number for small data, thinned for large. ``covered``
    is the share of events covered by the first ``k`` of the ranking; ``null_low``, ``null_median`` and ``null_high``
    are 2.5%, 50% and 97.5% of the same under random allocation.
    """

    kind: str
    events: int
    people: int
    k: np.ndarray
    covered: np.ndarray
    null_low: np.ndarray
    null_median: np.ndarray
    null_high: np.ndarray


@dataclass(frozen=True)
class Network:
    """The tie network as a whole; undirected and unweighted, in networkx's meaning.

    ``average_distance`` is the mean over connected pairs; NaN-free: None where a value is undefined.
    """

    nodes: int
    edges: int
    isolates: int
    components: int
    density: float | None
    mean_degree: float | None
    transitivity: float | None
    average_distance: float | None
    max_betweenness: float | None


@dataclass(frozen=True)
class Agreement:
    """Suggested against recorded roles: confusion counts, index recorded role, columns suggested role.

    ``compared`` are memberships with both roles; ``kappa`` is quadratic-weighted, None with fewer than two compared or
    no variation.
    """

    table: pd.DataFrame
    compared: int
    kappa: float | None


@dataclass(frozen=True)
class Analysis:
    """Everything one run answers.

    Parameters
    ----------
    as_of, period_from, period_to : date or None
        As used, after defaults; None when the data has no date.
    dates_note : str
        One sentence on where these dates come from.
    before_from, before_to, before_as_of : date or None
        The period that the figures are compared with, and the day on which its groups and members are judged.
    network_from : date or None
        First day of the records that make ties; None when all up to ``as_of`` do.
    outside : tuple of LeftOut
        Of ``left_out``, what lies outside the period of the figures or of the network.
    gap_notes : tuple of str
        Of ``notes``, the sentence on tables in which no change is stated because the records do not cover it.
    record_dates : pandas.DataFrame
        When the records of each table are dated, as from ``record_dates.dates_frame``.
    run_id : str
        Twelve hex digits from the records' fingerprint, the settings and the version.
    figures : mapping of str to Figure
        By figure id.
    tables : mapping of str to ResultTable
        The tables by the name of their file in ``tables/``, all of ``RESULT_TABLES`` in its order; what was not
        computed has no rows, which ``notes`` says. Each is an attribute too: ``analysis.roles.to_frame()``.
    groups : pandas.DataFrame
        One row per group on the analysis date: ocg_id, name, status, primary_crime_type, commodity,
        members, suggested_principals, children, crimes, reports.
    notes : tuple of str
        Caveats that belong on every output of this run.
    today : date or None
        The day on the clock where it decided ``as_of``.
    first : tuple of str
        What has to be read before the findings, because it may turn them round.
    losses : tuple of Loss
        How much of each table could not be read, whatever its share.
    events : pandas.DataFrame
        Crimes and reports behind the ties that may be named, with date, title, grades, origin and place:
        the columns of ``analysis.tie_events.EVENT_COLUMNS``; empty where not asked for.
    stands : pandas.DataFrame
        As what each nominal stands in each crime that counts: the columns of ``analysis.link_roles.STANDS_COLUMNS``;
        without rows where only links as a suspect count.
    things : ThingsDrawn
        Phones, vehicles and other things that the chart draws when asked for.
    thing_tables : mapping of str to ResultTable
        What things answer, by the name of the file in ``tables/``: all of ``THING_RESULTS``, as from ``things_job``.
    """

    about: About
    settings: Settings
    as_of: date | None
    period_from: date | None
    period_to: date | None
    dates_note: str
    run_id: str
    figures: Mapping[str, Figure]
    network: Network
    tables: Mapping[str, ResultTable]
    agreement: Agreement
    curves: tuple[Curve, ...]
    rows_in: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    groups: pd.DataFrame
    notes: tuple[str, ...]
    today: date | None = None
    first: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    events: pd.DataFrame = field(default_factory=pd.DataFrame)
    stands: pd.DataFrame = field(default_factory=pd.DataFrame)
    before_from: date | None = None
    before_to: date | None = None
    before_as_of: date | None = None
    network_from: date | None = None
    outside: tuple[LeftOut, ...] = ()
    gap_notes: tuple[str, ...] = ()
    record_dates: pd.DataFrame = field(default_factory=pd.DataFrame)
    things: ThingsDrawn = field(default_factory=ThingsDrawn)
    thing_tables: Mapping[str, ResultTable] = field(default_factory=dict)

    roles = NamedTable()
    people = NamedTable()
    concentration = NamedTable()
    children = NamedTable()
    child_links = NamedTable()
    child_links_ended = NamedTable()
    child_components = NamedTable()
    child_sensitivity = NamedTable()
    child_pathway = NamedTable()
    pathway_counts = NamedTable()
    child_missing = NamedTable()
    missing_recurring = NamedTable()
    communities = NamedTable()
    ties = NamedTable()
    greedy = NamedTable()
    top_lists = NamedTable()
    grade_sensitivity = NamedTable()
    snapshots = NamedTable()
    paths = NamedTable()
    turnover = NamedTable()
    layers = NamedTable()
    disagreements = NamedTable()
    resolutions = NamedTable()
    community_fit = NamedTable()
    outside_but_tied = NamedTable()
    highest_positions = NamedTable()
    group_questions = NamedTable()

    def unknown(self, answer: str) -> str:
        """Return which loss makes that an answer (a name of ``rests_on.TABLES``) is not known; empty where none."""
        return why(TABLES.get(answer), great(self.losses, self.settings.loss_limit))

    @property
    def marking(self) -> str:
        """Marking for every output, with ``SYNTHETIC DATA`` where the people are made up."""
        return self.about.marked


def known_figures(figures: Mapping[str, Figure], losses: Iterable[Loss], limit: float) -> dict[str, Figure]:
    """Return figures of which those that rest on a table of great loss are not known, each with the reason."""
    lost = great(losses, limit)
    if not lost:
        return dict(figures)
    return {name: _unknown(figure, why(rests_on(name), lost)) for name, figure in figures.items()}


def _unknown(figure: Figure, reason: str) -> Figure:
    if not reason:
        return figure
    nothing = dict.fromkeys(
        ("value", "numerator", "denominator", "low", "high", "null_low", "null_median", "null_high", "outside_chance")
    )
    blank = replace(figure, **nothing, unknown=reason)  # type: ignore[arg-type]
    return replace(blank, records=None) if hasattr(blank, "records") else blank  # type: ignore[call-arg]
