"""The pyvis subclass: pyvis's way of adding, our page."""

import time
import warnings

import networkx as nx
import pytest
from hostile_texts import HOSTILE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pyvis brings IPython, whose warnings are not ours
    from ocgnet.views.chart import OcgNetwork


def test_nodes_and_edges_reach_the_payload():
    network = OcgNetwork(heading="Karate")
    network.from_nx(nx.karate_club_graph())
    payload = network.payload()
    graph = nx.karate_club_graph()
    ids = payload["people"]["id"]
    found = {
        frozenset((int(ids[a]), int(ids[b]))) for a, b in zip(payload["ties"]["a"], payload["ties"]["b"], strict=True)
    }
    assert found == {frozenset(e) for e in graph.edges}
    assert sum(payload["ties"]["weight"]) == sum(d["weight"] for *_, d in graph.edges(data=True))


def test_an_edge_that_is_there_is_not_added_again():
    network = OcgNetwork()
    network.add_nodes(["a", "b"])
    network.add_edges([("a", "b", 2), ("b", "a", 5)])
    assert network.payload()["ties"]["weight"] == [2]


def test_an_edge_needs_its_nodes():
    network = OcgNetwork()
    network.add_node("a")
    with pytest.raises(ValueError, match="no node 'b'"):
        network.add_edge("a", "b")


def test_hostile_text_stays_text():
    network = OcgNetwork(heading=HOSTILE[1])
    for i, text in enumerate(HOSTILE):
        network.add_node(i, label=text, title=text, group=text)
    page = network.generate_html()
    assert page.count("</script>") == 3
    assert "window.hit='script'</script>" not in page


def test_pages_are_utf8_on_any_machine(tmp_path):
    network = OcgNetwork(heading="Žofie")
    network.add_node("a", label="家族")
    network.write_html(str(tmp_path / "n.html"))
    assert "家族" in (tmp_path / "n.html").read_bytes().decode("utf-8")
    network.write_html(str(tmp_path / "m.html"))
    assert (tmp_path / "n.html").read_bytes() == (tmp_path / "m.html").read_bytes()


def test_adding_grows_in_proportion():
    def seconds(edges):
        network = OcgNetwork()
        network.add_nodes(list(range(1000)))
        started = time.process_time()
        for i in range(edges):
            network.add_edge(i % 1000, (i * 7 + 1 + i // 1000) % 1000)
        return time.process_time() - started

    def best(edges):
        # The fastest of some: a collection of garbage may fall into any one of them.
        return min(seconds(edges) for _ in range(7))

    # Looking through all edges each time would cost sixteen times more here.
    assert best(8000) < 9 * max(best(2000), 0.001)
