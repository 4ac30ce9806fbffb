"""What stands at which crimes and who has to do with it: worked on paper."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from made_calls import AS_OF, BEGIN, records, used

from ocgnet.analysis.things.at_crimes import things_at_crimes_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.period import period_of
from ocgnet.evidence.thing_use import thing_use
from ocgnet.settings import Settings


def day(number: int) -> date:
    return BEGIN + timedelta(days=number)


def at_crimes(made: Dataset, prompts: set[tuple[str, str]] = frozenset()) -> tuple[pd.DataFrame, tuple[LeftOut, ...]]:
    settings = Settings()
    table, gone = things_at_crimes_of(made, thing_use(made, settings), period_of(made, settings), prompts)
    return table.frame, gone


def van_and_house() -> Dataset:
    """V is A's to day 9 and B's from day 10, perhaps C's too; R lives in H. c3 has no day, c4 lies ahead."""
    links = [
        used("A", "V", 0, 9, relation="keeper"), used("B", "V", 10), used("C", "V", 10, confidence="suspected"),
        used("R", "H", relation="resident"),
    ]  # fmt: skip
    at = {"c1": day(9), "c2": day(10), "c3": None, "c4": AS_OF + timedelta(days=1)}
    held = [("c1", "V", "used"), ("c2", "V", "found"), ("c2", "H", "scene"), ("c3", "V", None), ("c4", "V", "used")]
    return records(
        [],
        links,
        things=[{"thing_id": "V", "kind": "vehicle"}, {"thing_id": "H", "kind": "address", "label": "1 Low Row"}],
        crimes=[{"crime_id": c, "occurred_on": d} for c, d in at.items()],
        crime_things=[{"crime_id": c, "thing_id": t, "involvement": i} for c, t, i in held],
        crime_links=[
            {"person_id": "B", "crime_id": "c2", "link_role": "suspect"},
            {"person_id": "R", "crime_id": "c2", "link_role": "arrested"},
            {"person_id": "A", "crime_id": "c2", "link_role": "victim"},
        ],
        group_things=[{"ocg_id": "G", "thing_id": "V"}],
        ocgs=[{"ocg_id": "G"}],
    )


def test_who_has_to_do_with_a_thing_is_asked_on_the_day_of_the_crime_on_paper():
    frame, gone = at_crimes(van_and_house())
    shown = frame[["crime_id", "thing", "involvement", "crimes", "people", "relations", "also_linked"]]
    assert shown.to_numpy().tolist() == [
        ["c1", "V", "used", 3, 1, "A: keeper", ""],
        ["c2", "V", "found", 3, 2, "B: user|C: user (suspected)", "B: suspect"],
        ["c3", "V", "other", 3, 3, "A: keeper|B: user|C: user (suspected)", ""],
        ["c2", "H", "scene", 1, 1, "R: resident", "R: arrested"],
    ]
    assert gone == (LeftOut("crime_things", f"of crimes after {AS_OF}, the day of judgement", 1),)
    assert frame["thing_groups"].tolist() == ["G", "G", "G", ""]
    assert "at whatever time" in frame["because"][2]
    assert all("To have to do with a thing is no link to the crime" in why for why in frame["because"])
    assert frame["because"][3].endswith("and who lives where it happened may be its victim.")


def test_a_resident_who_may_need_safeguarding_is_not_shown_as_a_suspect_of_what_happened_there():
    row = at_crimes(van_and_house(), {("H", "R")})[0].set_index("thing").loc["H"]
    assert (row["relations"], row["also_linked"]) == ("R: may need safeguarding and resident", "")
    assert "arrested" not in row["because"]
