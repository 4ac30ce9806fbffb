"""Homes that may have been taken over: one on paper among decoys, and the chance against a shuffle."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from made_calls import AS_OF, BEGIN, records, used

from ocgnet.analysis.things.cuckooing import NO_SIGN, possible_cuckooing_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.membership import memberships_on
from ocgnet.evidence.period import period_of
from ocgnet.evidence.thing_use import thing_use
from ocgnet.settings import Settings

NOMINALS = ("A", "B", "C", "D", "E")


def prompts(made: Dataset, settings: Settings | None = None) -> tuple[pd.DataFrame, tuple[LeftOut, ...]]:
    settings = settings or Settings()
    members = memberships_on(made, AS_OF, made["nominals"]["nominal_id"].combine_chunks())
    use, period = thing_use(made, settings), period_of(made, settings)
    table, gone = possible_cuckooing_of(made, use, members, period, settings)
    return table.frame, gone


def homes(links: list[dict], kinds: dict[str, str] | None = None, **tables: list[dict]) -> Dataset:
    places = sorted({x["thing_id"] for x in links})
    own = {
        "things": [{"thing_id": t, "kind": (kinds or {}).get(t, "address"), "label": f"{t} Street"} for t in places],
        "nominals": [{"nominal_id": p, "name": f"Name {p}"} for p in NOMINALS],
        "people": [{"person_id": "R", "name": "Resident"}],
        "ocgs": [{"ocg_id": "G", "status": "active"}],
        "memberships": [{"nominal_id": p, "ocg_id": "G"} for p in "ABCD"],
    }
    return records([], links, **(own | tables))


def lives(person: str, place: str, first: int | None = None, last: int | None = None) -> dict:
    return used(person, place, first, last, relation="resident")


def comes(who: str, place: str, *days: int) -> list[dict]:
    return [used(p, place, d, relation="seen_at") for p in who for d in days]


def test_a_home_that_three_come_to_is_a_prompt_for_its_resident_on_paper():
    visits = [*comes("ABC", "H", 10, 20), *comes("D", "H", 300), *comes("A", "quiet", 3)]
    made = homes(
        [lives("R", "H", 0, 40), lives("S", "quiet"), *visits],
        people=[{"person_id": "R", "name": "Resident", "date_of_birth": date(1940, 1, 1)}],
        crimes=[{"crime_id": "c1", "recorded_on": BEGIN}, {"crime_id": "c2", "occurred_on": BEGIN + timedelta(15)}],
        crime_links=[
            {"person_id": "R", "crime_id": "c1", "link_role": "victim"},
            {"person_id": "A", "crime_id": "c2", "link_role": "suspect"},
        ],
        crime_things=[{"crime_id": "c2", "thing_id": "H", "involvement": "scene"}],
        group_things=[{"ocg_id": "G", "thing_id": "H"}],
    )
    frame, gone = prompts(made)
    assert gone == ()
    row = frame.iloc[0]
    assert len(frame) == 1
    assert (row["place"], row["resident_id"], row["resident_age"], row["resident_is_child"]) == ("H", "R", 79, False)
    assert row["concerns"] == ("is 79 years old|was the victim of 1 recorded crime|is on no police record as a nominal")
    assert (row["signs"], row["visitor_ids"], row["visitor_groups"], row["days"]) == (2, "A|B|C", "G", 3)
    assert (row["crimes_there"], row["place_groups"]) == (1, "G")
    assert [str(row[c])[:10] for c in ("first_day", "last_day")] == ["2019-01-11", "2019-01-21"]
    # Four came to H at some time, one of them (A) to both homes: A is at H for certain, of the others each with 1/2.
    assert (row["homes_with_as_many"], row["homes_compared"], row["share"]) == (1, 2, 0.5)
    assert row["chance"] == pytest.approx(1 / 2)
    assert row["because"].startswith("A prompt to safeguard R, never a suspicion: the home at H may be used by others.")
    suspected = [c for c in frame.columns if "suspect" in c]
    assert suspected == []
    assert "R" not in row["visitor_ids"].split("|")


DECOYS = {
    "one evening": [lives("R", "H", 0), *comes("ABCD", "H", 10)],
    "two come often": [lives("R", "H", 0), *comes("AB", "H", 1, 2, 3, 4, 5, 6)],
    "before the resident moved in": [lives("R", "H", 100), *comes("ABC", "H", 10, 20, 30)],
    "after the resident moved out": [lives("R", "H", 0, 5), *comes("ABC", "H", 10, 20, 30)],
    "all of them live there": [lives("R", "H"), *(lives(p, "H") for p in "ABC"), *comes("ABC", "H", 1, 2, 3)],
    "nobody lives there, a gym": comes("ABCD", "H", 10, 20, 30),
    "those who come are no nominals": [lives("R", "H"), *comes("XYZ", "H", 1, 2, 3)],
    "employees of a shop": [lives("R", "H"), *(used(p, "H", 1, 9, relation="employee") for p in "ABCD")],
}


@pytest.mark.parametrize("links", DECOYS.values(), ids=DECOYS)
def test_decoys_are_no_prompt(links):
    frame, gone = prompts(homes(links))
    assert frame.empty
    assert gone == ()


def test_relatives_a_hostel_and_a_members_own_home_are_no_prompt():
    visits = comes("ABC", "H", 10, 20, 30)
    assert len(prompts(homes([lives("R", "H"), *visits]))[0]) == 1
    kin = [{"adult_id": "A", "child_id": "R", "relationship": "parent"}]
    assert prompts(homes([lives("R", "H"), *visits], family_links=kin))[0].empty
    friends = [{"person_a": "R", "person_b": "B", "kind": "household"}]
    assert prompts(homes([lives("R", "H"), *visits], associations=friends))[0].empty
    many = [lives(f"R{n}", "H") for n in range(7)]
    frame, gone = prompts(homes([*many, *visits]))
    assert frame.empty
    assert gone == (LeftOut("thing_links", "residents of a place of more than 6 residents", 7),)
    assert len(prompts(homes([*many, *visits]), Settings(cuckoo_residents=7))[0]) == 7
    frame, gone = prompts(homes([lives("D", "H"), *visits]))
    assert frame.empty
    assert gone == (LeftOut("thing_links", "residents who belong to the group of those who come to them, adults", 1),)


def test_residents_of_whom_no_sign_is_recorded_are_counted_once_each():
    """E is a nominal of no group; R is on no record, which is a sign."""
    visits = [*comes("ABC", "H", 10, 20, 30), *comes("ABC", "I", 11, 21, 31)]
    made = homes([lives("E", "H"), lives("R", "I"), *visits], memberships=[])
    frame, gone = prompts(made)
    assert frame["resident_id"].tolist() == ["R"]
    assert gone == (LeftOut("thing_links", NO_SIGN, 1),)
    twice = homes([lives("E", "H", 0, 25), lives("E", "H", 5), *visits], memberships=[])
    assert prompts(twice)[1] == (LeftOut("thing_links", NO_SIGN, 1),)


def test_a_child_comes_first_also_one_of_the_group():
    visits = [*comes("ABC", "H", 10, 20, 30), *comes("ABC", "I", 11, 21, 31)]
    victim = [{"crime_id": "c1", "recorded_on": BEGIN}]
    made = homes(
        [lives("R", "H"), lives("D", "I"), *visits],
        nominals=[{"nominal_id": p, "date_of_birth": date(2004, 1, 1) if p == "D" else None} for p in NOMINALS],
        crimes=victim,
        crime_links=[{"person_id": "R", "crime_id": "c1", "link_role": "victim"}],
        missing_episodes=[{"child_id": "D", "missing_from": datetime(2019, 2, 1)}],
    )
    frame, _ = prompts(made)
    assert frame[["resident_id", "resident_is_child"]].to_numpy().tolist() == [["D", True], ["R", False]]
    assert frame["concerns"][0] == "is a child of 15|went missing 1 time"


def test_a_car_that_is_seen_there_brings_its_user():
    made = homes(
        [lives("R", "H"), *comes("AB", "H", 1, 2), used("C", "V", 0, 50, relation="keeper")],
        kinds={"V": "vehicle"},
        sightings=[{"thing_id": "V", "at": datetime(2019, 1, 9, 23, 30), "place": "H"}],
    )
    frame, _ = prompts(made)
    assert frame[["visitor_ids", "days"]].to_numpy().tolist() == [["A|B|C", 3]]


def test_the_chance_is_that_of_a_shuffle_of_visitors_over_homes():
    rng = np.random.default_rng(5)
    links = [lives(f"R{n}", f"H{n}") for n in range(12)]
    went = {p: rng.choice(12, n, replace=False) for p, n in zip("ABCDE", (6, 5, 4, 3, 5), strict=True)}
    for person, homes_of in went.items():
        links += [x for h in homes_of for x in comes(person, f"H{h}", 1, 2, 3)]
    frame, _ = prompts(homes(links), Settings(cuckoo_visitors=2))
    assert len(frame) > 3
    draws = np.zeros(20_000, int)
    for homes_of in went.values():
        draws += rng.random(20_000) < len(homes_of) / 12
    for visitors, chance in frame[["visitors", "chance"]].itertuples(index=False):
        assert chance == pytest.approx((draws >= visitors).mean(), abs=0.02)
