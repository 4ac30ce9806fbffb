"""Work that NumPy, Arrow and DuckDB do outside Python, done by several threads side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")


def abreast(work: Callable[[Given], Found], items: Iterable[Given]) -> list[Found]:
    """Return what ``work`` makes of each item, in their order; the first error is raised once all are done.

    >>> abreast(len, ["a", "bc"])
    [1, 2]
    """
    with ThreadPoolExecutor() as threads:
        return list(threads.map(work, items))
