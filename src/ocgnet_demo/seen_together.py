"""A peer group around a child at risk, planted among the places of a county, with decoys that are none.

Drawn behind everything else and from a stream of its own, so that no other row changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ocgnet_demo.drawing import AS_OF, Row, stream

CORE, CLUB, CLUB_ADULTS = 4, 16, 4
"""Children of the peer group; children and adults of a youth club, more than anybody can be tied by."""

EVENINGS = (date(2018, 11, 3), date(2018, 11, 17))
"""When the peer group was seen at the pier; the last of them only on the first."""

FLAT_DAY, CLUB_DAY = date(2019, 1, 12), date(2018, 12, 8)
_OLDEST, _YOUNGEST = date(2001, 4, 1), date(2006, 3, 31)


def draw_seen_together(
    seed: int, tables: Mapping[str, list[Row]], risks: list[Row], things: Mapping[str, list[Row]]
) -> dict[str, list[str]]:
    """Add places, and who was seen there, to the things of a county; return what is to be found in them.

    Four children of 13 to 17, the first of them at medium or high risk, were seen at a pier on two evenings; two of
    them at a flat as well, with an adult. A youth club had twenty visitors on one day, which ties nobody.
    """
    rng = stream(seed, "seen together")
    nominals = {n["nominal_id"] for n in tables["nominals"]}
    young = sorted(
        str(c["child_id"])
        for c in tables["children"]
        if isinstance(c["date_of_birth"], date)
        and _OLDEST <= c["date_of_birth"] <= _YOUNGEST
        and not c.get("review_due")
        and c["child_id"] not in nominals
    )
    latest = {str(r["child_id"]): str(r["level"]) for r in sorted(risks, key=_assessed) if _assessed(r) <= AS_OF}
    at_risk = rng.choice([c for c in young if latest.get(c) in ("medium", "high")])
    others = rng.sample([c for c in young if c != at_risk], CORE - 1)
    core = [at_risk, *others]
    adults = sorted(str(p["person_id"]) for p in tables["people"])
    visitor, *helpers = rng.sample(adults, CLUB_ADULTS + 1)
    club_children = rng.sample(young, CLUB)
    taken = {str(t["thing_id"]) for t in things["things"]}
    pier, flat, club = rng.sample([f"PL{n:04d}" for n in range(1, 10_000) if f"PL{n:04d}" not in taken], 3)
    district = next(c["district"] for c in tables["children"] if c["child_id"] == at_risk)
    for thing, kind, label in (
        (pier, "premises", "Pier Amusements"), (flat, "address", "Flat over the chandler"),
        (club, "premises", "Lantern Youth Club"),
    ):  # fmt: skip
        things["things"].append({"thing_id": thing, "kind": kind, "label": label, "district": district})
    seen = [(child, pier, EVENINGS[0]) for child in core] + [(child, pier, EVENINGS[1]) for child in core[:-1]]
    seen += [(person, flat, FLAT_DAY) for person in (*core[:2], visitor)]
    seen += [(person, club, CLUB_DAY) for person in (*club_children, *helpers)]
    things["thing_links"].extend(
        {"person_id": person, "thing_id": thing, "relation": "seen_at", "from_date": on, "confidence": "recorded"}
        for person, thing, on in seen
    )
    return {
        "children seen at the pier, the child at risk first": core,
        "children seen together at a second place": sorted(core[:2]),
        "the pier, the flat, and the club of too many": [pier, flat, club],
    }


def _assessed(risk: Row) -> date:
    on = risk["assessed_on"]
    return on if isinstance(on, date) else date.min
