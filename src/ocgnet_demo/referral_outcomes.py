"""What came of referrals: a word with its day, a few that wait, and children who were referred again.

Drawn from the rows of the other tables and a stream of its own; a referral on record gains its word and day, and
further MASH referrals are added. What somebody would look for is taken down while it is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ocgnet_demo.drawing import AS_OF, Row, stream

NO_DAY = 12
"""Of so many outcomes one bears no day."""
AGAIN, WAITING_AGAIN = 6, 2
"""Children referred to the MASH again within the year, and how many of these last referrals wait for an outcome."""
MASH_EACH = 3
"""Of so many children whom the force referred to the national mechanism one was referred to the MASH first."""
_YEAR = 365
_WORDS = {
    "no further action": ("no_further_action", "no_further_action", "no_further_action", "refused"),
    "assessment": ("accepted", "accepted", "passed_on"),
    "child in need plan": ("accepted",),
}
_DAYS = {"mash": (0, 9), "early_help": (4, 45), "ictg": (2, 20)}


def draw_outcomes(seed: int, referrals: list[Row], stages: Sequence[Row]) -> dict[str, list[str]]:
    """Give referrals their outcomes and add further ones, in place; return what is to be found, by question.

    An outcome of the national mechanism agrees with the first stage decided since. A CPI form has none.
    """
    rng = stream(seed, "referral outcomes")
    first: dict[str, Row] = {}
    for stage in sorted((s for s in stages if s["stage"] != "referred"), key=lambda s: str(s["decided_on"])):
        first.setdefault(str(stage["person_id"]), stage)
    ordered = sorted(referrals, key=_order)
    for turn, row in enumerate(ordered):
        made = _day(row["made_on"])
        decided = first.get(str(row["person_id"])) if row["kind"] == "nrm" else None
        if decided and _day(decided["decided_on"]) >= made:
            row["outcome_kind"] = "no_further_action" if decided["stage"] == "negative" else "accepted"
            row["outcome_on"] = decided["decided_on"]
        elif row["kind"] in _DAYS and (words := _WORDS.get(str(row.get("outcome")))):
            row["outcome_kind"] = rng.choice(words)
            took = timedelta(days=rng.randint(*_DAYS[str(row["kind"])]))
            row["outcome_on"] = None if turn % NO_DAY == NO_DAY // 2 else min(made + took, AS_OF)
    again = _again(seed, referrals)
    waiting = sorted({str(r["person_id"]) for r in referrals if r["kind"] in _DAYS and not r.get("outcome_kind")})
    return {
        "referrals that wait for an outcome, the national mechanism apart": waiting,
        "children referred again to the MASH within a year": again,
    }


def add_mash(seed: int, referrals: list[Row]) -> None:
    """Refer some of the children whom a force refers to the national mechanism to the MASH first, in place."""
    rng = stream(seed, "referral outcomes/mash")
    nrm = sorted((r for r in referrals if r["kind"] == "nrm"), key=_order)
    texts = (*_WORDS, *_WORDS, None)
    known: set[tuple[object, date]] = set()
    for row in nrm[::MASH_EACH]:
        on = _day(row["made_on"]) - timedelta(days=rng.randint(0, 20))
        text, by = rng.choice(texts), rng.choice(("police", "school", "social care", "health visitor"))
        if (row["person_id"], on) not in known:
            known.add((row["person_id"], on))
            referrals.append(
                {"person_id": row["person_id"], "kind": "mash", "made_on": on, "made_by": by, "outcome": text}
            )


def _again(seed: int, referrals: list[Row]) -> list[str]:
    """Refer some children to the MASH once more within the year after their last such referral; return their ids."""
    rng = stream(seed, "referral outcomes/again")
    latest: dict[str, Row] = {}
    for row in sorted((r for r in referrals if r["kind"] == "mash"), key=_order):
        latest[str(row["person_id"])] = row
    early = [r for r in latest.values() if r.get("outcome_kind") and (AS_OF - _day(r["made_on"])).days > _YEAR // 3]
    chosen = sorted(rng.sample(sorted(early, key=_order), min(AGAIN, len(early))), key=_order)
    for turn, row in enumerate(chosen):
        most = min(_YEAR - 1, (AS_OF - _day(row["made_on"])).days)
        on = _day(row["made_on"]) + timedelta(days=rng.randint(30, most))
        more: Row = {
            "person_id": row["person_id"],
            "kind": "mash",
            "made_on": on,
            "made_by": rng.choice(("school", "police")),
        }
        if turn >= WAITING_AGAIN:
            more |= {
                "outcome": "assessment",
                "outcome_kind": "accepted",
                "outcome_on": min(on + timedelta(days=2), AS_OF),
            }
        referrals.append(more)
    return sorted(str(r["person_id"]) for r in chosen)


def _order(row: Row) -> tuple[str, str, str]:
    return str(row["made_on"]), str(row["person_id"]), str(row["kind"])


def _day(value: object) -> date:
    assert isinstance(value, date)  # noqa: S101  drawn with a day
    return value
