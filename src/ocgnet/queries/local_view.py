"""Asking a question without a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocgnet.dataset import Dataset
from ocgnet.errors import StoreError
from ocgnet.queries.query import Answer, Query


def ask_locally(dataset: Dataset, query: Query, values: Mapping[str, Any]) -> Answer:
    """Refuse."""
    raise StoreError(f"{query.name} needs a Neo4j server.")
