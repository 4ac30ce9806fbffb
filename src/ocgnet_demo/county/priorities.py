"""What the partnership set itself and does not know: priorities with measures, and intelligence gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ocgnet_demo.county.response import Answers, Tables, members_today
from ocgnet_demo.drawing import AS_OF, BEFORE_FIRST, FIRST, Row, stream

LAST, THIS = (BEFORE_FIRST, FIRST - timedelta(days=1)), (FIRST, AS_OF)
MISSPELT = ("transient_juvenile", "transient_juveniles")
"""A measure as somebody wrote it, and the figure that was meant."""

_PRIORITIES: tuple[tuple[str, str | None, str | None, str | None, float | None, tuple[date, date]], ...] = (
    ("Fewer children found dealing on the lines", "Supt, neighbourhoods", "transient_juveniles", "at_most", 0.05, LAST),
    ("Groups disrupted more often", "Det Supt, serious crime", "disruptions", "at_least", 40, LAST),
    ("Fewer people drawn into groups", "Det Supt, serious crime", "nominals", "at_most", 140, LAST),
    ("Every child exploited is referred", "Head of children's safeguarding", "nrm_referrals", "at_least", 30, LAST),
    ("Harm no higher than the year before", "Chair of the partnership", "severity_total", "at_most", None, LAST),
    ("Fewer children drawn into dealing", "Head of youth justice", MISSPELT[0], "at_most", 0.05, LAST),
    ("Residents have confidence to report", "Head of community safety", None, None, None, LAST),
    ("A tenth of all reports from partners", "Head of intelligence", "cpi_share", "at_least", 0.1, THIS),
    ("Less grave crime behind closed doors", None, "other_high_harm_private_space", "at_most", 0.25, THIS),
)  # fmt: skip
_GAPS: tuple[tuple[str, str, str, int, int | None, int | None], ...] = (
    # Question, kind of subject, owner, days before the day of the profile: raised, due, closed.
    ("Where do the runners of the line stay overnight?", "threat", "Intelligence manager", 200, 60, None),
    ("Who took over the supply after the arrests of the autumn?", "group", "Intelligence manager", 120, 14, None),
    ("How does the group move its money?", "group", "Financial investigator", 90, -30, None),
    ("Which schools do the children found dealing go to?", "", "Head of education safeguarding", 150, -10, None),
    ("Is anybody behind this person's debts?", "person", "Child exploitation team", 45, -20, None),
    ("Does this person still live at the address?", "person", "Neighbourhood team", 220, 100, 130),
    ("How many homes are taken over in the town?", "", "Neighbourhood team", 300, 150, 140),
    ("Which hire firms do the groups use?", "", "Roads policing", 700, 500, 480),
    ("Who is the lawyer that several groups name?", "", "", 30, None, None),
)


def draw_priorities(seed: int, tables: Tables) -> tuple[dict[str, list[Row]], Answers]:
    """Return the rows of ``priorities`` and ``intelligence_gaps``, and what is to be found in them.

    ``tables`` are the county's others, those of the response among them; they are read and never changed.
    """
    rng = stream(seed, "priorities")
    priorities: list[Row] = [
        {
            "priority_id": f"PR{number:02d}", "priority": words, "owner": owner, "measure": measure,
            "direction": direction, "target": target, "from_date": days[0], "to_date": days[1],
        }
        for number, (words, owner, measure, direction, target, days) in enumerate(_PRIORITIES, 1)
    ]  # fmt: skip
    subjects = {
        "group": rng.sample([*members_today(tables)], 2),
        "person": rng.sample(sorted(str(c["child_id"]) for c in tables["children"]), 2),
        "threat": [str(t["threat_id"]) for t in tables["threats"][:1]],
    }
    gaps: list[Row] = []
    for number, (question, kind, owner, raised, due, closed) in enumerate(_GAPS, 1):
        gaps.append(
            {
                "gap_id": f"IG{number:02d}",
                "question": question,
                "subject_kind": kind or None,
                "subject_id": subjects[kind].pop() if kind else None,
                "priority_id": "PR01" if kind == "threat" else None,
                "owner": owner or None,
                "raised_on": AS_OF - timedelta(days=raised),
                "due_on": None if due is None else AS_OF - timedelta(days=due),
                "closed_on": None if closed is None else AS_OF - timedelta(days=closed),
            }
        )
    return {"priorities": priorities, "intelligence_gaps": gaps}, _answers(priorities, gaps)


def _answers(priorities: Sequence[Row], gaps: Sequence[Row]) -> Answers:
    def of(rows: Sequence[Mapping[str, object]], key: str, **cells: object) -> list[str]:
        return [str(r[key]) for r in rows if all(r[name] == value for name, value in cells.items())]

    still = [g for g in gaps if g["closed_on"] is None]
    return {
        "priorities of the last period": of(priorities, "priority_id", from_date=LAST[0]),
        "priorities of this period": of(priorities, "priority_id", from_date=THIS[0]),
        "priorities whose measure is no figure": of(priorities, "priority_id", measure=MISSPELT[0]),
        "priorities without a measure": of(priorities, "priority_id", measure=None),
        "intelligence gaps open": of(still, "gap_id"),
        "intelligence gaps overdue": [
            str(g["gap_id"]) for g in still if isinstance(d := g["due_on"], date) and d < AS_OF
        ],
        "intelligence gaps closed in the period": [
            str(g["gap_id"]) for g in gaps if isinstance(d := g["closed_on"], date) and FIRST <= d <= AS_OF
        ],
        "intelligence gaps about a person, open or closed in the period": of(gaps, "gap_id", subject_kind="person"),
    }  # fmt: skip
