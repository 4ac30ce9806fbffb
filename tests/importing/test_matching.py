"""What an import suggests is never wrongly certain and never about the wrong person; how often it is right is held."""

from __future__ import annotations

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
from ocgnet.words import WordsError, built_in, with_own


@pytest.mark.parametrize("given", header_sets(), ids=lambda g: g.style)
def test_no_guess_is_wrongly_certain_and_none_is_harmful(given: HeaderSet) -> None:
    tally = measured(given)
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
    given = next(g for g in header_sets() if g.style == "no_vowels")
    assert suggested("no_vowels").unused_columns["intl_rprt"] == {"TTL": "fits no column of ours"}
    told = with_own(built_in(), b'[headers.intel_reports]\ntitle = ["ttl"]\n[headers.person]\nname = ["SRNM"]')
    fed, _ = fed_by(suggest(given.sheets, words=told), given.sheets)
    assert fed["INTL_RPRT", "TTL"] == {"intel_reports.title": True}
    assert "nominals.name" in fed["NMNLS", "SRNM"]


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
