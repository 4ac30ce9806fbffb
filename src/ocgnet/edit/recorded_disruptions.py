"""How a disruption of a group is recorded: one row, and never the same row twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ocgnet.edit.change import Change, Row, rows_of
from ocgnet.edit.place import Place
from ocgnet.english import near
from ocgnet.errors import UsageError
from ocgnet.model import TABLES
from ocgnet.sources.cells import LONGEST_ID

_TABLE = TABLES["disruptions"]
_CONTENT = tuple(c.name for c in _TABLE.columns if not c.key)
_TEXTS = ("lead_agency", "description")
_MOST_A_DAY = 999
"""Disruptions of one group on one day, at most; more than a few are one operation, recorded in pieces."""
_ROOM = 20
"""Characters that the day and the number need behind the group's id."""


@dataclass(frozen=True)
class Recorded:
    """What the records will hold of a disruption that is to be recorded.

    Parameters
    ----------
    disruption_id : str
        Its identifier, or that of the row that says the very same already.
    change : Change
        The row; nothing where it is recorded already.
    same_day : tuple of dict
        Other disruptions of the group on that day: they may be the same act in other words.
    mapped_on, archived_on : date or None
        Days of the group, None where they are not recorded.
    """

    disruption_id: str
    change: Change
    same_day: tuple[Mapping[str, str], ...]
    mapped_on: date | None
    archived_on: date | None


def disruption_row(
    ocg_id: str,
    happened_on: date,
    level: str,
    strand: str,
    lead_agency: str,
    partners: Sequence[str] = (),
    description: str = "",
) -> dict[str, str]:
    """Return the cells of a disruption but for its identifier.

    ``partners`` may hold several agencies in one text, separated by ``|``; each stands once, in the order given.

    Raises
    ------
    UsageError
        When a level or strand is not one of the model's, no agency led it, or the one that led is a partner too.
    """
    for column, word in (("level", level), ("strand", strand)):
        if word not in (words := _TABLE.column(column).enum):
            raise UsageError(f"--{column}: '{word}' is no {column}{near(word, words)}")
    lead = _plain(lead_agency)
    if not lead:
        raise UsageError("Say which agency led it: --agency NAME.")
    agencies = dict.fromkeys(filter(None, (_plain(part) for text in partners for part in text.split("|"))))
    if lead.casefold() in (agency.casefold() for agency in agencies):
        raise UsageError(f"--partners: {lead} led it, so it is no partner. Leave it out of the partners.")
    cells = (ocg_id, happened_on.isoformat(), level, strand, lead, "|".join(agencies), _plain(description))
    return dict(zip(_CONTENT, cells, strict=True))


def recorded_disruption(place: Place, row: Row) -> Recorded:
    """Return the change that records a disruption; to be called, and made, while nobody else changes the records.

    ``row`` is from :func:`disruption_row`. A row that equals it in everything but the identifier means that it is
    recorded already. The identifier is the group's with the day and a number, so that it belongs to the same force.

    Raises
    ------
    UsageError
        When the records know no such group.
    """
    ocg_id, day = row["ocg_id"], date.fromisoformat(row["happened_on"])
    groups = place.part("ocgs", "ocg_id", [ocg_id])["ocgs"].to_pylist()
    if not groups:
        raise UsageError(f"There is no group {ocg_id} in these records. Nothing was recorded.")
    of_group = [_content(r) for r in rows_of(place.part("disruptions", "ocg_id", [ocg_id])["disruptions"])]
    of_day = [r for r in of_group if r["happened_on"] == row["happened_on"]]
    same = next((r for r in of_day if all(r[n] == row[n] for n in _CONTENT)), None)
    dates = groups[0]["mapped_on"], groups[0]["archived_on"]
    if same is not None:
        others = tuple(r for r in of_day if r is not same)
        return Recorded(same["disruption_id"], Change(), others, *dates)
    stem = f"{ocg_id[: LONGEST_ID - _ROOM]}-{day:%Y%m%d}-"
    names = [f"{stem}{number}" for number in range(1, _MOST_A_DAY + 1)]
    taken = {r["disruption_id"].strip() for r in rows_of(place.look_up("disruptions", "disruption_id", names))}
    free = next((name for name in names if name not in taken), None)
    if free is None:
        raise UsageError(f"{ocg_id} has {_MOST_A_DAY} disruptions on {day} already. Nothing was recorded.")
    return Recorded(free, Change(add={"disruptions": [{"disruption_id": free, **row}]}), tuple(of_day), *dates)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _content(row: Row) -> dict[str, str]:
    """Return the cells of a row as :func:`disruption_row` writes them."""
    cells = {name: _plain(row[name]) if name in _TEXTS else row[name] for name in row}
    return cells | {"partners": "|".join(filter(None, map(_plain, row["partners"].split("|"))))}
