"""Puts crimes, links and people into words and writes them, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.synthetic.force.crimes import FLAGS, Crimes
from ocgnet.synthetic.force.linking import ROLES, Linker, Links
from ocgnet.synthetic.force.offences import Offences
from ocgnet.synthetic.force.organised import Organised
from ocgnet.synthetic.force.places import DISTRICTS, NOWHERE, Wards
from ocgnet.synthetic.force.population import FIRST_NUMBER, Register
from ocgnet.synthetic.force.randomness import generator
from ocgnet.synthetic.force.relationships import WORDS
from ocgnet.synthetic.force.writing import PIECE, TableWriter, Words
from ocgnet.synthetic.force.years import UNKNOWN
from ocgnet_demo.drawing import Row

_ETHNICITIES = ("W1", "W9", "M1", "A2", "B1", "O9", "NS")
_ETHNICITY_SHARES = (0.80, 0.05, 0.02, 0.04, 0.02, 0.01, 0.06)
_EARLIEST, _LATEST = -31_500, 24_000
"""Day numbers within which every date lies."""


class Records:
    """The four large tables of a county.

    Parameters
    ----------
    out : pathlib.Path
        Data folder.
    table : Offences
        Offences.
    wards : Wards
        Wards.
    """

    def __init__(self, out: Path, table: Offences, wards: Wards) -> None:
        self._stack = ExitStack()
        self._out = out
        self._code, self._offence = Words(table.code), Words(table.text)
        self._district, self._ward = Words(DISTRICTS), Words(wards.name)
        self._day = Words(np.arange(_EARLIEST, _LATEST + 1).astype("datetime64[D]").astype(str).tolist())
        self._yes, self._role, self._relationship = Words(("false", "true")), Words(ROLES), Words(WORDS)
        self._sex, self._ethnicity = Words(("male", "female")), Words(_ETHNICITIES)
        sets = range(1 << len(FLAGS))
        self._flags = Words(["|".join(f for i, f in enumerate(FLAGS) if s >> i & 1) for s in sets])

    def __enter__(self) -> Self:
        self._crimes, self._links, self._people, self._nominals = (
            self._stack.enter_context(TableWriter(self._out, t))
            for t in ("crimes", "crime_links", "people", "nominals")
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add_crimes(self, crimes: Crimes) -> None:
        """Write the crimes of one year in the order of their numbers."""
        order = crimes.order()
        for piece in _pieces(len(order)):
            at = order[piece]
            self._crimes.write(
                {
                    "crime_id": _crime_ids(crimes.year, np.arange(piece.start, piece.stop)),
                    "offence_code": self._code(crimes.code[at]),
                    "offence": self._offence(crimes.code[at]),
                    "recorded_on": self._date(crimes.recorded[at]),
                    "occurred_on": self._date(crimes.occurred[at]),
                    "district": self._district(np.where(crimes.district[at] == NOWHERE, -1, crimes.district[at])),
                    "ward": self._ward(crimes.ward[at]),
                    "private_space": self._yes(crimes.private[at].astype(int)),
                    "flags": self._flags(crimes.flags[at]),
                }
            )

    def add_links(self, crimes: Crimes, links: Links, organised: list[Row]) -> None:
        """Write the links of one year in the order of the crimes, those of the organised part after them."""
        serial = np.empty(len(crimes), np.int64)
        serial[crimes.order()] = np.arange(len(crimes))
        order = np.argsort(serial[links.crime], kind="stable")
        for piece in _pieces(len(order)):
            at = order[piece]
            numbers = FIRST_NUMBER + links.person[at]
            self._links.write(
                {
                    "person_id": pc.if_else(pa.array(links.nominal[at]), _ids("N", numbers), _ids("P", numbers)),
                    "crime_id": _crime_ids(crimes.year, serial[links.crime[at]]),
                    "link_role": self._role(links.role[at]),
                    "relationship_to_victim": self._relationship(links.relationship[at]),
                }
            )
        new = _crime_ids(crimes.year, serial[crimes.made :]).to_pylist()
        renamed = dict(zip(crimes.organised, new, strict=True))
        self._links.append([row | {"crime_id": renamed[str(row["crime_id"])]} for row in organised])

    def add_people(self, seed: int, linker: Linker, organised: Organised) -> None:
        """Write everybody, those of the organised part first."""
        for name, key, writer, register in (
            ("people", "person_id", self._people, linker.people),
            ("nominals", "nominal_id", self._nominals, linker.nominals),
        ):
            writer.append(organised.tables[name])
            self._add_register(seed, writer, key, register)

    def _add_register(self, seed: int, writer: TableWriter, key: str, register: Register) -> None:
        rng = generator(seed, f"details {key}")
        born, female, district = register.columns()
        total = np.cumsum(_ETHNICITY_SHARES)
        for piece in _pieces(register.size):
            size = piece.stop - piece.start
            columns = {
                key: _ids(register.prefix, np.arange(piece.start, piece.stop) + FIRST_NUMBER),
                "date_of_birth": self._date(born[piece]),
                "sex": self._sex(female[piece].astype(int)),
                "ethnicity": self._ethnicity(np.searchsorted(total, rng.random(size) * total[-1], side="right")),
                "district": self._district(district[piece].astype(int)),
            }
            if key == "nominal_id":
                columns["review_due"] = self._date(rng.integers(18_100, 21_900, size))
            writer.write(columns)

    def _date(self, days: np.ndarray) -> pa.Array:
        return self._day(np.where(days == UNKNOWN, -1, days.astype(np.int64) - _EARLIEST))


def _pieces(count: int) -> Iterator[slice]:
    return (slice(start, min(start + PIECE, count)) for start in range(0, count, PIECE))


def _crime_ids(year: int, serial: np.ndarray) -> pa.Array:
    return _ids(f"C{year % 100}-", serial + 1)


def _ids(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Return ids such as ``P1000001``: a prefix and seven digits."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")
