"""The tie network of an analysis as a networkx graph, and that graph as a stock pyvis network."""

from __future__ import annotations

import html
import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ocgnet.dataset import Dataset
from ocgnet.errors import UsageError
from ocgnet.evidence.evidence import Evidence, scope_of
from ocgnet.network.ties import BY_THINGS, CALLS, Ties, ties_of
from ocgnet.results import Analysis, ResultTable
from ocgnet.views.chart.layout import home_groups
from ocgnet.views.tables.text import plain_values
from ocgnet.visible import visible

if TYPE_CHECKING:
    import networkx as nx
    from pyvis.network import Network

OF_EVENTS = {"crimes": "crime", "reports": "report"}
"""Layers of events, with the kind of tie that each holds; the layer ``contacts`` holds every other kind."""


_PARTS = 8 * 720_720
_PART = round(2**46 / _PARTS) / 2**46
"""networkx takes two ways for equally short only where their lengths are the same number to the last bit; our engine
allows for the last bits by itself. So distances are whole numbers of parts, of which halves, thirds and every share
up to a sixteenth are whole numbers too (720,720 is their common multiple), and sums of parts are exact up to 128."""


def graph_of(analysis: Analysis, dataset: Dataset, layer: str = "", *, directed: bool = False) -> nx.Graph:
    """Return the ties of an analysis as a networkx graph; ``api.Analysis.graph`` says what stands in it.

    Raises
    ------
    UsageError
        When there is no such layer, or a direction is asked of events, which have none.
    """
    import networkx as nx

    if directed and (layer in OF_EVENTS or layer in set(BY_THINGS) - set(CALLS)):
        raise UsageError(f"Ties by {layer} have no direction; only contacts and calls have. Leave out directed=True.")
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.graph |= {"marking": analysis.marking, "run_id": analysis.run_id, "layer": layer}
    people = analysis.people
    ids = pd.Index(people.frame["nominal_id"])
    own = _rows(people, people.frame, people.frame.columns[1:])
    graph.add_nodes_from((i, own_row | role) for i, own_row, role in zip(ids, own, _roles(analysis, ids), strict=True))
    ties = analysis.ties
    for frame in _tie_frames(analysis, dataset, layer, directed=directed):
        edges = _rows(ties, frame, [c.name for c in ties.columns[2:]])
        for a, b, edge in zip(frame["person_a"], frame["person_b"], edges, strict=True):
            graph.add_edge(a, b, **edge, distance=round(_PARTS / edge["weight"]) * _PART)
    return graph


def _roles(analysis: Analysis, ids: pd.Index) -> list[dict[str, Any]]:
    """Return group and roles of each person: those of the one group under which the chart draws who is in several."""
    frame = analysis.roles.frame.assign(ocg_id=analysis.roles.frame["ocg_id"].fillna(""))
    home = pd.Series(home_groups(frame, ids), ids)
    frame = frame[frame["ocg_id"].to_numpy() == home.reindex(frame["nominal_id"]).to_numpy()]
    frame = frame.drop_duplicates("nominal_id").set_index("nominal_id").reindex(ids)
    names = ("ocg_id", "recorded_role", "suggested_role", "stability")
    return [{"group": row.pop("ocg_id"), **row} for row in _rows(analysis.roles, frame, names)]


def _tie_frames(analysis: Analysis, dataset: Dataset, layer: str, *, directed: bool) -> list[pd.DataFrame]:
    """Return the rows of the table ``ties`` for one layer or all; of a direction, where asked, first from whom."""
    if not layer and not directed:
        return [analysis.ties.frame]
    # The settings hold the day that the clock showed then, so that these are the ties of the analysis on any later day.
    evidence = scope_of(dataset, analysis.settings).network
    ties = ties_of(evidence, analysis.settings)
    if layer:
        ties = ties.layer(*_kinds(ties, layer))
    if not directed:
        return [ties.to_table(evidence).frame]
    forward, backward = (ties.kept(runs).to_table(evidence).frame for runs in _directions(ties, evidence))
    return [forward, backward.rename(columns={"person_a": "person_b", "person_b": "person_a"})]


def _kinds(ties: Ties, layer: str) -> tuple[str, ...]:
    contacts = tuple(k for k in ties.kinds if k not in (*OF_EVENTS.values(), *BY_THINGS))
    kinds = {name: (kind,) for name, kind in OF_EVENTS.items()} | {"contacts": contacts, "things": BY_THINGS}
    kinds |= {k: (k,) for k in (*contacts, *BY_THINGS)}
    if layer not in kinds:
        raise UsageError(f"There is no layer '{layer}'; there are {', '.join(kinds)}.")
    return kinds[layer]


def _directions(ties: Ties, evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Return per contribution whether it runs from the first person to the second, and whether the other way."""
    contacts = evidence.associations
    row = np.where(ties.contacts, ties.event, len(contacts.directed))
    directed, forward = (np.append(values, False)[row] for values in (contacts.directed, contacts.forward))
    # Calls run both ways where both called: they stand in either direction.
    calls, called = evidence.joined.calls, np.flatnonzero(ties.of_kinds(CALLS))
    runs = np.zeros((2, len(row)), bool)
    for way, counts in enumerate((calls.forward, calls.backward)):
        if len(called):
            runs[way, called] = (np.add.reduceat(counts, calls.contact) > 0)[
                np.searchsorted(calls.contact, ties.event[called])
            ]
    return (directed & forward) | runs[0], (directed & ~forward) | runs[1]


def _rows(table: ResultTable, frame: pd.DataFrame, names: Any) -> list[dict[str, Any]]:
    """Return rows as plain values that every writer of networkx takes: days as ISO text, no None."""
    kinds = {c.name: c.kind for c in table.columns}
    columns = {name: [_plain(v, kinds[name]) for v in plain_values(frame[name], kinds[name])] for name in names}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return math.nan if kind in ("count", "number", "share") else ""
    return value.isoformat() if isinstance(value, date) else value


def pyvis_of(graph: nx.Graph, marking: str, **options: Any) -> Network:
    """Return a stock pyvis network of a graph of :func:`graph_of`; ``api.Analysis.to_pyvis`` says what stands in it.

    pyvis compares each edge that it is given with all others, and puts text into its page as it stands. So edges
    are given to it as a whole, and the page's own text is escaped.
    """
    from pyvis.edge import Edge
    from pyvis.network import Network

    heading = options.pop("heading", "")
    network = Network(**{"cdn_resources": "in_line", "directed": graph.is_directed(), **options})
    network.templateEnv.autoescape = True
    network.heading = " · ".join(filter(None, (marking, heading)))
    titles = [_title(person, node) for person, node in graph.nodes.items()]
    # One title with this word makes pyvis show all of them as HTML.
    escape = html.escape if any("href" in title for title in titles) else str
    for (person, node), title in zip(graph.nodes.items(), titles, strict=True):
        # pyvis would give people of no group the colour of its first group.
        group = {"group": visible(node["group"])} if node["group"] else {"color": "#c8ccd0"}
        label = visible(node["name"] or person)
        network.add_node(person, label, title=escape(title), value=node["position_score"], **group)
    for a, b, edge in graph.edges(data=True):
        dates = " to ".join(dict.fromkeys(filter(None, (edge["first_on"], edge["last_on"]))))
        lines = (edge["kinds"].replace("|", ", "), dates, edge["events"].replace("|", ", "))
        title = visible("\n".join(filter(None, lines)), keep="\n")
        network.edges.append(Edge(a, b, network.directed, value=edge["weight"], title=title).options)
    return network


def _title(person: str, node: dict[str, Any]) -> str:
    lines = {
        "": f"{node['name']} ({person})" if node["name"] else person,
        "group: ": node["group"],
        "recorded role: ": node["recorded_role"],
        "suggested by position: ": node["suggested_role"],
        "position: ": f"{node['position_score']:.2f}",
    }
    return visible("\n".join(f"{says}{value}" for says, value in lines.items() if value), keep="\n")
