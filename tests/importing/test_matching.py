"""What an import suggests is never wrongly certain and never about the wrong person; how often it is right is held."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.matching import (
    HeaderSet,
    Tally,
    fed_by,
    header_sets,
    measured,
    suggested,
    wanted_of,
    without_rows,
    without_style,
)

from ocgnet.importing.headers import built_in as built_in_lexicon
from ocgnet.importing.matching import suggest
from ocgnet.importing.sheets import Sheet
from ocgnet.words import WordsError, built_in, with_own


@pytest.mark.parametrize("given", header_sets(), ids=lambda g: g.style)
def test_no_guess_is_wrongly_certain_and_none_is_harmful(given: HeaderSet) -> None:
    tally = measured(given)
    assert (tally.wrong_certain, tally.harmful) == (0, 0), tally.wrong


@pytest.mark.parametrize(
    "style",
    ["associations_export", "court_results", "false_friends", "partner_forms", "public_protection", "tasking_board"],
)
def test_no_guess_harms_where_the_words_of_a_style_are_gone(style: str) -> None:
    given = next(g for g in header_sets() if g.style == style)
    tally = measured(given, without_style(style))
    assert (tally.wrong_certain, tally.harmful) == (0, 0), tally.wrong


def test_nine_of_ten_first_guesses_are_right() -> None:
    whole = Tally()
    for given in header_sets():
        whole.add(measured(given))
    assert len(header_sets()) >= 20
    assert whole.tables_right >= 0.9 * whole.tables
    assert whole.feeding_right >= 0.9 * whole.feeding
    assert whole.columns_right >= 0.9 * whole.columns


def test_headers_without_rows_make_nothing_wrongly_certain() -> None:
    bare = Tally()
    for given in header_sets():
        bare.add(measured(without_rows(given), built_in_lexicon()))
    assert bare.wrong_certain == 0, bare.wrong
    assert bare.columns_right >= 0.9 * bare.columns


def test_words_that_only_one_style_uses_are_gone_where_it_is_left_out() -> None:
    welsh = without_style("welsh")
    assert welsh.read("Cyfenw") == ("?cyfenw",)
    assert welsh.read("Surname") == ("surname",)


def test_every_sheet_and_every_column_stands_in_the_mapping() -> None:
    for given in header_sets():
        mapping = suggested(given.style)
        fed, tables = fed_by(mapping, given.sheets)
        for sheet in given.sheets:
            source = next(s.name for s in mapping.sources if s.sheet == sheet.sheet)
            assert bool(tables[sheet.name]) != (source in mapping.unused_sources)
            if tables[sheet.name]:
                left = mapping.unused_columns.get(source, {})
                assert {h for h in sheet.header if (sheet.name, h) not in fed} == set(left)


def test_what_a_column_is_to_feed_is_read_from_its_cell() -> None:
    wanted = wanted_of("nominal_id, ?memberships.nominal_id", ["nominals"])
    assert wanted.met_by(frozenset({"nominals.nominal_id"}))
    assert wanted.met_by(frozenset({"nominals.nominal_id", "memberships.nominal_id"}))
    assert not wanted.met_by(frozenset({"memberships.nominal_id"}))
    assert not wanted.met_by(frozenset({"nominals.nominal_id", "people.person_id"}))
    either = wanted_of("occurred_on/recorded_on", ["crimes"])
    assert either.met_by(frozenset({"crimes.recorded_on"}))
    assert not either.met_by(frozenset())


def test_a_force_says_itself_what_its_columns_are_called() -> None:
    given = next(g for g in header_sets() if g.style == "legacy_codes")
    assert suggested("legacy_codes").unused_columns["nomindex"]["ETHNCODE"] == "fits no column of ours"
    told = with_own(built_in(), b'[headers.person]\nethnicity = ["ethncode"]\n')
    fed, _ = fed_by(suggest(given.sheets, words=told), given.sheets)
    assert fed["NOMINDEX", "ETHNCODE"] == {"nominals.ethnicity": True}


def test_a_strange_word_in_many_headers_hides_none_of_them_and_makes_none_sure() -> None:
    sheet = _sheet("Zorg demographics", "Zorg Identifier|Zorg Surname|Zorg Forename|Zorg DOB|Zorg School", _ZORG)
    fed, tables = fed_by(suggest([sheet]), [sheet])
    assert tables[sheet.name][0] in ("children", "nominals", "people")
    assert {f"{tables[sheet.name][0]}.date_of_birth": False} == fed[sheet.name, "Zorg DOB"]


def test_a_column_of_strange_name_is_known_by_the_sheet_in_which_its_ids_stand() -> None:
    people = _sheet(
        "Nominals", "Nominal ID|Surname|DOB", "N71 Pike 01/02/1990|N82 Roach 03/04/1991|N93 Tench 05/06/1992"
    )
    links = _sheet("Crime links", "Qx|Crime Number|Role", "N71 C1001 Suspect|N82 C1002 Victim|N93 C1003 Suspect")
    fed, _ = fed_by(suggest([people, links]), [people, links])
    assert fed["Crime links", "Qx"] == {"crime_links.person_id": False}
    numbered = _sheet("Crime links", "Qx|Crime Number|Role", "11 C1001 Suspect|12 C1002 Victim|13 C1003 Suspect")
    fed, _ = fed_by(suggest([people, numbered]), [people, numbered])
    assert not any(target.endswith("person_id") for target in fed.get(("Crime links", "Qx"), {}))


@pytest.mark.parametrize("header", ["Prisoner Number", "Detainee No", "Arrestee Ref"])
def test_the_number_of_a_detention_is_no_id_of_a_person(header: str) -> None:
    rows = "P10 Pike 01/02/1990 Male|P11 Roach 03/04/1991 Male|P12 Tench 05/06/1992 Female"
    sheet = _sheet("Custody log", f"{header}|Surname|DOB|Sex", rows)
    fed, _ = fed_by(suggest([sheet]), [sheet])
    assert not fed.get((sheet.name, header))


@pytest.mark.parametrize(
    ("name", "heads"),
    [
        ("Staff", "Staff No|Surname|DOB|Sex"),
        ("Tenancies", "Tenancy ref|Tenant surname|Tenant DOB|Tenant gender"),
        ("Volunteers", "Vol ref|Vol surname|Vol DOB|Vol gender"),
        ("Foster carers", "Carer ID|Surname|DOB|Sex"),
        ("Patients", "Patient No|Surname|DOB|Sex"),
        ("Vehicles", "Vehicle ID|Keeper name|Keeper DOB|Sex"),
        ("MARAC", "MARAC case no|Victim name|Victim DOB|Sex"),
    ],
)
def test_lists_of_people_who_are_none_of_ours_feed_nothing(name: str, heads: str) -> None:
    sheet = _sheet(name, heads, "X10 Pike 01/02/1990 Male|X11 Roach 03/04/1991 Male|X12 Tench 05/06/1992 Female")
    assert not suggest([sheet]).tables


def test_a_risk_of_which_something_strange_is_said_aside_is_left_out() -> None:
    rows = "C10 Pike 01/02/2010 High|C11 Roach 03/04/2011 Low|C12 Tench 05/06/2012 Low"
    for header, fills in (("CSE risk", True), ("CSE risk (zorg)", False)):
        sheet = _sheet("Children", f"Child ID|Surname|DOB|{header}", rows)
        fed, _ = fed_by(suggest([sheet]), [sheet])
        assert bool(fed.get((sheet.name, header))) == fills


def _sheet(name: str, heads: str, rows: str) -> Sheet:
    """Return a sheet: headers and rows apart by strokes, the cells of a row by spaces."""
    header = tuple(heads.split("|"))
    cells = [row.split() for row in rows.split("|")]
    columns = {h: pa.chunked_array([pa.array([row[k] for row in cells])]) for k, h in enumerate(header)}
    return Sheet(name, "made_up.xlsx", header, columns, np.arange(len(cells)), sheet=name)


_ZORG = "Z101 Pike Ann 01/02/2010 Hillcrest|Z102 Roach Bo 03/04/2011 Oakfield|Z103 Tench Cy 05/06/2012 Oakfield"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (b'[headers.crime]\nrecorded_on = ["x"]', "headers.crime"),
        (b'[headers.crimes]\nrecorded = ["x"]', "headers.crimes.recorded"),
        (b'[headers]\ncrimes = ["x"]', "headers.crimes"),
    ],
)
def test_names_of_columns_under_no_column_of_ours_are_refused(text: bytes, key: str) -> None:
    with pytest.raises(WordsError) as refused:
        with_own(built_in(), text)
    assert refused.value.key == key


def test_suspects_of_a_crime_list_are_nominals_and_its_victims_people() -> None:
    mapping = suggested("crime_list_wide")
    ours = [t for t in mapping.tables if t.source == "crime_list"]
    assert [t.into for t in ours] == ["crimes", "crime_links", "crime_links", "nominals", "people"]
    roles = {t.column("person_id").parts: t.column("link_role").const for t in ours if t.into == "crime_links"}
    assert roles == {"{Suspect URN}": "suspect", "{Victim URN}": "victim"}
    nominals, people = ours[3:]
    assert (nominals.column("nominal_id").parts, nominals.column("name").parts) == ("{Suspect URN}", "{Suspect Name}")
    assert (people.column("person_id").parts, people.column("date_of_birth").parts) == ("{Victim URN}", "{Victim DOB}")
    assert nominals.one_per_key  # one of them is suspected of two crimes
    assert not ours[0].one_per_key
