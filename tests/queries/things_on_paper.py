"""A small folder about things, from which the answers of test_questions_about_things were worked out by hand.

Groups: N1 and N2 are of G1, N3 is of G2. N8 is restricted, the review of N9 is overdue, R2 is suspected false. C1 is a
child, P1 neither nominal nor child. Instants are in UTC; the call of 10 July 2018 has no time of day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from ocgnet.dataset import About, Dataset

D, T = date, datetime


def rows(columns: str, *values: Sequence[Any]) -> pa.Table:
    """A table of which every row is given in the order of the columns, later ones left blank."""
    names = columns.split()
    filled = [[*v, *([None] * (len(names) - len(v)))] for v in values]
    return pa.table({name: pa.array([v[i] for v in filled]) for i, name in enumerate(names)})


THINGS = Dataset.of(
    {
        "nominals": rows(
            "nominal_id name date_of_birth review_due restricted_on restricted_because",
            ("N1", "Ada Brindle", D(1990, 1, 1), D(2025, 1, 1)),
            ("N2", "Bram Cotter", D(1991, 1, 1)),
            ("N3", "Cora Dunmow", D(1992, 1, 1)),
            ("N8", "Hale Marrick", D(1993, 1, 1), None, D(2019, 3, 1), "evidence"),
            ("N9", "Ines Polder", D(1994, 1, 1), D(2019, 1, 31)),
        ),
        "children": rows("child_id name date_of_birth", ("C1", "Kit Larkin", D(2004, 6, 1))),
        "people": rows("person_id name date_of_birth", ("P1", "Orla Wickes", D(1950, 1, 1))),
        "ocgs": rows("ocg_id name", ("G1", "Group Elm"), ("G2", "Group Fern")),
        "memberships": rows(
            "nominal_id ocg_id role from_date",
            ("N1", "G1", "principal", D(2017, 1, 1)),
            ("N2", "G1", "peripheral", D(2017, 1, 1)),
            ("N3", "G2", "principal", D(2017, 1, 1)),
        ),
        "intel_reports": rows(
            "report_id reported_on grading_scheme source_grade intelligence_grade handling_code",
            ("R1", D(2018, 5, 1), "3x5x2", "1", "A", "P"),
            ("R2", D(2018, 5, 2), "3x5x2", "3", "E", "P"),
        ),
        "crimes": rows("crime_id recorded_on", ("K1", D(2018, 8, 1))),
        "things": rows(
            "thing_id kind label number registration ward district review_due",
            ("PH1", "phone", None, "07700900001"),
            ("PH2", "phone", None, "07700900002"),
            ("PH3", "phone", None, "07700900003"),
            ("PH4", "phone", None, "07700900004"),
            ("PH5", "phone", None, "07700900005"),
            ("PH8", "phone", None, "07700900008"),
            ("PH9", "phone", None, "07700900009"),
            ("L1", "line", "Elm line", "07700900010"),
            ("V1", "vehicle", None, None, "AB12CDE"),
            ("V2", "vehicle", None, None, "FG34HJK"),
            ("V3", "vehicle", "grey van", None, None, None, None, D(2019, 1, 1)),
            ("H1", "address", "1 Low Row", None, None, "Quay", "Easter"),
            ("H2", "address", "2 Low Row", None, None, "Quay", "Easter"),
            ("B1", "premises", "Elm Garage", None, None, "Quay", "Easter"),
            ("A1", "account", None, "10000001"),
            ("A2", "account", None, "10000002"),
            ("A3", "account", None, "10000003"),
            ("A4", "account", None, "10000004"),
            ("W1", "weapon", "machete"),
        ),
        "thing_links": rows(
            "person_id thing_id relation from_date to_date report_id confidence authority_ref",
            ("N1", "PH1", "user", D(2018, 1, 1)),
            ("N2", "PH2", "user", D(2018, 1, 1), D(2018, 9, 30)),
            ("N3", "PH2", "user", D(2018, 10, 1)),
            ("C1", "PH3", "user", D(2018, 1, 1)),
            ("P1", "PH3", "subscriber", D(2018, 1, 1)),
            ("N8", "PH8", "user"),
            ("N9", "PH9", "user"),
            ("N1", "L1", "user", D(2018, 4, 1), D(2018, 6, 30), "R1", "attributed"),
            ("N2", "L1", "user", D(2018, 6, 15), None, None, "suspected"),
            ("N3", "L1", "user", D(2018, 7, 1), None, "R2"),
            ("N8", "L1", "user", D(2018, 7, 1)),
            ("C1", "L1", "runner", D(2018, 5, 1)),
            ("N1", "V1", "keeper", D(2016, 1, 1)),
            ("N3", "V1", "passenger", D(2018, 5, 5)),
            ("N3", "V2", "keeper", D(2016, 1, 1)),
            ("N2", "V3", "keeper"),
            ("P1", "H1", "resident", D(2015, 1, 1)),
            ("C1", "H1", "resident", D(2015, 1, 1)),
            ("N1", "H1", "seen_at", D(2018, 5, 1), D(2018, 6, 30)),
            ("N2", "H1", "seen_at", D(2018, 6, 1), D(2018, 6, 1)),
            ("N3", "H1", "tenant", D(2018, 6, 1), None, "R2"),
            ("N8", "H1", "seen_at", D(2018, 6, 1)),
            ("N1", "H2", "resident", D(2010, 1, 1)),
            ("N1", "A1", "controls", D(2018, 1, 1), None, None, None, "PO/7"),
            ("N2", "A1", "signatory", D(2018, 3, 1)),
            ("N3", "A2", "controls", D(2018, 1, 1)),
        ),
        "communications": rows(
            "from_thing to_thing at kind duration count last_at authority_ref",
            ("PH1", "PH4", T(2018, 2, 1, 8), "call", 20.0, None, None, "DA/1"),
            ("PH1", "PH2", T(2018, 5, 1, 10), "call", 60.0, None, None, "DA/1"),
            ("PH2", "PH1", T(2018, 5, 1, 10, 30), "sms", None, 2, T(2018, 5, 3, 9), "DA/1"),
            ("PH4", "PH1", T(2018, 5, 2, 11), "sms", None, 3, None, "DA/1"),
            ("PH4", "PH2", T(2018, 5, 3, 11), "call", 5.0, None, None, "DA/1"),
            ("L1", "PH3", T(2018, 5, 4, 22, 30), "call", 30.0, None, None, "DA/2"),
            ("PH8", "PH1", T(2018, 6, 1, 9), "call", 30.0, None, None, "DA/1"),
            ("PH1", "PH9", T(2018, 6, 2, 9), "call", 30.0, None, None, "DA/1"),
            ("L1", "PH4", T(2018, 7, 10), "sms", None, None, None, "DA/2"),
            ("PH1", "PH2", T(2018, 11, 1, 10), "call", 90.0, None, None, "DA/1"),
            ("PH3", "L1", T(2018, 12, 4, 22, 30), "call", 10.0, None, None, "DA/2"),
            ("PH5", "L1", T(2019, 2, 1, 9, 15), "call", 10.0, None, None, "DA/2"),
            ("PH5", "PH1", T(2019, 2, 2, 9), "call", 10.0, None, None, "DA/1"),
        ),
        "sightings": rows(
            "thing_id at place source",
            ("V1", T(2018, 5, 1, 12), "CAM1", "anpr"),
            ("V2", T(2018, 5, 1, 12, 4), "CAM1", "anpr"),
            ("V1", T(2018, 5, 1, 23, 58), "CAM2", "anpr"),
            ("V2", T(2018, 5, 2, 0, 3), "CAM2", "anpr"),
            ("V1", T(2018, 5, 9, 12), "CAM1", "anpr"),
            ("V2", T(2018, 5, 9, 12, 30), "CAM1", "anpr"),
            ("V1", T(2018, 5, 3, 12), "H1", "officer"),
            ("V3", T(2018, 5, 1, 12, 1), "CAM1", "anpr"),
            ("V3", T(2018, 5, 1, 23, 59), "CAM2", "anpr"),
        ),
        "transfers": rows(
            "from_account to_account at amount currency",
            ("A1", "A2", T(2018, 6, 1, 9), 1000.0, "GBP"),
            ("A2", "A3", T(2018, 6, 2, 9), 950.0, "GBP"),
            ("A3", "A4", T(2018, 6, 20, 9), 900.0, "GBP"),
            ("A2", "A3", T(2018, 5, 1, 9), 10.0, "GBP"),
        ),
        "group_things": rows(
            "ocg_id thing_id from_date to_date confidence",
            ("G1", "L1", D(2018, 4, 1)),
            ("G1", "B1", D(2016, 1, 1), D(2018, 12, 31)),
            ("G2", "H1", D(2018, 1, 1), None, "suspected"),
        ),
        "crime_things": rows(
            "crime_id thing_id involvement", ("K1", "B1", "scene"), ("K1", "W1", "found"), ("K1", "V1", "used")
        ),
    },
    About(force="Made-up", synthetic=True, as_of=date(2019, 3, 31)),
)
