"""Words of a force: read as ours where they mean one thing, refused where two, never read as somebody or something."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.checks.check import Checked, check
from ocgnet.model import TABLES
from ocgnet.words import WordsError, built_in, plain, with_own
from ready import ocgnet


def folder(path: Path, words: str = "", **tables: str) -> Path:
    for name, text in {"nominals": "nominal_id,name / N1,Ada / N2,Bob", **tables}.items():
        (path / f"{name}.csv").write_text(text.replace(" / ", "\n") + "\n", encoding="utf-8")
    if words:
        (path / "words.toml").write_text(words, encoding="utf-8")
    return path


def said(checked: Checked) -> list[tuple[str, str, str, int]]:
    return [(r.column, r.word, r.means, len(r.rows)) for r in checked.readings]


def not_known(checked: Checked) -> list[tuple[str, str, int]]:
    found = [f for f in checked.findings if f.rule.value == "not known"]
    return [(f.column, next(f.problems()).value, len(f)) for f in found]


def test_the_usual_words_of_a_column_are_read_and_said(tmp_path: Path) -> None:
    checked = check(
        folder(
            tmp_path,
            nominals="nominal_id,name,sex / N1,Ada,F / N2,Bob,M / N3,Cy,Male / N4,Di,male",
            crimes="crime_id,flags,private_space / C1,County Line|Knife,Y / C2,,n / C3,,yes",
            crime_links="person_id,crime_id,link_role / N1,C1,SUS / N2,C1,ARR / N3,C1,Suspect / N4,C1,VIC / N1,C2,SUS",
            ocgs="ocg_id / G1",
            memberships="nominal_id,ocg_id,role / N1,G1,Principal / N2,G1,Not assessed",
            family_links="adult_id,child_id,relationship / N1,N2,Step-Parent / N3,N4,Mother",
        )
    )
    assert not checked.errors
    assert said(checked) == [
        ("sex", "F", "female", 1), ("sex", "M", "male", 1), ("sex", "Male", "male", 1),
        ("role", "Principal", "principal", 1),
        ("private_space", "Y", "yes", 1), ("private_space", "n", "no", 1),
        ("flags", "County Line|Knife", "county_line|knife", 1),
        ("link_role", "SUS", "suspect", 2), ("link_role", "ARR", "arrested", 1), ("link_role", "Suspect", "suspect", 1),
        ("link_role", "VIC", "victim", 1),
        ("relationship", "Mother", "parent", 1), ("relationship", "Step-Parent", "step_parent", 1),
    ]  # fmt: skip
    assert not_known(checked) == [("role", "Not assessed", 1)]
    held = checked.dataset
    assert held["crime_links"].sort_by("crime_id")["link_role"].to_pylist().count("suspect") == 3
    assert held["crimes"]["private_space"].to_pylist() == [True, False, True]
    assert held["crimes"]["flags"].to_pylist() == ["county_line|knife", None, None]


def test_not_known_is_blank_in_every_kind_of_column_and_never_a_person_or_a_place(tmp_path: Path) -> None:
    checked = check(
        folder(
            tmp_path,
            nominals="nominal_id,name,date_of_birth,sex,district / N1,Unknown,NK,U,N/K / N2,Null,1980-01-01,,",
            intel_reports="report_id,source_ref,title / R1,U,- / R2,n/k,Sighting / R3,U,",
            associations="person_a,person_b,kind,times_observed,report_id / N1,N2,phone,-,N/K",
            children="child_id,cse_risk,cce_risk / K1,Not recorded,N/A",
            crime_links="person_id,crime_id,link_role,relationship_to_victim / N1,C1,suspect,Not_Known",
        )
    )
    assert not checked.errors
    held = checked.dataset
    assert held["nominals"]["name"].to_pylist() == ["Unknown", "Null"]
    assert [held["nominals"][c][0].as_py() for c in ("date_of_birth", "sex", "district")] == [None, None, None]
    assert held["intel_reports"]["source_ref"].to_pylist() == [None, None, None]
    assert held["associations"]["times_observed"].to_pylist() == held["associations"]["report_id"].to_pylist() == [None]
    assert [held["children"][c][0].as_py() for c in ("cse_risk", "cce_risk")] == [None, None]
    assert held["crime_links"]["relationship_to_victim"].to_pylist() == [None]
    assert ("source_ref", "U", 2) in not_known(checked)
    assert ("source_ref", "n/k", 1) in not_known(checked)
    assert said(checked) == []


def test_what_may_be_somebody_stays(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        nominals="nominal_id,name,aliases / NA,Unknown,NK / U,Mr U,-|Null",
        crime_links="person_id,crime_id,link_role / NA,C1,suspect / U,C1,suspect",
        ocg_countries="ocg_id,country / G1,NA",
        ocgs="ocg_id / G1",
    )
    checked = check(path)
    assert not checked.errors
    assert not not_known(checked)
    assert checked.dataset["nominals"]["nominal_id"].to_pylist() == ["NA", "U"]
    assert checked.dataset["nominals"]["aliases"].to_pylist() == ["NK", "-|Null"]
    # Namibia.
    assert checked.dataset["ocg_countries"]["country"].to_pylist() == ["NA"]


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("crime_links", "person_id / Unknown,C1,suspect", "Unknown"),
        ("crime_links", "link_role / N1,C1,N/K", "N/K"),
        ("memberships", "to_date / N1,G1,Not known", "Not known"),
    ],
)
def test_what_may_not_be_left_open_is_refused_and_says_so(tmp_path: Path, table: str, column: str, word: str) -> None:
    _name, _, row = column.partition(" / ")
    heads = {"crime_links": "person_id,crime_id,link_role", "memberships": "nominal_id,ocg_id,to_date"}
    more = {"ocgs": "ocg_id / G1"} if table == "memberships" else {}
    checked = check(folder(tmp_path, **{table: f"{heads[table]} / {row}"}, **more))
    (problem,) = checked.problems
    assert problem.value == word
    assert "not known" in problem.remedy


def test_a_word_of_two_meanings_is_refused_with_both_unless_the_force_decides(tmp_path: Path) -> None:
    own = "[memberships.role]\nprincipal = ['lead']\nsignificant = ['second']\n"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rows = {"ocgs": "ocg_id / G1", "memberships": "nominal_id,ocg_id,role / N1,G1,Lead / N2,G1,P"}
    problems = check(folder(tmp_path / "a", **rows)).problems
    assert [p.value for p in problems] == ["Lead", "P"]
    assert "principal or peripheral" in problems[1].remedy
    checked = check(folder(tmp_path / "b", words=own + "peripheral = ['P']", **rows))
    assert said(checked) == [("role", "Lead", "principal", 1), ("role", "P", "peripheral", 1)]


def test_the_column_s_own_words_are_never_taken_for_others() -> None:
    words = built_in()
    for table in TABLES.values():
        for column in table.columns:
            for own in column.enum:
                assert words.meant(table.name, column, own) == (own,), (table.name, column.name, own)


@given(st.sampled_from(sorted(built_in().not_known)), st.sampled_from(["{}", " {} ", "{}\t"]), st.booleans())
def test_a_word_is_the_same_in_any_dress(word: str, dress: str, upper: bool) -> None:
    text = dress.format(word.upper() if upper else word)
    assert plain(text) == plain(word)
    if text.isprintable():
        ward = TABLES["crimes"].column("ward")
        assert built_in().meant("crimes", ward, text) == ()


def test_every_word_that_stands_for_not_known_is_found_by_its_spelling() -> None:
    words = built_in()
    for word in words.not_known:
        assert {word, word.replace(" ", "_")} <= words.spellings


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("suspects = ['a']", "suspects", "At the top"),
        ("[crimelinks.link_role]\nsuspect = ['a']", "crimelinks", "No such table"),
        ("[crime_links.role]\nsuspect = ['a']", "crime_links.role", "no such column"),
        ("[crime_links.link_role]\nsuspekt = ['a']", "crime_links.link_role.suspekt", "arrested, suspect"),
        ("[crime_links.link_role]\nsuspect = 'a'", "crime_links.link_role.suspect", "list of words in quotes"),
        ("[crime_links.link_role]\nsuspect = ['Charged']", "crime_links.link_role.suspect", "stands under charged too"),
        ("[crimes.recorded_on]\nnever = ['a']", "crimes.recorded_on.never", "holds no words"),
        ("[risk]\nhuge = ['a']", "risk.huge", "none, low, raised"),
        ("[a.b.c.d]\nx = ['a']", "a.b.c", "and no more"),
        ('not_known = ["a\\u0007b"]', "not_known", "one line"),
        (f"not_known = ['{'x' * 101}']", "not_known", "at most 100"),
        ("not_known = [" + "'a'," * 5_001 + "]", "not_known", "at most 5,000"),
        ("not_known = [", "", "Write lines such as"),
        ("a = " + "[" * 5_000, "", "Write lines such as"),
    ],
)
def test_a_file_of_words_that_cannot_be_meant_is_refused_with_its_key(text: str, key: str, says: str) -> None:
    with pytest.raises(WordsError, match=says) as caught:
        with_own(built_in(), text.encode())
    assert caught.value.key == key


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_words(data: bytes) -> None:
    with contextlib.suppress(WordsError):
        assert with_own(built_in(), data).not_known >= built_in().not_known


def test_check_and_analyse_say_what_was_read(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        words="[crime_links.link_role]\nsuspect = ['POI']\n",
        crime_links="person_id,crime_id,link_role / N1,C1,poi / N2,C1,POI",
    )
    line = "crime_links.csv, link_role: 'POI' as suspect (1), 'poi' as suspect (1)"
    assert line in ocgnet("check", path, cwd=tmp_path)
    assert line in ocgnet("analyse", path, "--out", tmp_path / "r", cwd=tmp_path)


def test_the_example_of_the_page_is_a_file_of_words() -> None:
    page = (Path(__file__).parents[2] / "docs" / "words.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    words = with_own(built_in(), example.encode())
    role = TABLES["memberships"].column("role")
    assert words.meant("memberships", role, "P") == ("principal",)
    assert words.meant("memberships", role, "Awaiting") == ()
    assert words.risk_level("Standard") == "low"
    assert words.crime_kind("Chemsex - supply") == ("drug trafficking",)
