"""The Neo4j store: connection, graph, reading, writing, bulk loads, and a server of one's own."""

from ocgnet.store.neo4j.server import LocalServer, Running

__all__ = ["LocalServer", "Running"]
