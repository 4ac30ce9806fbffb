"""The settings of a server of one's own."""

from __future__ import annotations

HEAD = "# Written by ocgnet at every start. Settings of your own go into own.conf beside it."


GUARDS = {
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
}
"""What keeps a query, which may only read, from reading files of this machine and from sending names to another."""


def guarded(text: str) -> bool:
    """Tell whether these settings hold all of ``GUARDS``; those of an earlier version of ocgnet do not."""
    lines = {line.strip() for line in text.splitlines()}
    return all(f"{name}={value}" in lines for name, value in GUARDS.items())


def configuration(bolt: int, http: int, heap: str, own: str) -> str:
    r"""Return the server's settings: loopback only, no reports to anybody, and what the user set.

    A setting in ``own`` takes the place of ours, except where the server listens, what it tells its maker, and what
    a query may reach: named there too, those stand twice and the server refuses to start, which is meant.

    >>> text = configuration(7687, 7474, "1g", "db.logs.query.enabled=VERBOSE\n")
    >>> [line for line in text.splitlines() if "query" in line]
    ['db.logs.query.enabled=VERBOSE']
    """
    fixed = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.bolt.advertised_address": f"127.0.0.1:{bolt}",
        "server.http.listen_address": f"127.0.0.1:{http}",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
    } | GUARDS
    usual = {
        # Queries hold names of people: they are not logged unless the user says so.
        "db.logs.query.enabled": "OFF",
        "server.memory.heap.max_size": heap,
        "server.memory.pagecache.size": "512m",
        "db.tx_log.preallocate": "false",
    }
    named = {line.partition("=")[0].strip() for line in own.splitlines()}
    ours = fixed | {name: value for name, value in usual.items() if name not in named}
    return "\n".join([HEAD, *(f"{name}={value}" for name, value in ours.items()), own])
