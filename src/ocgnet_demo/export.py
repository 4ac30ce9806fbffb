"""A made-up workbook in the shape in which a records system exports, and the same records as a data folder.

Five groups of the small county, with everybody who stands in a crime or report with their members: titles above the
headers, ids of other systems, codes for roles and grades, several subjects in a cell, and phones, calls, vehicles,
camera reads, addresses and accounts. Everybody in it is made up; telephone numbers are of the range kept for drama.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

from ocgnet_demo.county.county import county_tables
from ocgnet_demo.drawing import AS_OF, Row, stream, write_folder

WORKBOOK = "force_export.xlsx"
BY_HAND = "by_hand"
"""The folder beside it, which somebody could have made of it by hand."""

MAPPING = "import.toml"
"""The mapping beside it, as ocgnet import writes it when its questions are answered."""

ABOUT = {
    "force": "Lyonmere Constabulary",
    "marking": "OFFICIAL-SENSITIVE",
    "synthetic": True,
    "as_of": AS_OF,
    "communications_authority": "made up 1",
}
_GROUPS = 5
_SINCE = date(2018, 10, 1)
_ROLES = {
    "suspect": "SUS", "arrested": "ARR", "charged": "CHA", "convicted": "CON", "victim": "VIC", "witness": "WIT",
}  # fmt: skip
_RELATIONSHIPS = {
    "parent": "Father", "sibling": "Brother", "grandparent": "Grandmother", "partner_of_parent": "Mum's partner",
    "step_parent": "Step-father",
}  # fmt: skip
_CONFIDENCE = {"Attributed": "attributed", "Possible": "suspected"}
_CALLS_AS = {"VOICE": "call", "SMS": "sms"}
_LINKS = {"RK": "keeper", "Driver": "user", "Insured driver": "user"}
_ADDRESSES = {"Home": "resident", "Bail": "resident", "Associate": "other"}
_CAMERAS = ("RING ROAD 4", "COAST ROAD EB 12")
_HANDLING = "No further dissemination without reference to originator"
_CALLS = 1_500
_READS = 400
_TRANSFERS = 60

Cell = str | int | float | date | datetime | time | None
Sheet = tuple[str, Sequence[str], list[list[Cell]]]


def write_export(out: Path, seed: int = 1) -> None:
    """Write the workbook and, beside it, its mapping and the data folder of the same records.

    Parameters
    ----------
    out : pathlib.Path
        Folder; made when it does not exist.
    seed : int
        Another seed gives other people and events.
    """
    records = _Records(seed)
    out.mkdir(parents=True, exist_ok=True)
    write_folder(out / BY_HAND, records.tables(), ABOUT)
    (out / MAPPING).write_bytes(Path(__file__).with_suffix(".toml").read_bytes())
    _write_workbook(out / WORKBOOK, records.sheets(stream(seed, "export")))


class _Records:
    """The chosen part of the county, under the ids of the other system."""

    def __init__(self, seed: int) -> None:
        county = county_tables(seed)
        self._rng = stream(seed, "export ids")
        current = [m for m in county["memberships"] if m.get("to_date") is None]
        sizes = {str(g["ocg_id"]): 0 for g in county["ocgs"] if g["status"] == "active"}
        for m in current:
            if str(m["ocg_id"]) in sizes:
                sizes[str(m["ocg_id"])] += 1
        chosen = sorted(sizes, key=lambda g: (-sizes[g], g))[:_GROUPS]
        self._groups = [g for g in county["ocgs"] if g["ocg_id"] in chosen]
        self._group_id = {g: f"44/OCG/{100 + i}" for i, g in enumerate(sorted(chosen))}
        self._memberships = [m for m in county["memberships"] if m["ocg_id"] in chosen]
        members = {str(m["nominal_id"]) for m in self._memberships}
        children = {str(c["child_id"]): c for c in county["children"]}
        crimes = {
            str(c["crime_id"]): c for c in county["crimes"] if c["recorded_on"] and _on(c["recorded_on"]) >= _SINCE
        }
        reports = {
            str(r["report_id"]): r
            for r in county["intel_reports"]
            if r["grading_scheme"] == "3x5x2" and r["reported_on"] and _on(r["reported_on"]) >= _SINCE
        }
        self._crime_links = _touching(county["crime_links"], "crime_id", crimes, members, children)
        self._intel_links = _touching(county["intel_links"], "report_id", reports, members, children)
        self._crimes = [crimes[c] for c in sorted({str(k["crime_id"]) for k in self._crime_links})]
        self._reports = [reports[r] for r in sorted({str(k["report_id"]) for k in self._intel_links})]
        named = members | {str(k["person_id"]) for k in (*self._crime_links, *self._intel_links)}
        everybody = {str(p["nominal_id"]): p for p in county["nominals"]}
        everybody |= {str(p["person_id"]): p for p in county["people"]}
        self._people = {p: everybody[p] for p in sorted(named)}
        self._family = [k for k in county["family_links"] if k["adult_id"] in self._people]
        self._family = list(
            {str(k["child_id"]): k for k in self._family if k["relationship"] in _RELATIONSHIPS}.values()
        )
        self._children = {str(k["child_id"]): children[str(k["child_id"])] for k in self._family}
        self._urn = {p: f"44001{7 + 37 * i:05d}" for i, p in enumerate(self._people)}
        self._child_ref = {c: f"C{i:04d}" for i, c in enumerate(sorted(self._children))}
        self._crime_no = {str(c["crime_id"]): 44_180_001_234 + i for i, c in enumerate(self._crimes)}
        self._intel_ref = {
            str(r["report_id"]): f"44/INT/{50_001 + i}/{_on(r['reported_on']):%y}" for i, r in enumerate(self._reports)
        }
        self._phones = {p: f"07700 {900_000 + i:06d}" for i, p in enumerate(sorted(members))}
        self._calls = self._drawn_calls()
        self._draw_things()

    def _draw_things(self) -> None:
        """Draw the vehicles, addresses and accounts of the members, and what was seen of them."""
        rng, members = self._rng, list(self._phones)
        self._attributed = {p: rng.choice(("Attributed", "Possible")) for p in members}
        marks = [f"E{rng.choice('ABCDE')}{rng.randint(10, 68)} X{rng.choice('ABC')}L" for _ in members]
        self._vehicles = [(v, p, rng.choice(list(_LINKS))) for v, p in zip(marks, members, strict=True)]
        passing = [f"E{letter}{n} XDL" for n, letter in enumerate("ABCDEFGH", 51)]
        self._reads = [
            (rng.choice(marks + passing), datetime(2019, 3, 1) + timedelta(minutes=90 * i), rng.choice(_CAMERAS))
            for i in range(_READS)
        ]
        self._addresses = [
            (f"{rng.randint(1, 60)} Acre Road, Lyonmere ZZ{rng.randint(1, 9)} {rng.randint(1, 3)}AB", p,
             rng.choice(list(_ADDRESSES)), AS_OF - timedelta(days=rng.randrange(400)))
            for p in members
        ]  # fmt: skip
        accounts = [(f"00-00-{rng.randint(10, 99)} {rng.randrange(10**7, 10**8)}", p) for p in members]
        self._transfers = [
            (*rng.choice(accounts), str(rng.randrange(10**7, 10**8)), rng.randint(100, 9_000),
             AS_OF - timedelta(days=rng.randrange(90)))
            for _ in range(_TRANSFERS)
        ]  # fmt: skip

    def _drawn_calls(self) -> list[tuple[str, str, datetime, str, int]]:
        """Draw calls among the members and with numbers that nobody is known to use."""
        rng, users = self._rng, list(self._phones)
        unknown = [f"+44 7700 {900_500 + i:06d}" for i in range(60)]
        group = {str(m["nominal_id"]): m["ocg_id"] for m in self._memberships}
        calls = []
        for _ in range(_CALLS):
            one = rng.choice(users)
            near = [u for u in users if u != one and group[u] == group[one]] or users
            other = self._phones[rng.choice(near)] if rng.random() < 0.5 else rng.choice(unknown)
            pair = (self._phones[one], other) if rng.random() < 0.5 else (other, self._phones[one])
            at = datetime(2019, 1, 1) + timedelta(seconds=rng.randrange(90 * 86_400))
            calls.append((*pair, at, rng.choice(list(_CALLS_AS)), rng.randrange(600)))
        return sorted(calls, key=lambda c: c[2])

    def tables(self) -> dict[str, list[Row]]:
        """Return the rows of the data folder."""
        return self._tables_of_records() | self._tables_of_things()

    def _tables_of_things(self) -> dict[str, list[Row]]:
        things: dict[str, Row] = {_dialled(n): {"kind": "phone", "number": n} for n in self._phones.values()}
        for mark in [v for v, *_ in self._vehicles] + [v for v, *_ in self._reads]:
            ours = {"label": "Ford Transit"} if mark in {v for v, *_ in self._vehicles} else {}
            things.setdefault(_mark(mark), {"kind": "vehicle", "registration": mark, **ours})
        for address, *_ in self._addresses:
            things.setdefault(_words(address), {"kind": "address", "label": address, "postcode": address[-7:]})
        for account, _, to, *_ in self._transfers:
            things.setdefault(_digits(account), {"kind": "account", "number": account})
            things.setdefault(to, {"kind": "account", "number": to})
        links: list[tuple[str, str, str, str | None, date | None]] = [
            (p, _dialled(n), "user", _CONFIDENCE[self._attributed[p]], None) for p, n in self._phones.items()
        ]
        links += [(p, _mark(v), _LINKS[link], None, None) for v, p, link in self._vehicles]
        links += [(p, _words(a), _ADDRESSES[kind], None, seen) for a, p, kind, seen in self._addresses]
        links += [(p, a, "owner", None, None) for a, p in {_digits(a): p for a, p, *_ in self._transfers}.items()]
        return {
            "things": [{"thing_id": i, **row} for i, row in things.items()],
            "thing_links": [
                {"person_id": self._urn[p], "thing_id": t, "relation": r, "confidence": sure, "to_date": to}
                for p, t, r, sure, to in links
            ],
            "communications": [
                {"from_thing": _dialled(a), "to_thing": _dialled(b), "at": at.isoformat(), "kind": _CALLS_AS[kind],
                 "duration": seconds}
                for a, b, at, kind, seconds in self._calls
            ],
            "sightings": [
                {"thing_id": _mark(v), "at": at.isoformat(), "place": camera, "source": "anpr"}
                for v, at, camera in self._reads
            ],
            "transfers": [
                {"from_account": _digits(account), "to_account": to, "at": day, "amount": amount}
                for account, _, to, amount, day in self._transfers
            ],
        }  # fmt: skip

    def _tables_of_records(self) -> dict[str, list[Row]]:
        return {
            "nominals": [
                {
                    "nominal_id": self._urn[i],
                    "name": _as_shown(p),
                    "date_of_birth": p["date_of_birth"],
                    "sex": _letter(p),
                }
                for i, p in self._people.items()
            ],
            "ocgs": [
                {"ocg_id": self._group_id[str(g["ocg_id"])], "name": _short(g), "primary_crime_type": _trade(g)}
                for g in self._groups
            ],
            "memberships": [
                {
                    "nominal_id": self._urn[str(m["nominal_id"])],
                    "ocg_id": self._group_id[str(m["ocg_id"])],
                    **{c: m.get(c) for c in ("role", "from_date", "to_date")},
                }
                for m in self._memberships
            ],
            "crimes": [
                {
                    "crime_id": self._crime_no[str(c["crime_id"])],
                    **{k: c[k] for k in ("offence_code", "offence", "district", "ward")},
                    "occurred_on": c["recorded_on"],
                }
                for c in self._crimes
            ],
            "crime_links": [
                {
                    "person_id": self._urn[str(k["person_id"])],
                    "crime_id": self._crime_no[str(k["crime_id"])],
                    "link_role": k["link_role"],
                }
                for k in self._crime_links
            ],
            "intel_reports": [
                {
                    "report_id": self._intel_ref[str(r["report_id"])],
                    **{k: r[k] for k in ("reported_on", "source_grade", "intelligence_grade", "handling_code", "text")},
                    "grading_scheme": "3x5x2",
                    "handling_conditions": _handling(r),
                }
                for r in self._reports
            ],
            "intel_links": [
                {"person_id": self._urn[str(k["person_id"])], "report_id": self._intel_ref[str(k["report_id"])]}
                for k in self._intel_links
            ],
            "children": [
                {
                    "child_id": self._child_ref[i],
                    "name": _as_shown(c),
                    "date_of_birth": c["date_of_birth"],
                    "cce_risk": c.get("cce_risk"),
                }
                for i, c in self._children.items()
            ],
            "family_links": [
                {
                    "adult_id": self._urn[str(k["adult_id"])],
                    "child_id": self._child_ref[str(k["child_id"])],
                    "relationship": k["relationship"],
                }
                for k in self._family
            ],
        }

    def sheets(self, rng: Random) -> dict[str, Sheet]:
        """Return per sheet the title (empty: none), the header and the rows."""
        return self._sheets_of_records(rng) | self._sheets_of_things(rng)

    def _sheets_of_records(self, rng: Random) -> dict[str, Sheet]:
        """Return the sheets of people, groups and events."""
        subjects: dict[str, list[str]] = {}
        for k in self._intel_links:
            person = str(k["person_id"])
            surname, forename = _parted(self._people[person])
            subjects.setdefault(str(k["report_id"]), []).append(f"{surname} {forename} ({self._urn[person]})")
        group = {str(g["ocg_id"]): _short(g) for g in self._groups}
        return {
            "Nominals": (
                "Records system - nominal extract",
                ("URN", "Surname", "Forename", "DOB", "Sex", "Warning markers"),
                [
                    [
                        self._urn[i], *_parted(p), _written(p["date_of_birth"]),
                        _letter(p),
                        rng.choice([None, None, "VI - Violent", "DR - Drugs/WE - Weapons", "SH - Self Harm"]),
                    ]
                    for i, p in self._people.items()
                ],
            ),
            "OCGM": (
                "OCG mapping extract",
                ("OCG URN", "OCG Name", "Primary criminality"),
                [[self._group_id[str(g["ocg_id"])], _short(g), _trade(g)] for g in self._groups],
            ),
            "OCG members": (
                "OCGM membership",
                ("OCG URN", "OCG name", "Nominal URN", "Name", "Role", "Date added", "Date removed"),
                [
                    [
                        self._group_id[str(m["ocg_id"])], group[str(m["ocg_id"])], self._urn[str(m["nominal_id"])],
                        ", ".join(_parted(self._people[str(m["nominal_id"])])),
                        str(m.get("role") or "").title() or None, _day(m.get("from_date")), _day(m.get("to_date")),
                    ]
                    for m in self._memberships
                ],
            ),
            "Occurrences": (
                "Records system - occurrence extract",
                ("Occurrence no", "HO class", "Offence", "Date", "Time", "Beat / ward", "District", "Location"),
                [
                    [
                        self._crime_no[str(c["crime_id"])], _text(c.get("offence_code")), _text(c.get("offence")),
                        _day(c["recorded_on"]), time(rng.randrange(24), rng.randrange(60)), str(c["ward"] or ""),
                        str(c["district"] or ""), f"{rng.randint(1, 200)} Station Road",
                    ]
                    for c in self._crimes
                ],
            ),
            "Occurrence links": (
                "Records system - links",
                ("Occurrence no", "URN", "Role"),
                [
                    [self._crime_no[str(k["crime_id"])], self._urn[str(k["person_id"])], _ROLES[str(k["link_role"])]]
                    for k in self._crime_links
                ],
            ),
            "Intel logs": (
                "Intelligence logs 3x5x2",
                ("Intel ref", "Date", "Grading", "Handling", "Subjects", "Text"),
                [
                    [
                        self._intel_ref[str(r["report_id"])], _day(r["reported_on"]),
                        rng.choice(["{}{} {}", "{}{}{}", "{} {} {}"]).format(
                            r["source_grade"], r["intelligence_grade"], r["handling_code"]
                        ),
                        _handling(r), "; ".join(subjects[str(r["report_id"])]), _text(r.get("text")),
                    ]
                    for r in self._reports
                ],
            ),
            "Children": (
                "Public protection extract",
                ("Child ref", "Surname", "Forename", "DOB", "Adult URN", "Relationship", "CCE risk"),
                [
                    [
                        self._child_ref[str(k["child_id"])], *_parted(self._children[str(k["child_id"])]),
                        _day(self._children[str(k["child_id"])]["date_of_birth"]), self._urn[str(k["adult_id"])],
                        _RELATIONSHIPS[str(k["relationship"])],
                        str(self._children[str(k["child_id"])].get("cce_risk") or "").title() or None,
                    ]
                    for k in self._family
                ],
            ),
        }  # fmt: skip

    def _sheets_of_things(self, rng: Random) -> dict[str, Sheet]:
        """Return the sheets of telephones, vehicles, addresses and accounts."""
        return {
            "Phones": (
                "Telephone attributions",
                ("Number", "URN", "Attribution"),
                [[n, self._urn[p], self._attributed[p]] for p, n in self._phones.items()],
            ),
            "CDR": (
                "",
                ("A number", "B number", "Start date/time", "Type", "Duration (s)", "Cell"),
                [
                    [a, b, f"{at:%d/%m/%Y %H:%M:%S}", kind, seconds,
                     f"{rng.randrange(10_000, 80_000)}-{rng.randint(1, 3)}"]
                    for a, b, at, kind, seconds in self._calls
                ],
            ),
            "Vehicles": (
                "Vehicle links",
                ("VRM", "Make/Model", "URN", "Link"),
                [[v, "Ford Transit", self._urn[p], link] for v, p, link in self._vehicles],
            ),
            "Addresses": (
                "Address links",
                ("Address", "URN", "Type", "Last seen"),
                [[address, self._urn[p], kind, seen] for address, p, kind, seen in self._addresses],
            ),
            "ANPR": (
                "",
                ("VRM", "Read time", "Camera"),
                [[v, f"{at:%d/%m/%Y %H:%M:%S}", camera] for v, at, camera in self._reads],
            ),
            "Bank": (
                "",
                ("Account", "URN", "To account", "Amount", "Date"),
                [[account, self._urn[p], to, amount, day] for account, p, to, amount, day in self._transfers],
            ),
        }  # fmt: skip


def _touching(
    links: Iterable[Row], key: str, events: dict[str, Row], members: set[str], children: dict[str, Row]
) -> list[Row]:
    """Return the links of the events in which a member stands; children are in a sheet of their own."""
    adult = [k for k in links if k[key] in events and k["person_id"] not in children]
    theirs = {k[key] for k in adult if k["person_id"] in members}
    return [k for k in adult if k[key] in theirs]


def _on(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _day(value: object) -> date | None:
    return _on(value) if value else None


def _text(value: object) -> str | None:
    return str(value) if value else None


def _written(value: object) -> str | None:
    """Return a day as text, which is how this sheet gives it."""
    return f"{_on(value):%d/%m/%Y}" if value else None


def _parted(person: Row) -> tuple[str, str]:
    """Return the surname in capitals and the forenames."""
    *forenames, surname = str(person["name"]).split()
    return surname.upper(), " ".join(forenames)


def _as_shown(person: Row) -> str:
    surname, forenames = _parted(person)
    return f"{forenames} {surname}"


def _dialled(number: str) -> str:
    """Return a number with its country and without gaps."""
    bare = number.replace(" ", "")
    return f"+44{bare[1:]}" if bare.startswith("0") else bare


def _mark(registration: str) -> str:
    return registration.replace(" ", "")


def _digits(account: str) -> str:
    return "".join(filter(str.isdigit, account))


def _words(address: str) -> str:
    return address.upper().replace(",", "")


def _letter(person: Row) -> str | None:
    return {"male": "M", "female": "F"}.get(str(person["sex"]))


def _short(group: Row) -> str:
    return str(group["name"]).split()[-1].upper()


def _trade(group: Row) -> str:
    return str(group["primary_crime_type"]).capitalize()


def _handling(report: Row) -> str | None:
    return _HANDLING if report["handling_code"] == "C" else None


def _write_workbook(file: Path, sheets: dict[str, Sheet]) -> None:
    """Write titles, headers, rows and a last row with their number, as a records system does."""
    with xlsxwriter.Workbook(
        file, {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False, "in_memory": True}
    ) as book:
        book.set_properties({"created": datetime(2019, 4, 1)})
        clock = book.add_format({"num_format": "hh:mm"})
        whole = book.add_format({"num_format": "0"})
        for name, (title, header, rows) in sheets.items():
            sheet, at = book.add_worksheet(name), 0
            if title:
                last = len(header) - 1
                sheet.merge_range(0, 0, 0, last, title)
                sheet.merge_range(1, 0, 1, last, "Extract run 01/04/2019 09:12 - OFFICIAL-SENSITIVE - made up")
                at = 3
            sheet.write_row(at, 0, header)
            for i, row in enumerate(rows, at + 1):
                for j, cell in enumerate(row):
                    if isinstance(cell, time):
                        sheet.write_datetime(i, j, cell, clock)
                    elif isinstance(cell, date):
                        sheet.write_datetime(i, j, cell)
                    elif isinstance(cell, int | float):
                        sheet.write_number(i, j, cell, whole)
                    elif cell is not None:
                        sheet.write_string(i, j, cell)
            if title:
                sheet.write_string(at + len(rows) + 2, 0, f"Total records: {len(rows)}")
