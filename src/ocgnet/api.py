"""The way in from Python: what ``import ocgnet`` offers.

This room stands above views and casework, as the commands do. The answers of ``main_job`` and ``profile`` are
values that know nothing of pages, graphs or the log; here they get the methods that make those of them, so that
imports still point down. What reads or writes records of people is told to the log first, once, with the
caller's reason: the argument ``reason``, else that of ``$OCGNET_REASON``. Pure functions tell it nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocgnet import __version__, results
from ocgnet.audit import Act, log_of, log_path
from ocgnet.audit.log import refuse_log
from ocgnet.audit.read import people_in
from ocgnet.checks.check import Checked, read_dataset
from ocgnet.checks.check import check as check_records
from ocgnet.dataset import Dataset
from ocgnet.errors import RecordError
from ocgnet.files.writing import refuse_foreign, refuse_strange
from ocgnet.local_profile.profile import Profile as LocalProfile
from ocgnet.local_profile.profile import profile_of
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.store import LoadManifest, StoreReport
from ocgnet.store import open_store as store_of
from ocgnet.store.contract import OWN_SERVER, names_store

if TYPE_CHECKING:
    import networkx as nx
    from pyvis.network import Network

    from ocgnet.views.notebook import Page


def read(
    place: str | Path, *, reason: str = "", settings: Settings | None = None, skip_rejects: bool = False
) -> Dataset:
    """Read and check records.

    Parameters
    ----------
    place : str or Path
        Folder of CSV or Parquet files, one .xlsx, or a store as for :func:`open_store`.
    reason : str
        Why, for the log; without it the reason of ``$OCGNET_REASON``.
    settings : Settings, optional
        The day that is taken for today, the period, open ends, and with ``skip_rejects`` the losses accepted.
    skip_rejects : bool
        Leave out rows with an error, and rows that refer to one, instead of refusing all.

    Raises
    ------
    LogError
        When the log cannot be written; nothing is given then.
    SourceError, StoreError
        When there is nothing to read.
    RecordError
        When records break rules, or more of a table is lost than ``settings`` accept.
    """
    if place == OWN_SERVER or names_store(str(place)):
        return open_store(str(place)).read(reason=reason)
    settings = settings or Settings()
    with _logged("read", f"ocgnet.read({str(place)!r})", reason, Path(place)) as act:
        dataset, checked = read_dataset(place, skip_rejects=skip_rejects, settings=settings)
        dataset = replace(dataset, sources=checked.sources)
        if lost := [str(loss) for loss in dataset.losses if settings.refuses(loss)]:
            raise RecordError(
                f"Too much of the records could not be read: {'; '.join(lost)}. Correct the rows, or say with "
                "Settings(accepted_losses=((table, share), …)) that the answers may do without them."
            )
        act.saw(people_in(dataset))
    return dataset


def check(place: str | Path, *, reason: str = "", settings: Settings | None = None) -> Checked:
    """Find every problem of a folder or workbook in one pass: ``problems``, ``warnings`` and the good ``dataset``.

    Parameters
    ----------
    place, reason, settings
        As for :func:`read`.

    Raises
    ------
    LogError
        When the log cannot be written; nothing is given then.
    SourceError
        When there is nothing to read.
    """
    with _logged("read", f"ocgnet.check({str(place)!r})", reason, Path(place)) as act:
        checked = check_records(place, settings=settings)
        if checked.whole():
            act.saw(people_in(checked.dataset))
    return checked


class Store:
    """A store of records; made by :func:`open_store`. What reads or fills it is told to the log first.

    Parameters
    ----------
    uri : str
        Its name.
    ask : callable, optional
        Asked for a password that the environment does not give.
    """

    def __init__(self, uri: str, ask: Callable[[str], str] | None = None) -> None:
        self.uri = uri
        self._store = store_of(uri, ask)

    def __repr__(self) -> str:
        return f"ocgnet.open_store({self.uri!r})"

    def read(self, *, reason: str = "") -> Dataset:
        """Return all records, told to the log as :func:`ocgnet.read` does; ``StoreError`` when there are none."""
        with _logged("read", f"{self!r}.read()", reason, Path(self.uri)) as act:
            dataset = replace(self._store.read(), sources=self._store.manifest().sources)
            act.saw(people_in(dataset))
        return dataset

    def write(self, dataset: Dataset, *, replace: bool = False, reason: str = "") -> StoreReport:
        """Bring records into the store, as ``ocgnet load`` does; with ``replace`` what they lack is removed."""
        if "://" not in self.uri:
            refuse_log(log_path(), Path(self.uri))
            refuse_strange(Path(self.uri))
        with _logged("load", f"{self!r}.write(replace={replace})", reason, Path(self.uri)) as act:
            act.saw(people_in(dataset))
            done = self._store.write(dataset, LoadManifest(dataset.sources, __version__), replace=replace)
            act.note(store=self.uri, rows=done.rows, added=done.added, changed=done.changed, removed=done.removed)
        return done

    def manifest(self) -> LoadManifest:
        """Return which files the latest load brought."""
        return self._store.manifest()


def open_store(uri: str, ask: Callable[[str], str] | None = None) -> Store:
    """Return the store that ``uri`` names; nothing is opened or made yet.

    Parameters
    ----------
    uri : str
        A file ending in ``.duckdb``, the address of a Neo4j server such as ``bolt://127.0.0.1:7687``, or ``neo4j``
        for the server that ``ocgnet neo4j start`` started.
    ask : callable, optional
        Asked for a password that neither ``OCGNET_NEO4J_PASSWORD`` nor ``OCGNET_NEO4J_PASSWORD_FILE`` gives.

    Raises
    ------
    UsageError
        When the name means no kind of store.
    """
    return Store(uri, ask)


def analyse(dataset: Dataset, settings: Settings | None = None) -> Analysis:
    """Answer the questions of a local profile's chapter on organised crime groups, as ``ocgnet analyse`` does.

    Parameters
    ----------
    dataset : Dataset
        Checked records, as from :func:`read`.
    settings : Settings, optional
        Filters, thresholds and the seed.

    Raises
    ------
    UsageError
        When the settings name a group that does not exist, or dates that the data cannot have.
    """
    from ocgnet.main_job import analyse as answered

    clock = _Clock(_READ)
    answer = answered(dataset, settings, clock)
    return Analysis(**_fields(answer), dataset=dataset, seconds=clock.so_far())


def profile(dataset: Dataset, settings: Settings | ProfileSettings | None = None) -> Profile:
    """Answer the questions of a serious and organised crime local profile, as ``ocgnet profile`` does.

    Parameters
    ----------
    dataset : Dataset
        Checked records, as from :func:`read`.
    settings : Settings or ProfileSettings, optional
        Filters and seed; a ``ocgnet.settings.ProfileSettings`` has periods, weights and thresholds besides.

    Raises
    ------
    UsageError
        When periods are impossible.
    """
    if settings is None or isinstance(settings, Settings):
        settings = ProfileSettings(analysis=settings or Settings())
    clock = _Clock(_READ)
    answer = profile_of(dataset, settings, clock)
    return Profile(**_fields(answer), dataset=dataset, seconds=clock.so_far())


_READ = "reading and checking"
"""First step of a command; here the records are there already."""


class _Clock:
    """Times the steps of an answer as a command does."""

    def __init__(self, first: str) -> None:
        self.begun = [(first, time.perf_counter())]

    def __call__(self, step: str) -> None:
        self.begun.append((step, time.perf_counter()))

    def so_far(self) -> dict[str, float]:
        ends = [moment for _, moment in self.begun[1:]] + [time.perf_counter()]
        return {name: round(end - begin, 3) for (name, begin), end in zip(self.begun, ends, strict=True)}


def _fields(answer: Any) -> dict[str, Any]:
    return {f.name: getattr(answer, f.name) for f in fields(answer)}


def _saved(answer: Analysis | Profile, made_by: str, out: Path, reason: str, write: Callable[..., None]) -> Path:
    """Write an answer as its command does, and refuse what the command refuses before the log is told."""
    refuse_log(log_path(), out)
    refuse_foreign(out, made_by)
    clock = _Clock("tables")
    with _logged("export", f"{type(answer).__name__}.save({str(out)!r})", reason, out) as act:
        act.saw(people_in(answer.dataset))
        sources = [asdict(source) for source in answer.dataset.sources]
        write(out, answer, sources=sources, seconds=lambda: {**answer.seconds, **clock.so_far()}, step=clock)
        act.wrote(out)
    return out


@dataclass(frozen=True, eq=False, repr=False)
class Analysis(results.Analysis):
    """Everything one run answers; made by :func:`analyse`.

    ``findings`` are its sentences, ``tables`` its tables by the name of their file, and each table is an attribute
    too: ``analysis.roles.to_frame()`` is a pandas frame. The other fields are those of ``results.Analysis``.

    Parameters
    ----------
    dataset : Dataset
        The records.
    seconds : mapping of str to float
        By step.
    """

    dataset: Dataset = field(kw_only=True)
    seconds: Mapping[str, float] = field(kw_only=True)

    def __repr__(self) -> str:
        return f"<Analysis {self.run_id}: {self.network.nodes:,} people, {self.network.edges:,} ties>"

    @property
    def findings(self) -> list[str]:
        """The findings in sentences, the headline first."""
        from ocgnet.views.words.findings import findings

        return findings(self)

    def graph(self, layer: str = "", *, directed: bool = False) -> nx.Graph:
        """Return the ties as a ``networkx.Graph``.

        Parameters
        ----------
        layer : str
            Ties by ``crimes``, ``reports``, ``contacts`` or one kind of contact alone, such as ``phone``; all without.
        directed : bool
            Return a ``networkx.DiGraph`` of the contacts that have a direction, from whom they come to whom.

        Returns
        -------
        networkx.Graph
            Nodes are the ids of all nominals, tied or not, with ``name``, ``group`` (the one of the highest recorded
            role), ``recorded_role``, ``suggested_role``, ``stability`` and every column of the table ``people``, which
            measures the whole network whatever the layer. Edges have ``weight``, ``distance`` (1/weight to seven
            places, the length of our shortest paths), ``kinds`` and ``events`` separated by ``|``, ``first_on`` and
            ``last_on`` in ISO, and ``events_withheld``. Missing texts and dates are empty, missing numbers NaN.

        Raises
        ------
        UsageError
            When there is no such layer, or a direction is asked of crimes, reports or shared things.
        """
        from ocgnet.views.networkx_graph import graph_of

        return graph_of(self, self.dataset, layer, directed=directed)

    def to_pyvis(self, layer: str = "", *, directed: bool = False, **options: Any) -> Network:
        """Return the ties as a stock ``pyvis.network.Network``, for those who know pyvis.

        Parameters
        ----------
        layer, directed
            As for :meth:`graph`.
        **options
            Of ``pyvis.network.Network``, such as ``height``, ``bgcolor``, ``select_menu`` or ``heading``, which the
            marking precedes. ``cdn_resources`` is ``in_line`` unless given.

        Notes
        -----
        Its page is pyvis's own: it names Bootstrap on a public address, and nothing in it tells the log. :meth:`chart`
        needs no network.
        """
        from ocgnet.views.networkx_graph import pyvis_of

        return pyvis_of(self.graph(layer, directed=directed), self.marking, **options)

    def chart(self) -> Page:
        """Return our chart as the text of one page, the same that ``save`` writes as ``network.html``."""
        from ocgnet.views.chart import chart_html, chart_payload
        from ocgnet.views.notebook import Page

        return Page(chart_html(chart_payload(self)))

    def save(self, out: str | Path, *, reason: str = "") -> Path:
        """Write the folder that ``ocgnet analyse --out`` writes, told to the log first, and return its path.

        Raises
        ------
        LogError
            When the log cannot be written; nothing is written then.
        OutputError
            When ``out`` cannot be written or holds somebody else's files; nothing is changed then.
        """
        from ocgnet.views.folder import write_run

        return _saved(self, "ocgnet analyse", Path(out), reason, write_run)

    def _repr_html_(self) -> str:
        from ocgnet.views.notebook import analysis_html

        return analysis_html(self)


@dataclass(frozen=True, eq=False, repr=False)
class Profile(LocalProfile):
    """Everything one profile answers; made by :func:`profile`.

    ``figures`` by id, ``tables`` by name: ``profile.tables["areas"].to_frame()``.

    Parameters
    ----------
    dataset : Dataset
        The records.
    seconds : mapping of str to float
        By step.
    """

    dataset: Dataset = field(kw_only=True)
    seconds: Mapping[str, float] = field(kw_only=True)

    def __repr__(self) -> str:
        return f"<Profile {self.run_id}: {len(self.figures):,} figures, {len(self.tables):,} tables>"

    @property
    def findings(self) -> list[str]:
        """The findings in sentences."""
        from ocgnet.views.words.profile import profile_words

        return profile_words(self)["findings"]

    def save(self, out: str | Path, *, reason: str = "") -> Path:
        """Write the folder that ``ocgnet profile --out`` writes; as :meth:`Analysis.save`."""
        from ocgnet.views.profile import write_profile

        return _saved(self, "ocgnet profile", Path(out), reason, partial(write_profile, comparison=None))

    def _repr_html_(self) -> str:
        from ocgnet.views.notebook import profile_html

        return profile_html(self)


@contextmanager
def _logged(kind: str, call: str, reason: str, *places: Path) -> Iterator[Act]:
    """Run a body as one act of the log; without the log it does not run."""
    with log_of().outside(*places).act(kind, what=call, reason=reason) as act:
        yield act
