"""Editions for others: no small count of people in any view, and none that could be worked out from all of them."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from ocgnet.checks.check import read_dataset
from ocgnet.errors import OcgnetError
from ocgnet.local_profile.edition import EDITIONS, edition_of, edition_words
from ocgnet.local_profile.exploitation import FROM_ROWS
from ocgnet.local_profile.figures import table_of
from ocgnet.local_profile.profile import FORCE, Profile, profile_of
from ocgnet.results.small_counts import hidden_rows, suppress
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.views.profile import write_profile
from ocgnet.views.words.profile import profile_words

HOME = Path(__file__).parents[2]
LEAST = 5
PEOPLE = {
    "areas": {"crimes", "harm_unknown", "crimes_before"},
    "wards": {"crimes", "harm_unknown"},
    "ward_threats": {"crimes"},
    "offences": {"crimes", "private", "private_known", "crimes_before", "crimes_base"},
    "district_offences": {"crimes"},
    "victim_ages": {"victims"},
    "relationships": {"crimes"},
    "group_years": {"nominals", "crimes", "reports"},
    "transient_dealers": {"stops", "arrested", "juveniles", "age_unknown"},
    "referrals": {"referrals", "referrals_before"},
    "cse_ages": {"female", "male", "other", "children"},
    "cse_ethnicity": {"children"},
    "cse_districts": {"children", "children_before", "crimes", "crimes_before", "cce_crimes", "cce_crimes_before"},
    "child_risk_levels": {"children", "children_before"},
    "child_risk_ages": {"female", "male", "other", "children"},
    "child_risk_districts": {"sexual", "criminal"},
    "exploitation_crimes": {"crimes", "crimes_before"},
    "exploitation_reports": {"reports", "reports_before"},
    "exploitation_topics": {"reports", "reports_before"},
    "exploitation_report_districts": {"reports", "reports_before"},
    "nrm_cases": {"referrals", "referrals_before"},
    "nrm_waits": {"cases", "decided", "waiting", "no_day"},
    "hidden_people": {"people", "of_one_group", "of_several_groups", "once_members"},
    "hidden_sets": {"people"},
    "partner_information": {"forms", "forms_before"},
    "weapons": {"crimes", "possession", "other_offences", "offence_unknown", "crimes_before"},
    "weapon_wards": {"knife", "knife_possession", "firearm"},
    "weapon_hours": {"crimes"},
    "weapon_links": {"crimes", "with_suspect", "by_members", "by_line_groups", "marked_county_line"},
    "firearm_intelligence": {"reports", "accessible", "present"},
    "line_use": {"users", "children", "age_unknown", "buyers", "suspected"},
    "line_spans": {"users"},
    "drug_violence": {"crimes", "crimes_before", "reports", "reports_before"},
    "line_marks": {"crimes", "crimes_before", "reports", "reports_before"},
    "dealer_homes": {"stops", "home_known", "out_of_force", "out_juveniles"},
    "home_forces": {"stops", "juveniles", "age_unknown"},
    "aces": {"children"},
    "aces_together": {"children", "four_not_ruled_out"},
    "missing_links": {"children", "suspect", "victim", "flagged", "at_risk"},
    "missing_interviews": {"episodes", "episodes_before"},
    "prosperity": {"crimes", "crimes_before", "harm_unknown", "marked_cyber", "loss_recorded"},
    "prosperity_victims": {"crimes"},
    "prosperity_districts": {
        f"{kind}{when}" for kind in ("fraud", "computer_misuse", "money_laundering") for when in ("", "_before")
    },
    "pillars": {"members", "crimes", "harm_unknown", "children"},
    "group_activities": {"crimes"},
    "juveniles": {"juveniles"},
}
"""The test's own copy of what counts people, or records that are about somebody."""
THINGS = {
    "hidden_sets": {"pairs", "crimes", "reports", "groups_near"},
    "areas": {"population"},
    "wards": {"population"},
    "ward_threats": {"rank"},
    "offences": {"rank_by_crimes", "rank_by_severity"},
    "district_offences": {"rank_by_severity"},
    "concentration": {"number"},
    "group_years": {"groups", "disruptions"},
    "group_kinds": {"groups", "groups_before"},
    "disruptions": {"disruptions", "disruptions_before"},
    "line_networks": {"groups", "groups_before", "threats", "threats_before", "networks", "networks_before", "lines"},
    "line_use": {"lines", "lines_begun", "lines_ended"},
    "line_spans": {"lines", "in_use"},
    "pillars": {"groups"},
    "group_activities": {"counted_crimes"},
    "exploitation_report_districts": {"population"},
    "nrm_waits": {"days_decided", "days_waiting", "days_all"},
    "figures": {"numerator", "denominator"},
}
"""Other counts: of places, groups and acts of the police; ranks; and tables that are looked at apart."""
OF_THINGS = re.compile(
    r"ocgs|countries|disruptions|parents_ocgs|priorities|line_(groups|threats|networks)|lines_in_use"
)
WEIGHTS = re.compile(r"(severity|ward|harm)_|.*_few_harm|.*share_of_harm")


@pytest.fixture(scope="module")
def own() -> Profile:
    quick = ProfileSettings(analysis=Settings(null_draws=200, bootstrap_draws=200), draws=50)
    return profile_of(read_dataset(HOME / "fixtures" / "force")[0], quick)


@pytest.fixture(scope="module")
def whose(own: Profile) -> Any:
    """Return what gives the profile, and is short where a failing example is printed."""
    return lambda: own


@pytest.fixture(scope="module")
def partners(own: Profile) -> Profile:
    return edition_of(own, "partnership")


@pytest.fixture(scope="module")
def folder(partners: Profile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("edition") / "out"
    write_profile(out, partners, None, [{"file": "children.csv", "rows": 3}], dict, lambda _: None)
    return out


def small(*numbers: float | None) -> bool:
    return any(n is not None and n == n and 0 < round(n) < LEAST for n in numbers)  # noqa: PLR0124


def test_every_count_is_declared_as_one_of_people_or_of_something_else(own: Profile) -> None:
    for name, declared in own.tables.items():
        counts = {c.name for c in declared.columns if c.kind == "count"}
        assert {c.name for c in declared.columns if c.people} == PEOPLE.get(name, set())
        assert counts == PEOPLE.get(name, set()) | THINGS.get(name, set())


def test_the_forces_own_edition_prints_everything(own: Profile) -> None:
    assert edition_of(own, FORCE) is own
    assert own.edition == FORCE
    assert own.figures["parents_not_assessed"].value == 1


def test_no_table_holds_a_small_count_of_people_and_most_stays(own: Profile, partners: Profile) -> None:
    for name, columns in PEOPLE.items():
        for column in columns:
            assert not small(*partners.tables[name].frame[column].astype(float)), (name, column)
    left = {n: int(partners.tables[n].frame["crimes"].notna().sum()) for n in ("areas", "wards")}
    assert left["areas"] == len(own.tables["areas"].frame)
    # Of 20 offences 5 are of fewer than five crimes, and add up to eleven.
    assert partners.tables["offences"].frame["crimes"].notna().sum() == 15
    assert left["wards"] > 20


def test_no_figure_is_a_small_count_or_follows_from_one(partners: Profile) -> None:
    figures = partners.figures
    for name, f in figures.items():
        if OF_THINGS.match(name) or f.value is None:
            continue
        assert not small(getattr(f, "records", None)), name
        if WEIGHTS.match(name):
            # Of three digits, so that no offence follows from what the others leave of a whole.
            assert float(f"{f.value:.3g}") == f.value, name
            continue
        rest = f.denominator - f.numerator if f.numerator is not None and f.denominator and f.unit != "change" else None
        assert not small(f.numerator, f.denominator, rest), name
        assert f.unit != "count" or not small(f.value), name
    # Worked by hand: of 25 parents 4, 14, 6 and 1 have each role; 4 and 1 are small, and with 14 known their sum is 11
    # less 6, so 6 goes with them. Of 544 crimes 4 are linked to members, 4 of 207 is small however it is written.
    assert figures["parents_significant"].value == 14
    gone = ("parents_principal", "parents_peripheral", "parents_not_assessed", "linked_crimes", "crimes_per_nominal")
    assert [figures[name].value for name in gone] == [None] * 5
    assert all("not shown" in figures[name].unknown for name in gone)


def every_number(document: Any, at: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from every_number(value, f"{at}/{key}")
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from every_number(value, f"{at}/{place}")
    elif isinstance(document, int | float) and not isinstance(document, bool):
        yield at, document


def test_run_json_holds_no_small_count(folder: Path) -> None:
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert document["edition"] == "partnership"
    assert document["inputs"] == []
    for at, number in every_number(document):
        part = at.split("/")[1]
        if part in ("parameters", "rows_out", "timing") or not float(number).is_integer():
            continue
        figure = at.split("/")[2] if part.startswith("figure") else ""
        if not OF_THINGS.match(figure) and not WEIGHTS.match(figure) and "_change" not in figure:
            # Intervals and shares of what is shown may be whole by chance; a share of 1 is all.
            assert not small(number) or at.rsplit("/", 1)[-1] in ("low", "high") or number == 1, at


def texts(folder: Path) -> str:
    page = html.unescape((folder / "report.html").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(folder / "workbook.xlsx", read_only=True)
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c is not None]
    tables = [p.read_text(encoding="utf-8-sig") for p in sorted((folder / "tables").iterdir())]
    return "\n".join([page, *cells, *tables, (folder / "run.json").read_text(encoding="utf-8")])


def ratios_of(figures: dict[str, Any]) -> set[str]:
    counted = (f for n, f in figures.items() if not WEIGHTS.match(n) and f.numerator and f.denominator)
    return {f"{f.numerator} of {f.denominator}" for f in counted}


def test_no_sentence_says_what_the_tables_hide(own: Profile, partners: Profile, folder: Path) -> None:
    written = texts(folder)
    told = {n for n, f in partners.figures.items() if f.value is not None}
    hidden = {n: f for n, f in own.figures.items() if f.value is not None and n not in told}
    assert len(hidden) > 100
    ratios = ratios_of(hidden) - ratios_of({n: f for n, f in own.figures.items() if n not in hidden})
    assert {"4 of 5", "3 of 67", "11 of 15", "2 of 24", "4 of 25"} <= ratios
    assert [r for r in sorted(ratios) if re.search(rf"(?<![\d,]){r}(?!\d)", written)] == []
    for words in ("4 principal", "1 not assessed", "6 such crimes", "most came from", "29 of them", "of whom 10"):
        assert words not in written
        assert words in html.unescape(str(profile_words(own)) + str(own.figures)), words


def test_every_view_says_whom_its_edition_is_for(own: Profile, partners: Profile, folder: Path) -> None:
    says = edition_words(partners)
    assert "from 1 to 4" in says
    page = html.unescape((folder / "report.html").read_text(encoding="utf-8"))
    assert says in page[page.index("<h1>") : page.index("What the records show")]
    first = openpyxl.load_workbook(folder / "workbook.xlsx").worksheets[0]
    assert any(says in str(c.value) for row in first.iter_rows(max_row=8) for c in row)
    assert says in (folder / "tables" / "MARKING.txt").read_text(encoding="utf-8")
    assert "does not leave the force" in edition_words(own)
    assert edition_words(edition_of(own, "public")) != says
    # Groups are named to partners where their children are many enough, and to the public never.
    assert "flint_nrm_children" in partners.figures
    assert "flint_nrm_children" not in edition_of(own, "public").figures
    assert partners.run_id != own.run_id


# Trying to recover what is hidden.


class Attacker:
    """Knows every published cell, every total, what adds up to what, and which counts are hidden for being small."""

    def __init__(self) -> None:
        self.truth: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def cell(self, true: float, shown: float) -> dict[int, float] | float:
        """Return a published number, or a new unknown."""
        if shown == shown:  # noqa: PLR0124 (NaN)
            return float(shown)
        self.truth.append(true)
        return {len(self.truth) - 1: 1.0}

    def knows(self, cells: list[dict[int, float] | float], low: float, high: float) -> None:
        """Note that cells add up to something from ``low`` to ``high``."""
        shown = sum(c for c in cells if isinstance(c, float))
        held = {k: v for c in cells if isinstance(c, dict) for k, v in c.items()}
        if held:
            self.rows.append((held, low - shown, high - shown))

    def worked_out(self) -> list[int]:
        """Return the hidden small counts of which only one value fits all that is known."""
        size = len(self.truth)
        if not size:
            return []
        matrix = np.zeros((len(self.rows), size))
        for row, (held, _, _) in enumerate(self.rows):
            matrix[row, list(held)] = list(held.values())
        low, high = (np.array([r[i] for r in self.rows]) for i in (1, 2))
        known = [LinearConstraint(matrix, low, high)] if self.rows else []
        found = []
        for at, true in enumerate(self.truth):
            if not small(true):
                continue
            goal = np.zeros(size)
            goal[at] = 1
            ends = [milp(sign * goal, integrality=np.ones(size), bounds=Bounds(0, np.inf), constraints=known)
                    for sign in (1, -1)]  # fmt: skip
            # No upper end at all is as good as many.
            if ends[1].x is not None and round(ends[0].x[at]) == round(ends[1].x[at]):
                found.append(at)
        return found


WHOLES: dict[str, list[str]] = {
    "areas": [], "wards": ["district"], "offences": [], "victim_ages": [], "relationships": ["place"],
    "transient_dealers": ["period"], "referrals": [], "cse_ages": [], "cse_districts": [], "partner_information": [],
    "hidden_people": [],
    "drug_violence": [], "dealer_homes": ["period"], "home_forces": [],
    "cse_ethnicity": [], "child_risk_levels": ["exploitation"], "child_risk_ages": ["exploitation"],
    "child_risk_districts": [], "exploitation_crimes": ["by"], "exploitation_reports": [], "exploitation_topics": [],
    "exploitation_report_districts": [], "nrm_cases": ["by"],
    "weapons": ["weapon"], "weapon_hours": ["weapon"], "firearm_intelligence": [],
    "aces": ["who", "experience"], "aces_together": ["who"], "missing_links": [], "missing_interviews": [],
    "prosperity": ["kind"], "prosperity_victims": ["kind"], "prosperity_districts": [], "pillars": [],
    "juveniles": [],
}  # fmt: skip
SUMS = {
    "areas": ("level", ["force", "area"]),
    "transient_dealers": ("district", ["all districts"]),
    "drug_violence": ("district", ["all districts"]),
    "dealer_homes": ("district", ["all districts"]),
    "weapons": ("district", ["all districts"]),
    "prosperity": ("category", ["all of these"]),
    "prosperity_districts": ("district", ["all districts"]),
}


def recovered(own: Profile, shown: Profile, name: str) -> list[int]:
    """Attack one table with its totals, and with those of its parts."""
    truth, seen = own.tables[name].frame, shown.tables[name].frame
    names = [c.name for c in own.tables[name].columns if c.kind == "text" and not c.assessment]
    seen = truth[names].merge(seen, on=names, how="left", validate="one_to_one")
    sums = truth[SUMS[name][0]].isin(SUMS[name][1]) if name in SUMS else pd.Series(False, truth.index)
    found = []
    by = WHOLES[name]
    groups = (
        truth[~sums].groupby(by if len(by) > 1 else by[0], sort=False).groups.values() if by else [truth.index[~sums]]
    )
    for rows in groups:
        attacker = Attacker()
        cells = {}
        for column in sorted(PEOPLE[name]):
            # Of a whole of fewer than five its sum, which stands elsewhere, is not told either.
            if truth[column].isna().any() or (name == "weapon_hours" and small(truth.loc[rows, column].sum())):
                continue
            cells[column] = [attacker.cell(truth.at[i, column], seen.at[i, column]) for i in rows]
            # Of a whole of fewer than five its sum is not told either.
            if not small(whole := truth.loc[rows, column].sum()):
                attacker.knows(cells[column], whole, whole)
        if name == "cse_ages":
            for place in range(len(rows)):
                minus = cells["children"][place]
                less = {k: -v for k, v in minus.items()} if isinstance(minus, dict) else -minus
                attacker.knows([cells[c][place] for c in ("female", "male", "other")] + [less], 0, 0)
        found += attacker.worked_out()
    return found


@pytest.mark.parametrize("name", WHOLES)
def test_no_hidden_cell_of_the_made_up_force_can_be_worked_out(own: Profile, partners: Profile, name: str) -> None:
    assert recovered(own, partners, name) == []


@pytest.mark.parametrize(
    "name",
    ["areas", "wards", "offences", "relationships", "partner_information", "drug_violence", "home_forces"],
)
def test_the_order_and_the_ranks_of_rows_tell_nothing_of_hidden_ones(
    own: Profile, partners: Profile, name: str
) -> None:
    """Robbery weighs 799.6: a hidden row between 893 and 581 would be one robbery and no other number."""
    shown, declared = partners.tables[name].frame, partners.tables[name].declared
    column, *within = declared.ordered_by
    names = [c.name for c in declared.columns if c.kind == "text" and not c.assessment]
    groups = [rows for _, rows in shown.groupby(within)] if within else [shown]
    assert len(shown) == len(own.tables[name].frame)
    for rows in groups:
        hidden = rows[column].isna().tolist()
        assert hidden == sorted(hidden)
        last = rows[rows[column].isna()][names]
        assert last.equals(last.sort_values(names))
    for rank in (c for c in shown if c.startswith("rank_by_")):
        ranks = shown[rank].dropna()
        assert ranks.tolist() == ranks.rank(method="min").tolist()


def test_what_an_area_has_none_of_is_not_told_by_what_the_force_has_of_it(own: Profile) -> None:
    """Twelve in the force and eleven in its only area, each in hidden rows, would leave one crime by an ex partner."""
    force = [("stranger", 20), ("partner", 7), ("family", 3), ("ex partner", 1), ("neighbour", 1)]
    rows = [("force", kind, n, 100.0 - at, 0.1) for at, (kind, n) in enumerate(force)]
    rows += [("area", kind, n, 50.0, 0.1) for kind, n in force if kind != "ex partner"]
    shown = edition_of(with_tables(own, relationships=rows), "public").tables["relationships"].frame
    assert shown[shown["place"] == "area"]["crimes"].isna().all()
    assert shown["crimes"].tolist()[0] == 20


def test_a_figure_made_of_a_hidden_row_is_hidden_with_it(own: Profile, partners: Profile) -> None:
    """A row that is hidden because it would give another one away stands in a figure too."""
    met = 0
    for figure_id, name, values in FROM_ROWS:
        truth, shown = own.tables[name], partners.tables[name].frame
        column = next(c.name for c in truth.columns if c.people)
        keys = [*values]
        seen = truth.frame[[*keys, column]].merge(shown[[*keys, column]].drop_duplicates(keys), on=keys, how="left")
        mine = seen[np.logical_and.reduce([seen[key].isin(v) for key, v in values.items()])]
        if mine[f"{column}_x"].notna().any() and mine[f"{column}_y"].isna().any():
            assert partners.figures[figure_id].value is None, figure_id
            met += own.figures[figure_id].value is not None
    assert met > 3


def test_no_hidden_cell_follows_from_the_tables_of_exploitation_together(own: Profile, partners: Profile) -> None:
    """Children at risk by level, age and home are the same children; so are those flagged, and crimes by marker."""
    attacker = Attacker()

    def cells(name: str, column: str, **only: object) -> dict[tuple[str, ...], Any]:
        truth, declared = own.tables[name].frame, own.tables[name].columns
        keys = [c.name for c in declared if c.kind == "text" and not c.assessment]
        both = truth.merge(partners.tables[name].frame[[*keys, column]], on=keys, how="left", suffixes=("", "_seen"))
        rows = both[
            np.logical_and.reduce([both[n].isin(np.atleast_1d(v)) for n, v in only.items()] or [both.index >= 0])
        ]
        counts = zip(rows[keys].itertuples(index=False, name=None), rows[column], rows[f"{column}_seen"], strict=True)
        return {key: attacker.cell(true, seen) for key, true, seen in counts}

    def same(one: dict[Any, Any], other: dict[Any, Any]) -> None:
        less = [{k: -v for k, v in c.items()} if isinstance(c, dict) else -c for c in other.values()]
        attacker.knows([*one.values(), *less], 0, 0)

    homes = {kind: cells("child_risk_districts", kind) for kind in ("sexual", "criminal")}
    for kind, living in homes.items():
        at_risk = cells("child_risk_levels", "children", exploitation=kind, level=["high", "medium"])
        same(at_risk, cells("child_risk_ages", "children", exploitation=kind))
        same(at_risk, living)
    flagged = cells("cse_ages", "children")
    same(flagged, cells("cse_districts", "children"))
    same(flagged, cells("cse_ethnicity", "children"))
    markers = cells("exploitation_crimes", "crimes", by="marker")
    for marker, column in (("cse", "crimes"), ("cce", "cce_crimes")):
        same({m: c for m, c in markers.items() if f"({marker})" in m[1]}, cells("cse_districts", column))
    for by in ("modern slavery by type", "modern slavery by offence"):
        same(
            {m: c for m, c in markers.items() if m[1] == "modern slavery"},
            cells("exploitation_crimes", "crimes", by=by),
        )
    reports = cells("exploitation_reports", "reports")
    same(reports, cells("exploitation_report_districts", "reports"))
    referred = [cells("nrm_cases", "referrals", by=by) for by in own.tables["nrm_cases"].frame["by"].unique()]
    for one, other in pairwise(referred):
        same(one, other)
    for figure_id, counts in (
        ("cse_flagged", flagged),
        ("exploitation_reports", reports),
        ("nrm_referrals", referred[0]),
    ):
        if (total := partners.figures[figure_id].value) is not None:
            attacker.knows([*counts.values()], total, total)
    assert len(attacker.truth) > 30
    assert attacker.worked_out() == []


def with_tables(own: Profile, **rows: list[tuple[Any, ...]]) -> Profile:
    """Return a profile without figures whose tables have these rows and no others."""
    return replace(own, tables={n: table_of(t.declared, rows.get(n, [])) for n, t in own.tables.items()}, figures={})


def test_the_attacker_works_out_a_cell_that_is_hidden_alone(own: Profile) -> None:
    """Of 15 and 9 children 6 and 1 are boys; the row of the one gives it away, and so does the sum of boys."""
    county = with_tables(own, cse_ages=[("14", 9, 6, 0, 15), ("15", 8, 1, 0, 9)])
    naive = with_tables(own, cse_ages=[("14", 9, 6, 0, 15), ("15", 8, np.nan, 0, 9)])
    assert recovered(county, naive, "cse_ages")
    shown = edition_of(county, "partnership").tables["cse_ages"].frame
    assert shown["children"].tolist() == [15, 9]
    assert shown[["female", "male"]].isna().all(axis=None)


COUNT = st.one_of(st.integers(0, 4), st.integers(0, 30))


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=5),
    st.lists(st.tuples(COUNT, COUNT), min_size=1, max_size=5),
)
def test_no_hidden_cell_of_any_county_can_be_worked_out(
    whose: Any, sexes: list[tuple[int, int, int]], kinds: list[tuple[int, int]]
) -> None:
    ages = [(str(age), *counts, sum(counts)) for age, counts in enumerate(sexes)]
    county = with_tables(whose(), cse_ages=ages, referrals=[(f"route {i}", *n) for i, n in enumerate(kinds)])
    shown = edition_of(county, "partnership")
    for name in ("cse_ages", "referrals"):
        counts = sorted(PEOPLE[name])
        assert not small(*shown.tables[name].frame[counts].to_numpy(float).ravel())
        # Of a whole of fewer than five its sum is not told either.
        if not small(*county.tables[name].frame[counts].sum()):
            assert recovered(county, shown, name) == []


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(3, 6))
def test_rows_are_hidden_as_the_counts_of_a_breakdown_are(counts: list[int], least: int) -> None:
    by_row = hidden_rows(np.array(counts, float)[:, None], least)
    by_name = suppress({str(i): n for i, n in enumerate(counts)}, least)
    if sum(counts) >= least:
        assert by_row.tolist() == [n is None for n in by_name.values()]


# Through the command.


def test_the_command_makes_editions_and_compares_none_with_the_forces_own(tmp_path: Path, monkeypatch: Any) -> None:
    from typer.testing import CliRunner

    from ocgnet.cli.app import app

    monkeypatch.chdir(tmp_path)

    def profile(*words: str) -> str:
        done = CliRunner().invoke(app, ["profile", str(HOME / "fixtures" / "tiny"), *words])
        assert done.exit_code == 0 or isinstance(done.exception, OcgnetError | SystemExit), done.exception
        return done.output + str(done.exception or "")

    assert "Edition: For the force itself" in profile("--out", "own")
    assert "Edition: For the public" in profile("--out", "public", "--for", "public")
    assert "force's own edition" in profile("--out", "beside", "--for", "partnership", "--compare", "own")
    assert not Path("beside").exists()
    assert "Compared with" in profile("--out", "beside", "--for", "partnership", "--compare", "public")
    assert "invalid" in profile("--out", "x", "--for", "everybody").lower()
    assert set(EDITIONS) == {"force", "partnership", "public"}
    # Four children, three nominals: of so few nothing is told.
    with (tmp_path / "public" / "tables" / "cse_ages.csv").open(encoding="utf-8-sig", newline="") as file:
        assert not any(row["children"] for row in csv.DictReader(file))
