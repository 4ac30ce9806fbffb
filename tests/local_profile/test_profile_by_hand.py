"""A handful of records whose profile is worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.harm import WeightSet, weights, weights_from
from ocgnet.local_profile.offences import group_of, groups
from ocgnet.local_profile.profile import profile_of
from ocgnet.settings import ProfileSettings, Settings

ABOUT = About("Paper force", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
# Weights that can be added up by heart.
WEIGHTS = WeightSet.of({"19C": 1000.0, "8N": 100.0, "46": 10.0, "28E": 400.0}, "weights on paper")
# The records begin in the first month of the base period, so that all three are covered.
NOW, THEN, BASE = date(2018, 6, 1), date(2017, 6, 1), date(2016, 4, 20)
CRIMES = [
    # id, code, date, district, ward, private
    ("K1", "19C", NOW, "Easter", "Harbour", True),
    ("K2", "8N", NOW, "Easter", "Harbour", False),
    ("K3", "8N", NOW, "Wester", "Hill", None),
    ("K4", "46", NOW, "Wester", "Hill", False),
    ("K5", "46", NOW, None, None, False),
    ("K6", None, NOW, "Easter", "Harbour", True),
    ("K7", "28E", NOW, "Norther", "Moor", True),
    ("L1", "8N", THEN, "Easter", "Harbour", False),
    ("L2", "28E", THEN, "Norther", "Moor", True),
    ("L3", "46", THEN, "Wester", "Hill", False),
    ("M1", "28E", BASE, "Norther", "Moor", True),
    ("M2", "28E", BASE, "Norther", "Moor", True),
    ("X1", "19C", date(2019, 4, 1), "Easter", "Harbour", True),
]
LINKS = [
    # person, crime, role, relationship
    ("V1", "K1", "victim", None),
    ("V1", "K2", "victim", None),
    ("V2", "K3", "victim", None),
    ("V3", "K3", "victim", None),
    ("V3", "K7", "victim", None),
    ("V4", "K6", "victim", None),
    ("S1", "K1", "suspect", "acquaintance"),
    ("S1", "K1", "arrested", None),
    ("S2", "K3", "suspect", "stranger"),
    ("S3", "K3", "arrested", None),
    ("S1", "K4", "suspect", None),
    ("S2", "K2", "charged", "stranger"),
    ("W1", "K1", "witness", None),
    ("V2", "L1", "victim", None),
]
BORN = {"V1": date(2004, 6, 2), "V2": date(1993, 6, 1), "V3": date(1994, 1, 1)}


def table_of(columns, rows) -> pa.Table:
    return pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))


def records() -> dict[str, pa.Table]:
    columns = ("crime_id", "offence_code", "recorded_on", "district", "ward", "private_space")
    links = ("person_id", "crime_id", "link_role", "relationship_to_victim")
    people = ["V1", "V2", "V3", "V4", "W1"]
    wards = [("Harbour", "Easter", "Shire", 1000), ("Hill", "Wester", "Shire", 2000), ("Moor", "Norther", None, 500)]
    return {
        "crimes": table_of(columns, CRIMES),
        "crime_links": table_of(links, LINKS),
        "nominals": pa.table({"nominal_id": ["S1", "S2", "S3"]}),
        "people": pa.table({"person_id": people, "date_of_birth": [BORN.get(p) for p in people]}),
        "wards": table_of(("ward", "district", "area", "population"), wards),
    }


SETTINGS = ProfileSettings(weights=WEIGHTS, high_harm=365.0)


@pytest.fixture(scope="module")
def profile():
    return profile_of(Dataset.of(records(), ABOUT), SETTINGS)


def test_severity_by_place(profile):
    value = {i: f.value for i, f in profile.figures.items()}
    assert value["severity_easter"] == 1100
    assert value["severity_wester"] == 110
    assert value["severity_norther"] == 400
    assert value["severity_total"] == 1620  # with the shoplifting that has no district
    assert value["severity_laa_total"] == 1210
    assert value["severity_laa_share"] == pytest.approx(1210 / 1620)
    assert value["severity_change"] == pytest.approx(1620 / 510 - 1)
    assert value["volume_change"] == pytest.approx(7 / 3 - 1)
    assert profile.area == "Shire"
    force = profile.tables["areas"].frame.iloc[0]
    assert (force["crimes"], force["harm_unknown"], force["population"]) == (7, 1, 3500)
    assert force["severity_per_1000"] == pytest.approx(1620 / 3.5)


def test_offences_private_spaces_and_change_since_the_base(profile):
    f = profile.figures
    assert (f["rape_share_of_crime"].numerator, f["rape_share_of_crime"].denominator) == (1, 7)
    assert f["rape_share_of_harm"].value == pytest.approx(1000 / 1620)
    assert f["rape_private_space"].value == 1
    assert (f["other_high_harm_private_space"].numerator, f["other_high_harm_private_space"].denominator) == (1, 1)
    assert f["harm_change_residential_burglary"].value == pytest.approx(400 / 800 - 1)
    assert f["harm_change_rape"].value is None  # none in the base period: no change can be told
    rows = profile.tables["offences"].frame.set_index("offence_group")
    assert rows.loc["violence with injury", "private_known"] == 1  # the space of K3 is not recorded
    assert rows.loc["offence not known", "crimes"] == 1


def test_concentration_splits_a_crime_over_its_people(profile):
    # V1 1000 + 100, V3 50 + 400, V2 50; V4 is the victim of a crime of unknown harm and takes no part.
    f = profile.figures
    assert (f["victims_few"].numerator, f["victims_few"].denominator) == (2, 3)
    assert f["victims_few_harm"].value == pytest.approx(1550 / 1600)
    # S1 1000 (two roles in one crime count once) + 10; S2 and S3 share K3, and S2 was charged with K2.
    assert (f["offenders_few"].numerator, f["offenders_few"].denominator) == (1, 3)
    assert f["offenders_few_harm"].value == pytest.approx(1010 / 1210)


def test_age_and_relationship(profile):
    f = profile.figures
    # V1 was 13 on the day; V2 had the 25th birthday on it; V3 was 24 and carries 50 + 400.
    assert f["harm_age_10_24"].value == pytest.approx((1100 + 450) / 1620)
    ages = profile.tables["victim_ages"].frame.set_index("age")
    assert ages.loc["10 to 17", "victims"] == 1
    assert ages.loc["25 to 34", "severity"] == 50
    assert ages.loc["age not known", "victims"] == 1
    assert ages["severity"].sum() == pytest.approx(1620)
    # The area holds K1 to K4 and K6: 1210; K1 is an acquaintance's, half of K3 and all of K2 a stranger's.
    assert f["harm_by_acquaintance_laa"].value == pytest.approx(1000 / 1210)
    assert f["harm_by_stranger_laa"].value == pytest.approx(150 / 1210)
    rows = profile.tables["relationships"].frame
    shire = rows[rows["place"] == "Shire"].set_index("relationship")
    assert shire.loc["no suspect recorded", "severity"] == pytest.approx(0)
    assert shire["severity"].sum() == pytest.approx(1210)


def test_an_age_that_nobody_has_stands_in_no_band():
    tables = records()
    # V1 is born after every crime, V2 is 119 by a placeholder, V3 has two dates, of which the later decides.
    born = {"V1": date(2019, 3, 1), "V2": date(1900, 1, 1), "V3": date(1950, 1, 1)}
    people = ["V1", "V2", "V3", "V4", "W1"]
    tables["people"] = pa.table({"person_id": people, "date_of_birth": pa.array([born.get(p) for p in people])})
    tables["children"] = table_of(
        ("child_id", "date_of_birth", "sex", "cse_flagged_on"),
        [
            ("V3", date(1994, 1, 1), "female", None),
            ("C1", date(2018, 11, 1), "female", date(2018, 5, 1)),
            ("C2", date(2005, 1, 1), "female", date(2018, 6, 1)),
            ("C3", date(1900, 1, 1), "male", date(2018, 6, 1)),
        ],
    )
    tables["stop_checks"] = table_of(
        ("stop_id", "person_id", "date_of_birth", "happened_on", "transient_dealer"),
        [
            ("A", "C1", None, date(2018, 6, 1), True),
            ("B", None, date(1980, 1, 1), date(2018, 6, 2), True),
            ("C", None, date(1900, 1, 1), date(2018, 6, 2), True),
            ("D", "C2", None, date(2018, 6, 2), True),
        ],
    )
    about = About(as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
    profile = profile_of(Dataset.of(tables, about), SETTINGS)
    ages = profile.tables["victim_ages"].frame.set_index("age")
    assert ages["severity"].sum() == pytest.approx(1620)
    # V1, V2 and V4 (of whom nothing is recorded); V3 is 24 by the later date and carries 50 + 400.
    assert ages.loc["age not known", "victims"] == 3
    assert ages.loc["18 to 24", "severity"] == pytest.approx(450)
    flagged = profile.tables["cse_ages"].frame
    assert flagged[["age", "children"]].to_numpy().tolist() == [["13", 1], ["not known", 2]]
    assert profile.figures["cse_modal_age"].value == 13
    stops = profile.tables["transient_dealers"].frame.iloc[0]
    assert (stops["stops"], stops["juveniles"], stops["age_unknown"]) == (4, 1, 2)


def test_wards(profile):
    f = profile.figures
    assert f["ward_harbour"].value == pytest.approx(1100 / 1620)
    rows = profile.tables["wards"].frame.set_index("ward")
    assert rows.loc["Harbour", "severity_per_1000"] == 1100
    assert rows.loc["Hill", "threats"] == "shoplifting 50%, violence with injury 50%"
    assert rows.index[0] == "Harbour"


def test_other_periods(profile):
    asked = replace(SETTINGS, before_from=BASE, before_to=BASE)
    moved = profile_of(Dataset.of(records(), ABOUT), asked)
    assert moved.figures["severity_change"].value == pytest.approx(1620 / 800 - 1)
    earlier = replace(SETTINGS, analysis=Settings(period_from=THEN, period_to=THEN))
    assert profile_of(Dataset.of(records(), ABOUT), earlier).figures["severity_total"].value == 510
    with pytest.raises(UsageError, match="Give both"):
        profile_of(Dataset.of(records(), ABOUT), replace(SETTINGS, base_from=BASE))
    with pytest.raises(UsageError, match="begins on"):
        profile_of(Dataset.of(records(), ABOUT), replace(SETTINGS, before_from=NOW, before_to=BASE))


def test_codes_without_a_weight_are_counted_and_their_harm_is_unknown():
    few = replace(SETTINGS, weights=WeightSet.of({"19C": 1.0, "46": 2.0}, "two weights"))
    found = profile_of(Dataset.of(records(), ABOUT), few)
    # K2, K3 and K7 have codes without a weight, K6 has none; K1 weighs 1, K4 and K5 weigh 2 each.
    assert found.unweighted == {"28E": 1, "8N": 2}
    force = found.tables["areas"].frame.query("level == 'force'")
    assert (force["harm_unknown"].item(), force["severity"].item()) == (4, 5)


def test_nothing_is_known_of_what_was_not_given():
    empty = profile_of(Dataset.of({"nominals": pa.table({"nominal_id": ["N1"]})}, ABOUT))
    assert "severity_total" not in empty.figures
    assert all(f.value is None for f in empty.figures.values())
    none = {name: records()[name].slice(0, 0) for name in ("crimes", "crime_links")}
    no_crime = profile_of(Dataset.of({**records(), **none}, ABOUT))
    assert no_crime.figures["severity_total"].value == 0
    assert no_crime.figures["rape_share_of_harm"].value is None
    assert no_crime.figures["victims_few"].value is None


def test_row_order_changes_nothing(profile):
    turned = {n: t.take(np.random.default_rng(3).permutation(t.num_rows)) for n, t in records().items()}
    again = profile_of(Dataset.of(turned, ABOUT), SETTINGS)
    assert again.figures == profile.figures
    assert again.run_id == profile.run_id
    for name, table in profile.tables.items():
        assert again.tables[name].frame.equals(table.frame), name


def test_every_weighted_offence_has_a_group():
    # The codes of the national fraud bureau have a group, and nobody's weight.
    assert {c for c in groups() if not c.startswith("NFIB")} == set(weights())
    assert group_of("99Z") == ("not grouped", "not grouped")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code,weight\n", "holds no weight"),
        ("offence,weight\n8N,1\n", "columns offence_code and weight"),
        ("code,weight\n8N,-1\n", "line 2"),
        ("code,weight\n8N,many\n", "nor a number"),
        ("code,weight\n8N,nan\n", "nor a number"),
        (
            "code,weight\n8N,1e308\n",
            "line 2: the weight '1e308' is neither 0 nor a number from 0.000001 to 1,000,000,000",
        ),
        ("code,weight\n8N,1e-308\n", "'1e-308' is neither 0 nor a number"),
        ("code,weight\n8N,inf\n", "'inf' is neither 0 nor a number"),
        ("code,weight\n,3\n", "blank"),
        ("code,weight\n8N,1\n08n,2\n", "stands twice"),
        ("code,weight\n8N,1,2\n", "cells"),
        ('code,weight\n"8N"x,1\n', "cannot be read"),
        ("", "columns"),
    ],
)
def test_weights_of_a_file_are_checked(text, told):
    with pytest.raises(UsageError, match=told):
        weights_from(text, "index.csv")


def test_weights_of_a_file_change_the_order():
    flat = weights_from("offence_code,weight\n19C,1\n8N,1\n46,1\n28E,1\n", "flat.csv")
    found = profile_of(Dataset.of(records(), ABOUT), replace(SETTINGS, weights=flat))
    assert found.figures["severity_total"].value == 6  # crimes with a code
    assert found.settings.to_dict()["weights"]["vintage"] == "weights of the file flat.csv"


def test_a_place_whose_crimes_have_no_weight_has_no_severity_rather_than_none():
    """Hill has one crime of 10 by WEIGHTS, Mill two whose codes have no weight: unknown there, not 0."""
    dataset = Dataset.of(
        {
            "crimes": pa.table(
                {
                    "crime_id": ["K1", "K2", "K3"],
                    "offence_code": ["NFIB3A", "NFIB3A", "46"],
                    "recorded_on": [NOW] * 3,
                    "district": ["Easter", "Easter", "Wester"],
                    "ward": ["Mill", "Mill", "Hill"],
                }
            ),
            "wards": pa.table({"ward": ["Hill", "Mill"], "district": ["Wester", "Easter"], "population": [1000, 9000]}),
        },
        ABOUT,
    )
    profile = profile_of(dataset, ProfileSettings(weights=WEIGHTS))
    wards = profile.tables["wards"].frame.set_index("ward")
    assert wards.loc["Hill", ["severity", "harm_unknown"]].tolist() == [10, 0]
    assert np.isnan(wards.loc["Mill", "severity"])
    assert (wards.loc["Mill", "crimes"], wards.loc["Mill", "harm_unknown"]) == (2, 2)
    assert wards.loc["Mill", "standing"] == "harm not known"
    # The residents of Mill lower nobody's mean: Hill carries 10 for each 1,000, which is the mean.
    assert wards.loc["Hill", "standing"] == "as chance allows"
    areas = profile.tables["areas"].frame.set_index("name")
    assert np.isnan(areas.loc["Easter", "severity"])
    assert areas.loc["Wester", "severity"] == 10
    assert profile.figures["severity_easter"].value is None
    assert profile.figures["ward_mill"].value is None
    assert profile.figures["ward_hill"].value == 1.0
