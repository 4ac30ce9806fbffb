"""Every figure of the published profile, from the records of the force-wide county."""

from __future__ import annotations

import re

import pytest
from published import ABSENT, published

from ocgnet.checks.check import read_dataset
from ocgnet.local_profile.figures import ward_slug
from ocgnet.local_profile.profile import NOT_COMPUTED, profile_of

ROWS = published()
NEVER = {n.figure_id for n in NOT_COMPUTED if not n.when_absent}
EXACT = ("count", "years")

pytestmark = [pytest.mark.large, pytest.mark.skipif(not ROWS, reason=ABSENT)]


@pytest.fixture(scope="module")
def profile(force_county):
    dataset, _ = read_dataset(force_county)
    return profile_of(dataset)


def test_every_figure_is_computed_or_listed_with_a_reason(profile):
    ids = {row["figure_id"] for row in ROWS}
    assert len(ids) == 70
    computed = {i for i in ids if i in profile.figures and profile.figures[i].value is not None}
    listed = set(profile.tables["not_computed"].frame["figure_id"])
    assert computed | listed == ids
    assert not computed & listed
    assert all(profile.tables["not_computed"].frame["reason"].str.len() > 20)


@pytest.mark.parametrize("row", [r for r in ROWS if r["figure_id"] not in NEVER], ids=lambda r: r["figure_id"])
def test_figure(profile, row):
    figure, wanted, note = profile.figures[row["figure_id"]], float(row["value"]), row["note"]
    assert figure.value is not None
    assert figure.filter
    assert figure.period
    if note.startswith("less than"):
        assert 0 < figure.value < wanted
    elif note.startswith("more than"):
        assert figure.value > wanted
    elif row["unit"] == "score":
        assert figure.value == pytest.approx(wanted, rel=0.001)
    elif row["unit"] in EXACT or row["figure_id"] == "ocgs_change":
        assert figure.value == wanted
    else:
        assert figure.value == pytest.approx(wanted, abs=0.005)
    if row["unit"] == "share":
        assert figure.numerator is not None
        assert figure.value == pytest.approx(figure.numerator / figure.denominator, abs=1e-4)


WARDS = [r for r in ROWS if r["group"] == "wards"]


@pytest.mark.parametrize("row", WARDS, ids=lambda r: r["figure_id"])
def test_threats_of_a_ward(profile, row):
    """The note of a ward names its two or three greatest threats with their shares of its crimes."""
    wanted = [
        (name.strip(" ;"), int(n)) for name, n in re.findall(r"([a-z ]+?) (\d+)%", row["note"].replace(" and ", " "))
    ]
    wanted = [(n.removeprefix("less than; ").strip(), v) for n, v in wanted]
    threats = profile.tables["ward_threats"].frame
    name = row["figure_id"].removeprefix("ward_")
    found = threats[[ward_slug(w) == name for w in threats["ward"]]].head(len(wanted))
    assert len(wanted) in (2, 3)
    got = [(r.offence_group, round(100 * r.share_of_crimes)) for r in found.itertuples()]
    assert sorted(got) == sorted(wanted)


def test_the_wards_named_are_those_of_table_2(profile):
    wards = profile.tables["wards"].frame
    assert {f"ward_{ward_slug(w)}" for w in wards.loc[wards["named"] != "", "ward"]} == {r["figure_id"] for r in WARDS}


def test_what_the_text_says_beside_the_figures(profile):
    """Sentences of the published text that carry no number of the list."""
    threats = profile.tables["district_offences"].frame
    first = threats[threats["rank_by_severity"] == 1].set_index("district")["family"]
    inside = [d for d, area in profile.areas.items() if area == profile.area]
    assert len(inside) == 11
    assert {d for d in inside if first[d] != "sexual offences"} == {"New Forest"}
    assert first["New Forest"] == "theft offences"
    areas = profile.tables["areas"].frame
    assert areas[areas["level"] == "district"]["name"].head(3).tolist() == [
        "Southampton", "Portsmouth", "Basingstoke and Deane",
    ]  # fmt: skip
    assert profile.figures["crimes_per_nominal_change"].value > 0 > profile.figures["reports_per_nominal_change"].value
    places = profile.tables["cse_districts"].frame.sort_values("children", ascending=False)
    assert set(places["district"].head(3)) == {"Portsmouth", "Southampton", "Havant"}


def test_what_the_text_says_of_county_lines(profile):
    """Of the area's districts Basingstoke has most networks and most violence around drugs, though less than before."""
    area = {d for d, name in profile.areas.items() if name == profile.area}
    tables = {name: profile.tables[name].frame for name in ("line_networks", "drug_violence")}
    inside = {name: frame[frame["district"].isin(area)].set_index("district") for name, frame in tables.items()}
    assert inside["line_networks"]["networks"].idxmax() == "Basingstoke and Deane"
    violence = inside["drug_violence"]
    assert violence["crimes"].idxmax() == "Basingstoke and Deane"
    assert violence.loc["Basingstoke and Deane", "change_high"] < 0
    assert profile.figures["drug_violence_change"].high > 0
