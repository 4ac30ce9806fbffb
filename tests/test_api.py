"""The way in from Python: the public names, the graph against networkx, what is written and what is logged."""

from __future__ import annotations

import inspect
import json
import random
import re
import shutil
import subprocess
import sys
import warnings
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as drawn
from hypothesis import strategies as st

import ocgnet
from installed import ocgnet as command
from ocgnet.dataset import About
from ocgnet.model import TABLES

pytestmark = pytest.mark.long

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pyvis brings IPython, whose warnings are not ours
    import pyvis.network

ROOT = Path(__file__).parent.parent
TINY = ROOT / "fixtures" / "tiny"
QUICK = ocgnet.Settings(resamples=0, snapshot_months=0, null_draws=100, bootstrap_draws=100)
HOSTILE = (
    "</script><script>window.hit=1</script><img src=x onerror=window.hit=1><a href='javascript:window.hit=1'>x</a>"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCGNET_LOG", str(tmp_path_factory.mktemp("log") / "log.jsonl"))
        return ocgnet.analyse(ocgnet.read(TINY))


def lines(log):
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []


def table(name, records):
    return pa.Table.from_pylist([dict.fromkeys(TABLES[name].schema.names) | r for r in records], TABLES[name].schema)


def records(people, crimes=(), reports=(), contacts=(), names=None):
    """Nominals by letter; crimes and reports as the letters they link; contacts as (from, to, times, directed)."""
    tables = {
        "nominals": [{"nominal_id": p, "name": (names or {}).get(p, f"Name {p}")} for p in people],
        "crimes": [{"crime_id": f"c{i}"} for i in range(len(crimes))],
        "crime_links": [
            {"person_id": p, "crime_id": f"c{i}", "link_role": "suspect"} for i, c in enumerate(crimes) for p in set(c)
        ],
        "intel_reports": [{"report_id": f"r{i}"} for i in range(len(reports))],
        "intel_links": [{"person_id": p, "report_id": f"r{i}"} for i, r in enumerate(reports) for p in set(r)],
        "associations": [
            {"person_a": a, "person_b": b, "kind": "phone", "times_observed": n, "directed": d}
            for a, b, n, d in contacts
        ],
    }
    return ocgnet.Dataset.of({name: table(name, rows) for name, rows in tables.items()}, About(marking="M & N"))


# --- the names


def test_the_public_names_are_ten_typed_and_documented():
    assert sorted(ocgnet.__all__) == sorted(
        ["read", "check", "analyse", "profile", "open_store", "Dataset", "Settings", "Analysis", "Profile", "errors"]
    )
    assert set(ocgnet.__all__) <= set(dir(ocgnet))
    for name in ocgnet.__all__:
        thing = getattr(ocgnet, name)
        assert inspect.getdoc(thing), name
        if inspect.isfunction(thing):
            signature = inspect.signature(thing)
            assert signature.return_annotation is not inspect.Parameter.empty, name
            assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values()), name
    assert (ROOT / "src" / "ocgnet" / "py.typed").exists()
    with pytest.raises(AttributeError, match="no attribute 'analyze'"):
        _ = ocgnet.analyze


IN_ANY_ORDER = """
import importlib, pkgutil, random, sys, types, warnings
warnings.simplefilter("ignore")
import ocgnet
assert not {"pandas", "pyarrow", "networkx", "igraph"} & set(sys.modules), "import ocgnet is not lazy"
names = [m.name for m in pkgutil.walk_packages(ocgnet.__path__, "ocgnet.") if not m.name.endswith("__main__")]
random.Random(int(sys.argv[1])).shuffle(names)
for name in names:
    importlib.import_module(name)
dataset = ocgnet.read(sys.argv[2])
assert isinstance(dataset, ocgnet.Dataset)
assert not ocgnet.check(sys.argv[2]).errors
assert isinstance(ocgnet.analyse(dataset, ocgnet.Settings(resamples=0)), ocgnet.Analysis)
assert isinstance(ocgnet.profile(dataset), ocgnet.Profile)
assert isinstance(ocgnet.errors, types.ModuleType)
try:
    ocgnet.open_store("nothing.duckdb").read()
except ocgnet.errors.StoreError:
    pass
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_the_public_names_are_the_same_whatever_was_imported_before(seed, tmp_path):
    words = [sys.executable, "-c", IN_ANY_ORDER, str(seed), str(TINY)]
    subprocess.run(words, check=True, timeout=300, cwd=tmp_path)


# --- the graph

letters = st.text("ABCDEFGH", min_size=2, max_size=4)
# Weights of these contacts are halves of whole numbers, so that every weight is a whole number of sixths.
calls = st.tuples(
    st.sampled_from("ABCDEFGH"), st.sampled_from("ABCDEFGH"), st.sampled_from([1, 3, 7]), st.booleans()
).filter(lambda c: c[0] != c[1])


@drawn(max_examples=15, deadline=None)
@given(
    st.lists(letters, max_size=5),
    st.lists(letters, max_size=5),
    st.lists(calls, max_size=6, unique_by=lambda c: frozenset(c[:2])),
)
def test_networkx_on_the_graph_gives_our_measures_and_its_layers_add_up(crimes, reports, contacts):
    analysis = ocgnet.analyse(records("ABCDEFGHZ", crimes, reports, contacts), QUICK)
    graph, ours = analysis.graph(), analysis.people.frame.set_index("nominal_id")
    others = len(graph) - 1
    # Ways of equal length are so in exact arithmetic, and in floating point not always.
    exact = {(a, b): 1 / Fraction(w).limit_denominator(6) for a, b, w in graph.edges(data="weight")}
    nx.set_edge_attributes(graph, exact, "exactly")
    theirs = {
        "degree": dict(graph.degree),
        "strength": dict(graph.degree(weight="weight")),
        "betweenness": nx.betweenness_centrality(graph, weight="exactly"),
        "betweenness_steps": nx.betweenness_centrality(graph),
        "closeness": {p: v / others for p, v in nx.harmonic_centrality(graph, distance="distance").items()},
        "closeness_steps": {p: v / others for p, v in nx.harmonic_centrality(graph).items()},
        "pagerank": nx.pagerank(graph, weight="weight", tol=1e-12, max_iter=1000),
        "core": nx.core_number(graph),
        "constraint": nx.constraint(graph, weight="weight"),
    }
    for name, values in theirs.items():
        want = pd.Series(values, dtype=float).reindex(ours.index).to_numpy()
        np.testing.assert_allclose(ours[name].to_numpy(float), want, rtol=1e-6, atol=1e-8, err_msg=name)
        at_nodes = np.array([graph.nodes[p][name] for p in ours.index], float)
        np.testing.assert_array_equal(at_nodes, ours[name].to_numpy(float), err_msg=name)
    sums = {}
    for layer in ("crimes", "reports", "contacts"):
        for a, b, edge in analysis.graph(layer).edges(data=True):
            sums[frozenset((a, b))] = sums.get(frozenset((a, b)), 0) + edge["weight"]
    assert sums == pytest.approx({frozenset((a, b)): w for a, b, w in graph.edges(data="weight")}, abs=1e-9)
    arcs = analysis.graph(directed=True)
    assert arcs.is_directed()
    if any(directed for *_, directed in contacts):
        assert dict(arcs.out_degree) == ours["out_degree"].to_dict()
        assert dict(arcs.in_degree) == ours["in_degree"].to_dict()
    else:
        assert not arcs.edges


def random_records(seed):
    draw = random.Random(seed)
    people = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    events = ["".join(draw.sample(people, draw.randint(2, 4))) for _ in range(60)]
    contacts = [(*draw.sample(people, 2), draw.randint(1, 300), draw.random() < 0.5) for _ in range(30)]
    return records(people + "0", events[:30], events[30:], contacts)


@pytest.mark.parametrize("seed", ["county", 1, 2, 3])
def test_our_distance_attribute_gives_our_measures_on_paths(seed):
    data = ocgnet.read(ROOT / "fixtures" / "county") if seed == "county" else random_records(seed)
    analysis = ocgnet.analyse(data, QUICK)
    graph, ours = analysis.graph(), analysis.people.frame.set_index("nominal_id")
    betweenness = nx.betweenness_centrality(graph, weight="distance")
    closeness = nx.harmonic_centrality(graph, distance="distance")
    for person in graph:
        assert betweenness[person] == pytest.approx(ours["betweenness"][person], abs=1e-8)
        assert closeness[person] / (len(graph) - 1) == pytest.approx(ours["closeness"][person], rel=1e-5)
    for *_, edge in graph.edges(data=True):
        # Seven digits: above 1 a distance is a sum of parts, each of which is rounded.
        assert edge["distance"] == pytest.approx(1 / edge["weight"], abs=1e-7, rel=1e-7)


def test_a_graph_on_paper(run):
    # A and B share a crime and a call that A made twice; B and C share a report of three people.
    data = records("ABC", crimes=["AB"], reports=["ABC"], contacts=[("B", "A", 2, True)])
    analysis = ocgnet.analyse(data, QUICK)
    graph = analysis.graph()
    assert set(graph.edges) == {("A", "B"), ("A", "C"), ("B", "C")}
    # 1 for the crime of two, 1/2 for the report of three, half of log2(1 + 2) for two calls.
    weight = 1 + 1 / 2 + np.log2(3) / 2
    assert graph["A"]["B"]["weight"] == pytest.approx(weight)
    assert graph["A"]["B"]["distance"] == pytest.approx(1 / weight, abs=1e-7)
    assert graph["A"]["B"]["kinds"] == "crime|report|phone"
    assert graph["A"]["B"]["events"] == "c0|r0|phone"
    assert graph["A"]["B"]["first_on"] == ""
    assert analysis.graph(layer="crimes")["A"]["B"]["weight"] == 1
    assert set(analysis.graph(layer="reports").edges) == {("A", "B"), ("A", "C"), ("B", "C")}
    assert list(analysis.graph(layer="phone", directed=True).edges) == [("B", "A")]
    assert graph.nodes["A"]["name"] == "Name A"
    assert graph.nodes["A"]["group"] == ""
    columns = ["ocg_id", "recorded_role", "suggested_role"]
    roles = run.roles.frame.set_index("nominal_id")[columns].fillna("")
    for person, node in run.graph().nodes.items():
        assert node["group"] == roles["ocg_id"][person]
        assert node["recorded_role"] == roles["recorded_role"][person]
        assert node["suggested_role"] == roles["suggested_role"][person]


def test_what_a_layer_cannot_be_is_said(run):
    with pytest.raises(ocgnet.errors.UsageError, match="no layer 'crime'; there are crimes, reports, contacts"):
        run.graph(layer="crime")
    with pytest.raises(ocgnet.errors.UsageError, match="Ties by crimes have no direction"):
        run.graph(layer="crimes", directed=True)


def test_writers_of_networkx_take_the_graph(run, tmp_path):
    graph = run.graph()
    for written, read, write in (
        ("n.graphml", nx.read_graphml, nx.write_graphml), ("n.gexf", nx.read_gexf, nx.write_gexf),
        ("n.gml", nx.read_gml, nx.write_gml),
    ):  # fmt: skip
        write(graph, tmp_path / written)
        again = read(tmp_path / written)
        assert {frozenset(e) for e in again.edges} == {frozenset(e) for e in graph.edges}
        assert {p: n["name"] for p, n in again.nodes.items()} == {p: n["name"] for p, n in graph.nodes.items()}


# --- pages


class Tags(HTMLParser):
    """Counts the elements of a page, and gathers the handlers and addresses among their attributes."""

    def __init__(self, page):
        super().__init__()
        self.names, self.acting = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.acting += [(tag, k, v) for k, v in attrs if k.startswith("on") or (v or "").startswith("javascript:")]


def test_pyvis_is_stock_and_takes_its_options(run):
    network = run.to_pyvis(height="321px", bgcolor="#abcdef", select_menu=True, heading="Ours")
    assert type(network) is pyvis.network.Network
    assert (network.height, network.bgcolor, network.directed) == ("321px", "#abcdef", False)
    graph = run.graph()
    assert network.get_nodes() == list(graph)
    assert {(e["from"], e["to"], e["value"]) for e in network.edges} == set(graph.edges(data="weight"))
    page = network.generate_html()
    assert f"{run.marking} · Ours" in page
    network.set_options('{"physics": {"enabled": false}}')
    assert '"physics": {"enabled": false}' in network.generate_html()
    arcs = run.to_pyvis("contacts", directed=True)
    assert arcs.directed
    assert all(e["arrows"] == "to" for e in arcs.edges)


def test_hostile_text_stays_text_in_notebook_and_pyvis():
    data = records(["A", "B", HOSTILE], ["AB"], names={"A": HOSTILE, HOSTILE: HOSTILE})
    data = replace(data, about=About(force=HOSTILE, marking=HOSTILE))
    plain = ocgnet.analyse(records(["A", "B", "C"], ["AB"]), QUICK)
    analysis = ocgnet.analyse(data, QUICK)
    block = Tags(analysis._repr_html_())
    assert not block.acting
    assert {"script", "img", "a", "iframe", "link"}.isdisjoint(block.names)
    assert "&lt;/script&gt;" in analysis._repr_html_()
    options = {"select_menu": True, "filter_menu": True}
    ours, theirs = Tags(analysis.to_pyvis(**options).generate_html()), Tags(plain.to_pyvis(**options).generate_html())
    assert ours.names == theirs.names
    assert ours.acting == theirs.acting
    # A title with this word is put into the page as HTML by pyvis.
    titles = [node["title"] for node in analysis.to_pyvis().nodes]
    assert any("href" in title for title in titles)
    assert not any("<" in title for title in titles)
    frame = Tags(analysis.chart()._repr_html_())
    assert frame.names == ["iframe"]


def test_a_notebook_shows_marking_findings_and_a_table(run):
    block = run._repr_html_()
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", block))
    assert run.marking.replace("&", "&amp;") in words
    assert len(run.findings) == block.count("<li>")
    assert "<script" not in block
    assert "position score" in words
    profile = ocgnet.profile(run.dataset)
    assert len(profile.findings) == profile._repr_html_().count("<li>")
    assert repr(run) == f"<Analysis {run.run_id}: 9 people, 12 ties>"


# --- what is written


@pytest.mark.parametrize("kind", ["analyse", "profile"])
def test_save_writes_what_the_command_writes(kind, tmp_path, log_file):
    command(kind, TINY, "--out", tmp_path / "command")
    begun = len(lines(log_file))
    answer = getattr(ocgnet, kind)(ocgnet.read(TINY))
    read = len(lines(log_file))
    assert answer.save(tmp_path / "python") == tmp_path / "python"
    one, other = (
        {p.relative_to(d): p for p in d.rglob("*") if p.is_file()} for d in (tmp_path / "command", tmp_path / "python")
    )
    assert one.keys() == other.keys()
    for name in one:
        first, second = (p[name].read_bytes() for p in (one, other))
        if name.name == "run.json":
            first, second = (re.sub(rb'"timing": \{[^}]*\}', b"", text) for text in (first, second))
        assert first == second, name
    of_command, of_python = lines(log_file)[:begun], lines(log_file)[read:]
    assert [(e["kind"], e["state"]) for e in of_python] == [(e["kind"], e["state"]) for e in of_command]
    assert of_python[1]["people"] == of_command[1]["people"]
    assert of_python[2]["facts"]["files"] == [str(tmp_path / "python")]
    # Again over its own, and never over somebody else's.
    answer.save(tmp_path / "python")
    (tmp_path / "python" / "mine.txt").write_text("mine")
    told = len(lines(log_file))
    with pytest.raises(ocgnet.errors.OutputError, match=r"mine\.txt"):
        answer.save(tmp_path / "python")
    assert (tmp_path / "python" / "mine.txt").read_text() == "mine"
    assert len(lines(log_file)) == told


# --- what is logged


def test_read_logs_once_with_the_reason_and_pure_functions_never(tmp_path, log_file, monkeypatch):
    dataset = ocgnet.read(TINY, reason="for the profile")
    begun, about, done = lines(log_file)
    assert (begun["kind"], begun["reason"], begun["state"]) == ("read", "for the profile", "begun")
    assert begun["what"] == f"ocgnet.read({str(TINY)!r})"
    assert about["people"]["count"] == 15
    assert done["state"] == "done"
    ocgnet.open_store(str(tmp_path / "s.duckdb")).write(dataset, reason="to keep")
    monkeypatch.setenv("OCGNET_REASON", "as our policy says")
    again = ocgnet.open_store(str(tmp_path / "s.duckdb")).read()
    assert again.fingerprint == dataset.fingerprint
    assert again.sources == dataset.sources
    assert ocgnet.read(str(tmp_path / "s.duckdb"), reason="by name").fingerprint == dataset.fingerprint
    ocgnet.check(TINY)
    acts = [(e["kind"], e["reason"]) for e in lines(log_file)[3:] if e["state"] == "begun"]
    assert acts == [
        ("load", "to keep"), ("read", "as our policy says"), ("read", "by name"), ("read", "as our policy says"),
    ]  # fmt: skip
    before = log_file.read_bytes()
    analysis = ocgnet.analyse(dataset, QUICK)
    analysis.graph(layer="crimes"), analysis.to_pyvis(), analysis.chart(), analysis._repr_html_()
    ocgnet.profile(dataset)._repr_html_()
    assert log_file.read_bytes() == before


def test_without_the_log_nothing_is_given(tmp_path, monkeypatch):
    dataset = ocgnet.read(TINY)
    analysis, store = ocgnet.analyse(dataset, QUICK), ocgnet.open_store(str(tmp_path / "s.duckdb"))
    store.write(dataset)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OCGNET_LOG", str(tmp_path / "file" / "log.jsonl"))
    for act in (
        lambda: ocgnet.read(TINY), lambda: ocgnet.check(TINY), store.read,
        lambda: ocgnet.open_store(str(tmp_path / "t.duckdb")).write(dataset), lambda: analysis.save(tmp_path / "out"),
    ):  # fmt: skip
        with pytest.raises(ocgnet.errors.LogError, match="cannot be written"):
            act()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "s.duckdb"]
    # A log inside the records would be shared with them.
    shutil.copytree(TINY, tmp_path / "data")
    monkeypatch.setenv("OCGNET_LOG", str(tmp_path / "data" / "log.jsonl"))
    with pytest.raises(ocgnet.errors.LogError, match="stands inside"):
        ocgnet.read(tmp_path / "data")
    assert not (tmp_path / "data" / "log.jsonl").exists()


def test_records_with_errors_are_refused_or_left_out_as_asked(tmp_path, log_file):
    data = tmp_path / "data"
    shutil.copytree(TINY, data)
    with (data / "crimes.csv").open("a", encoding="utf-8") as file:
        file.write("BAD,not a day" + "," * 20 + "\n")
    with pytest.raises(
        ocgnet.errors.RecordError, match=r"problems stand in the records, the first in crimes.csv, line"
    ):
        ocgnet.read(data)
    assert lines(log_file)[-1]["state"] == "failed"
    assert ocgnet.check(data).errors
    assert (
        "BAD"
        not in ocgnet.read(data, skip_rejects=True, settings=ocgnet.Settings(accepted_losses=(("crimes", 0.5),)))[
            "crimes"
        ]["crime_id"].to_pylist()
    )
    with pytest.raises(ocgnet.errors.RecordError, match="Too much of the records could not be read: crimes: 1 of"):
        ocgnet.read(data, skip_rejects=True, settings=ocgnet.Settings(loss_limit=0.01))


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_code_that_documents_show_runs(page, tmp_path, monkeypatch):
    shutil.copytree(TINY, tmp_path / "mydata")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)
    assert (tmp_path / "results" / "report.html").exists()
