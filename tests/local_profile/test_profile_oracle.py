"""The same code on another force: its own figures, worked out again by plain pandas from the files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ocgnet.checks.check import read_dataset
from ocgnet.evidence.period import period_of
from ocgnet.harm import normal_code, weights
from ocgnet.local_profile.figures import slug
from ocgnet.local_profile.groups import Groups, group_records
from ocgnet.local_profile.offences import groups
from ocgnet.local_profile.profile import profile_of
from ocgnet.local_profile.records import Material, Records, Windows
from ocgnet.main_job import analyse
from ocgnet.settings import ProfileSettings, Settings

COUNTY = Path(__file__).parents[2] / "fixtures" / "county"
YEAR = (date(2018, 4, 1), date(2019, 3, 31))


@pytest.fixture(scope="module")
def profile(other_force):
    dataset, _ = read_dataset(other_force)
    return profile_of(dataset)


@pytest.fixture(scope="module")
def crimes(other_force):
    frame = pd.read_csv(other_force / "crimes.csv", dtype=str, keep_default_na=False)
    frame["weight"] = frame["offence_code"].map(lambda c: weights().get(normal_code(c), np.nan) if c else 0.0)
    frame["group"] = frame["offence_code"].map(lambda c: groups().get(normal_code(c), ("",))[0] if c else "")
    frame["on"] = frame["recorded_on"].where(frame["recorded_on"] != "", frame["occurred_on"])
    return frame


@pytest.fixture(scope="module")
def now(crimes):
    return crimes[crimes["on"].between("2018-04-01", "2019-03-31")]


def links_of(folder, now, roles):
    links = pd.read_csv(folder / "crime_links.csv", dtype=str, keep_default_na=False)
    links = links[links["link_role"].isin(roles)].drop_duplicates(["person_id", "crime_id"])
    links = links.merge(now[["crime_id", "weight", "occurred_on", "on", "district"]], on="crime_id")
    links["part"] = links["weight"] / links.groupby("crime_id")["person_id"].transform("size")
    # The harm of a crime whose code has no weight is not known, and nobody is one of the few by it.
    return links.dropna(subset=["part"])


def test_severity(profile, now, crimes):
    for district, weight in now.groupby("district")["weight"].sum().items():
        if district:
            assert profile.figures[f"severity_{slug(district)}"].value == pytest.approx(weight)
    total = now["weight"].sum()
    assert profile.figures["severity_total"].value == pytest.approx(total)
    before = crimes[crimes["on"].between("2017-04-01", "2018-03-31")]
    assert profile.figures["severity_change"].value == pytest.approx(total / before["weight"].sum() - 1)
    assert profile.figures["volume_change"].value == pytest.approx(len(now) / len(before) - 1)
    base = crimes[crimes["on"].between("2016-04-01", "2017-03-31")]
    for name, key in (
        ("residential burglary", "residential_burglary"),
        ("robbery of personal property", "robbery_personal"),
    ):
        then = base.loc[base["group"] == name, "weight"].sum()
        value = now.loc[now["group"] == name, "weight"].sum() / then - 1
        assert profile.figures[f"harm_change_{key}"].value == pytest.approx(value)


def test_shares(profile, now):
    rape = now["group"] == "rape"
    total = now["weight"].sum()
    assert profile.figures["rape_share_of_harm"].value == pytest.approx(now.loc[rape, "weight"].sum() / total)
    assert profile.figures["rape_share_of_crime"].value == pytest.approx(rape.mean())
    known = now[rape & (now["private_space"] != "")]
    assert profile.figures["rape_private_space"].value == pytest.approx((known["private_space"] == "true").mean())
    high = now[~rape & (now["weight"] >= 365) & (now["private_space"] != "")]
    figure = profile.figures["other_high_harm_private_space"]
    assert figure.value == pytest.approx((high["private_space"] == "true").mean())
    for (ward, district), weight in (
        now[now["ward"] != ""].groupby(["ward", "district"])["weight"].sum().head(40).items()
    ):
        rows = profile.tables["wards"].frame
        found = rows[(rows["ward"] == ward) & (rows["district"] == district)].iloc[0]
        assert found["share_of_severity"] == pytest.approx(weight / total)


@pytest.mark.parametrize(
    ("who", "roles"), [("victims", ["victim"]), ("offenders", ["arrested", "suspect", "charged", "convicted"])]
)
def test_concentration(profile, other_force, now, who, roles):
    known = now[now["offence_code"] != ""]
    harm = links_of(other_force, known, roles).groupby("person_id")["part"].sum().round(6)
    few = harm >= 365
    assert profile.figures[f"{who}_few"].numerator == few.sum()
    assert profile.figures[f"{who}_few"].denominator == len(harm)
    assert profile.figures[f"{who}_few_harm"].value == pytest.approx(harm[few].sum() / harm.sum())
    curve = profile.tables["concentration"].frame
    curve = curve[(curve["people"] == who) & (curve["share_of_people"] == 0.2)].iloc[0]
    first = harm.sort_values(ascending=False).head(int(len(harm) * 0.2)).sum() / harm.sum()
    assert curve["share_of_harm"] == pytest.approx(first, abs=0.001)


def test_young_victims(profile, other_force, now):
    born = pd.concat(
        pd.read_csv(other_force / f"{name}.csv", dtype=str, keep_default_na=False).rename(columns={key: "person_id"})
        for name, key in (("people", "person_id"), ("nominals", "nominal_id"), ("children", "child_id"))
    ).drop_duplicates("person_id")[["person_id", "date_of_birth"]]
    links = links_of(other_force, now, ["victim"]).merge(born, on="person_id", how="left")
    day = pd.to_datetime(links["occurred_on"].where(links["occurred_on"] != "", links["on"]))
    birth = pd.to_datetime(links["date_of_birth"].where(links["date_of_birth"] != ""))
    late = (day.dt.month < birth.dt.month) | ((day.dt.month == birth.dt.month) & (day.dt.day < birth.dt.day))
    age = day.dt.year - birth.dt.year - late.astype(int)
    young = links.loc[age.between(10, 24), "part"].sum()
    assert profile.figures["harm_age_10_24"].value == pytest.approx(young / now["weight"].sum())


def test_stops_referrals_and_flags(profile, other_force):
    stops = pd.read_csv(other_force / "stop_checks.csv", dtype=str, keep_default_na=False)
    stops = stops[(stops["transient_dealer"] == "true") & stops["happened_on"].between("2018-04-01", "2019-03-31")]
    assert profile.figures["transient_dealers"].value == len(stops)
    aged = stops[stops["date_of_birth"] != ""]
    adult = (aged["date_of_birth"].str[:4].astype(int) + 18).astype(str) + aged["date_of_birth"].str[4:]
    # Nobody in these records is born on 29 February and stopped on the day after the 28th.
    assert profile.figures["transient_juveniles"].numerator == (adult > aged["happened_on"]).sum()
    made = pd.read_csv(other_force / "referrals.csv", dtype=str, keep_default_na=False)
    made = made[(made["kind"] == "nrm") & made["made_on"].between("2018-04-01", "2019-03-31")]
    assert profile.figures["nrm_referrals"].value == len(made)
    children = pd.read_csv(other_force / "children.csv", dtype=str, keep_default_na=False)
    flagged = children[children["cse_flagged_on"].between("2018-04-01", "2019-03-31")]
    assert profile.figures["cse_female"].numerator == flagged["sex"].str.lower().str.startswith("f").sum()
    assert profile.figures["cse_flagged"].value == len(flagged)


def test_the_figures_of_groups_are_those_of_the_analysis():
    dataset, _ = read_dataset(COUNTY)
    quick = Settings(null_draws=200, bootstrap_draws=200, resamples=5, snapshot_months=0)
    whole = analyse(dataset, quick).figures
    mine = profile_of(dataset, ProfileSettings(analysis=quick)).figures
    shared = [i for i in whole if i in mine]
    assert len(shared) > 35
    for figure_id in shared:
        for part in ("value", "numerator", "denominator"):
            assert getattr(mine[figure_id], part) == getattr(whole[figure_id], part), (figure_id, part)


def test_the_records_of_groups_leave_out_only_strangers():
    dataset, _ = read_dataset(COUNTY)
    kept = group_records(dataset)
    assert kept["memberships"].equals(dataset["memberships"])
    assert 0 < kept["crimes"].num_rows < dataset["crimes"].num_rows
    named = set(kept["crime_links"]["crime_id"].to_pylist())
    members = set(dataset["memberships"]["nominal_id"].to_pylist())
    every = dataset["crime_links"].select(["person_id", "crime_id"]).to_pylist()
    assert named == {r["crime_id"] for r in every if r["person_id"] in members}
    settings = ProfileSettings()
    period = period_of(dataset, settings.analysis)
    windows = Windows.of(period, settings)
    assert windows.now == YEAR
    records = Records(dataset.tables, settings, windows)
    found = Groups.of(Material(dataset, settings, period, windows, records))
    assert found is not None
    assert found.now.members.sum() == 207


def test_sums_are_added_in_one_order_whatever_that_of_the_rows():
    dataset, _ = read_dataset(COUNTY)
    crimes = dataset["crimes"]
    mixed = crimes.take(np.random.default_rng(1).permutation(crimes.num_rows))
    settings = ProfileSettings()
    windows = Windows.of(period_of(dataset, settings.analysis), settings)
    frames = []
    for rows in (crimes, mixed, crimes):
        records = Records({**dataset.tables, "crimes": rows}, settings, windows)
        frames.append(records.cube.frame)
        records.close()
    assert len(frames[0]) > 1_000
    for other in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], other)
