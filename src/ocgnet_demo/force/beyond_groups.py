"""People of no group whom contacts tie to members, or to each other: what a force's list of groups does not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from ocgnet_demo.county.response import Tables, members_today
from ocgnet_demo.drawing import AS_OF, Row, stream

SETS = (3, 4, 6)
"""People in each planted set; one after another they are tied twice."""
BROKERS = ((3, 1), (2, 2), (4, 3))
"""For each planted person between groups: how many members, of how many groups."""
NEEDED = sum(SETS) + len(BROKERS)
KINDS = ("meeting", "financial")


def draw_beyond_groups(seed: int, tables: Tables, people: Sequence[str]) -> tuple[list[Row], dict[str, list[str]]]:
    """Return recorded contacts of ``people``, grown up and of no group, and who is planted in what.

    ``people`` are ids of nominals, at least ``NEEDED`` of them, whom no contact names yet.
    """
    rng = stream(seed, "beyond groups")
    chosen = rng.sample(list(people), NEEDED)
    rows: list[Row] = []
    planted: dict[str, list[str]] = {}

    def meet(a: str, b: str, kind: str) -> None:
        first = AS_OF - timedelta(days=rng.randint(200, 600))
        rows.append(
            {
                "person_a": min(a, b), "person_b": max(a, b), "kind": kind, "directed": False,
                "times_observed": 1, "first_seen": first, "last_seen": first + timedelta(days=rng.randint(1, 150)),
                "report_id": None,
            }
        )  # fmt: skip

    for number, size in enumerate(SETS, 1):
        who = [chosen.pop() for _ in range(size)]
        planted[f"set {number}"] = sorted(who)
        for a, b in pairwise(who):
            for kind in KINDS:
                meet(a, b, kind)
    today = members_today(tables)
    held = Counter(person for members in today.values() for person in members)
    # Members of one group alone, so that it is known how many groups somebody is tied to.
    alone = {group: [p for p in members if held[p] == 1] for group, members in today.items()}
    large = sorted(group for group, members in alone.items() if len(members) >= max(ties for ties, _ in BROKERS))
    for number, (ties, groups) in enumerate(BROKERS, 1):
        who_else = chosen.pop()
        planted[f"between groups {number}"] = [who_else]
        picked = rng.sample(large, groups)
        for turn in range(ties):
            meet(who_else, alone[picked[turn % groups]][turn // groups], "meeting")
    return rows, planted
