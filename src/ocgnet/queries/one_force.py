"""Asking of one force where a store holds the records of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from ocgnet.dataset import About, Dataset
from ocgnet.english import close_to, did_you_mean
from ocgnet.errors import UsageError
from ocgnet.model import TABLES
from ocgnet.queries.parameters import name_of
from ocgnet.queries.query import Query
from ocgnet.store.duckdb_open import in_memory
from ocgnet.store.merging import ForceState, about_all, force_word, owned

FORCE = "force"
"""Parameter of a question about all records: the force whose records are meant, or nothing for all."""


def of_one_force(
    query: Query, given: Sequence[str], states: Mapping[str, ForceState], store: str
) -> tuple[list[str], About, str | None]:
    """Return the values given for a question, the description of the records that it is about, and their prefix.

    A force goes by its prefix, with or without the colon, or by its name; among the values stands what the graph calls
    it. Its records are described as it describes them, so that its own days and its marking hold. The prefix is None
    where all are asked of.

    Raises
    ------
    UsageError
        When the store holds no such force, or several of that name.
    """
    abouts = {prefix: states[prefix].about for prefix in sorted(states)}
    everybody = about_all(list(abouts.values())) if abouts else About()
    asked = [pair.partition("=")[2].strip() for pair in given if name_of(pair) == FORCE]
    if not query.subject or FORCE not in {p.name for p in query.parameters} or not any(asked):
        return list(given), everybody, None
    words = {prefix: force_word(prefix, about) for prefix, about in abouts.items()}
    wanted = asked[-1].casefold()
    meant = [p for p, w in words.items() if wanted in {w.casefold(), p.casefold(), abouts[p].force.casefold()}]
    held = ", ".join(_shown(words[p], abouts[p]) for p in words if words[p])
    if not meant:
        hint = did_you_mean(close_to(asked[-1], [*words.values(), *(a.force for a in abouts.values())], cutoff=0.5))
        raise UsageError(f"{store} holds no force '{asked[-1]}'.{hint} It holds {held or 'one without a name'}.")
    if len(meant) > 1:
        several = ", ".join(words[p] for p in meant)
        raise UsageError(f"{store} holds several forces '{asked[-1]}': {several}. Say which by its prefix.")
    [prefix] = meant
    return [*(pair for pair in given if name_of(pair) != FORCE), f"{FORCE}={words[prefix]}"], abouts[prefix], prefix


def called(prefix: str | None, about: About) -> str:
    """Return what the graph calls a force; empty for all of them (None)."""
    return "" if prefix is None else force_word(prefix, about)


def tables_of(dataset: Dataset, prefix: str | None) -> Mapping[str, pa.Table]:
    """Return the tables with the rows of one force of a store, without what all share; with None all rows."""
    if prefix is None:
        return dataset.tables
    with in_memory({name: dataset[name] for name in dataset.rows}) as db:
        own = {
            name: db.sql(f'SELECT * FROM "{name}" WHERE {owned(TABLES[name], prefix, dataset.forces)}').to_arrow_table()
            for name in dataset.rows
        }
    return Dataset.of(own).tables


def _shown(word: str, about: About) -> str:
    return word if about.force in ("", word) else f"{word} ({about.force})"
