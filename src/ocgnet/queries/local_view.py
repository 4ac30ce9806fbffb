"""Asking a question of the pack without a server, through a read-only view that is built from the records each time.

The view is kept by kglite, an embedded Cypher engine. It is not Neo4j: a test asks it every question with many
values and compares its answers with Neo4j's own. What it answers otherwise our own code answers
(:mod:`ocgnet.queries.own_answers`); refused is what no test compared: pictures, queries of the user's own, and any
other version of kglite.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import metadata
from itertools import islice
from typing import TYPE_CHECKING, Any

from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError
from ocgnet.model.graph import NODES, TIES
from ocgnet.queries import crimes_near, find_person
from ocgnet.queries.own_answers import OWN_ANSWERS
from ocgnet.queries.query import Answer, Query
from ocgnet.queries.view_trial import failed
from ocgnet.store.neo4j.property_graph import END, KEY, LABELS, START, graph_of

if TYPE_CHECKING:
    import kglite

COMPARED = ("0.21.1", "0.21.2")
"""First and last version of kglite whose answers were compared with Neo4j's; pyproject.toml asks for the same."""

ON_RECORDS: Mapping[str, Callable[[Dataset, Mapping[str, Any]], Answer]] = {
    "find-person": find_person.answer_from_records,
    "crimes-near": crimes_near.answer_from_records,
}
"""Questions of which our own code makes the whole answer, on a server too; see :data:`ocgnet.queries.ask.ON_SERVER`."""


def ask_locally(
    dataset: Dataset,
    query: Query,
    values: Mapping[str, Any],
    kept: int | None = None,
    view: Callable[[], kglite.FrozenGraph] | None = None,
) -> Answer:
    """Ask a question of the pack of these records; the first ``kept`` rows are kept, without a number all.

    ``view`` gives the view of these records where it is built already. The answer says how many rows there are where it
    keeps only some.

    Raises StoreError when the question cannot be trusted to this view, or kglite is not installed.
    """
    if reason := refusal(query):
        raise StoreError(
            f"{query.name} needs a Neo4j server: {reason}. Start one with ocgnet neo4j start, load the records into "
            "it, and name it with --store."
        )
    answer = own_answer(dataset, query, values, kept)
    if answer is None:
        _require_compared()
        asked = view() if view else view_of(dataset)
        answer = _first(query, asked.cypher(as_the_view_reads(query.text), params=dict(values)), kept)
    return answer


def own_answer(dataset: Dataset, query: Query, values: Mapping[str, Any], kept: int | None = None) -> Answer | None:
    """Return what our own code answers from the records; None where the view is asked."""
    if whole := ON_RECORDS.get(query.name):
        return whole(dataset, values)
    if rows := OWN_ANSWERS.get(query.name):
        return _first(query, rows(dataset, values), kept)
    return None


def _first(query: Query, rows: Iterable[Any], kept: int | None) -> Answer:
    """Return the first rows as an answer that says how many there are."""
    columns = tuple(c.name for c in query.columns)
    left = (tuple(row[c] for c in columns) if isinstance(row, Mapping) else row for row in rows)
    first = tuple(islice(left, kept))
    more = sum(1 for _ in left)
    return Answer(columns, first, total=len(first) + more if more else None)


_BETWEEN = re.compile(r"([\w$.\[\]]+) (<=?) ([\w$.\[\]]+) (<=?) ([\w$.\[\]]+)")
_OWN_WORDS = ("label", "name", "title")
"""Properties for which kglite makes something up where a node has none: a person without a name is Person_7 there."""

_OWN_WORD = re.compile(rf"(?<=\.)(?:{'|'.join(_OWN_WORDS)})\b|\b(?:{'|'.join(_OWN_WORDS)})(?=:)")


def as_the_view_reads(text: str) -> str:
    """Return the text of a question as kglite reads it, which knows no comparison of three values.

    >>> as_the_view_reads("WHERE m.valid_from <= $as_of <= m.valid_to OR p.name < 'B'")
    "WHERE (m.valid_from <= $as_of AND $as_of <= m.valid_to) OR p.name_ < 'B'"
    """
    return _BETWEEN.sub(r"(\1 \2 \3 AND \3 \4 \5)", _OWN_WORD.sub(r"\g<0>_", text))


def refusal(query: Query) -> str:
    """Return why a question is not asked of the view; empty when it may be."""
    if not query.subject:
        return "without a server only the questions of the pack are answered, because only they were checked"
    if query.kind == "picture":
        return "a picture is drawn by Neo4j Browser"
    if query.subject == "runs":
        return "runs are kept in a Neo4j server alone"
    return ""


def compared(version: str) -> bool:
    """Tell whether a version of kglite is one whose answers were compared with Neo4j's.

    >>> [compared(version) for version in ("0.20.9", COMPARED[0], COMPARED[1], "0.21.99", "1.0.0rc1")]
    [False, True, True, False, False]
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return False
    first, this, last = (tuple(map(int, each.split("."))) for each in (COMPARED[0], version, COMPARED[1]))
    return first <= this <= last


def _require_compared() -> None:
    try:
        version = metadata.version("kglite")
    except metadata.PackageNotFoundError:
        version = ""
    if compared(version):
        if wrong := _failed():
            raise StoreError(
                f"kglite {version} answers {wrong} wrongly on this machine, so none of its answers can be trusted. Ask "
                "a Neo4j server (ocgnet neo4j start), or install kglite again."
            )
        return
    has = f"kglite {version} is installed, whose answers nobody compared" if version else "kglite is not installed"
    raise StoreError(
        f"Without a Neo4j server questions are answered by kglite {COMPARED[0]} to {COMPARED[1]}; {has}. Install it "
        f"with pip install kglite=={COMPARED[1]}, or start a server with ocgnet neo4j start and name it with --store."
    )


@cache
def _failed() -> str:
    """Return the question of the trial that the engine answers wrongly; it is tried once a process."""
    return failed(view_of, as_the_view_reads)


def view_of(dataset: Dataset) -> kglite.FrozenGraph:
    """Build the view: every node, label, relationship and property of the graph, and nothing else."""
    import kglite

    # A question about records that are not there, such as referrals, has an empty answer and is no fault.
    kglite.set_query_warning_policy("silent")
    view, graph = kglite.KnowledgeGraph(), graph_of(dataset)
    for node in NODES:
        by_labels: dict[str, list[dict[str, Any]]] = {}
        for row in graph.nodes[node.label].to_pylist():
            labels = [node.label, *(row.pop(LABELS, None) or "").split("|")]
            row[node.key] = row.pop(KEY)
            named = {f"{name}_" if name in _OWN_WORDS else name: value for name, value in row.items()}
            by_labels.setdefault(":".join(filter(None, labels)), []).append(_known(named))
        for labels_text, rows in sorted(by_labels.items()):
            view.cypher(f"UNWIND $rows AS row CREATE (n:{labels_text}) SET n += row", params={"rows": rows})
        if by_labels:
            view.create_index(node.label, node.key)
    for tie in TIES:
        ties = [[r.pop(START), r.pop(END), _known(r)] for r in graph.ties[tie.type].to_pylist()]
        if ties:
            view.cypher(
                f"UNWIND $rows AS row MATCH (a:{tie.start.node.label} {{{tie.start.node.key}: row[0]}}) "
                f"MATCH (b:{tie.end.node.label} {{{tie.end.node.key}: row[1]}}) "
                f"CREATE (a)-[r:{tie.type}]->(b) SET r += row[2]",
                params={"rows": ties},
            )
    return view.freeze()


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
