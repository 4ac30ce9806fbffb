"""Linked children, worked by hand: who, on what basis, how surely, how pressing and what is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from made_records import FIXTURES, dataset, folder

from ocgnet.analysis.children.linked_children import linked_children
from ocgnet.analysis.children.priority_rules import RULES
from ocgnet.dataset import About, Dataset, LeftOut
from ocgnet.errors import UsageError
from ocgnet.evidence.ages import ages_on
from ocgnet.evidence.evidence import evidence_of
from ocgnet.model.columns import ACES
from ocgnet.settings import Settings

pytestmark = pytest.mark.long

ABOUT = About(as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
BORN = date(2008, 6, 1)


def records(**tables) -> Dataset:
    """PA leads group G1, SI is significant in G2, PE was in G1 until last year, NO belongs to nothing."""
    base = {
        "nominals": [{"nominal_id": i} for i in ("PA", "SI", "PE", "NO")],
        "ocgs": [{"ocg_id": "G1", "status": "active"}, {"ocg_id": "G2", "status": "emerging"}],
        "memberships": [
            {"nominal_id": "PA", "ocg_id": "G1", "role": "principal"},
            {"nominal_id": "SI", "ocg_id": "G2", "role": "significant"},
            {"nominal_id": "PE", "ocg_id": "G1", "role": "peripheral", "to_date": date(2018, 12, 31)},
        ],
        "children": [{"child_id": "C1", "date_of_birth": BORN, "name": "Child One"}],
        "child_aces": [],
        "missing_episodes": [],
        "crimes": [],
        "crime_links": [],
    }
    return dataset(ABOUT, **(base | tables))


def found_in(data: Dataset, asked: Settings | None = None):
    asked = asked or Settings()
    return linked_children(data, evidence_of(data, asked), data.names, asked)


def only_row(data: Dataset, asked: Settings | None = None) -> pd.Series:
    frame = found_in(data, asked).table.frame
    assert len(frame) == 1
    return frame.iloc[0]


def family(adult: str, child: str = "C1", relationship: str = "parent", **more) -> dict[str, object]:
    return {"adult_id": adult, "child_id": child, "relationship": relationship} | more


def test_a_child_of_two_nominals_in_two_groups():
    links = [
        family("PA", verified=True, recorded_on=date(2018, 5, 1)),
        family("SI", relationship="step_parent", recorded_on=date(2018, 7, 1)),
    ]
    row = only_row(records(family_links=links))
    assert (row["child_id"], row["name"], row["age"]) == ("C1", "Child One", 10)
    assert (row["basis"], row["family_basis"]) == ("family", True)
    assert (row["nominals"], row["ocgs"], row["family_ocgs"]) == ("PA|SI", "G1|G2", "G1|G2")
    assert row["path"] == (
        "G1 ← PA (principal) — parent (verified, 2018-05-01) | "
        "G2 ← SI (significant) — step parent (verification not recorded, 2018-07-01)"
    )
    assert row["verified"] == "yes|unknown"
    assert row["freshest"] == pd.Timestamp("2018-07-01")
    # Child: nothing known, three things unknown (4 + 4 + 3). Adults: principal 3, verified parent 1, group 1.
    assert (row["band_child"], row["band_adults"]) == ("standard", "high")
    assert row["because"] == (
        "About the child: at least standard (0 points): no rule is known to hold. 3 things are not known; one answer "
        "could make it high: Sexual exploitation (CSE) or Criminal exploitation (CCE) or Adverse experiences. "
        "About the adults: at least high (5 points): PA recorded as principal; SI recorded as significant (+3); "
        "relationship with PA verified (+1); G1 is active, G2 is emerging (+1)."
    )
    assert (row["points_child"], row["could_add_child"], row["could_be_child"]) == (0, 11, "high")
    assert (row["points_adults"], row["could_add_adults"], row["could_be_adults"]) == (5, 0, "high")
    assert [q.partition(":")[0] for q in row["find_out"].split("|")] == [
        "Children's services or the exploitation team",
        "Children's services or the exploitation team",
        "Adverse experiences. Children's services, school and health",
    ]


def test_the_tiny_folder_as_worked_on_paper():
    found = found_in(folder(FIXTURES / "tiny"))
    frame = found.table.frame.set_index("child_id")
    assert frame[["age", "basis", "nominals", "known_aces"]].to_dict("index") == {
        "C1": {"age": 8, "basis": "family|household", "nominals": "N02", "known_aces": 4},
        "C2": {"age": 15, "basis": "family|missing_with|same_report", "nominals": "N01|N06|N07", "known_aces": 1},
    }
    assert frame["family_ocgs"].to_dict() == {"C1": "G1", "C2": "G2"}
    assert found.left_out == (
        LeftOut("children", "18 or over on 2019-03-31", 1),
        LeftOut("family_links", "the parent was in a group, but is no member that counts now", 1),
    )
    assert "R6" not in found.table.frame.to_csv()


def test_only_members_on_the_date_link_a_child():
    assert found_in(records(family_links=[family("PE")])).table.frame.empty  # left the group in December
    assert found_in(records(family_links=[family("NO")])).table.frame.empty
    # Judged a year earlier the same adult was a member, and the child is a year younger.
    row = only_row(records(family_links=[family("PE")]), Settings(as_of=date(2018, 3, 31)))
    assert (row["nominals"], row["age"]) == ("PE", 9)


@pytest.mark.parametrize(
    ("born", "kept", "age"),
    [
        (date(2001, 3, 24), False, None),
        (date(2001, 3, 31), False, None),
        (date(2001, 4, 1), True, 17),
        (None, True, None),
    ],
)
def test_under_18_on_the_date_and_in_doubt_a_child(born, kept, age):
    data = records(children=[{"child_id": "C1", "date_of_birth": born}], family_links=[family("PA")])
    found = found_in(data)
    if kept:
        shown = found.table.frame["age"][0]
        assert shown is pd.NA if age is None else shown == age
        assert found.left_out == ()
    else:
        assert found.table.frame.empty
        assert found.left_out == (LeftOut("children", "18 or over on 2019-03-31", 1),)


def test_with_two_dates_of_birth_the_later_decides():
    nominals = [{"nominal_id": i} for i in ("PA", "SI")] + [{"nominal_id": "C1", "date_of_birth": date(1999, 1, 1)}]
    data = records(nominals=nominals, family_links=[family("PA")])
    assert only_row(data)["age"] == 10


def test_a_young_nominal_is_a_child_too():
    nominals = [{"nominal_id": i} for i in ("PA", "SI")] + [{"nominal_id": "Y", "date_of_birth": date(2003, 1, 1)}]
    members = [
        {"nominal_id": "PA", "ocg_id": "G1", "role": "principal"},
        {"nominal_id": "Y", "ocg_id": "G1", "role": "peripheral"},
    ]
    row = only_row(records(nominals=nominals, memberships=members, children=[]))
    assert (row["child_id"], row["basis"], row["family_basis"]) == ("Y", "own_membership", False)
    assert "recorded as a member of G1 (+4)" in row["because"]
    assert row["path"] == "G1 ← Y (peripheral) — the child's own membership"


def test_a_young_nominal_whose_review_is_overdue_stays_on_the_list():
    young = {"nominal_id": "Y", "date_of_birth": date(2003, 1, 1), "review_due": date(2019, 1, 1)}
    data = records(
        nominals=[{"nominal_id": "PA"}, young],
        children=[],
        crimes=[{"crime_id": "X1", "recorded_on": date(2018, 9, 1)}],
        crime_links=[{"person_id": p, "crime_id": "X1", "link_role": "suspect"} for p in ("PA", "Y")],
    )
    row = only_row(data)
    assert (row["child_id"], row["age"]) == ("Y", 16)
    assert row["overdue"] == "the child's record as a nominal is overdue for review since 2019-01-01"
    assert only_row(data, Settings(include_overdue=True)).equals(row)


def test_somebody_who_is_in_family_links_only_counts_as_a_child():
    assert only_row(records(children=[], family_links=[family("PA")]))["child_id"] == "C1"


def test_links_recorded_after_the_date_are_left_out_and_counted():
    found = found_in(records(family_links=[family("PA", recorded_on=date(2019, 4, 1))]))
    assert found.table.frame.empty
    assert found.left_out == (LeftOut("family_links", "recorded after 2019-03-31", 1),)


def test_each_other_basis_has_its_own_name():
    links = [family("PA", relationship=r) for r in ("sibling", "grandparent", "partner_of_parent", "household")]
    contacts = [
        {"person_a": "C1", "person_b": "SI", "kind": "household", "last_seen": date(2018, 8, 1)},
        {"person_a": "SI", "person_b": "C1", "kind": "phone", "last_seen": date(2018, 9, 1)},
        {"person_a": "SI", "person_b": "C1", "kind": "meeting", "last_seen": date(2016, 9, 1)},
        {"person_a": "NO", "person_b": "C1", "kind": "meeting", "last_seen": date(2018, 9, 1)},
    ]
    row = only_row(records(family_links=links, associations=contacts))
    assert row["basis"] == "partner_of_parent|household|grandparent|sibling|contact"
    assert row["family_basis"] is np.False_
    assert row["family_ocgs"] == ""
    assert row["path"].split(" | ") == [
        "G1 ← PA (principal) — partner of parent (verification not recorded, undated)",
        "G1 ← PA (principal) — household (verification not recorded, undated)",
        "G2 ← SI (significant) — household (verification not recorded, 2018-08-01)",
        "G1 ← PA (principal) — grandparent (verification not recorded, undated)",
        "G1 ← PA (principal) — sibling (verification not recorded, undated)",
        "G2 ← SI (significant) — contact: phone (2018-09-01)",
    ]


def crime(*links: tuple[str, str], on: date = date(2018, 9, 1)) -> dict[str, list[dict[str, object]]]:
    return {
        "crimes": [{"crime_id": "X1", "recorded_on": on}],
        "crime_links": [{"person_id": p, "crime_id": "X1", "link_role": role} for p, role in links],
    }


def test_a_child_who_is_suspect_and_victim_is_shown_as_victim_first():
    row = only_row(records(**crime(("PA", "suspect"), ("C1", "suspect"), ("C1", "victim"))))
    assert row["basis"] == "same_crime_as_victim|same_crime_as_suspect"
    assert row["because"].startswith("Victim in 1 crime in the period. About the child: at least standard (2 points): ")
    assert (
        "About the adults: at least urgent (8 points): the child is a victim in a crime linked to PA (+4)"
        in row["because"]
    )
    assert row["path"].startswith("G1 ← PA (principal) — same crime as victim (X1, latest 2018-09-01) | ")
    # Being a suspect adds no component of its own: without the victim link nothing but the adult counts.
    assert "suspect" not in RULES
    assert "offence" not in row["because"]


def test_a_nominal_who_is_victim_or_witness_makes_no_link():
    assert found_in(records(**crime(("PA", "victim"), ("C1", "victim")))).table.frame.empty
    assert found_in(records(**crime(("PA", "witness"), ("C1", "suspect")))).table.frame.empty
    assert found_in(records(**crime(("PA", "suspect"), ("C1", "victim"), on=date(2017, 1, 1)))).table.frame.empty


def test_a_mention_alone_does_not_carry_the_role_of_the_adult():
    row = only_row(records(**crime(("PA", "suspect"), ("C1", "witness"))))
    assert row["basis"] == "same_crime_as_witness"
    assert "principal" not in row["because"]
    assert (row["band_child"], row["band_adults"]) == ("standard", "standard")


def report(**more) -> dict[str, list[dict[str, object]]]:
    graded = {
        "report_id": "SECRET9",
        "reported_on": date(2018, 10, 1),
        "grading_scheme": "3x5x2",
        "source_grade": "1",
        "intelligence_grade": "A",
        "handling_code": "P",
    }
    return {
        "intel_reports": [graded | more],
        "intel_links": [{"person_id": p, "report_id": "SECRET9"} for p in ("PA", "C1")],
    }


def test_a_report_links_within_its_grade_and_is_named_only_when_it_may_be():
    row = only_row(records(**report()))
    assert row["path"] == "G1 ← PA (principal) — same report (SECRET9, latest 2018-10-01)"
    restricted = only_row(records(**report(handling_code="C")))
    assert restricted["basis"] == "same_report"
    assert restricted["path"].endswith("same report (not named because of its handling code, latest 2018-10-01)")
    assert "SECRET9" not in " ".join(map(str, restricted))
    assert "SECRET9" not in found_in(records(**report(handling_code="C"))).links.to_csv()
    assert found_in(records(**report(intelligence_grade="E"))).table.frame.empty
    assert found_in(records(**report(source_grade="3"))).table.frame.empty
    assert len(found_in(records(**report(source_grade="3")), Settings(min_grade="all")).table.frame) == 1


def test_contacts_fall_with_the_report_that_records_them():
    contact = [{"person_a": "C1", "person_b": "PA", "kind": "household", "report_id": "SECRET9"}]
    kept = report(intelligence_grade="B") | {"intel_links": []}
    refused = report(intelligence_grade="E") | {"intel_links": []}
    assert len(found_in(records(associations=contact, **kept)).table.frame) == 1
    assert found_in(records(associations=contact, **refused)).table.frame.empty


def episode(day: date, *, found: datetime | None, held: datetime | None = None, companions: str | None = None):
    begun = datetime(day.year, day.month, day.day, 20)
    return {
        "child_id": "C1",
        "missing_from": begun,
        "found_at": found,
        "return_interview_at": held,
        "companions": companions,
    }


def test_missing_with_a_nominal_repeatedly_and_interviews_late_or_outstanding():
    episodes = [
        episode(date(2018, 5, 1), found=datetime(2018, 5, 2, 8), held=datetime(2018, 5, 5, 8)),  # 72 hours: in time
        episode(date(2018, 6, 1), found=datetime(2018, 6, 2, 8), held=datetime(2018, 6, 5, 9), companions="NO|PA"),
        episode(date(2019, 3, 20), found=datetime(2019, 3, 21, 8)),
        episode(date(2019, 3, 29), found=datetime(2019, 3, 30, 8)),  # 72 hours are not over yet
        episode(date(2017, 6, 1), found=None),  # before the period
    ]
    row = only_row(records(missing_episodes=episodes))
    assert row["missing_episodes"] == 4
    assert row["basis"] == "missing_with"
    assert row["path"] == "G1 ← PA (principal) — missing together (2018-06-01)"
    assert "4 missing episodes in the period, at least 1 in the period before (+2)" in row["because"]
    assert "1 return interview outstanding past 72 hours, 1 return interview held after 72 hours (+1)" in row["because"]
    assert "2 missing episodes in the last 90 days, 0 in the 90 before (+1)" in row["because"]
    # What was held after the analysis date had not been held on it.
    later = [episode(date(2019, 3, 20), found=datetime(2019, 3, 21, 8), held=datetime(2019, 4, 1, 8))]
    told = only_row(records(missing_episodes=later, family_links=[family("PA")]))["because"]
    assert "1 return interview outstanding" in told


def test_three_experiences_known_and_five_unknown():
    status = ["observed"] * 3 + ["not_observed"] * 2 + ["unknown"] * 3
    aces = [{"child_id": "C1", "ace": a, "status": s} for a, s in zip(ACES, status, strict=False)]
    row = only_row(records(child_aces=aces, family_links=[family("PA")]))
    assert (row["known_aces"], row["unknown_aces"]) == (3, 5)
    asked = (
        "emotional neglect, domestic violence, substance misuse, mental illness, parental separation, parent in prison"
    )
    assert f"school and health: {', '.join(a.replace('_', ' ') for a in ACES[5:])}?" in row["find_out"]
    assert asked not in row["find_out"]
    aces_ = found_in(records(child_aces=aces, family_links=[family("PA")])).tables["child_components"].frame
    assert aces_.set_index("component").loc["aces", ["value", "state", "points", "could_add"]].tolist() == [
        "3 adverse experiences known, 5 of 10 unknown",
        "not known",
        0,
        3,
    ]
    fourth = [*aces, {"child_id": "C1", "ace": ACES[-1], "status": "observed", "recorded_on": date(2019, 3, 1)}]
    row = only_row(records(child_aces=fourth, family_links=[family("PA")]))
    assert "at least 4 adverse experiences known, 4 of 10 unknown (+3)" in row["because"]
    # Recorded after the date: not known on it.
    fourth[-1]["recorded_on"] = date(2019, 4, 1)
    assert only_row(records(child_aces=fourth, family_links=[family("PA")]))["known_aces"] == 3
    ruled_out = [{"child_id": "C1", "ace": a, "status": "not_observed"} for a in ACES[:7]]
    assert "dverse" not in only_row(records(child_aces=ruled_out, family_links=[family("PA")]))["find_out"]


def test_unknown_is_blank_where_a_table_is_absent():
    data = records(family_links=[family("PA")])
    without = Dataset.of({n: data[n] for n in data.given - {"missing_episodes"}}, data.about)
    row = only_row(without)
    assert row["missing_episodes"] is pd.NA
    parts = found_in(without).tables["child_components"].frame.set_index("component")
    gone = ["missing_often", "missing_trend", "missing_now", "interviews", "in_company"]
    assert parts.loc[gone, "could_add"].tolist() == [2, 1, 6, 1, 3]
    assert set(parts.loc[parts["could_add"] > 0, "points"]) == {0}
    assert only_row(data)["missing_episodes"] == 0


@pytest.mark.parametrize(
    ("risk", "told"),
    [
        ("High", "risk of sexual exploitation recorded as 'High' (scheme SERAF) (+4)"),
        ("low", "risk of sexual exploitation recorded as 'low' (scheme SERAF) (+1)"),
        (None, "2 things are not known; one answer could make it high"),
    ],
)
def test_risks_keep_the_words_of_their_scheme(risk, told):
    child = {"child_id": "C1", "cse_risk": risk, "cse_risk_scheme": "SERAF", "cce_risk": "none"}
    row = only_row(records(children=[child], family_links=[family("SI")]))
    assert told in row["because"]
    assert "criminal" not in row["because"]
    assert row["cse_risk"] == (risk or "")
    assert row["cce_risk"] == "none"


def assessed(level: str, on: date | None, kind: str = "sexual") -> dict[str, object]:
    return {"child_id": "C1", "exploitation": kind, "level": level, "assessed_on": on, "scheme": "SERAF"}


@pytest.mark.parametrize(
    ("recorded", "rows", "told"),
    [
        (None, [assessed("high", date(2018, 5, 1))], "high"),  # nothing with the child: the assessment counts
        ("low", [assessed("high", date(2018, 5, 1))], "high"),  # of two the higher
        ("high", [assessed("low", date(2018, 5, 1))], "high"),
        (None, [assessed("high", date(2018, 5, 1)), assessed("low", date(2018, 9, 1))], "low"),  # the newest
        (None, [assessed("low", date(2018, 5, 1)), assessed("high", date(2018, 5, 1))], "high"),  # two on one day
        (None, [assessed("high", None), assessed("none", date(2018, 9, 1))], "none"),  # undated is the oldest
        (None, [assessed("high", date(2019, 9, 1))], ""),  # after the day of judgement
        (None, [assessed("high", date(2018, 5, 1), "criminal")], ""),  # another kind
    ],
)
def test_the_newest_assessment_counts_where_the_child_says_nothing_or_less(recorded, rows, told):
    child = {"child_id": "C1", "cse_risk": recorded}
    row = only_row(records(children=[child], family_links=[family("SI")], child_risks=rows))
    assert row["cse_risk"] == told


def test_bands_first_then_ids_and_row_order_changes_nothing():
    children = [{"child_id": f"C{i}"} for i in (3, 1, 2)]
    links = [family("SI", "C1"), family("PA", "C2", verified=True), family("PA", "C3", verified=True)]
    links.append(family("SI", "C9", verified=True))
    children.append({"child_id": "C9", "cce_risk": "high"})
    data = records(children=children, family_links=links)
    found = found_in(data)
    assert found.table.frame[["child_id", "band_child", "band_adults"]].to_numpy().tolist() == [
        ["C9", "high", "standard"],
        ["C2", "standard", "high"],
        ["C3", "standard", "high"],
        ["C1", "standard", "standard"],
    ]
    turned = {n: data[n].take(pa.array(range(data[n].num_rows)[::-1], pa.int64())) for n in data.given}
    again = found_in(Dataset.of(turned, data.about))
    assert again.table.frame.equals(found.table.frame)
    assert again.links.equals(found.links)


def test_nothing_to_find_is_an_empty_table():
    found = found_in(dataset(nominals=[{"nominal_id": "A"}]))
    assert found.table.frame.empty
    assert found.links.empty
    assert found.family.empty


def test_points_and_bands_follow_the_settings():
    data = records(family_links=[family("SI")])
    assert only_row(data)["band_adults"] == "standard"
    asked = Settings(adult_points=(("group_active", 9),))
    assert only_row(data, asked)["band_adults"] == "urgent"
    assert only_row(data, asked)["band_child"] == "standard"
    with pytest.raises(UsageError, match="wealth"):
        found_in(data, replace(asked, adult_points=(("wealth", 1),)))
    with pytest.raises(UsageError, match="group_active"):
        found_in(data, replace(asked, child_points=(("group_active", 1),)))


@pytest.mark.parametrize(
    ("flags", "on", "rule", "could"),
    [
        ("cce", date(2015, 1, 1), "victim_exploited", ""),
        (None, date(2018, 9, 1), "victim", ""),
        (None, date(2015, 1, 1), "", ""),
        (None, None, "", "victim"),
    ],
)
def test_a_victim_of_exploitation_at_any_time_and_of_another_crime_in_the_period(flags, on, rule, could):
    crimes = [{"crime_id": "X9", "recorded_on": on, "flags": flags}]
    links = [{"person_id": "C1", "crime_id": "X9", "link_role": "victim"}]
    data = records(crimes=crimes, crime_links=links, family_links=[family("SI")])
    part = found_in(data).tables["child_components"].frame.set_index("component").loc["victim"]
    points = dict(Settings().child_points)
    assert (part["points"], part["could_add"]) == (points.get(rule, 0), points.get(could, 0))


def test_the_harm_of_an_adult_counts_each_crime_once_and_unknown_weights_as_unknown():
    # 92A weighs 512.9574: eight of them are 4,103.7, seven 3,590.7; one without a code may be of any weight.
    def part(codes):
        crimes = [
            {"crime_id": f"X{i}", "recorded_on": date(2018, 9, 1), "offence_code": c} for i, c in enumerate(codes)
        ]
        roles = ("arrested", "suspect")
        links = [{"person_id": "SI", "crime_id": c["crime_id"], "link_role": r} for c in crimes for r in roles]
        data = records(crimes=crimes, crime_links=links, family_links=[family("SI")])
        return found_in(data).tables["child_components"].frame.set_index("component").loc["adult_harm"]

    high = part(["92A"] * 8)
    assert high[["value", "points"]].tolist() == ["SI severity 4,104 in 8 crimes (high from 4,000)", 2]
    assert part(["92A"] * 7)[["state", "points", "could_add"]].tolist() == ["does not hold", 0, 0]
    assert part(["92A"] * 7 + [None])[["state", "points", "could_add"]].tolist() == ["not known", 0, 2]


def test_ages_around_a_leap_day():
    born = pd.Series(pd.to_datetime(["2000-02-29"]))
    assert ages_on(born, date(2018, 2, 28)).tolist() == [17]
    assert ages_on(born, date(2018, 3, 1)).tolist() == [18]
    assert ages_on(born, date(2020, 2, 29)).tolist() == [20]
