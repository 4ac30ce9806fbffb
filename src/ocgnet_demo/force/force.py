"""A force-wide county: every crime of three years with its people, and the organised part among them.

The figures it is made for stand in ``published``; everything else follows from them upwards: how many crimes of
each offence in each place, whom they befell, who is suspected. No figure is written anywhere in the folder.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.errors import UsageError
from ocgnet.model import TABLES
from ocgnet.model.columns import VICTIM_KINDS
from ocgnet_demo.county.group_activities import draw_group_activities
from ocgnet_demo.county.priorities import draw_priorities
from ocgnet_demo.county.response import FIRST_THREATS, draw_response, members_today
from ocgnet_demo.drawing import AS_OF, FIRST, Row, csv_text, write_folder
from ocgnet_demo.drug_lines import Lines, draw_lines, name_home_force
from ocgnet_demo.exploited import add_topics, draw_risks, draw_stages
from ocgnet_demo.force.beyond_groups import draw_beyond_groups
from ocgnet_demo.force.counts import DISTRICTS, NOWHERE, RESIDENTS, Wards, areas_of, fit_counts, wards_of
from ocgnet_demo.force.crimes import FLAGS, Crimes, draw_crimes
from ocgnet_demo.force.early_years import draw_early_years
from ocgnet_demo.force.links import ROLES, WORDS, Linker, Links, brought
from ocgnet_demo.force.organised import Organised, organised_part, paper_rows, stop_rows
from ocgnet_demo.force.targets import (
    NOW,
    SEED,
    UNKNOWN,
    YEARS,
    Offences,
    generator,
    number,
    offences,
    targets_of,
    year_of,
)
from ocgnet_demo.force.telephones import AUTHORITY, premises, write_telephones
from ocgnet_demo.force.youth import FIRST_NUMBER, YEAR, Register, Youth
from ocgnet_demo.frauds import bureau_rows, columns_of, pounds
from ocgnet_demo.hours import hours_of
from ocgnet_demo.many_offences import links_of_force, people_of_force
from ocgnet_demo.referral_outcomes import add_mash, draw_outcomes

# Writes large tables as CSV in pieces, so that memory stays the same however many rows there are.

PIECE = 100_000
"""Rows that are put into words at a time."""


class Words:
    """Texts by position, quoted once as CSV needs it; the last one, for position -1, is blank.

    Parameters
    ----------
    texts : sequence of str
        Texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = pa.array([*(_quoted(t) for t in texts), ""], pa.string())

    def __call__(self, positions: np.ndarray) -> pa.Array:
        """Return the texts at these positions."""
        return self._texts.take(pa.array(np.where(positions < 0, len(self._texts) - 1, positions)))


class TableWriter:
    """Appends rows of one table to its file; columns that are not given stay blank.

    Parameters
    ----------
    out : pathlib.Path
        Data folder.
    table : str
        Table of the model.
    """

    def __init__(self, out: Path, table: str) -> None:
        self._table = table
        self._columns = [c.name for c in TABLES[table].columns]
        self._file: BinaryIO = (out / f"{table}.csv").open("wb")
        self._file.write((",".join(self._columns) + "\n").encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, rows: list[Row]) -> None:
        """Append rows given one by one, in the order of the table's identity."""
        self._file.write(csv_text(self._table, rows).partition("\n")[2].encode())

    def write(self, columns: Mapping[str, pa.Array]) -> None:
        """Append rows given as columns of ready text.

        Raises
        ------
        KeyError
            When the model's table has no column of that name.
        """
        if unknown := set(columns) - set(self._columns):
            raise KeyError(f"no column {', '.join(sorted(unknown))}")
        count = len(next(iter(columns.values())))
        if not count:
            return
        blank = pa.scalar("")
        cells = [columns.get(name, blank) for name in self._columns]
        lines = pc.binary_join_element_wise(*cells, pa.scalar("\n"), ",")
        # The line end was joined like a cell: take the comma before it away.
        text = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), lines), "")
        self._file.write(text[0].as_buffer().to_pybytes().replace(b",\n", b"\n"))


def _quoted(text: str) -> str:
    """Return a cell as CSV writes it.

    >>> _quoted('Public fear, alarm or distress')
    '"Public fear, alarm or distress"'
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([text])
    return line.getvalue() if text else ""


# Puts crimes, links and people into words and writes them, piece by piece.

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
    seed : int
        Seed of the county.
    table : Offences
        Offences.
    wards : Wards
        Wards.
    """

    def __init__(self, out: Path, seed: int, table: Offences, wards: Wards) -> None:
        self._stack = ExitStack()
        self._out, self._codes = out, table.code
        self._code, self._offence = Words(table.code), Words(table.text)
        self._district, self._ward = Words(DISTRICTS), Words(wards.name)
        self._day = Words(np.arange(_EARLIEST, _LATEST + 1).astype("datetime64[D]").astype(str).tolist())
        self._yes, self._role, self._relationship = Words(("false", "true")), Words(ROLES), Words(WORDS)
        self._sex, self._ethnicity = Words(("male", "female")), Words(_ETHNICITIES)
        self._seed, self._hour = seed, Words([str(hour) for hour in range(24)])
        sets = range(1 << len(FLAGS))
        self._victim_kind = Words(VICTIM_KINDS)
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
        # Drawn apart, so that nothing else moves.
        drawn = generator(self._seed, f"hours {crimes.year}").random(len(crimes))
        hours = hours_of(drawn, crimes.flags & 1 << FLAGS.index("knife") > 0)
        marks = columns_of(self._seed, crimes.year, self._codes, crimes.code)
        flags = crimes.flags | np.where(marks["cyber"], 1 << FLAGS.index("cyber"), 0)
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
                    "flags": self._flags(flags[at]),
                    "occurred_hour": self._hour(hours[at]),
                    "victim_kind": self._victim_kind(marks["victim_kind"][at]),
                    "loss": pounds(marks["loss"][at]),
                }
            )

    def add_bureau(self, rows: list[Row], links: list[Row]) -> None:
        """Write the crimes that a national bureau sent, and their links, after all others."""
        self._crimes.append(rows)
        self._links.append(links)

    def add_links(self, crimes: Crimes, links: Links, organised: list[Row], planted: Planted) -> None:
        """Write the links of one year in the order of the crimes, those of the organised part and planted ones last."""
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
        rows = [row | {"crime_id": renamed[str(row["crime_id"])]} for row in organised]
        ids = _crime_ids(crimes.year, serial[[crime for _, crime, _ in planted]]).to_pylist() if planted else []
        rows += [
            {"person_id": person, "crime_id": crime_id, "link_role": role}
            for (person, _, role), crime_id in zip(planted, ids, strict=True)
        ]
        self._links.append(rows)

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


ABOUT = {
    "force": "Made-up force of the published profile",
    "marking": "OFFICIAL-SENSITIVE",
    "synthetic": True,
    "as_of": AS_OF,
    "period_from": FIRST,
    "period_to": AS_OF,
}
LEAST_SCALE = 0.001
STEPS = 3 + len(YEARS)
"""How often ``say`` is told what is being made."""
_STREAMED = ("crimes", "crime_links", "people", "nominals")


def _silent(_: str) -> None:
    """Say nothing."""


def write_force(out: Path, seed: int = SEED, scale: float = 1.0, say: Callable[[str], None] = _silent) -> None:
    """Write the data folder of a force-wide county.

    Parameters
    ----------
    out : pathlib.Path
        Folder; made when it does not exist, tables of an earlier run are replaced.
    seed : int
        1 gives the published figures; another seed gives another force with figures of its own. The same seed
        and scale give the same bytes with the same release of NumPy.
    scale : float
        1 for about 260,000 crimes in the year. Crimes, victims, offenders and reports scale, and so do children
        flagged, referrals and stop checks, but not below a tenth; groups, their members and families and the
        disruptions stay whole. Above 1 the events of the groups stay whole too; below 1 they are thinned. The
        figures are met to the digit at scale 1; below about a tenth single rapes (3,000 points each) show in the
        severity of a district.
    say : callable
        Told what is being made.

    Raises
    ------
    UsageError
        When ``scale`` is below a thousandth.
    """
    if not scale >= LEAST_SCALE:
        raise UsageError(f"A county needs a scale of at least {LEAST_SCALE}; {scale} was asked for.")
    targets, table, wards = targets_of(seed, scale), offences(), wards_of(seed)
    say("Groups, members and families")
    organised = organised_part(seed, scale, wards, FIRST)
    Youth(seed, scale, organised, targets)
    theirs = _by_year(organised)
    areas = areas_of(targets, wards.name)
    counts = fit_counts(seed, targets, scale, table, areas, {y: _counted(theirs[y], table) for y in YEARS})
    out.mkdir(parents=True, exist_ok=True)
    linker = Linker(seed, table, targets)
    births = _births(organised)
    with Records(out, seed, table, wards) as records:
        for year in YEARS:
            say(f"Crimes of {year}/{(year + 1) % 100}")
            crimes = draw_crimes(seed, year, counts[year], table, areas, wards, theirs[year], targets)
            links = _links_of(organised, theirs[year])
            in_year = [c for c in theirs[year] if c["recorded_on"]]
            records.add_crimes(crimes)
            made = linker.link(crimes, brought(in_year, links, births, table))
            records.add_links(crimes, made, links, _juveniles(seed, scale, crimes, made, table))
        sent = bureau_rows(seed, scale, RESIDENTS)
        early = draw_early_years(seed, organised.tables["children"], sent)
        records.add_bureau(sent, early["crime_links"])
        organised.tables["people"] += people_of_force(scale)
        say("People")
        records.add_people(seed, linker, organised)
    say("Reports, stop checks and the rest")
    reports, report_links = paper_rows(seed, scale, linker.nominals.size)
    rest = {name: rows for name, rows in organised.tables.items() if name not in _STREAMED}
    rest["intel_reports"] += reports
    rest["intel_links"] += report_links
    members = dict.fromkeys(person for people in members_today(organised.tables).values() for person in people)
    lines = _lines(seed, organised, linker.nominals)
    line = write_telephones(out, seed, scale, list(members), linker.nominals.size, lines)
    rest |= draw_response(seed, organised.tables | {"things": premises()}, line=line)[0]
    add_topics(seed, rest["intel_reports"])
    rest |= {
        "child_risks": draw_risks(seed, organised.tables)[0],
        "nrm_stages": draw_stages(seed, organised.tables["referrals"]),
    }
    add_mash(seed, rest["referrals"])
    draw_outcomes(seed, rest["referrals"], rest["nrm_stages"])
    rest |= draw_group_activities(seed, organised.tables)[0]
    rest |= {name: rest[name] + early[name] for name in ("child_aces", "missing_episodes")}
    rest |= draw_priorities(seed, organised.tables | rest)[0]
    rest["associations"] += draw_beyond_groups(seed, organised.tables, _adults(linker.nominals)[-2_000:])[0]
    rest["threats"] += lines.threats
    rest["group_things"] = lines.held
    stops = stop_rows(seed, targets)
    name_home_force(seed, stops, str(ABOUT["force"]))
    write_folder(out, rest | {"stop_checks": stops, "wards": wards.rows()}, ABOUT | AUTHORITY)


def _lines(seed: int, organised: Organised, register: Register) -> Lines:
    """Draw county lines of nominals in no group; those under 18 when the year begins may only run for one."""
    ids, eighteen = _eighteen(register)
    held = [str(g["ocg_id"]) for g in organised.tables["ocgs"] if g["county_line"] and g["archived_on"] is None]
    young = ids[eighteen > number(AS_OF)]
    return draw_lines(seed, held, _adults(register)[:5_000], young[:2_000].tolist(), FIRST_THREATS)


def _adults(register: Register) -> list[str]:
    """Return the ids of the nominals who were 18 when the records begin."""
    ids, eighteen = _eighteen(register)
    adults: list[str] = ids[eighteen < number(date(2016, 4, 1))].tolist()
    return adults


def _eighteen(register: Register) -> tuple[np.ndarray, np.ndarray]:
    """Return the ids of a register and the day on which each is 18, about."""
    born = register.columns()[0]
    ids = np.char.add(register.prefix, (np.arange(len(born)) + FIRST_NUMBER).astype(str))
    return ids, born + np.ceil(18 * YEAR).astype(int)


Planted: TypeAlias = list[tuple[str, int, str]]
"""Person, position of the crime, and link role."""


def _juveniles(seed: int, scale: float, crimes: Crimes, links: Links, table: Offences) -> Planted:
    """Return the links of the planted juveniles of one year, to assaults of which nobody is suspected."""
    suspected = np.zeros(len(crimes), bool)
    suspected[links.crime[(links.role != ROLES.index("victim")) & (links.role != ROLES.index("witness"))]] = True
    assault = (crimes.code == table.position("8N")) & (crimes.recorded != UNKNOWN)
    free = np.flatnonzero(assault & ~suspected & (np.arange(len(crimes)) < crimes.made))
    return links_of_force(generator(seed, f"juveniles {crimes.year}"), YEARS.index(crimes.year), scale, free)


def _by_year(organised: Organised) -> dict[int, list[Row]]:
    """Return the crimes of the organised part by year; those without a date, or of no year here, with the last."""
    found: dict[int, list[Row]] = {y: [] for y in YEARS}
    for crime in organised.tables["crimes"]:
        on = crime["recorded_on"] or crime["occurred_on"]
        found[year_of(on) if isinstance(on, date) else NOW].append(crime)
    return found


def _counted(crimes: list[Row], table: Offences) -> np.ndarray:
    """Return crimes by district and offence, shape ``(districts + 1, codes)``; undated and codeless ones left out."""
    found = np.zeros((NOWHERE + 1, len(table)), np.int64)
    for crime in crimes:
        if crime["recorded_on"] and crime["offence_code"]:
            at = DISTRICTS.index(str(crime["district"])) if crime["district"] else NOWHERE
            found[at, table.position(str(crime["offence_code"]))] += 1
    return found


def _links_of(organised: Organised, crimes: list[Row]) -> list[Row]:
    ids = {c["crime_id"] for c in crimes}
    return [r for r in organised.tables["crime_links"] if r["crime_id"] in ids]


def _births(organised: Organised) -> dict[str, date]:
    keys = (("people", "person_id"), ("nominals", "nominal_id"), ("children", "child_id"))
    return {
        str(row[key]): born
        for name, key in keys
        for row in organised.tables[name]
        if isinstance(born := row.get("date_of_birth"), date)
    }
