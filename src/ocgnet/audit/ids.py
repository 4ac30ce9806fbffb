"""Whose records a dataset holds."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.model import PERSON_TABLES, TABLES


def people_in(dataset: Dataset) -> list[str]:
    """Return the ids of everybody in a dataset, sorted: those with a row of their own and those only named.

    >>> people_in(Dataset.of({"nominals": pa.table({"nominal_id": ["N2", "N1"]})}))
    ['N1', 'N2']
    """
    columns = [dataset[name][key] for name, key in PERSON_TABLES.items()]
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers == "person" and dataset[name].num_rows:
                cells = dataset[name][column.name]
                columns.append(pc.list_flatten(pc.split_pattern(cells, "|")) if column.many else cells)
    ids = pc.unique(pa.chunked_array([c for column in columns for c in column.chunks], pa.string()))
    return sorted(i for i in ids.to_pylist() if i)
