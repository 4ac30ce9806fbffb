"""The tiny folder with phones, vehicles, addresses and accounts, for tests of what goes, stays and is withheld."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

TINY = Path(__file__).parents[1] / "fixtures" / "tiny"

THINGS: dict[str, tuple[str, ...]] = {
    "things": (
        "thing_id,kind,label,number,registration,postcode,authority_ref,review_due",
        "T1,phone,Brenna's own,07700 900111,,,,",
        "T2,phone,,07700 900222,,,,",
        "T3,phone,,07700900333,,,,2019-01-01",
        "V1,vehicle,silver van,,AB12 CDE,,,",
        "V2,vehicle,,,CD34 EFG,,,",
        "A1,address,12 Mill Lane,,,SW1A 2AA,AUTH/7,",
        "B1,account,,60-16-13 31926819,,,,",
        "B2,account,,60-16-13 31926820,,,,",
        "L1,line,Bee line,07700 900777,,,,",
    ),
    "thing_links": (
        "person_id,thing_id,relation,from_date,to_date,report_id,confidence,source,authority_ref",
        "N02,T1,user,2018-06-01,,,attributed,seen by her brother,",
        "N02,T2,user,2018-06-01,,,,,",
        "N01,T2,user,2018-09-01,,,suspected,,",
        "N03,T3,user,2018-06-01,,,,,AUTH/8",
        "N02,V1,keeper,2018-06-01,,,,,",
        "N04,V2,keeper,2018-06-01,,,,,",
        "N02,A1,resident,2018-06-01,,,,,",
        "N02,B1,signatory,2018-06-01,,,,,",
        "N01,B2,signatory,2018-06-01,,,,,",
        "N02,L1,controls,2018-06-01,,,,,",
    ),
    "communications": (
        "from_thing,to_thing,at,kind,duration,count,last_at,authority_ref",
        "T1,T2,2019-01-02T10:00:00Z,call,60,,,AUTH/7",
        "T1,07700 900555,2019-01-03T10:00:00Z,call,30,,,AUTH/7",
        "07700 900556,T1,2019-01-04T10:00:00Z,sms,,,,AUTH/8",
        "T2,07700 900556,2019-01-05T10:00:00Z,call,5,,,AUTH/8",
        "T3,T2,2019-01-06T10:00:00Z,call,5,,,AUTH/8",
        "T3,T1,2019-01-07T10:00:00Z,call,5,2,2019-01-08T10:00:00Z,AUTH/8",
        "T3,L1,2019-01-08T10:00:00Z,call,5,,,AUTH/8",
    ),
    "sightings": (
        "thing_id,at,place,latitude,longitude,source,authority_ref",
        "V1,2019-01-02T10:00:00Z,A1,,,anpr,",
        "V2,2019-01-03T10:00:00Z,A1,,,officer,",
        "V2,2019-01-04T10:00:00Z,CAM9,,,anpr,",
    ),
    "transfers": (
        "from_account,to_account,at,amount,currency,authority_ref",
        "B1,B2,2019-01-02,100,GBP,",
        "B2,B1,2019-01-03,50,GBP,",
    ),
    "group_things": (
        "ocg_id,thing_id,from_date,to_date,report_id,confidence,authority_ref",
        "G1,V1,2018-06-01,,,,",
        "G1,L1,2018-06-01,,,,AUTH/8",
    ),
    "crime_things": ("crime_id,thing_id,involvement,authority_ref", "K1,V2,used,"),
}
"""By table: header and rows.

Of N02 alone are T1, A1 and B1; V1 and L1 are G1's too, and T2 is N01's as well. 07700 900555 was in touch with T1
alone; 07700 900556 with T2 too. T3's review is overdue.
"""


def things_folder(folder: Path, **texts: str) -> Path:
    """Write it; ``texts`` are texts of reports by id."""
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("*.md"))
    for name, lines in THINGS.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if texts:
        file = folder / "intel_reports.csv"
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(dict.fromkeys([*rows[0], "text"])))
            writer.writeheader()
            writer.writerows(row | {"text": texts.get(row["report_id"], row.get("text", ""))} for row in rows)
    return folder


def numbers_with_rows(folder: Path) -> Path:
    """Give the numbers that stand in no row of things the row that they get when the records are read."""
    things, calls = folder / "things.csv", folder / "communications.csv"
    header, *rows = things.read_text(encoding="utf-8").splitlines()
    text = calls.read_text(encoding="utf-8")
    for last in ("555", "556"):
        text = text.replace(f"07700 900{last}", f"+447700900{last}")
        rows.append(f"+447700900{last},phone,07700 900{last},07700 900{last},,,,")
    normalised = [row.split(",")[0] if row.startswith("+") else "" for row in rows]
    lines = [f"{header},normalised", *(f"{row},{form}" for row, form in zip(rows, normalised, strict=True))]
    things.write_text("\n".join(lines) + "\n", encoding="utf-8")
    calls.write_text(text, encoding="utf-8")
    return folder
