"""Prosperity, pillars, what groups do, adverse experiences and missing children, worked out on paper."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.analysis.intervals import share_interval, trend
from ocgnet.checks.check import read_dataset
from ocgnet.dataset import About, Dataset
from ocgnet.harm import weights_from
from ocgnet.local_profile.edition import edition_of
from ocgnet.local_profile.profile import Profile, profile_of
from ocgnet.settings import ProfileSettings, Settings
from ocgnet.views.profile.page import profile_html

QUICK = Settings(null_draws=50, bootstrap_draws=50)

FILES = {
    "about.toml": 'force = "Paper"\nas_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n',
    # Mandate fraud thrice now and once before, hacking once, proceeds of crime once, and a threat marked cyber.
    "crimes.csv": """crime_id,offence_code,recorded_on,district,flags,victim_kind,loss
F1,NFIB5D,2018-05-01,Easter,,business,1000
F2,nfib 5d,2018-06-01,Easter,cyber,public_body,500.50
F3,NFIB5D,2018-07-01,,,,
F4,NFIB5D,2017-07-01,Wester,,person,7
F5,33A,2018-08-01,Wester,,person,
H1,NFIB52C,2018-09-01,Easter,cyber,person,0
L1,38,2018-10-01,Wester,,society,
T1,8R,2018-11-01,Easter,cyber|cse,,
D1,92A,2018-12-01,Easter,,,
D2,92A,2018-12-02,Easter,,,
S1,46,2017-04-01,,,,
S2,46,2019-03-31,,,,
""",
    "ocgs.csv": """ocg_id,name,mapped_on,archived_on,primary_crime_type,pillar
O1,Group One,2015-01-01,,fraud,prosperity
O2,Group Two,2015-01-01,,drug trafficking,commodities
O3,Group Three,2015-01-01,,firearms,
O4,Group Four,2015-01-01,2018-01-01,fraud,prosperity
""",
    "ocg_activities.csv": """ocg_id,activity,level,district,from_date,to_date
O1,fraud,primary,Easter,2016-01-01,
O1,violence,secondary,,2016-01-01,
O1,robbery,primary,,2016-01-01,2018-01-01
O2,Drug_Trafficking,primary,Wester,,
""",
    "nominals.csv": "nominal_id,date_of_birth\nN1,1980-01-01\nN2,1981-01-01\nN3,1982-01-01\n",
    # N1 is a member of both groups: in both pillars, with the crimes and the child.
    "memberships.csv": """nominal_id,ocg_id,role,from_date,to_date
N1,O1,principal,2016-01-01,
N1,O2,,2016-01-01,
N2,O2,,2016-01-01,
N3,O4,,2016-01-01,
""",
    "crime_links.csv": """person_id,crime_id,link_role
N1,F1,suspect
N2,F1,arrested
N1,L1,charged
N2,D1,suspect
N2,D2,victim
N3,F2,suspect
C1,F3,suspect
C2,H1,victim
C3,T1,witness
""",
    # C4 has turned 18; C5's age is not known.
    "children.csv": """child_id,date_of_birth,cse_flagged_on
C1,2005-01-01,
C2,2006-01-01,
C3,2007-01-01,
C4,2001-03-31,2018-06-01
C5,,2018-06-01
""",
    "family_links.csv": "adult_id,child_id,relationship\nN1,C1,parent\nN2,C2,guardian\nN2,C3,household\nN2,C4,parent\n",
    "child_aces.csv": "child_id,ace,status,recorded_on\n"
    + "".join(f"C1,{ace},observed,2018-05-01\n" for ace in ("physical_abuse", "sexual_abuse", "mental_illness"))
    + "C1,parental_separation,not_observed,2018-05-01\n"
    + "".join(f"C2,{ace},observed,\n" for ace in ("physical_abuse", "sexual_abuse", "mental_illness"))
    + "C2,parent_in_prison,observed,\nC2,physical_neglect,unknown,\n"
    # Known only after the day of judgement.
    + "C3,physical_abuse,observed,2019-05-01\n",
    "missing_episodes.csv": """child_id,missing_from,found_at,return_interview_at,interview_refused_on
C1,2018-05-01T20:00,2018-05-02T08:00,2018-05-03T08:00,
C1,2018-06-01T20:00,2018-06-02T08:00,2018-06-09T08:00,
C1,2018-06-02T01:00,2018-06-02T09:00,,
C2,2018-07-01T20:00,2018-07-02T08:00,,2018-07-03
C2,2018-08-01T20:00,2018-08-02T08:00,,
C2,2018-09-01T20:00,,,
C2,2018-10-01T20:00,2018-10-02T08:00,2018-10-03T08:00,
C3,2017-09-01T20:00,2017-09-02T08:00,2017-09-03T08:00,
""",
    "child_risks.csv": """child_id,exploitation,level,assessed_on
C1,criminal,high,2018-01-01
C1,criminal,low,2018-06-01
C2,sexual,medium,2018-06-01
C2,criminal,none,2018-06-01
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("paper")
    for name, text in FILES.items():
        (out / name).write_text(text, encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def profile(folder: Path) -> Profile:
    return profile_of(read_dataset(folder)[0], ProfileSettings(analysis=QUICK))


def rows(profile: Profile, name: str, *by: str) -> dict[Any, dict[str, Any]]:
    """Return the rows of a table by some of its columns; what is blank is None."""
    found = profile.tables[name].frame.astype(object)
    found = found.where(found.notna(), None)
    return {tuple(r[b] for b in by) if len(by) > 1 else r[by[0]]: r for r in found.to_dict("records")}


def test_offences_by_kind_and_category(profile: Profile) -> None:
    found = rows(profile, "prosperity", "kind", "category")
    counted = {key: (r["crimes"], r["crimes_before"], r["harm_unknown"], r["marked_cyber"]) for key, r in found.items()}
    assert counted == {
        ("fraud", "all of these"): (4, 1, 3, 1),
        ("fraud", "banking and credit fraud"): (3, 1, 3, 1),
        ("fraud", "forgery and articles for fraud"): (1, 0, 0, 0),
        ("computer misuse", "all of these"): (1, 0, 1, 1),
        ("computer misuse", "hacking"): (1, 0, 1, 1),
        ("money laundering", "all of these"): (1, 0, 0, 0),
        ("money laundering", "proceeds of crime"): (1, 0, 0, 0),
        ("other offences marked cyber", "all of these"): (1, 0, 0, 1),
        ("other offences marked cyber", "violence against the person"): (1, 0, 0, 1),
    }
    # Of articles for fraud the weight is known, of mandate fraud not: not known, never nought.
    assert found["fraud", "all of these"]["severity"] == pytest.approx(135.2749)
    assert found["computer misuse", "hacking"]["severity"] is None
    # Five crimes in both periods are too few for a change.
    assert found["fraud", "all of these"]["crimes_change"] is None


def test_a_loss_of_nought_is_recorded_and_a_blank_one_is_not(profile: Profile) -> None:
    found = rows(profile, "prosperity", "kind", "category")
    lost = {k: tuple(found[k, "all of these"][c] for c in ("loss_recorded", "loss", "loss_median")) for k in
            ("fraud", "computer misuse", "money laundering")}  # fmt: skip
    assert lost == {
        "fraud": (2, 1500.5, 750.25),
        "computer misuse": (1, 0.0, 0.0),
        "money laundering": (0, None, None),
    }
    assert profile.figures["fraud_loss"].value == 1500.5
    assert profile.figures["money_laundering_loss"].value is None
    assert profile.figures["fraud_loss_recorded"].value == 0.5


def test_own_weights_give_frauds_their_harm(folder: Path) -> None:
    own = weights_from("code,weight\nNFIB5D,100\n", "fraud.csv")
    found = rows(profile_of(read_dataset(folder)[0], ProfileSettings(analysis=QUICK, weights=own)), "prosperity",
                 "kind", "category")  # fmt: skip
    assert found["fraud", "banking and credit fraud"]["severity"] == 300
    assert found["fraud", "all of these"]["harm_unknown"] == 0


def test_victims_and_districts(profile: Profile) -> None:
    victims = {k: r["crimes"] for k, r in rows(profile, "prosperity_victims", "kind", "victim").items() if r["crimes"]}
    assert victims == {
        ("fraud", "business"): 1, ("fraud", "public body"): 1, ("fraud", "person"): 1, ("fraud", "not recorded"): 1,
        ("computer misuse", "person"): 1, ("money laundering", "society"): 1,
    }  # fmt: skip
    business = profile.figures["fraud_business"]
    assert (business.numerator, business.denominator) == (1, 3)
    assert (business.low, business.high) == pytest.approx(share_interval(1, 3))
    places = rows(profile, "prosperity_districts", "district")
    assert [(d, r["fraud"], r["fraud_before"], r["computer_misuse"]) for d, r in places.items()] == [
        ("all districts", 4, 1, 1), ("Easter", 2, 0, 1), ("Wester", 1, 1, 0), ("no district recorded", 1, 0, 0),
    ]  # fmt: skip


def test_somebody_of_two_pillars_counts_in_both_with_crimes_and_children(profile: Profile) -> None:
    found = rows(profile, "pillars", "pillar")
    columns = ("groups", "members", "crimes", "harm_unknown", "children")
    assert {p: tuple(r[c] for c in columns) for p, r in found.items()} == {
        "vulnerabilities": (0, 0, 0, 0, 0),
        # N1: F1 and L1; C1.
        "prosperity": (1, 1, 2, 1, 1),
        # N1 and N2: F1 once, L1 and D1, not the crime that N2 suffered; C1 and C2, not C4, who is 18.
        "commodities": (1, 2, 3, 1, 2),
        "not recorded": (1, 0, 0, 0, 0),
    }
    assert found["prosperity"]["severity"] == pytest.approx(248.1817)
    assert profile.figures["pillar_commodities_children"].value == profile.figures["children"].value == 2
    assert profile.figures["linked_crimes"].value == 3


def test_what_is_recorded_stands_beside_what_is_counted(profile: Profile) -> None:
    found = rows(profile, "group_activities", "ocg_id")
    # Robbery ended, and Group Four is archived.
    assert {g: (r["primary"], r["secondary"], r["counted_mix"]) for g, r in found.items()} == {
        "O1": ("fraud", "violence", "fraud 1, money laundering 1"),
        "O2": ("drug trafficking", "", "drug offences 1, fraud 1, money laundering 1"),
        "O3": ("", "", ""),
    }
    assert profile.figures["ocgs_without_activity"].value == 1
    assert profile.figures["ocgs_secondary"].value == 1
    for audience in ("partnership", "public"):
        shown = edition_of(profile, audience)
        assert not len(shown.tables["group_activities"].frame)
        assert "Group One" not in profile_html(shown)


def test_experiences_are_observed_not_observed_or_unknown(profile: Profile) -> None:
    found = rows(profile, "aces", "who", "experience", "status")
    linked, others = "linked to a group by family", "other known children"
    statuses = ("observed", "not observed", "unknown")
    for ace, counts in (
        ("physical abuse", (2, 0, 0)),
        ("parental separation", (0, 1, 1)),
        ("physical neglect", (0, 0, 2)),
        ("parent in prison", (1, 0, 1)),
    ):
        assert tuple(found[linked, ace, s]["children"] for s in statuses) == counts
    # C3 and C5: what was recorded after the day of judgement is not known on it.
    assert tuple(found[others, "physical abuse", s]["children"] for s in statuses) == (0, 0, 2)
    prison = found[linked, "parent in prison", "observed"]
    assert (prison["share_of_known"], prison["at_least"], prison["at_most"]) == (1.0, 0.5, 1.0)
    assert (prison["low"], prison["high"]) == pytest.approx(share_interval(1, 1))
    assert found[linked, "physical neglect", "observed"]["share_of_known"] is None
    together = rows(profile, "aces_together", "who", "observed")
    # C1: three observed and six unknown; C2: four.
    assert {k[1]: (r["children"], r["four_not_ruled_out"]) for k, r in together.items() if k[0] == linked} == {
        "none": (0, 0), "1": (0, 0), "2": (0, 0), "3": (1, 1), "4 or more": (1, 0),
    }  # fmt: skip
    many = profile.figures["aces_four_or_more"]
    assert (many.numerator, many.denominator) == (1, 2)
    assert profile.figures["aces_others_nothing_known"].value == 1


def test_going_missing_against_links_to_crime(profile: Profile) -> None:
    found = rows(profile, "missing_links", "episodes")
    # C1: two, because two that overlap are one; C2: four; C3's was in the year before; C5 none.
    columns = ("children", "suspect", "victim", "flagged", "at_risk")
    assert {e: tuple(r[c] for c in columns) for e, r in found.items()} == {
        "none": (2, 0, 0, 2, 0), "1": (0, 0, 0, 0, 0), "2 to 3": (1, 1, 0, 0, 0), "4 or more": (1, 0, 1, 0, 1),
    }  # fmt: skip
    assert set(profile.tables["missing_trends"].frame["verdict"]) == {"too few to say"}
    held = rows(profile, "missing_interviews", "interview")
    assert {i: (r["episodes"], r["episodes_before"]) for i, r in held.items()} == {
        # The records do not cover the year before, so of that nothing is said.
        "held in time": (2, None), "held late": (1, None), "refused by the child": (1, None), "outstanding": (1, None),
        "no return recorded": (1, None),
    }  # fmt: skip
    share = profile.figures["missing_interviews_held"]
    assert (share.numerator, share.denominator) == (3, 5)


def test_what_no_table_holds_is_not_known() -> None:
    about = About("Empty", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
    crimes = pa.table({"crime_id": ["K1"], "offence_code": ["8N"], "recorded_on": [date(2018, 5, 1)]})
    bare = profile_of(Dataset.of({"crimes": crimes}, about), ProfileSettings(analysis=QUICK))
    for name in ("pillars", "group_activities", "aces", "aces_together", "missing_links", "missing_interviews"):
        assert not len(bare.tables[name].frame), name
    # No crime has a code of the bureau: what was reported there is not known, and is no nought.
    assert bare.figures["computer_misuse_crimes"].value is None
    assert "computer misuse" not in set(bare.tables["prosperity"].frame["kind"])
    laundered = crimes.set_column(1, "offence_code", [["38"]])
    found = profile_of(Dataset.of({"crimes": laundered}, about), ProfileSettings(analysis=QUICK))
    places = found.tables["prosperity_districts"].frame
    assert places["money_laundering"].tolist() == [1, 1]
    assert places["fraud"].tolist() == [0, 0]
    assert places["computer_misuse"].isna().all()
    assert "reported there is not known" in bare.figures["fraud_crimes"].filter
    assert not [n for n in bare.figures if n.startswith(("aces_", "missing_", "pillar_"))]


def test_the_trend_is_that_of_the_textbook() -> None:
    """Drinking and malformations, Agresti (2013), table 5.3, with scores 0 to 4: z squared is 1.83."""
    z, chance = trend(np.array([48.0, 38, 5, 1, 1]), np.array([17_114.0, 14_502, 793, 127, 38]))
    assert z**2 == pytest.approx(1.83, abs=0.005)
    assert chance == pytest.approx(0.18, abs=0.005)


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=5)


@settings(deadline=None)
@given(PAIRS)
def test_the_trend_turns_with_the_rows_and_is_that_of_the_score_test(pairs: list[tuple[int, int]]) -> None:
    part, rest = (np.array(column, float) for column in zip(*pairs, strict=True))
    z, chance = trend(part, part + rest)
    assert trend((part)[::-1], (part + rest)[::-1])[0] == pytest.approx(-z, nan_ok=True)
    assert trend(rest, part + rest)[0] == pytest.approx(-z, nan_ok=True)
    if math.isnan(z):
        return
    # One entry a person: the test is the correlation of row and link, times the root of their number.
    row = np.repeat(np.arange(len(part)), (part + rest).astype(int))
    has = np.concatenate([np.repeat([1.0, 0.0], (int(p), int(r))) for p, r in zip(part, rest, strict=True)])
    assert z == pytest.approx(np.corrcoef(row, has)[0, 1] * math.sqrt(len(row)), abs=1e-9)
    assert 0 <= chance <= 1
