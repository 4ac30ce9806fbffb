"""Texts in which somebody is named are found however the name is written, and nobody else is touched."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocgnet.checks.check import check
from ocgnet.edit import open_place
from ocgnet.retention.derived import remove_naming
from ocgnet.retention.erase import erase, erasure_in
from ocgnet.retention.mentions import Mentions, Written, folded
from ocgnet.retention.search import Words, look_at
from ready import ocgnet

WHO = Written(
    "N1", ("Émeric Jan O'Nerrovar-Oak",), ("Big Em", "Badger"), ("05/0000005E",), (date(1969, 10, 3),)
)  # fmt: skip
FINDER = Mentions(WHO, ["Ann Oak", "Émeric Fennick"])


def found(text: str, *, linked: bool = False, own_words: bool = True, finder: Mentions = FINDER) -> list[str]:
    return [text[m.begin : m.end] for m in finder.within(text, linked=linked, own_words=own_words)]


WAYS = (
    "Émeric Jan O'Nerrovar-Oak", "émeric jan o'nerrovar-oak", "Emeric O'Nerrovar-Oak", "O'NERROVAR-OAK, Émeric",
    "ONERROVAR OAK Emeric Jan", "ONERROVAROAK,EMERIC J", "E\u0301meric   O\u2019Nerrovar\u2011Oak",
    "Émeric\nO'Nerro-\nvar-Oak",
    "Éme-\nric J. O'Nerrovar-Oak", "EmericONerrovarOak", "É. O'Nerrovar-Oak", "E J O'Nerrovar Oak",
    "E.J. O'Nerrovar-Oak",
    "O'NERROVAR-OAK, E", "O'Nerrovar-Oak E J", "Émeric Karel O'Nerrovar-Oak", "É.J.O.", "E. O.", "Big Em", "BIG-EM",
    "big  em", "Badger", "05/0000005e", "05 / 0000005E", "N1", "n1", "O'Nerrovar-Oak", "Nerrovar",
    "\u00c9meric\u00a0O\u00adNerrovar Oak", "Em\u00e9r\u00efc O'Nerrovar-Oak", "\u0415meric O'Nerrovar-Oak",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_however_a_name_is_written_it_is_found_whole(way, tally):
    for before, after in (("", ""), ("Seen: ", "."), ("(", "), 2 kg"), ("by ", "'s car")):
        assert found(before + way + after) == [way]
    # The quick answer over many texts misses none.
    assert FINDER.candidates(pa.chunked_array([[f"Seen: {way}."]])).to_pylist() == [True]
    tally["ways of writing a name found"] += 1


@pytest.mark.parametrize(
    "text",
    [
        "Ann Oak left with Émeric Fennick.", "2 kg, 1 phone, N12, N-1A", "He badgered her; a badger ran.",
        "Emerich Nerrovarova", "AB 05/0000005EX", "the oak", "3 Oct 1969, 03/10/1969",
    ],
)  # fmt: skip
def test_nobody_else_and_nothing_else_is_listed(text):
    assert found(text) == []


def test_linked_texts_are_searched_for_less():
    text = "Émeric and badger: EO, EJO and eo, born 3.10.69 (1969-10-03, 3rd of October 1969)."
    assert found(text) == []
    assert found(text, linked=True) == [
        "Émeric", "badger", "EO", "EJO", "3.10.69", "1969-10-03", "3rd of October 1969",
    ]  # fmt: skip
    # A surname that somebody else bears means them as well, elsewhere.
    father = Mentions(Written("N2", ("Bo Oak",)), ["Ann Oak"])
    assert (found("Oak left.", finder=father), found("Oak left.", finder=father, linked=True)) == ([], ["Oak"])
    # A date of birth beside a name is found wherever that stands.
    assert found("E O'Nerrovar-Oak (3/10/1969)") == ["E O'Nerrovar-Oak", "3/10/1969"]


def test_only_the_name_as_recorded_goes_without_a_decision():
    def certain(text: str) -> list[str]:
        return [text[m.begin : m.end] for m in FINDER.within(text, linked=True) if m.certain]

    assert certain("émeric jan o'nerrovar-oak, 05/0000005E; BIG EM; Big-Em; Emeric O'Nerrovar-Oak; N1") == [
        "émeric jan o'nerrovar-oak", "05/0000005E", "BIG EM",
    ]  # fmt: skip
    # Mary-Ann Oak is not Ann Oak, and neither is Ann Oak-Smith.
    ann = Mentions(Written("N3", ("Ann Oak",)))
    for text in ("Mary-Ann Oak", "Ann Oak-Smith"):
        assert not any(m.certain for m in ann.within(text))


LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Mn", "Nd", "Pd", "Zs", "Cf"]), max_size=30)


@given(text=LETTERS, gap=st.sampled_from([" ", "\n", "  ", "-", "\u00a0", "\u2010\n", ", "]))
@example(text="I\u0307", gap=" ")
def test_wherever_a_name_stands_its_place_is_right(text, gap):
    whole = f"{text} Ivo{gap}Sarvumber {text}"
    finder = Mentions(Written("N9", ("Ivo Sarvumber",)))
    passages = finder.within(whole)
    assert any(re.sub(r"[\W_]+", "", folded(whole[m.begin : m.end])).endswith("ivosarvumber") for m in passages)
    assert finder.named(whole)
    # Folding a text at once and letter by letter is the same, whatever the letters.
    assert folded(whole) == "".join(map(folded, unicodedata.normalize("NFKD", whole)))


def test_names_are_found_in_files_as_files_write_them(tmp_path):
    words = Words(["N1", *FINDER.exact], FINDER)
    for text in (
        "O&#x27;NERROVAR-OAK, Émeric", '{"a": "O\'NERROVAR OAK,\\n\\u00c9meric"}', "Emeric<br>O&#39;Nerrovar-Oak",
    ):  # fmt: skip
        (tmp_path / "a.txt").write_text(text.replace("<br>", " "), encoding="utf-8")
        assert look_at(tmp_path / "a.txt", words).found == ("text",)
    (tmp_path / "a.txt").write_text("Émeric; Oak; Nerrovar E.", encoding="utf-8")
    assert look_at(tmp_path / "a.txt", words).found == ()


# An id that is a plain number: the digits of 2 stand in weights, grades, codes, counts and dates of everybody.

FOLDER = {
    "about": 'force = "Case"\nas_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n',
    "nominals": (
        "nominal_id,name,date_of_birth\n1,Ann Oak,1981-01-01\n2,Bo Fennick,1982-02-03\n3,Cy Nerrovar,1983-01-01\n"
    ),
    "intel_reports": (
        "report_id,reported_on,grading_scheme,source_grade,intelligence_grade,handling_code,origin,text\n"
        '21,2018-06-01,3x5x2,2,B,P,police,"Two men, 2 kg and 2 dogs; FENNICK, Bo, born 3/2/82, and B Fennick Snr."\n'
        "2,2018-06-02,3x5x2,2,B,P,police,Ann Oak had 2 phones.\n"
    ),
    "crimes": "crime_id,offence_code,recorded_on\n2,2,2018-05-01\n12,49,2018-05-02\n",
    "crime_links": "person_id,crime_id,link_role\n1,2,suspect\n2,2,suspect\n3,12,suspect\n",
    "intel_links": "person_id,report_id\n1,21\n2,21\n1,2\n3,2\n",
}
AFTER = {
    "nominals": "nominal_id,name,date_of_birth\n1,Ann Oak,1981-01-01\n3,Cy Nerrovar,1983-01-01\n",
    "intel_reports": FOLDER["intel_reports"].replace("FENNICK, Bo, born 3/2/82,", "[erased], born [erased],"),
    "crimes": FOLDER["crimes"],
    "crime_links": "person_id,crime_id,link_role\n1,2,suspect\n3,12,suspect\n",
    "intel_links": "person_id,report_id\n1,21\n1,2\n3,2\n",
}
TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
ERASE = ("review", "erase", "2", "--by", "DPO", "--reason", "Bo Fennick asked; FENNICK's right, B.F.")


def folder_in(home: Path) -> Path:
    data = home / "data"
    data.mkdir()
    for name, text in FOLDER.items():
        (data / f"{name}.{'toml' if name == 'about' else 'csv'}").write_text(text, encoding="utf-8")
    return data


def filled_in(path: Path, decide) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    for row in rows:
        row["decision"], row["reason"] = decide(row)
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return rows


@pytest.mark.parametrize("where", ["folder", "store"])
def test_a_person_whose_id_is_a_number_goes_and_every_number_stays(where, tmp_path, log_file):
    data = folder_in(tmp_path)
    place = ("--folder", "data")
    if where == "store":
        ocgnet("load", "data", "--store", "s.duckdb", cwd=tmp_path)
        place = ("--store", "s.duckdb")
    ocgnet("analyse", "data", "--out", "results", cwd=tmp_path)
    ocgnet("analyse", TINY, "--out", "others", cwd=tmp_path)
    assert ",2," in (tmp_path / "others" / "tables" / "roles.csv").read_text("utf-8"), "a number, and nobody's id"
    command = (*ERASE, *place)
    said = ocgnet(*command, cwd=tmp_path, code=2)
    assert "3 passages in texts may mean who is to be erased. Nothing was changed." in said
    assert "Fennick" not in said.partition("may mean them")[0]
    said = ocgnet(*command, "--mentions", "list.csv", cwd=tmp_path, code=2)
    assert "They stand in list.csv" in said
    assert (tmp_path / "list.csv").stat().st_mode & 0o777 == 0o600
    assert {p.name: p.read_text(encoding="utf-8") for p in data.iterdir()} == {
        f"{n}.{'toml' if n == 'about' else 'csv'}": text for n, text in FOLDER.items()
    }
    # His father is meant by the last; half a decision is none.
    rows = filled_in(tmp_path / "list.csv", lambda r: ("replace", "") if r["written_as"] != "initials" else ("", ""))
    assert [(r["passage"], r["written_as"]) for r in rows] == [
        ("FENNICK, Bo", "police order"), ("3/2/82", "date of birth"), ("B Fennick", "initials"),
    ]  # fmt: skip
    assert "1 passage in texts" in ocgnet(*command, "--mentions", "list.csv", cwd=tmp_path, code=2)
    filled_in(tmp_path / "list.csv", lambda r: ("Keep", "") if r["written_as"] == "initials" else ("replace", ""))
    assert "say why in the column reason" in ocgnet(*command, "--mentions", "list.csv", cwd=tmp_path, code=2)
    filled_in(
        tmp_path / "list.csv",
        lambda r: ("keep", "the father, not Bo") if r["written_as"] == "initials" else ("replace", ""),
    )
    said = ocgnet(*command, "--mentions", "list.csv", cwd=tmp_path)
    assert "Kept by decision: intel_reports, report_id=21, text, character 57 (initials): the father, not Bo" in said
    assert not (tmp_path / "list.csv").exists()
    assert not (tmp_path / "results").exists(), "every result was worked out with him"
    assert (tmp_path / "others" / "report.html").exists(), "results about others stay, whatever they count"
    if where == "folder":
        assert re.search(r"Found nowhere in \d+ files\.", said)
        after = {n: (data / f"{n}.csv").read_text(encoding="utf-8") for n in AFTER}
        assert after == AFTER
    else:
        other = folder_in(tmp_path / "other") if (tmp_path / "other").mkdir() is None else data
        for name, text in AFTER.items():
            (other / f"{name}.csv").write_text(text, encoding="utf-8")
        from ocgnet.store import open_store

        tables = open_store(str(tmp_path / "s.duckdb")).read().tables
        assert tables == check(other).dataset.tables
        assert b"FENNICK" not in (tmp_path / "s.duckdb").read_bytes()
    lines = [line for line in log_file.read_text(encoding="utf-8").splitlines() if '"kind":"erase"' in line]
    assert not any("fennick" in line.lower() for line in lines), "not in whichever way it is written"
    assert any("[erased] asked; [erased]'s right, [erased]" in line for line in lines)


def test_a_passage_that_was_decided_and_then_changed_is_asked_about_again(tmp_path):
    data = folder_in(tmp_path)
    ocgnet(*ERASE, "--folder", "data", "--mentions", "list.csv", cwd=tmp_path, code=2)
    filled_in(tmp_path / "list.csv", lambda _: ("replace", ""))
    reports = data / "intel_reports.csv"
    reports.write_text(reports.read_text(encoding="utf-8").replace("2 dogs", "2 small dogs"), encoding="utf-8")
    said = ocgnet(*ERASE, "--folder", "data", "--mentions", "list.csv", cwd=tmp_path, code=2)
    assert "3 passages" in said
    assert "does not decide about them" in said
    assert "2,Bo Fennick" in (data / "nominals.csv").read_text(encoding="utf-8")


def test_an_unreadable_or_linked_place_is_told_and_found_nowhere_is_not_said(tmp_path):
    folder_in(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    (tmp_path / "mine" / "scan.pdf").write_bytes(b"%PDF-1.7 and pictures")
    (tmp_path / "mine" / "link.txt").symlink_to(tmp_path / "data" / "about.toml")
    said = ocgnet("review", "erase", "3", "--by", "DPO", "--reason", "asked", "--folder", "data", "--also", "mine",
                  cwd=tmp_path)  # fmt: skip
    assert "Found nowhere" not in said
    assert re.search(r"NOT SEARCHED .*broken\.zip could not be searched", said)
    assert re.search(r"NOT SEARCHED .*scan\.pdf could not be searched \(a PDF file", said)
    assert re.search(r"NOT SEARCHED .*link\.txt: a link", said)
    assert re.search(r"Found in none of the \d+ files that were searched", said)


def test_a_pack_whose_reason_names_the_person_goes(tmp_path):
    """However the reason writes the name; packs about others that do not name the person stay."""
    for name, reason in (("his", "seen with\nO'NERROVAR-OAK, Emeric"), ("other", "Émeric Oak was there")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "receipt.json").write_text(json.dumps({"receipt": "1", "reason": reason}), encoding="utf-8")
        (tmp_path / name / "pack.html").write_text("<p>C2", encoding="utf-8")
    removed, unread = remove_naming([tmp_path], [], [], Words(["N1", *FINDER.exact], FINDER))
    assert ([p.relative_to(tmp_path).as_posix() for p in removed], unread) == (
        ["his/pack.html", "his/receipt.json"], [],
    )  # fmt: skip
    assert [p.name for p in tmp_path.iterdir()] == ["other"]


def test_records_that_are_reached_by_two_names_are_erased_and_searched_once(tmp_path):
    data, own = folder_in(tmp_path), tmp_path / "own"
    own.mkdir()
    ocgnet("load", "data", "--store", "own/s.duckdb", cwd=tmp_path)
    for place, folder in ((data, data), (str(own / "s.duckdb"), own)):
        erasure = erasure_in(open_place(place).texts(), "person", "3")
        proof = erase(place, erasure, [folder / ".." / folder.name], ())
        assert (proof.remains, proof.unsearched) == ([], [])
        names = [looked.path.name for looked in proof.looked]
        assert {"s.duckdb"} == set(names) or {"nominals.csv"} < set(names)
        assert len(names) == len(set(names))
