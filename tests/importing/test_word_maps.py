"""Names of offences find the code of their class where they are of one class only, however they are written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import ocgnet
from ocgnet.harm import look_up, offence_groups, offence_names, weights
from ocgnet.importing.convert import meaning
from ocgnet.importing.word_maps import best, codes_by_offence, known
from ocgnet.model import TABLES
from ocgnet.words import built_in, with_own

DATA = Path(ocgnet.__file__).parent / "data"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        # Possession with intent to supply is part of trafficking in the counting rules, whatever the drug; 92D is
        # possession alone, of a weight sixty times less.
        ("Possession with intent to supply class A", "92A"),
        ("PWITS Class A (cocaine)", "92A"),
        ("Poss w/i to supply cannabis", "92A"),
        ("Possess with intent to supply a controlled drug of Class A - Heroin", "92A"),
        ("Concerned in the supply of crack cocaine", "92A"),
        ("Possession of a controlled drug of class A", "92D"),
        ("Possession of controlled drugs (Cannabis)", "92E"),
        ("Wounding with intent S18", "5D"),
        ("Assault occasioning Actual Bodily Harm", "8N"),
        ("Burglary - Residential", "28E"),
        ("Theft of motor vehicle", "48"),
        ("Theft from motor vehicle", "45"),
        ("ROBBERY OF PERSONAL PROPERTY", "34B"),
    ],
)
def test_a_name_of_one_class_finds_it(name: str, code: str) -> None:
    assert known("crimes", "offence_code")[name] == code


@pytest.mark.parametrize(
    "name",
    [
        "Robbery", "Burglary", "Arson", "Criminal damage", "Possession of class B", "Possession of controlled drugs",
        "Drugs", "Violence and sexual offences", "Supply of alcohol to a child", "Homicide", "GBH", "Rape", "",
        "Possession with intent to supply psychoactive substances", "Attempted robbery", "Assault",
    ],
)  # fmt: skip
def test_a_name_of_several_classes_or_of_none_finds_no_code(name: str) -> None:
    assert name not in known("crimes", "offence_code")


def test_every_title_of_one_class_finds_its_class_and_every_code_is_one() -> None:
    codes = codes_by_offence()
    titles = list(offence_names().values())
    for code, title in offence_names().items():
        if titles.count(title) == 1:
            assert codes[title] == code, title
    assert all(look_up(weights(), c) is not None and look_up(offence_groups(), c) for c in codes.values())


def test_every_listed_name_says_where_it_is_from_and_finds_what_it_says() -> None:
    with (DATA / "offence_names.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] for row in rows)
    for row in rows:
        assert codes_by_offence().get(row["name"], "") == row["code"], row["name"]


def test_likely_words_are_only_choices_and_are_ours() -> None:
    assert best("crime_links", "link_role", "CHA") == ("charged",)
    assert known("crime_links", "link_role") == {}
    assert best("memberships", "role", "Signifcant") == ("significant",)
    assert best("family_links", "relationship", "Uncle") == ()
    for table, column, word in (("disruptions", "level", "High"), ("stop_checks", "outcome", "NFA")):
        assert set(best(table, column, word)) <= set(TABLES[table].column(column).enum)


def test_a_force_adds_names_of_offences_and_its_meaning_counts() -> None:
    column = TABLES["crimes"].column("offence_code")
    own = with_own(built_in(), b'[crimes.offence_code]\n92A = ["dealing in the lounge"]\n34B = ["robbery"]')
    code = meaning("crimes", column, {}, own)
    assert (code("Dealing in the lounge"), code("ROBBERY"), code("Shoplifting")) == ("92A", "34B", "46")
    assert meaning("crimes", column, {}, built_in())("Robbery") is None
