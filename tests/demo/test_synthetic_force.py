"""The force-wide county: every published figure counted straight from its CSV files, its shape, its cost."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from figures_from_csv import Figures
from force_figures import QUESTIONS, THREATS, WARD_NAMES, ForceFigures

from ocgnet.checks.check import check
from ocgnet.errors import OutputError, UsageError
from ocgnet.files.writing import FILES
from ocgnet.sources import Finding, Rule
from ocgnet_demo.drawing import made_up_folder
from ocgnet_demo.exploited import NO_STAGES
from ocgnet_demo.force.force import write_force

pytestmark = pytest.mark.large

ROOT = Path(__file__).parent.parent.parent
SMALL = ROOT / "fixtures" / "force"
SMALL_SCALE = "0.002"
PROFILE = ROOT.parent / "shared" / "seed" / "profile_figures.csv"
PUBLISHED = (
    {row["figure_id"]: row for row in csv.DictReader(PROFILE.read_text(encoding="utf-8").splitlines())}
    if PROFILE.exists()
    else {}
)
NO_RECORDS = {"reoffending_11_plus", "reoffending_none"}
"""From national literature: a cohort followed after conviction; a force has no such records."""
DISTRICT = "Crime severity "
FEW = 13


@pytest.fixture(scope="module")
def force(force_county: Path) -> ForceFigures:
    return ForceFigures(force_county)


@pytest.fixture(scope="module")
def groups(force_county: Path) -> Figures:
    return Figures(force_county)


@pytest.fixture(scope="module")
def groups_before(force_county: Path) -> Figures:
    return Figures(force_county, "2018-03-31", "2017-04-01")


@pytest.fixture(scope="module")
def other(other_force: Path) -> ForceFigures:
    return ForceFigures(other_force)


_LIVE = "SELECT count(*) FROM live"
_MEMBERS = "SELECT count(DISTINCT nominal_id) FROM members"
_DRUGS = f"{_LIVE} WHERE primary_crime_type = 'drug trafficking'"
_ABROAD = "FROM ocg_countries SEMI JOIN live USING (ocg_id)"
_DISRUPTED = "SELECT count(*) FROM disruptions WHERE happened_on BETWEEN getvariable('first') AND getvariable('as_of')"
_PARENTS = "FROM parents JOIN members ON adult_id = nominal_id"
OF_GROUPS: dict[str, Callable[[Figures, Figures], float]] = {
    "ocgs": lambda now, _: now.one(_LIVE),
    "ocgs_change": lambda now, before: now.one(_LIVE) - before.one(_LIVE),
    "nominals_before": lambda _, before: before.one(_MEMBERS),
    "nominals": lambda now, _: now.one(_MEMBERS),
    "ocgs_abroad": lambda now, _: now.one(f"SELECT count(DISTINCT ocg_id) {_ABROAD}"),
    "countries_abroad": lambda now, _: now.one(f"SELECT count(DISTINCT country) {_ABROAD}"),
    "ocgs_drug_trafficking": lambda now, _: now.one(_DRUGS),
    "ocgs_powder_cocaine": lambda now, _: now.one(f"{_DRUGS} AND commodity = 'powder cocaine'"),
    "top_nominals": lambda now, _: float((now.top(FEW) > now.top(FEW).iloc[FEW] / 0.92).sum()),
    "top_nominals_crime_share": lambda now, _: now.coverage("crime_of", list(now.top(FEW).index[:FEW])),
    "top_nominals_intel_share": lambda now, _: now.coverage("report_of", list(now.top(FEW).index[:FEW])),
    "disruptions_before": lambda _, before: before.one(_DISRUPTED),
    "disruptions": lambda now, _: now.one(_DISRUPTED),
    "parents": lambda now, _: now.one("SELECT count(DISTINCT adult_id) FROM parents"),
    "parents_ocgs": lambda now, _: now.one(f"SELECT count(DISTINCT ocg_id) {_PARENTS}"),
    **{
        f"parents_{role}": lambda now, _, role=role: now.one(  # type: ignore[misc]
            f"SELECT count(DISTINCT adult_id) {_PARENTS} WHERE role = '{role}'"
        )
        for role in ("principal", "significant", "peripheral")
    },
    "children": lambda now, _: now.one("SELECT count(DISTINCT child_id) FROM parents"),
}


def test_every_published_figure_is_asked_for() -> None:
    if not PUBLISHED:
        pytest.skip("../shared is not beside the checkout")
    districts = {f for f, r in PUBLISHED.items() if f.startswith("severity_") and f not in QUESTIONS}
    assert len(districts) == 14
    assert set(PUBLISHED) == districts | set(QUESTIONS) | set(OF_GROUPS) | NO_RECORDS
    assert len(PUBLISHED) == 70


@pytest.mark.parametrize("figure_id", sorted(set(PUBLISHED) - NO_RECORDS) or ["none"])
def test_a_published_figure(figure_id: str, force: ForceFigures, groups: Figures, groups_before: Figures) -> None:
    if not PUBLISHED:
        pytest.skip("../shared is not beside the checkout")
    row = PUBLISHED[figure_id]
    wanted, unit = float(row["value"]), row["unit"]
    if figure_id in OF_GROUPS:
        found = OF_GROUPS[figure_id](groups, groups_before)
    elif figure_id in QUESTIONS:
        found = force.figure(figure_id)
    else:
        found = force.severity()[row["label"].removeprefix(DISTRICT)]
    if row["note"].startswith("less than"):
        assert 0 < found < wanted
    elif row["note"].startswith("more than"):
        assert found > wanted
    elif unit == "score":
        assert found == pytest.approx(wanted, rel=0.001)
    elif unit in ("share", "change"):
        assert abs(found - wanted) <= 0.005
    else:
        assert found == wanted


def test_harm_without_a_district(force: ForceFigures) -> None:
    assert force.one("SELECT sum(weight) FROM now WHERE district IS NULL") == pytest.approx(336_521, rel=0.001)
    assert force.one("SELECT count(*) FROM now WHERE district IS NULL AND ward IS NOT NULL") == 0


@pytest.mark.parametrize("ward", sorted(THREATS))
def test_the_greatest_threats_of_a_ward(ward: str, force: ForceFigures) -> None:
    shares = force.shares(ward)
    assert list(shares)[: len(THREATS[ward])] == list(THREATS[ward])
    assert {g: round(shares[g], 2) for g in THREATS[ward]} == THREATS[ward]


def test_the_wards_of_table_2_stand_out(force: ForceFigures) -> None:
    rows = force.db.execute(
        "SELECT ward, sum(weight), sum(weight) / any_value(CAST(population AS INT)) FROM now JOIN wards USING (ward)"
        " GROUP BY ALL"
    ).fetchall()
    largest = [w for w, _, _ in sorted(rows, key=lambda r: -r[1])]
    densest = [w for w, _, _ in sorted(rows, key=lambda r: -r[2])]
    assert largest[:3] == ["Bargate", "Charles Dickens", "Eastrop"]
    assert set(densest[:6]) == set(WARD_NAMES.values())
    assert len(rows) == force.one("SELECT count(*) FROM wards") > 200


def test_what_the_text_says_of_the_districts(force: ForceFigures) -> None:
    rows = force.db.execute(
        "SELECT district, arg_max(family, harm) FROM (SELECT district, family, sum(weight) AS harm FROM area"
        " JOIN grp USING (code) GROUP BY ALL) GROUP BY ALL"
    ).fetchall()
    families = dict(rows)
    assert families.pop("New Forest") == "theft offences"
    assert set(families.values()) == {"sexual offences"}
    assert len(families) == 10
    residence = force.db.execute("SELECT district FROM flagged GROUP BY ALL ORDER BY count(*) DESC LIMIT 3").fetchall()
    assert {d for (d,) in residence} == {"Portsmouth", "Southampton", "Havant"}
    risky = (
        "SELECT count(*) FROM children WHERE cse_risk IN ('medium', 'high') AND cse_flagged_on BETWEEN '{}' AND '{}'"
    )
    now, before = (force.one(risky.format(f"{y}-04-01", f"{y + 1}-03-31")) for y in (2018, 2017))
    assert now < before
    more = force.db.execute(
        "SELECT n.district FROM (SELECT district, count(*) AS n FROM now WHERE flags LIKE '%cse%' GROUP BY ALL) n"
        " JOIN (SELECT district, count(*) AS n FROM before WHERE flags LIKE '%cse%' GROUP BY ALL) b USING (district)"
        " ORDER BY n.n - b.n DESC LIMIT 3"
    ).fetchall()
    assert {d for (d,) in more} == {"Portsmouth", "Basingstoke and Deane", "Eastleigh"}


def test_forms_of_partners_come_from_schools_first(force: ForceFigures) -> None:
    rows = force.db.execute(
        "SELECT sector, count(*) FROM intel_reports WHERE origin = 'cpi_form' AND reported_on >= '2018-04-01'"
        " AND report_id LIKE 'IR1______' GROUP BY ALL ORDER BY 2 DESC"
    ).fetchall()
    assert rows[0][0] == "education"
    assert len(rows) == 6
    assert rows[0][1] > 1.3 * rows[1][1]


def test_transient_dealers_in_the_profiles_own_months(force: ForceFigures) -> None:
    # The profile counts March 2018 to February 2019; the financial year gives the same.
    rows = force.db.execute(
        "SELECT count(*), count(*) FILTER (juvenile), count(*) FILTER (district LIKE 'Basing%'),"
        " count(*) FILTER (juvenile AND district LIKE 'Basing%') FROM dealers"
        " WHERE stopped BETWEEN DATE '2018-03-01' AND DATE '2019-02-28'"
    ).fetchall()
    assert rows == [(627, 100, 100, 23)]


@pytest.mark.parametrize(("table", "least"), [("hurt", 8), ("blamed", 8)])
def test_people_come_back_with_a_heavy_tail(table: str, least: int, force: ForceFigures) -> None:
    source = "struck" if table == "hurt" else "caused"
    counts = np.array(
        force.db.execute(f"SELECT count(*) FROM {source} GROUP BY person_id").fetchnumpy()["count_star()"], float
    )
    # One crime each for most, and a tenth of the people with far more of the crimes than a tenth.
    assert 0.55 < (counts == 1).mean() < 0.95
    assert counts.max() >= least
    top = np.sort(counts)[::-1][: len(counts) // 10].sum() / counts.sum()
    assert top > 0.2
    # Somebody who is there twice in as many years as a Poisson count of the same mean would allow is no accident.
    assert counts.var() > 1.5 * (counts.mean() - 1)


def test_crimes_of_the_groups_are_the_groups_own(force_county: Path, groups: Figures) -> None:
    # Nobody outside the organised part is a member, and members stand in none of the other crimes.
    assert groups.one("SELECT count(*) FROM memberships WHERE nominal_id LIKE 'N1______'") == 0
    beside = (
        "SELECT count(*) FROM crime_links JOIN (SELECT crime_id FROM crime_links SEMI JOIN members"
        " ON person_id = nominal_id) USING (crime_id) WHERE person_id LIKE 'N1______' OR person_id LIKE 'P1______'"
    )
    assert groups.one(beside) == 0


def test_ratios_of_the_groups_turn_as_the_text_says(groups: Figures, groups_before: Figures) -> None:
    ratios = [
        [f.links(w)["event"].nunique() / f.one(_MEMBERS) for w in ("crime_of", "report_of")]
        for f in (groups_before, groups)
    ]
    assert 1.0 < ratios[1][0] / ratios[0][0] < 1.1
    assert ratios[1][1] < 0.97 * ratios[0][1]


def test_days_follow_the_year_and_records_follow_the_crime(force: ForceFigures) -> None:
    monthly = [
        n
        for (n,) in force.db.execute(
            "SELECT count(*) FROM now GROUP BY date_trunc('month', counted_on) ORDER BY date_trunc('month', counted_on)"
        ).fetchall()
    ]
    assert len(monthly) == 12
    assert max(monthly) < 1.35 * min(monthly)
    assert force.one("SELECT count(DISTINCT counted_on) FROM now") == 365
    assert force.one("SELECT count(*) FROM crimes WHERE occurred_on > recorded_on") == 0


def test_ages_fit_the_offence(force: ForceFigures) -> None:
    age = "date_diff('day', CAST(date_of_birth AS DATE), happened_on) / 365.2425"
    for codes, low, high in (
        ("'19E', '19H', '20B', '17B'", 0, 13),
        ("'19D', '19G'", 13, 16),
        ("'19C', '19F'", 16, 100),
    ):
        outside = (
            f"SELECT count(*) FROM struck JOIN born ON id = person_id JOIN c USING (crime_id)"
            f" WHERE code IN ({codes}) AND person_id LIKE 'P1______'"
            f" AND ({age.replace('happened_on', 'c.happened_on')} NOT BETWEEN {low} AND {high})"
        )
        assert force.one(outside) == 0
    wrong_sex = (
        "SELECT count(*) FROM struck JOIN (SELECT person_id, sex FROM people) USING (person_id)"
        " JOIN c USING (crime_id) WHERE (code IN ('19C', '19D', '19E', '20A', '20B') AND sex = 'male')"
        " OR (code IN ('19F', '19G', '19H', '17A', '17B') AND sex = 'female')"
    )
    assert force.one(wrong_sex) == 0


def expected(finding: Finding) -> bool:
    """Tell what the checks say of good records: absent tables, and that a bureau's frauds have no weight."""
    return finding.rule in (Rule.NOT_KNOWN, Rule.UNWEIGHTED)


def test_the_county_passes_every_check(force_county: Path) -> None:
    checked = check(force_county)
    assert [str(f) for f in checked.findings if not expected(f)] == []
    assert checked.dataset["crimes"].num_rows > 750_000


def test_making_it_takes_little_memory(force_run: tuple[Path, float]) -> None:
    assert force_run[1] < 450
    assert sum(p.stat().st_size for p in force_run[0].iterdir()) > 100_000_000


@pytest.mark.parametrize("hash_seed", ["0", "77"])
def test_the_committed_folder_is_what_the_command_gives(hash_seed: str, tmp_path: Path) -> None:
    # In a process of its own, because the order of sets hangs on the hash seed.
    words = [sys.executable, "-m", "ocgnet", "synthesise", "county", "--out", str(tmp_path / "force")]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    subprocess.run([*words, "--scale", SMALL_SCALE], env=environment, check=True, timeout=120, capture_output=True)
    made = {p.name: p.read_bytes() for p in (tmp_path / "force").iterdir()}
    assert made == {p.name: p.read_bytes() for p in SMALL.iterdir()}
    assert sum(map(len, made.values())) < 900_000


def test_the_committed_folder_passes_every_check() -> None:
    # Some relationships are recorded as "unknown", as a force does; they count as not recorded, and are told.
    assert [str(f) for f in check(SMALL).findings if not expected(f)] == []


def test_a_small_county_keeps_the_shape() -> None:
    small = ForceFigures(SMALL)
    assert small.figure("severity_total") == pytest.approx(0.002 * 24_437_456, rel=0.01)
    assert small.figure("rape_share_of_harm") == pytest.approx(0.31, abs=0.06)
    assert small.figure("victims_few_harm") == pytest.approx(0.74, abs=0.03)
    assert small.figure("offenders_few_harm") == pytest.approx(0.45, abs=0.03)
    assert small.figure("harm_age_10_24") == pytest.approx(0.21, abs=0.03)
    assert small.figure("talon_nrm_children") == 6


def test_another_force_has_figures_of_its_own(other: ForceFigures, other_force: Path) -> None:
    # A tenth of the size: severities shrink, shares stay plausible and none but a few is the published one.
    total = other.figure("severity_total")
    assert 0.8 < total / 2_443_746 < 1.2
    assert 0.25 < other.figure("rape_share_of_harm") < 0.35
    assert 0.04 < other.figure("victims_few") < 0.08
    assert 0.65 < other.figure("victims_few_harm") < 0.82
    assert 0.03 < other.figure("offenders_few") < 0.05
    assert 0.38 < other.figure("offenders_few_harm") < 0.52
    shares = [q for q, r in PUBLISHED.items() if q in QUESTIONS and r["unit"] in ("share", "change")]
    same = [q for q in shares if abs(other.figure(q) - float(PUBLISHED[q]["value"])) < 0.0005]
    assert len(same) < 4
    assert [str(f) for f in check(other_force).findings if f.is_error] == []


def test_things_and_the_response_grow_with_the_force(force: ForceFigures, force_county: Path) -> None:
    small = ForceFigures(SMALL)

    def rows(figures: ForceFigures, folder: Path, table: str, where: str = "TRUE") -> int:
        return figures.one(f"SELECT count(*) FROM read_csv('{folder / table}.csv', all_varchar = true) WHERE {where}")

    def both(table: str, where: str = "TRUE") -> tuple[int, int]:
        return rows(force, force_county, table, where), rows(small, SMALL, table, where)

    # Telephones of the members, and 25,000 others at scale 1, of which three in four are somebody's.
    assert both("things", "kind = 'phone'") == (207 + 25_000, 207 + 50)
    assert both("thing_links", "relation = 'user' AND thing_id LIKE 'TL%'") == (207 + 18_750, 207 + 37)
    # Plans are those of the groups, cases those of the children.
    assert both("plans")[0] == both("plans")[1]
    assert both("assignments")[0] > 2 * both("assignments")[1] > 100
    referred = "SELECT count(DISTINCT person_id) FROM read_csv('{}/referrals.csv') WHERE kind = 'nrm'"
    for figures, folder in ((force, force_county), (small, SMALL)):
        of_them = f"SELECT count(DISTINCT person_id) FROM read_csv('{folder}/nrm_stages.csv')"
        silent = figures.one(referred.format(folder)) - figures.one(of_them)
        assert silent == (figures.one(referred.format(folder)) + NO_STAGES // 2) // NO_STAGES


def test_a_scale_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="scale of at least"):
        write_force(tmp_path / "out", scale=float("nan"))
    assert not (tmp_path / "out").exists()


def test_real_records_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "nominals.csv").write_text("nominal_id\nN1\n", encoding="utf-8")
    with pytest.raises(OutputError, match=r"nominals\.csv"), made_up_folder(tmp_path):
        pytest.fail("the folder was given")
    (tmp_path / "about.toml").write_text('force = "Real"\nsynthetic = false\n', encoding="utf-8")
    with pytest.raises(OutputError), made_up_folder(tmp_path):
        pytest.fail("the folder was given")
    assert (tmp_path / "nominals.csv").read_text(encoding="utf-8") == "nominal_id\nN1\n"


def test_made_up_records_are_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "county"
    with made_up_folder(out) as folder:
        (folder / "about.toml").write_text("synthetic = true\n", encoding="utf-8")
        (folder / "people.csv").write_text("person_id\nP1\n", encoding="utf-8")
    with made_up_folder(out) as folder:
        (folder / "about.toml").write_text("synthetic = true\n", encoding="utf-8")
    assert {p.name for p in out.iterdir()} == {"about.toml", FILES}
