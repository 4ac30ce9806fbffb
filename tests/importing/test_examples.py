"""The mappings in examples/, on small samples made by hand under the headers of what is published."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from ready import ocgnet

EXAMPLES = Path(__file__).parent.parent.parent / "examples"

POLE = {
    "nodes.Person": ":ID,surname,nhs_no,name,age,:LABEL\n0,Hale,111,Tom,,Person\n2,Hale,112,Ida,12,Person\n"
    "3,Marsh,113,Ove,,Person\n",
    "nodes.Crime": ":ID,date,id,type,last_outcome,note,charge,:LABEL\n"
    '10,24/08/2017,aa,Public order,"Done; no suspect",,,Crime\n11,04/08/2017,bb,Drugs,,,Possession,Crime\n',
    "nodes.Location": ":ID,latitude:double,postcode,longitude:double,address,:LABEL\n"
    "20,53.5,ZZ1 1ZZ,-2.6,1 Mill St,Location\n",
    "nodes.Area": ":ID,areaCode,:LABEL\n30,ZZ1,Area\n",
    "nodes.Phone": ":ID,phoneNo,:LABEL\n50,07700 900150,Phone\n51,07700 900151,Phone\n52,07700 900152,Phone\n",
    "nodes.Email": ":ID,email_address,:LABEL\n60,ida@mail.test,Email\n",
    "nodes.Vehicle": ":ID,model,reg,make,year,:LABEL\n70,Focus,AB12 XAA,Ford,2005,Vehicle\n",
    "nodes.Object": ':ID,description,id,type,:LABEL\n80,"43 plants, dried",x,Evidence,Object\n',
    "nodes.PhoneCall": ":ID,call_duration,call_time,call_date,call_type,:LABEL\n"
    "90,38,00:32,04/07/2017,CALL,PhoneCall\n91,1,14:44,27/08/2017,SMS,PhoneCall\n",
    "relationships.CALLER": ":START_ID,:END_ID,:TYPE\n90,50,CALLER\n91,52,CALLER\n",
    "relationships.CALLED": ":START_ID,:END_ID,:TYPE\n90,51,CALLED\n91,50,CALLED\n",
    "relationships.HAS_PHONE": ":START_ID,:END_ID,:TYPE\n0,50,HAS_PHONE\n2,51,HAS_PHONE\n",
    "relationships.HAS_EMAIL": ":START_ID,:END_ID,:TYPE\n2,60,HAS_EMAIL\n",
    "relationships.CURRENT_ADDRESS": ":START_ID,:END_ID,:TYPE\n0,20,CURRENT_ADDRESS\n2,20,CURRENT_ADDRESS\n",
    "relationships.INVOLVED_IN": ":START_ID,:END_ID,:TYPE\n70,11,INVOLVED_IN\n80,11,INVOLVED_IN\n",
    "nodes.Officer": ":ID,badge_no,rank,name,surname,:LABEL\n40,1,Sergeant,Una,Lind,Officer\n",
    "relationships.OCCURRED_AT": ":START_ID,:END_ID,:TYPE\n10,20,OCCURRED_AT\n",
    "relationships.LOCATION_IN_AREA": ":START_ID,:END_ID,:TYPE\n20,30,LOCATION_IN_AREA\n",
    "relationships.PARTY_TO": ":START_ID,:END_ID,:TYPE\n0,11,PARTY_TO\n",
    "relationships.FAMILY_REL": ":START_ID,:END_ID,:TYPE,rel_type\n0,2,FAMILY_REL,PARENT\n0,3,FAMILY_REL,SIBLING\n",
    "relationships.KNOWS": ":START_ID,:END_ID,:TYPE\n3,0,KNOWS\n",
    "relationships.KNOWS_LW": ":START_ID,:END_ID,:TYPE\n0,2,KNOWS_LW\n",
    "relationships.KNOWS_PHONE": ":START_ID,:END_ID,:TYPE\n2,3,KNOWS_PHONE\n",
    "relationships.KNOWS_SN": ":START_ID,:END_ID,:TYPE\n2,3,KNOWS_SN\n3,2,KNOWS_SN\n",
}


def written(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def rows(file: Path) -> list[tuple[str, ...]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return [tuple(r) for r in csv.reader(text)][1:]


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_pole(tmp_path: Path) -> None:
    written(
        tmp_path / "pole", {f"crime-investigation.{n}.csv": text for n, text in POLE.items()} | {"model.json": "{\n"}
    )
    said = ocgnet("import", "pole", "--map", EXAMPLES / "pole.toml", "--into", "mine")
    assert rows(tmp_path / "mine" / "nominals.csv") == [("P0", "Tom Hale"), ("P2", "Ida Hale"), ("P3", "Ove Marsh")]
    assert rows(tmp_path / "mine" / "crimes.csv") == [
        ("C10", "Public order", "2017-08-24", "2017-08-24", "ZZ1", "53.5", "-2.6"),
        ("C11", "Possession", "2017-08-04", "2017-08-04", "", "", ""),
    ]
    assert rows(tmp_path / "mine" / "crime_links.csv") == [("P0", "C11", "suspect")]
    assert sorted(rows(tmp_path / "mine" / "associations.csv")) == [
        ("P0", "P2", "household"), ("P0", "P3", "contact"), ("P0", "P3", "family"), ("P2", "P3", "online"),
        ("P2", "P3", "phone"),
    ]  # fmt: skip
    assert rows(tmp_path / "mine" / "family_links.csv") == [("P0", "P2", "parent")]
    assert rows(tmp_path / "mine" / "things.csv") == [
        ("T50", "phone", "", "07700 900150", *[""] * 5),
        ("T51", "phone", "", "07700 900151", *[""] * 5),
        ("T52", "phone", "", "07700 900152", *[""] * 5),
        ("T60", "online_handle", "", "ida@mail.test", *[""] * 5),
        ("T70", "vehicle", "Ford Focus 2005", "", "AB12 XAA", *[""] * 4),
        ("T80", "other", "43 plants, dried", *[""] * 6),
        ("T20", "address", "1 Mill St", "", "", "ZZ1 1ZZ", "53.5", "-2.6", "ZZ1"),
    ]
    assert rows(tmp_path / "mine" / "thing_links.csv") == [
        ("P0", "T50", "user"), ("P2", "T51", "user"), ("P2", "T60", "user"), ("P0", "T20", "resident"),
        ("P2", "T20", "resident"),
    ]  # fmt: skip
    assert rows(tmp_path / "mine" / "communications.csv") == [
        ("T50", "T51", "2017-07-04T00:32:00", "call"), ("T52", "T50", "2017-08-27T14:44:00", "sms"),
    ]  # fmt: skip
    assert rows(tmp_path / "mine" / "crime_things.csv") == [
        ("C10", "T20", "scene"), ("C11", "T70", "other"), ("C11", "T80", "other"),
    ]  # fmt: skip
    assert "Officer.csv: not read: the mapping does not name it." in said
    assert "model.json: not read: the mapping does not name it." in said
    for sheet in ("Area (1 row)", "CALLER (2 rows)", "CALLED (2 rows)"):
        assert f"{sheet}\n  not used: rows of other sheets are looked up in it" in said
    assert "no errors" in ocgnet("check", "mine")


def test_published_crime_and_searches(tmp_path: Path) -> None:
    written(
        tmp_path / "both",
        {
            "2024-02-lyonmere-street.csv": "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,"
            "LSOA code,LSOA name,Crime type,Last outcome category,Context\n"
            "a1,2024-02,Lyonmere,Lyonmere,-1.25,50.5,On or near Mill Lane,E01,Lyonmere 001A,Drugs,Local resolution,\n"
            ",2024-02,Lyonmere,Lyonmere,-1.25,50.5,On or near Mill Lane,E01,Lyonmere 001A,Anti-social behaviour,,\n"
            "a1,2024-02,Lyonmere,Lyonmere,-1.25,50.5,On or near Mill Lane,E01,Lyonmere 001A,Drugs,Local resolution,\n",
            "2024-02-lyonmere-stop-and-search.csv": "Type,Date,Part of a policing operation,Policing operation,"
            "Latitude,"
            "Longitude,Gender,Age range,Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,"
            "Outcome,Outcome linked to object of search,Removal of more than just outer clothing\n"
            "Person search,2024-02-03T13:45:00+00:00,False,,50.5,-1.25,Female,10-17,,,,Drugs,Arrest,True,False\n"
            "Vehicle search,2024-02-03T13:50:00+00:00,False,,50.5,-1.25,,,,,,Controlled drugs,Arrest,True,False\n",
            "2024-02-lyonmere-outcomes.csv": "Crime ID,Month\na1,2024-02\n",
        },
    )
    said = ocgnet("import", "both", "--map", EXAMPLES / "police_uk.toml", "--into", "mine")
    assert rows(tmp_path / "mine" / "crimes.csv") == [
        ("a1", "Drugs", "2024-02-01", "Lyonmere", "Lyonmere 001A", "50.5", "-1.25")
    ]
    assert [r[1:] for r in rows(tmp_path / "mine" / "stop_checks.csv")] == [("2024-02-03", "arrested")]
    assert rows(tmp_path / "mine" / "nominals.csv") == []
    assert "1 crime_id (from Crime ID) is blank or has no meaning here (row 3)" in said
    assert "1 says a record again (row 4)" in said
    assert "what came of a crime is no table of ours" in said
    assert "no errors" in ocgnet("check", "mine")


def test_nodes_and_edges_of_a_network_program(tmp_path: Path) -> None:
    written(
        tmp_path / "net",
        {
            "nodes.csv": "Id,Label,modularity_class,pageranks\n"
            "n0,Ann Arden,0,0.12\nn1,Bob Byrne,0,0.05\nn2,Cy Cole,1,0.08\n",
            "edges.csv": "Source,Target,Type,Id,Label,Weight\nn0,n1,Undirected,0,,3.0\nn2,n1,Undirected,1,,1.0\n"
            "n1,n2,Undirected,2,,1.0\n",
        },
    )
    said = ocgnet("import", "net", "--map", EXAMPLES / "gephi.toml", "--into", "mine")
    assert rows(tmp_path / "mine" / "associations.csv") == [("n0", "n1", "contact", "1"), ("n1", "n2", "contact", "2")]
    assert not (tmp_path / "mine" / "ocgs.csv").exists(), "a modularity class is no group"
    assert "columns not used: modularity_class, pageranks" in said


EXPORTS = Path(__file__).parent.parent.parent / "fixtures" / "exports"


def records(folder: Path) -> dict[str, list[tuple[tuple[str, str], ...]]]:
    """Every table's rows as their filled cells, in no order."""
    tables = {}
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as text:
            filled = [tuple(sorted((k, v) for k, v in r.items() if v)) for r in csv.DictReader(text)]
        tables[file.stem] = sorted(filled)
    return tables


def test_the_export_of_a_records_system_is_the_folder_somebody_made_by_hand(tmp_path: Path) -> None:
    """Thirteen sheets, and not one edit; the second month asks nothing and changes nothing."""
    words = ("import", EXPORTS / "force_export.xlsx", "--into", "mine")
    said = ocgnet(*words, "--map", EXPORTS / "import.toml")
    by_hand = records(EXPORTS / "by_hand")
    imported = records(tmp_path / "mine")
    assert {name: imported[name] for name in by_hand} == by_hand
    assert "  not used:" not in said
    assert "associations" not in imported, "calls are counted once, between their phones"
    assert re.search(r"^CDR \(1,500 rows\)\n  to communications: 1,500 rows in, 1,500 out", said, re.MULTILINE)
    before = (tmp_path / "mine" / "crimes.csv").read_bytes()
    ocgnet(*words)
    assert (tmp_path / "mine" / "crimes.csv").read_bytes() == before
    assert "principal" in ocgnet("roles", "mine")


def test_at_most_ten_questions_are_asked_of_it(tmp_path: Path) -> None:
    said = ocgnet("import", EXPORTS / "force_export.xlsx", "--into", "mine", code=3)
    left = next(line for line in said.splitlines() if "left open" in line)
    assert 1 <= int(left.split()[0]) <= 10
    assert not (tmp_path / "mine" / "nominals.csv").exists()
