"""A Neo4j server of one's own: found, started, watched and stopped, on this machine only."""

from ocgnet.store.neo4j.server import LocalServer, Running

__all__ = ["LocalServer", "Running"]
