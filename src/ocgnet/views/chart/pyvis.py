"""A pyvis network that writes our page: safe with any text, offline, with positions computed beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyvis.network

from ocgnet.files.writing import sealed, write_text
from ocgnet.results.things import ThingsDrawn
from ocgnet.views.chart.html import chart_html
from ocgnet.views.chart.layout import boxes_of, two_level
from ocgnet.views.chart.payload import (
    OPEN_ALL_UP_TO,
    Payload,
    box_rows,
    event_columns,
    plain,
    thing_rows,
    where_people_are,
)

# The payload of a network that comes without an analysis: people, groups and ties only.

PERSON_COLUMNS = ("position_score", "community", "crimes", "reports", "harm", "harm_unknown")
TIE_COLUMNS = ("kinds", "first_on", "last_on", "events_withheld")


def plain_payload(
    title: str,
    marking: str,
    people: Sequence[tuple[str, str, str, str]],
    ties: Sequence[tuple[int, int, float, str]],
) -> Payload:
    """Return what the chart shows of a bare network, as ``chart_payload`` does, with the columns of an analysis blank.

    ``people`` are (id, name, group, note), sorted by id, each id once; group and note may be empty. ``ties`` are (row,
    row, strength, events): positions in ``people``, the smaller first, each pair once; events separated by ``|``.
    """
    count = len(people)
    ids = [p[0] for p in people]
    group = np.array([p[2] for p in people], object)
    a, b = (np.array([t[end] for t in ties], int) for end in (0, 1))
    weight = np.array([t[2] for t in ties], float)
    tied = np.zeros(count, bool)
    tied[a] = tied[b] = True
    boxes = boxes_of(pd.DataFrame({"ocg_id": [], "name": []}), group, np.full(count, "", object), tied)
    boxes = [replace(box, name="No group") if box.kind == "alone" else box for box in boxes]
    box, cell = where_people_are(boxes, count)
    positions = two_level(ids, cell, a, b, weight)
    return {
        "meta": {
            "title": title, "marking": marking, "data_line": [], "left_out": [], "notes": [], "run_id": "",
            "resamples": 0, "resample_up_to": 0, "recorded_kinds": [], "period": [None, None],
            "open_all_up_to": OPEN_ALL_UP_TO, "compared": None, "opening": "",
        },
        "people": {
            "id": ids, "name": [p[1] for p in people], "box": box.tolist(), "note": [p[3] for p in people],
            "stands": [""] * count, "x": positions[:, 0].tolist(), "y": positions[:, 1].tolist(),
            **{c: [None] * count for c in PERSON_COLUMNS},
        },
        "roles": [],
        "ties": {
            "a": a.tolist(), "b": b.tolist(), "weight": [plain(w) for w in weight], "events": [t[3] for t in ties],
            **{c: [None] * len(ties) for c in TIE_COLUMNS},
        },
        "boxes": box_rows(boxes, positions),
        "children": {"id": [], "name": []},
        "child_links": [],
        "links_as": [],
        **event_columns(pd.DataFrame()),
        **thing_rows(ThingsDrawn(), pd.Index(ids), {}),
    }  # fmt: skip


class OcgNetwork(pyvis.network.Network):  # type: ignore[misc]
    """``pyvis.network.Network`` whose pages keep text as text and ask nothing of a network.

    Nodes and edges are added as in pyvis. ``label`` names a node, ``group`` puts it into a group, ``title``
    becomes its plain-text reason; ``value`` (or ``width``) is an edge's strength, its ``title`` the events.
    Positions ``x`` and ``y``, shapes, colours, physics and options of pyvis have no say in our page, whose
    grammar and layout are the same for everybody. ``heading`` is its title, ``marking`` stands at top and bottom.

    >>> network = OcgNetwork(heading="Two people")
    >>> network.add_node("N1", label="<b>Kit</b>", group="north")
    >>> network.add_node("N2", label="Lee")
    >>> network.add_edge("N1", "N2", value=2)
    >>> "<b>Kit" in network.generate_html()
    False
    """

    def __init__(self, heading: str = "", marking: str = "OFFICIAL-SENSITIVE", **options: Any) -> None:
        super().__init__(heading=heading, **options)
        self.marking = marking
        self._pairs: set[tuple[Any, Any]] = set()

    def add_node(
        self, n_id: Any, label: Any = None, shape: str = "dot", color: str = "#97c2fc", **options: Any
    ) -> None:
        """Add a node in constant time; one that is already there stays as it is."""
        if n_id not in self.node_map:
            node = {"id": n_id, "label": n_id if label is None else label, "shape": shape, **options}
            if "group" not in options:
                node["color"] = color
            self.nodes.append(node)
            self.node_ids.append(n_id)
            self.node_map[n_id] = node

    def add_edge(self, source: Any, to: Any, **options: Any) -> None:
        """Add an edge in constant time; pyvis looks through all edges each time.

        As in pyvis, an edge of an undirected network that is already there is not added again.

        Raises
        ------
        ValueError
            When one of the two nodes was not added before.
        """
        for end in (source, to):
            if end not in self.node_map:
                raise ValueError(f"There is no node {end!r}: add it before the edge.")
        pair = (source, to)
        if not self.directed and (pair in self._pairs or pair[::-1] in self._pairs):
            return
        self._pairs.add(pair)
        self.edges.append({"from": source, "to": to, **options})

    def add_edges(self, edges: Iterable[tuple[Any, ...]]) -> None:
        """Add many edges: pairs, or triples with the strength."""
        for source, to, *strength in edges:
            self.add_edge(source, to, **({"width": strength[0]} if strength else {}))

    def payload(self) -> dict[str, Any]:
        """Return what the page shows, as from :func:`ocgnet.views.chart.payload.chart_payload`."""
        nodes = sorted(self.nodes, key=lambda node: str(node["id"]))
        row = {node["id"]: i for i, node in enumerate(nodes)}
        ties: dict[tuple[int, int], list[Any]] = {}
        for edge in self.edges:
            a, b = sorted((row[edge["from"]], row[edge["to"]]))
            if a != b:
                strength = float(edge.get("value", edge.get("width")) or 1)
                held = ties.setdefault((a, b), [0.0, []])
                held[0] += strength
                held[1] += [str(edge["title"])] if edge.get("title") else []
        return plain_payload(
            title=str(self.heading) or f"{len(nodes):,} people share {len(ties):,} ties",
            marking=self.marking,
            people=[(str(n["id"]), _text(n, "label"), _text(n, "group"), _text(n, "title")) for n in nodes],
            ties=[(a, b, strength, "|".join(titles)) for (a, b), (strength, titles) in sorted(ties.items())],
        )

    def generate_html(self, name: str = "index.html", local: bool = True, notebook: bool = False) -> str:
        """Return our page; the arguments are those of pyvis and change nothing."""
        del name, local, notebook
        self.html = chart_html(self.payload())
        return self.html

    def write_html(self, name: str, local: bool = True, notebook: bool = False, open_browser: bool = False) -> None:
        """Write our page to the file ``name`` as UTF-8, whole or not at all."""
        del local, notebook, open_browser
        write_text(Path(name), sealed(self.generate_html()))

    def save_graph(self, name: str) -> None:
        """Write our page, as :meth:`write_html`."""
        self.write_html(name)


def _text(node: dict[str, Any], name: str) -> str:
    value = node.get(name)
    return "" if value is None else str(value)
