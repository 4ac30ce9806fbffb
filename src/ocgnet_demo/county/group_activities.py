"""What each group does, for profit and in support of it, and in which districts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ocgnet_demo.drawing import Row, stream

WITHOUT_ACTIVITY = 3
"""Live groups of which nobody recorded what they do."""
SECONDARY: tuple[tuple[str, int], ...] = (
    ("violence", 14),
    ("bribery and corruption", 5),
    ("money laundering", 7),
    ("firearms", 3),
)
"""Live groups with each secondary activity; money laundering is in support where it is not the trade itself."""
_ELSEWHERE = 2
"""Further districts, at most, in which a group that runs a county line deals."""


def draw_group_activities(
    seed: int, tables: Mapping[str, list[Row]]
) -> tuple[dict[str, list[Row]], dict[str, list[str]]]:
    """Return the rows of ``ocg_activities``, and which groups have none or a secondary one, by question.

    The primary activity is the crime type of the group, in the district where most of its members live; a group that
    runs a county line deals in further ones. Drawn from a stream of its own; no other table changes.
    """
    rng = stream(seed, "group activities")
    live = sorted(str(g["ocg_id"]) for g in tables["ocgs"] if g["archived_on"] is None)
    without = sorted(rng.sample([g for g in live if not _runs_line(tables, g)], WITHOUT_ACTIVITY))
    kinds = {str(g["ocg_id"]): str(g["primary_crime_type"]) for g in tables["ocgs"]}
    support: dict[str, list[str]] = {}
    for activity, count in SECONDARY:
        fit = [g for g in live if g not in without and kinds[g] != activity]
        for chosen in rng.sample(fit, count):
            support.setdefault(chosen, []).append(activity)
    homes = _homes(tables)
    everywhere = sorted({str(p["district"]) for p in tables["nominals"] if p["district"]})
    rows: list[Row] = []
    for group in sorted(tables["ocgs"], key=lambda g: str(g["ocg_id"])):
        ocg = str(group["ocg_id"])
        further = rng.sample(everywhere, _ELSEWHERE)[: rng.randint(1, _ELSEWHERE)]
        if ocg in without:
            continue
        home = next(iter(homes.get(ocg, [])), None)
        places = [home, *(d for d in further if group["county_line"] and d != home)]
        done = [(kinds[ocg], "primary", place) for place in places]
        done += [(activity, "secondary", home) for activity in support.get(ocg, [])]
        rows += [
            {
                "ocg_id": ocg,
                "activity": activity,
                "level": level,
                "district": place,
                "from_date": group["mapped_on"],
                "to_date": group["archived_on"],
            }
            for activity, level, place in done
        ]
    answers = {
        "groups without a recorded activity": without,
        "groups with a secondary activity": sorted(support),
    }
    return {"ocg_activities": rows}, answers


def _runs_line(tables: Mapping[str, list[Row]], ocg: str) -> bool:
    return any(g["county_line"] for g in tables["ocgs"] if g["ocg_id"] == ocg)


def _homes(tables: Mapping[str, list[Row]]) -> dict[str, list[str]]:
    """Return the districts where members of each group live, most frequent first; members of any time."""
    district = {str(p["nominal_id"]): str(p["district"]) for p in tables["nominals"] if p["district"]}
    found: dict[str, Counter[str]] = {}
    for row in sorted(tables["memberships"], key=lambda r: (str(r["ocg_id"]), str(r["nominal_id"]))):
        if str(row["nominal_id"]) in district:
            found.setdefault(str(row["ocg_id"]), Counter())[district[str(row["nominal_id"])]] += 1
    return {ocg: [d for d, _ in sorted(homes.items(), key=lambda x: (-x[1], x[0]))] for ocg, homes in found.items()}
