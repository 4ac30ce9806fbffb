"""Crime severity: the weight of an offence code.

The table is the ONS Crime Severity Score, 2019-20 vintage, under the Open Government Licence v3.0.
Two burglary codes of that table stand there under the codes of distraction burglary; both are added
under their own codes (28A in a dwelling, 30A in a building other than a dwelling) at the same weight.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

VINTAGE = "ONS Crime Severity Score weights, 2019-20 vintage, Open Government Licence v3.0"
_REKEYED = {"28A": "28C", "30A": "30C"}
_REKEYED_NAMES = {"28A": "Burglary in a dwelling", "30A": "Burglary in a building other than a dwelling"}


def normal_code(code: str) -> str:
    """Return an offence code as the table writes it: upper case, no spaces, no leading zeros.

    >>> normal_code(" 008n"), normal_code("4.10"), normal_code("08/N")
    ('8N', '4.10', '8N')
    """
    return code.upper().replace(" ", "").replace("/", "").lstrip("0")


@cache
def weights() -> dict[str, float]:
    """Return the weight by normal offence code."""
    found: dict[str, float] = {}
    text = (files("ocgnet") / "data" / "ons_crime_severity_weights.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for code in _codes(row["ho_code"]):
            found[code] = float(row["weight"])
    for code, twin in _REKEYED.items():
        found.setdefault(code, found[twin])
    return found


@cache
def offence_names() -> dict[str, str]:
    """Return the offence in the words of the table by normal offence code.

    What a record says of the offence in its own words may name people; these words do not.
    """
    text = (files("ocgnet") / "data" / "ons_crime_severity_weights.csv").read_text(encoding="utf-8")
    named = {code: row["offence"] for row in csv.DictReader(text.splitlines()) for code in _codes(row["ho_code"])}
    return {**named, **_REKEYED_NAMES}


def _codes(cell: str) -> list[str]:
    """Split a cell such as ``1, 4.1/2/10`` into its codes.

    >>> _codes("1, 4.1/2/10")
    ['1', '4.1', '4.2', '4.10']
    """
    found = []
    for part in cell.split(","):
        first, *rest = part.strip().split("/")
        stem = first.rpartition(".")[0]
        found += [normal_code(first), *(normal_code(f"{stem}.{r}") for r in rest)]
    return found


@cache
def offence_groups() -> dict[str, str]:
    """Return the offence group by normal offence code, such as ``violence with injury``.

    The groups are those under which the Home Office counts recorded crime.
    """
    text = (files("ocgnet") / "data" / "offence_groups.csv").read_text(encoding="utf-8")
    return {normal_code(row["code"]): row["group"] for row in csv.DictReader(text.splitlines())}


def harm_of(codes: pa.ChunkedArray) -> np.ndarray:
    """Return the severity weight of each offence code.

    Returns
    -------
    ndarray of float
        Same length as ``codes``; NaN where the code is blank or has no weight (unknown, never 0).
    """
    encoded = codes.combine_chunks().dictionary_encode()
    table = weights()
    by_code = np.array([table.get(normal_code(c), np.nan) for c in encoded.dictionary.to_pylist()] + [np.nan])
    positions: np.ndarray = pc.fill_null(encoded.indices, len(by_code) - 1).to_numpy()
    found: np.ndarray = by_code[positions]
    return found
