"""What is set before and after a disruption: by hand, by SQL over the county, and where the answer was planted."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.analysis.response.before_after import LEAST_GROUPS, MEASURES, before_and_after
from ocgnet.checks.check import check
from ocgnet.dataset import About, Dataset
from ocgnet.harm import weights
from ocgnet.model import TABLES
from ocgnet.settings import Settings

COUNTY = Path(__file__).parent.parent.parent / "fixtures" / "county"
DAY = date(2018, 7, 1)
LAST = date(2019, 6, 30)
ABOUT = About(as_of=LAST, period_from=date(2018, 1, 1), period_to=LAST)
BURGLARY = "28E"


def table(name: str, rows: list[dict[str, object]]) -> pa.Table:
    schema = TABLES[name].schema
    columns = [pa.array([row.get(f.name) for row in rows], f.type) for f in schema]
    return pa.table(columns, schema=schema)


def records(events: dict[str, list[tuple[int, str]]], acts: list[tuple[str, date]], **more: list[dict]) -> Dataset:
    """Groups of two members each; by group the crimes as day after ``DAY`` and offence, each by its first member.

    A crime on the first and one on the last day, and a report each, by nobody of a group, let records cover all days.
    """
    nominals = [{"nominal_id": f"{g}-{k}"} for g in events for k in "ab"] + [{"nominal_id": "X"}, {"nominal_id": "Y"}]
    crimes, links, reports, named = [], [], [], []
    for number in range(-400, 365, 5):
        day = DAY + timedelta(number)
        crimes.append({"crime_id": f"X{number}", "recorded_on": day, "offence_code": BURGLARY})
        links.append({"person_id": "X", "crime_id": f"X{number}", "link_role": "suspect"})
        reports.append({"report_id": f"X{number}", "reported_on": day, "grading_scheme": "3x5x2", "source_grade": "1",
                        "intelligence_grade": "A", "handling_code": "P"})  # fmt: skip
        named.append({"person_id": "X", "report_id": f"X{number}"})
    for g, own in events.items():
        for k, (after, offence) in enumerate(own):
            crimes.append({"crime_id": f"{g}-{k}", "recorded_on": DAY + timedelta(after), "offence_code": offence})
            links.append({"person_id": f"{g}-a", "crime_id": f"{g}-{k}", "link_role": "suspect"})
    tables: dict[str, list[dict[str, object]]] = {
        "nominals": nominals, "crimes": crimes, "crime_links": links, "intel_reports": reports, "intel_links": named,
        "children": [], "ocgs": [{"ocg_id": g, "mapped_on": date(2015, 1, 1), "status": "active"} for g in events],
        "memberships": [
            {"nominal_id": f"{g}-{k}", "ocg_id": g, "from_date": date(2016, 1, 1)} for g in events for k in "ab"
        ],
        "disruptions": [
            {"disruption_id": f"D{n}", "ocg_id": g, "happened_on": on, "level": "major", "strand": "pursue"}
            for n, (g, on) in enumerate(acts, 1)
        ],
    }  # fmt: skip
    for name, rows in more.items():
        tables[name] = [*tables.get(name, []), *rows]
    return Dataset.of({name: table(name, rows) for name, rows in tables.items()}, ABOUT)


def steady(before: int, after: int, days: int = 100) -> list[tuple[int, str]]:
    """So many crimes on days spread over the window before, and over the one after."""
    spread = [(-1 - k * (days - 1) // max(before - 1, 1), BURGLARY) for k in range(before)]
    return spread + [(1 + k * (days - 1) // max(after - 1, 1), BURGLARY) for k in range(after)]


def of(dataset: Dataset, days: int = 100, group: str = "G0") -> pd.DataFrame:
    return before_and_after(dataset, Settings(ocgs=(group,)), days).table.frame.set_index("measure")


OTHERS = {"G1": steady(10, 11), "G2": steady(20, 18), "G3": steady(8, 8), "G4": steady(14, 15), "G5": steady(6, 4)}


def test_a_group_that_halves_while_others_stay_is_found():
    rows = of(records({"G0": steady(40, 20), **OTHERS}, [("G0", DAY)]))
    row = rows.loc["crimes"]
    assert tuple(row[["before", "after", "difference", "change"]]) == (40, 20, -20, -0.5)
    # Of 60 events a third fell after: by Clopper and Pearson 0.2169 to 0.4669 of them.
    assert tuple(row[["change_low", "change_high"]]) == pytest.approx(
        (0.2169 / 0.7831 - 1, 0.4669 / 0.5331 - 1), abs=0.002
    )
    # Differences of the others: 1, -2, 0, 1, -2. Together they went from 58 to 56.
    assert tuple(row[["compared", "compared_before", "compared_after"]]) == (5, 58, 56)
    assert tuple(row[["compared_median", "compared_low", "compared_high"]]) == (0, -2, 1)
    assert row["beyond_median"] == -20
    assert row["expected"] == pytest.approx(40 * 56 / 58)
    # For its size G0 fell by 20 / √60 = 2.58; the furthest of the others by 2 / √10 = 0.63.
    assert (row["as_much"], row["chance"]) == (0, 1 / 6)
    weight = weights()[BURGLARY]
    assert rows.loc["harm", ["before", "after"]].tolist() == pytest.approx([40 * weight, 20 * weight])
    assert tuple(rows.loc["members", ["before", "after"]]) == (2, 2)
    assert tuple(rows.loc["reports", ["before", "after"]]) == (0, 0)


def test_the_edges_of_the_windows_and_the_day_itself():
    own = [(-201, BURGLARY), (-200, BURGLARY), (-101, BURGLARY), (-100, BURGLARY), (-1, BURGLARY), (0, BURGLARY),
           (1, BURGLARY), (100, BURGLARY), (101, BURGLARY), (50, "no such code")]  # fmt: skip
    row = of(records({"G0": own, **OTHERS}, [("G0", DAY)]))
    assert tuple(row.loc["crimes", ["earlier", "before", "after"]]) == (2, 2, 3)
    assert row.loc["crimes", "why_not"] == "too few to say"
    assert np.isnan(row.loc["crimes", "change"])
    assert row.loc["harm", "unweighted"] == 1


def test_the_same_people_are_counted_and_members_anew():
    more = {
        "nominals": [{"nominal_id": "new"}, {"nominal_id": "gone"}],
        "memberships": [
            {"nominal_id": "new", "ocg_id": "G0", "from_date": DAY + timedelta(1)},
            {"nominal_id": "gone", "ocg_id": "G0", "from_date": date(2016, 1, 1), "to_date": DAY - timedelta(1)},
        ],
        "crimes": [{"crime_id": f"N{k}", "recorded_on": DAY + timedelta(k)} for k in (-5, 5, 6)],
        "crime_links": [
            {"person_id": p, "crime_id": f"N{k}", "link_role": "suspect"}
            for p, k in (("gone", -5), ("new", 5), ("gone", 6), ("new", 6))
        ],
    }
    rows = of(records({"G0": [], **OTHERS}, [("G0", DAY)], **more))
    # Whoever left on the day before was a member on it; whoever came later was not.
    assert tuple(rows.loc["crimes", ["before", "after"]]) == (1, 1)
    assert tuple(rows.loc["members", ["before", "after"]]) == (3, 3)
    # N6 brings gone, of the group, together with new, who was not in it then.
    assert tuple(rows.loc["ties", ["before", "after"]]) == (0, 0)
    assert tuple(rows.loc["ties_outside", ["before", "after"]]) == (0, 1)


def test_ties_and_children_of_a_window():
    child, grown = (
        {"child_id": "C1", "date_of_birth": date(2005, 1, 1)},
        {"child_id": "C2", "date_of_birth": date(2000, 1, 1)},
    )
    more = {
        "children": [child, grown],
        "crimes": [{"crime_id": f"T{k}", "recorded_on": DAY + timedelta(k)} for k in (-50, -40, 50)],
        "crime_links": [
            {"person_id": p, "crime_id": f"T{k}", "link_role": r}
            for k, r in ((-50, "suspect"), (-40, "suspect"), (50, "suspect"))
            for p in ("G0-a", "G0-b")
        ] + [{"person_id": c, "crime_id": "T50", "link_role": "victim"} for c in ("C1", "C2")],
        "associations": [
            {"person_a": "G0-b", "person_b": "Y", "kind": "meeting", "first_seen": DAY - timedelta(300),
             "last_seen": DAY - timedelta(100)},
            {"person_a": "G0-a", "person_b": "X", "kind": "meeting"},
        ],
    }  # fmt: skip
    rows = of(records({"G0": [], **OTHERS}, [("G0", DAY)], **more))
    assert tuple(rows.loc["ties", ["before", "after"]]) == (1, 1)
    # The contact lasted to the first day of the window before; one without a day is in no window.
    assert tuple(rows.loc["ties_outside", ["earlier", "before", "after"]]) == (1, 1, 0)
    # C2 had turned 18 by the day before, though a table of children still names them.
    assert tuple(rows.loc["children", ["before", "after"]]) == (0, 1)


def test_what_records_do_not_cover_is_not_compared():
    late = LAST - timedelta(50)
    dataset = records({"G0": steady(10, 10), **OTHERS}, [("G0", DAY), ("G0", late)])
    frame = before_and_after(dataset, Settings(ocgs=("G0",)), 100).table.frame
    cut = frame[frame["disruption_id"] == "D2"]
    assert cut["before"].isna().all()
    assert cut["why_not"].str.startswith("cut short: the records are judged on 2019-06-30, 50 days before").all()
    # Records begin 400 days before: the window before the one before is blank where it begins earlier, and it alone.
    dataset = records({"G0": steady(10, 10), **OTHERS}, [("G0", DAY)])
    assert of(dataset, 200).loc["crimes", ["earlier", "before", "after"]].notna().all()
    assert of(dataset, 250).loc["crimes", ["earlier", "before", "after"]].isna().tolist() == [True, False, False]
    assert of(dataset, 364).loc["crimes", "before"] == 10
    assert (
        of(dataset, 365).loc["crimes", "why_not"].startswith("cut short: the records are judged on 2019-06-30, 1 day ")
    )
    without = Dataset.of({n: t for n, t in dataset.tables.items() if n in dataset.given and n != "intel_links"}, ABOUT)
    assert of(without).loc["reports", "why_not"] == "not known: no table intel_links"
    assert of(without).loc["crimes", "before"] == 10


def test_who_is_compared_with():
    groups = {"G0": steady(10, 5), **OTHERS, "G6": steady(9, 9), "G7": steady(9, 9), "G8": steady(9, 9)}
    dataset = records(groups, [("G0", DAY), ("G6", DAY + timedelta(100)), ("G7", DAY - timedelta(101))])
    ocgs = dataset["ocgs"].to_pylist()
    next(o for o in ocgs if o["ocg_id"] == "G8")["archived_on"] = DAY + timedelta(100)
    result = before_and_after(dataset.changed({"ocgs": table("ocgs", ocgs)}), Settings(ocgs=("G0",)), 100)
    # G6 was disrupted on the last day, G8 archived on it; G7 was disrupted a day before the first.
    assert set(result.compared.frame["ocg_id"]) == {*OTHERS, "G7"}
    fewer = before_and_after(dataset, Settings(ocgs=("G6",)), 100).table.frame.set_index("measure")
    assert fewer.loc["crimes", "compared"] == len(OTHERS) + 2
    alone = records({"G0": steady(10, 5), "G1": steady(8, 8)}, [("G0", DAY)])
    row = of(alone).loc["crimes"]
    assert row["compared"] == 1 < LEAST_GROUPS
    assert row[["compared_median", "beyond_median", "chance"]].isna().all()


def test_a_group_mapped_late_or_without_members_is_not_compared():
    dataset = records({"G0": steady(10, 5), **OTHERS}, [("G0", DAY)])
    ocgs = dataset["ocgs"].to_pylist()
    ocgs[0]["mapped_on"] = DAY - timedelta(30)
    late = of(dataset.changed({"ocgs": table("ocgs", ocgs)}))
    assert (late["why_not"] == "G0 was mapped within the window before, and attention begins with that").all()
    rows = [r for r in dataset["memberships"].to_pylist() if r["ocg_id"] != "G0"]
    none = of(dataset.changed({"memberships": table("memberships", rows)}))
    assert (none["why_not"] == "G0 has no member recorded on the day before").all()


def test_without_groups_asked_it_is_the_first_of_every_group():
    acts = [("G1", DAY + timedelta(20)), ("G0", DAY), ("G0", DAY + timedelta(30))]
    result = before_and_after(records({"G0": steady(10, 5), **OTHERS}, acts), Settings(), 100)
    assert result.table.frame["disruption_id"].unique().tolist() == ["D2", "D1"]
    assert result.table.frame.groupby("disruption_id")["further"].first().to_dict() == {"D1": 0, "D2": 1}
    row = result.summary.frame.set_index("measure").loc["crimes"]
    # G1: 8 and 2 crimes before its 20th day, one on it, 8 after it.
    assert tuple(row[["disruptions", "compared", "before", "after"]]) == (2, 2, 10 + 10, 5 + 8)
    assert list(result.summary.frame["measure"]) == list(MEASURES)


def test_no_table_and_no_disruption_give_no_rows():
    dataset = records(OTHERS, [])
    assert len(before_and_after(dataset, Settings(), 100).table.frame) == 0
    without = Dataset.of({n: t for n, t in dataset.tables.items() if n in dataset.given and n != "disruptions"}, ABOUT)
    assert len(before_and_after(without, Settings(), 100).summary.frame) == 0


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(0, 5)), max_size=60))
def test_every_dated_crime_of_the_two_windows_counts_once(drawn):
    events = {f"G{g}": [(day, BURGLARY) for day, of_group in drawn if of_group == g] for g in range(6)}
    result = before_and_after(records(events, [("G0", DAY)]), Settings(ocgs=("G0",)), 100)
    crimes = result.compared.frame[result.compared.frame["measure"] == "crimes"]
    row = result.table.frame.set_index("measure").loc["crimes"]
    for side, way in (("before", -1), ("after", 1)):
        counted = {"G0": row[side], **crimes.set_index("ocg_id")[side]}
        assert counted == {g: sum(day * way > 0 for day, _ in own) for g, own in events.items()}
    assert row["beyond_median"] == row["difference"] - (crimes["after"] - crimes["before"]).median()


MEMBERS = """
    SELECT m.nominal_id AS person, m.ocg_id AS ocg FROM memberships m JOIN nominals n USING (nominal_id)
    JOIN ocgs o ON o.ocg_id = m.ocg_id
    WHERE (m.from_date IS NULL OR m.from_date <= {day}) AND (m.to_date IS NULL OR m.to_date >= {day})
    AND (o.mapped_on IS NULL OR o.mapped_on <= {day})
    AND CASE WHEN o.archived_on IS NOT NULL THEN o.archived_on > {day} ELSE coalesce(o.status, '') <> 'archived' END
    AND (n.review_due IS NULL OR n.review_due >= DATE '2019-03-31') AND n.restricted_on IS NULL
"""


@pytest.fixture(scope="module")
def county():
    dataset = check(COUNTY).dataset
    with duckdb.connect() as db:
        for name in dataset.given:
            db.register(name, dataset[name])
        db.register("codes", pd.DataFrame(weights().items(), columns=["code", "weight"]))
        yield dataset, db


def counted_by_sql(db: duckdb.DuckDBPyConnection, day: str, first: str, last: str) -> pd.DataFrame:
    members = MEMBERS.format(day=day)
    within = f"BETWEEN {first} AND {last}"
    crimes = db.sql(
        f"WITH m AS ({members}), linked AS (SELECT DISTINCT m.ocg, c.crime_id, offence_code FROM m JOIN crime_links l "
        "ON l.person_id = m.person AND link_role IN ('arrested', 'suspect', 'charged', 'convicted') JOIN crimes c "
        f"USING (crime_id) WHERE coalesce(recorded_on, occurred_on) {within}) "
        "SELECT ocg, count(*) AS crimes, coalesce(sum(weight), 0) AS harm FROM linked LEFT JOIN codes "
        "ON code = offence_code GROUP BY ocg"
    ).df()
    reports = db.sql(
        f"WITH m AS ({members}) SELECT m.ocg, count(DISTINCT report_id) AS reports FROM m JOIN intel_links l "
        f"ON l.person_id = m.person JOIN intel_reports r USING (report_id) WHERE reported_on {within} "
        "AND (review_due IS NULL OR review_due >= DATE '2019-03-31') AND NOT (grading_scheme = '3x5x2' AND "
        "(source_grade = '3' OR intelligence_grade = 'E')) AND NOT (grading_scheme = '5x5x5' AND (source_grade = 'D' "
        "OR intelligence_grade = '5')) GROUP BY m.ocg"
    ).df()
    sizes = db.sql(f"SELECT ocg, count(DISTINCT person) AS members FROM ({members}) GROUP BY ocg").df()
    return sizes.set_index("ocg").join([crimes.set_index("ocg"), reports.set_index("ocg")]).fillna(0)


PAIRS = """
    WITH usable AS (SELECT nominal_id AS person FROM nominals
        WHERE (review_due IS NULL OR review_due >= DATE '2019-03-31') AND restricted_on IS NULL),
    graded AS (SELECT * FROM intel_reports WHERE (review_due IS NULL OR review_due >= DATE '2019-03-31')
        AND NOT (grading_scheme = '3x5x2' AND (source_grade = '3' OR intelligence_grade = 'E'))
        AND NOT (grading_scheme = '5x5x5' AND (source_grade = 'D' OR intelligence_grade = '5'))),
    named AS (
        SELECT DISTINCT 'c' || crime_id AS event, person_id AS person, coalesce(recorded_on, occurred_on) AS day
        FROM crime_links JOIN crimes USING (crime_id) WHERE link_role IN ('arrested', 'suspect', 'charged', 'convicted')
        UNION SELECT DISTINCT 'r' || report_id, person_id, reported_on FROM intel_links JOIN graded USING (report_id)),
    small AS (SELECT event FROM named GROUP BY event HAVING count(*) BETWEEN 2 AND 50),
    met AS (
        SELECT a.person AS a, b.person AS b FROM named a JOIN named b USING (event) JOIN small USING (event)
        WHERE a.day BETWEEN {first} AND {last} AND a.person <> b.person
        UNION SELECT x.a, x.b FROM (
            SELECT person_a AS a, person_b AS b, * FROM associations
            UNION ALL SELECT person_b, person_a, * FROM associations
        ) x WHERE coalesce(first_seen, last_seen) <= {last} AND coalesce(last_seen, first_seen) >= {first}
        AND (report_id IS NULL OR report_id IN (SELECT report_id FROM graded)
            OR report_id NOT IN (SELECT report_id FROM intel_reports)))
    SELECT DISTINCT a, b FROM met WHERE a IN (FROM usable) AND b IN (FROM usable)
"""


def test_ties_of_a_window_are_those_of_sql(county):
    dataset, db = county
    result = before_and_after(dataset, Settings(ocgs=("OCG03",)), 182)
    told = result.table.frame
    told = told[told["before"].notna()]
    assert told["disruption_id"].nunique() > 2
    for _number, rows in told.groupby("disruption_id"):
        on = rows["happened_on"].iloc[0].date()
        day = on - timedelta(1)
        members = set(db.sql(MEMBERS.format(day=f"DATE '{day}'") + " AND m.ocg_id = 'OCG03'").df()["person"])
        of_measure = rows.set_index("measure")
        for side, first, last in (
            ("before", on - timedelta(182), day), ("after", on + timedelta(1), on + timedelta(182)),
        ):  # fmt: skip
            pairs = db.sql(PAIRS.format(first=f"DATE '{first}'", last=f"DATE '{last}'")).df()
            a, b = pairs["a"].isin(members), pairs["b"].isin(members)
            assert of_measure.loc["ties", side] == (a & b).sum() / 2
            assert of_measure.loc["ties_outside", side] == (a & ~b).sum()


@pytest.mark.parametrize(("group", "days"), [("OCG03", 182), ("OCG22", 91), ("OCG48", 60)])
def test_an_oracle_agrees_on_the_county(county, group, days):
    dataset, db = county
    result = before_and_after(dataset, Settings(ocgs=(group,)), days)
    frame, compared = result.table.frame, result.compared.frame
    told = frame[frame["before"].notna()]
    assert len(told)
    for number, rows in told.groupby("disruption_id"):
        on = rows["happened_on"].iloc[0].date()
        day, first, last, next_day = (
            f"DATE '{on + timedelta(k)}'" for k in (-1, -days, days, 1)
        )  # fmt: skip
        sides = counted_by_sql(db, day, first, day), counted_by_sql(db, day, next_day, last)
        live = db.sql(
            f"SELECT ocg_id FROM ocgs WHERE (mapped_on IS NULL OR mapped_on <= {first}) AND CASE WHEN archived_on "
            f"IS NOT NULL THEN archived_on > {last} ELSE coalesce(status, '') <> 'archived' END AND ocg_id NOT IN "
            f"(SELECT ocg_id FROM disruptions WHERE happened_on BETWEEN {first} AND {last})"
        ).df()["ocg_id"]
        others = sorted(set(live) & set(sides[0].index))
        assert sorted(set(compared.loc[compared["disruption_id"] == number, "ocg_id"])) == others
        for measure in ("crimes", "harm", "reports"):
            row = rows.set_index("measure").loc[measure]
            assert (row["before"], row["after"]) == pytest.approx([s.loc[group, measure] for s in sides])
            differences = sides[1].loc[others, measure] - sides[0].loc[others, measure]
            assert row["compared_median"] == pytest.approx(differences.median())
            assert (row["compared_low"], row["compared_high"]) == pytest.approx((differences.min(), differences.max()))
        assert rows.set_index("measure").loc["members", "before"] == sides[0].loc[group, "members"]
