"""A password that the system's own keyring keeps, where the optional package keyring is installed."""

from __future__ import annotations


def service(uri: str) -> str:
    """Return the name under which the password of a server is kept.

    >>> service("bolt://127.0.0.1:7687")
    'ocgnet bolt://127.0.0.1:7687'
    """
    return f"ocgnet {uri}"


def kept_password(uri: str, user: str) -> str:
    """Return the password of a user at a server; empty when none is kept, or there is no keyring.

    It is put there with ``keyring set "ocgnet bolt://127.0.0.1:7687" neo4j``.
    """
    try:
        import keyring
    except ImportError:
        return ""
    try:
        return keyring.get_password(service(uri), user) or ""
    except Exception:
        # Each of its many backends fails in its own way; the keyboard is asked then.
        return ""
