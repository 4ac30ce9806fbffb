"""Laws of the rules about children: the unknown never lowers a band, leaving out never raises it, names are nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from made_records import dataset

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.analysis.children.pathway import ORDER, SIGNS, STAGES, states_on
from ocgnet.analysis.children.priority_rules import (
    COMPONENTS,
    RULES,
    SIDES,
    Component,
    added,
    band_of,
    bands,
    judged,
    points_of,
    rules_of,
    sensitivity_table,
)
from ocgnet.dataset import About
from ocgnet.errors import UsageError
from ocgnet.model.columns import ACES, LINK_ROLES, RELATIONSHIPS
from ocgnet.settings import Settings

pytestmark = pytest.mark.long

ASKED = Settings()
PLACE = {side: {band: -i for i, band in enumerate(bands(ASKED, side))} for side in SIDES}
AS_OF = date(2019, 3, 31)


@st.composite
def component(draw, name):
    rules = ("", *COMPONENTS[name].rules)
    holds, could = draw(st.sampled_from(rules)), draw(st.sampled_from(rules))
    return Component(name, "said", holds, could, "ask" if could else "")


@st.composite
def components(draw):
    return [draw(component(name)) for name in COMPONENTS]


@given(components(), st.sampled_from(list(COMPONENTS)))
@settings(deadline=None)
def test_an_unknown_never_lowers_a_band_and_never_counts_as_nought(parts, name):
    side = COMPONENTS[name].side
    place = PLACE[side]
    before = judged(parts, ASKED, side)
    rule = COMPONENTS[name].rules[0]
    asked = [Component(p.name, p.value, p.holds, rule, "ask") if p.name == name else p for p in parts]
    after = judged(asked, ASKED, side)
    assert after.points == before.points
    assert place[after.name] == place[before.name]
    assert place[after.could_be] >= place[before.could_be] >= place[before.name]
    # What could hold turns out to hold: the band rises at most to what was said, and never falls.
    true = [Component(p.name, p.value, rule) if p.name == name else p for p in asked]
    held = judged(true, ASKED, side)
    assert place[before.name] <= place[held.name] <= place[after.could_be]
    # The other band knows nothing of it.
    for other in set(SIDES) - {side}:
        assert judged(true, ASKED, other) == judged(parts, ASKED, other)


@given(components(), st.sampled_from(list(COMPONENTS)))
@settings(deadline=None)
def test_a_record_that_goes_missing_leaves_the_true_band_within_what_is_said(parts, name):
    # The known record becomes unknown: at least never rises, and known and unknown together reach what was known.
    side, points = COMPONENTS[name].side, points_of(ASKED)
    known = judged(parts, ASKED, side)
    gone = [Component(p.name, "lost", "", COMPONENTS[p.name].rules[0], "ask") if p.name == name else p for p in parts]
    after = judged(gone, ASKED, side)
    most = band_of(after.points + after.could_add, ASKED, side)
    assert PLACE[side][after.name] <= PLACE[side][known.name] <= PLACE[side][most]
    # A record that spoke for no rule is never missed: without it the band is no lower.
    own = next(p for p in parts if p.name == name)
    if not added(own, points)[0]:
        assert after.name == known.name
        assert after.unknown >= known.unknown


@given(components())
@settings(deadline=None)
def test_one_answer_reaches_exactly_what_is_said(parts):
    points = points_of(ASKED)
    for side in SIDES:
        found = judged(parts, ASKED, side)
        reached = {}
        for part in parts:
            if COMPONENTS[part.name].side == side and added(part, points)[1]:
                one = [Component(p.name, p.value, part.could) if p is part else p for p in parts]
                reached[part.name] = judged(one, ASKED, side).name
        best = max((PLACE[side][b] for b in reached.values()), default=PLACE[side][found.name])
        assert PLACE[side][found.could_be] == max(best, PLACE[side][found.name])
        raising = {n for n, b in reached.items() if b == found.could_be and b != found.name}
        assert set(found.raised_by) == raising


@given(st.lists(components(), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_leaving_out_a_component_never_raises_a_band(parts):
    children = [f"C{i}" for i in range(len(parts))]
    frame = sensitivity_table(children, parts, ASKED).frame
    assert (frame["points_without"] <= frame["points"]).all()
    points = points_of(ASKED)
    for child, own in zip(children, parts, strict=True):
        rows = frame[frame["child_id"] == child].set_index("component")
        for part in own:
            side = COMPONENTS[part.name].side
            rest = judged([p for p in own if p.name != part.name], ASKED, side)
            row = rows.loc[part.name]
            # The table equals leaving the component out and judging again.
            assert (row["about"], row["points_without"], row["band_without"]) == (side, rest.points, rest.name)
            assert row["points"] - added(part, points)[0] == rest.points
            assert PLACE[side][row["band_without"]] <= PLACE[side][row["band"]]
    totals = frame[frame["component"] == "victim"].set_index("child_id")
    for child in children:
        assert totals.loc[child, "place"] == 1 + int((totals["points"] > totals.loc[child, "points"]).sum())


def test_no_rule_about_adults_or_groups_adds_to_the_band_about_the_child():
    for side, about in (("child", {"child"}), ("adults", {"adult", "group"})):
        rules = rules_of(side)
        assert {topic.about for topic in COMPONENTS.values() if set(topic.rules) & set(rules)} == about
        assert sorted(rules) == sorted(dict(ASKED.child_points if side == "child" else ASKED.adult_points))


def test_every_rule_has_points_and_one_component():
    named = [rule for topic in COMPONENTS.values() for rule in topic.rules]
    assert sorted(named) == sorted(RULES) == sorted(dict(ASKED.child_points) | dict(ASKED.adult_points))
    assert {s.stage for s in SIGNS.values()} == set(STAGES)
    with pytest.raises(UsageError, match="wealth"):
        judged([], Settings(child_points=(("wealth", 1),)), "child")
    with pytest.raises(UsageError, match="adult_principal"):
        judged([], Settings(child_points=(("adult_principal", 1),)), "adults")


@given(
    st.lists(st.tuples(st.sampled_from(sorted(SIGNS)), st.integers(0, 1500)), max_size=8),
    st.sampled_from(sorted(SIGNS)),
    st.integers(0, 1500),
    st.integers(0, 1500),
)
@settings(deadline=None)
def test_a_further_sign_never_takes_a_child_back(signs, more, ago, day_ago):
    ids = pd.Index(["C1"], dtype=object)
    on = AS_OF - timedelta(days=day_ago)

    def stage(rows):
        frame = pd.DataFrame(
            {
                "child_id": ["C1"] * len(rows),
                "sign": pd.Series([s for s, _ in rows], dtype=object),
                "on": pd.to_datetime([AS_OF - timedelta(days=d) for _, d in rows]),
            }
        )
        return ORDER[states_on(frame, on, ids, ASKED, undated=False)["stage"].iloc[0]]

    assert stage([*signs, (more, ago)]) >= stage(signs)
    fresh = [
        ORDER[SIGNS[s].stage]
        for s, d in signs
        if d >= day_ago and (d < day_ago + ASKED.pathway_days or SIGNS[s].stage == "vulnerable")
    ]
    assert stage(signs) == max(fresh, default=0)


CHILDREN, ADULTS = ("C1", "C2", "C3"), ("N1", "N2", "N3")
DAYS = st.dates(date(2017, 1, 1), AS_OF)


@st.composite
def records(draw):
    """A few records of three children and three nominals of two groups."""

    def pick(values):
        return draw(st.sampled_from(values))

    def many(row, most=5):
        return draw(st.lists(st.builds(row), max_size=most))

    crimes = [
        {"crime_id": f"K{i}", "offence_code": pick(["8N", "92A", "34B", None]), "recorded_on": draw(DAYS),
         "flags": pick(["", "knife", "cce"])}
        for i in range(3)
    ]  # fmt: skip
    links = {
        (pick(CHILDREN + ADULTS), pick(["K0", "K1", "K2"]), pick(LINK_ROLES)) for _ in range(draw(st.integers(0, 8)))
    }
    family = {(pick(ADULTS), pick(CHILDREN), pick(RELATIONSHIPS)): pick([True, False, None]) for _ in range(3)}
    begun = {
        (pick(CHILDREN), datetime.combine(draw(DAYS), datetime.min.time())) for _ in range(draw(st.integers(0, 5)))
    }
    aces = {(pick(CHILDREN), pick(ACES)): pick(["observed", "not_observed", "unknown"]) for _ in range(6)}
    return {
        "nominals": [{"nominal_id": n} for n in ADULTS],
        "ocgs": [{"ocg_id": "G1", "status": "active"}, {"ocg_id": "G2", "status": pick(["emerging", None])}],
        "memberships": [
            {"nominal_id": n, "ocg_id": g, "role": pick(["principal", "significant", "peripheral", None])}
            for n, g in zip(ADULTS, ("G1", "G2", "G2"), strict=True)
        ],
        "children": [
            {"child_id": c, "cse_risk": pick([None, "low", "high"]), "date_of_birth": pick([None, date(2005, 1, 1)])}
            for c in CHILDREN
        ],
        "family_links": [
            {"adult_id": a, "child_id": c, "relationship": r, "verified": v} for (a, c, r), v in sorted(family.items())
        ],
        "crimes": crimes,
        "crime_links": [{"person_id": p, "crime_id": k, "link_role": r} for p, k, r in sorted(links)],
        "missing_episodes": [
            {"child_id": c, "missing_from": b, "companions": pick([None, "N1", "C1|N2", "C3"]),
             "found_at": pick([None, b + timedelta(hours=9)])}
            for c, b in sorted(begun)
        ],
        "child_aces": [{"child_id": c, "ace": a, "status": s} for (c, a), s in sorted(aces.items())],
    }  # fmt: skip


ABOUT = About(as_of=AS_OF, period_from=date(2018, 4, 1), period_to=AS_OF)
TURN = {"C1": "Z7", "C2": "A3", "C3": "M5"}


def renamed(tables):
    """Give the children other names, in another order of the alphabet."""

    def new(value):
        return "|".join(TURN.get(v, v) for v in value.split("|")) if isinstance(value, str) else value

    return {name: [{k: new(v) for k, v in row.items()} for row in rows] for name, rows in tables.items()}


@given(records())
@settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
def test_the_names_of_children_change_nothing(tables):
    one, other = safeguard(dataset(ABOUT, **tables)), safeguard(dataset(ABOUT, **renamed(tables)))
    columns = [
        *(f"{n}_{side}" for side in SIDES for n in ("band", "points", "could_add", "could_be", "unknown")),
        "stage",
        "basis",
        "known_aces",
        "missing_episodes",
        "find_out",
    ]
    first = one.table.frame.assign(child_id=one.table.frame["child_id"].map(TURN)).set_index("child_id")[columns]
    second = other.table.frame.set_index("child_id")[columns]
    pd.testing.assert_frame_equal(first.sort_index(), second.sort_index(), check_names=False)

    # Children together under one name are together under another.
    def together(frame, names):
        return {frozenset(names.get(c, c) for c in own) for own in frame.groupby("household")["child_id"].agg(list)}

    assert together(one.table.frame, TURN) == together(other.table.frame, {})


@given(records(), st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
def test_a_table_that_is_absent_never_lowers_what_could_be(tables, random):
    whole = safeguard(dataset(ABOUT, **tables)).table.frame.set_index("child_id")
    gone = random.choice(["child_aces", "missing_episodes"])
    parts = safeguard(dataset(ABOUT, **{n: rows for n, rows in tables.items() if n != gone}))
    frame = parts.table.frame.set_index("child_id")
    for child in set(frame.index) & set(whole.index):
        most, now = (
            sum(f.loc[child, f"{n}_{side}"] for n in ("points", "could_add") for side in SIDES) for f in (frame, whole)
        )
        own = parts.tables["child_components"].frame
        own = own[own["child_id"] == child].set_index("component")
        if gone == "missing_episodes":
            assert (own.loc[["missing_often", "interviews", "missing_now"], "state"] == "not known").all()
            assert own.loc[["missing_often", "interviews", "missing_now"], "points"].sum() == 0
            # Escalation rests on signs: without the episodes a stage may be missed, which no list can say.
            assert most + points_of(ASKED)["escalation"] >= now
        else:
            assert own.loc["aces", "state"] == "not known"
            assert most >= now
    assert np.all(frame["points_child"] >= 0)


@given(records(), records(), st.data())
@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])
def test_the_band_about_a_child_never_changes_with_anybody_elses_record(tables, others, data):
    """One child keeps its own rows; every row about anybody else is taken from another random folder."""
    child = data.draw(st.sampled_from(CHILDREN))
    who = {"crime_links": "person_id", "missing_episodes": "child_id", "child_aces": "child_id", "children": "child_id"}
    mixed = {}
    for name, rows in tables.items():
        if name == "crimes":
            mixed[name] = rows  # an event is nobody's record
        elif name in who:
            own = [r for r in rows if r[who[name]] == child]
            mixed[name] = own + [r for r in others[name] if r[who[name]] != child]
        else:
            # Memberships of the three adults, their roles and groups, and how they are related to the children.
            mixed[name] = others[name]
    # What is said of the period before depends on the day from which episodes are recorded: the same in both.
    first = {"child_id": "C0", "missing_from": datetime(2017, 3, 31)}
    for folder in (tables, mixed):
        folder["missing_episodes"] = [first, *folder["missing_episodes"]]
        # The child is linked in both, so that there is a band to compare.
        rest = [r for r in folder["family_links"] if (r["child_id"], r["adult_id"]) != (child, "N1")]
        folder["family_links"] = [*rest, {"adult_id": "N1", "child_id": child, "relationship": "guardian"}]
    one, other = (safeguard(dataset(ABOUT, **t)) for t in (tables, mixed))
    before, after = (f.table.frame.set_index("child_id") for f in (one, other))
    assert {child} <= set(before.index) & set(after.index)
    own = [c for c in before if c.endswith("_child")]
    assert before.loc[child, own].tolist() == after.loc[child, own].tolist()
    parts = [
        f.tables["child_components"].frame.set_index(["child_id", "about"]).sort_index().loc[(child, "child")]
        for f in (one, other)
    ]
    pd.testing.assert_frame_equal(*parts)


@pytest.mark.parametrize(
    ("first", "before"),
    [
        (None, "not recorded how often"),
        (datetime(2017, 9, 10), "not recorded how often"),
        (datetime(2017, 4, 30), "0"),
    ],
)
def test_the_day_from_which_episodes_are_recorded_is_said_and_moves_no_band(first, before):
    """The period before begins on 01/04/2017: without an episode of anybody in its first month nothing says 0."""
    episodes = [{"child_id": "C2", "missing_from": first}] if first else []
    found = safeguard(
        dataset(
            ABOUT,
            nominals=[{"nominal_id": "N1"}],
            ocgs=[{"ocg_id": "G1", "status": "active"}],
            memberships=[{"nominal_id": "N1", "ocg_id": "G1", "role": "principal"}],
            children=[{"child_id": c, "date_of_birth": date(2005, 1, 1)} for c in ("C1", "C2")],
            family_links=[{"adult_id": "N1", "child_id": "C1", "relationship": "guardian"}],
            missing_episodes=episodes,
        )
    )
    parts = found.tables["child_components"].frame.set_index(["child_id", "component"])
    often = parts.loc[("C1", "missing_often")]
    assert often["value"] == f"0 missing episodes in the period, {before} in the period before"
    assert (often["points"], often["state"]) == (0, parts.loc[("C1", "missing_trend"), "state"])
    assert found.table.frame.set_index("child_id").loc["C1", "missing_episodes"] == 0
