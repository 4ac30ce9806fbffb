"""What is recorded of the children: adverse experiences, missing episodes and referrals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ocgnet.model.words import ACES
from ocgnet_demo.drawing import AS_OF, BEFORE_FIRST, FIRST, Row, day_between, mirrored_after, pick, poisson, stream

_PLACES = ("home", "friend's address", "transport hub", "public park", "address of a nominal", "another county")


def ace_rows(seed: int, children: list[Row]) -> list[Row]:
    """Return the rows of ``child_aces``: observed, not observed or unknown; many are not recorded at all."""
    rng = stream(seed, "aces")
    rows: list[Row] = []
    for child in children:
        if rng.random() < 0.3:
            continue
        burden = rng.betavariate(1.2, 2.6)
        for ace in ACES:
            if rng.random() < 0.75:
                status = "observed" if rng.random() < burden else rng.choice(("not_observed", "unknown"))
                rows.append(
                    {
                        "child_id": child["child_id"],
                        "ace": ace,
                        "status": status,
                        "recorded_on": mirrored_after(_born(child), day_between(rng, date(2016, 6, 1), AS_OF), AS_OF),
                        "source": rng.choice(("police", "social care", "education", "health")),
                    }
                )
    return rows


def missing_rows(seed: int, children: list[Row], members: list[str]) -> list[Row]:
    """Return the rows of ``missing_episodes``: companions among children and members, interviews late or due."""
    rng = stream(seed, "missing")
    births = {str(c["child_id"]): c["date_of_birth"] for c in children}
    teens = sorted(c for c, born in births.items() if isinstance(born, date) and born <= date(2006, 3, 31))
    rows: dict[tuple[str, datetime], Row] = {}
    spans: list[tuple[str, tuple[datetime, datetime]]] = []
    for child in rng.sample(teens, min(30, len(teens))):
        for _ in range(1 + poisson(rng, 1.1)):
            on = day_between(rng, BEFORE_FIRST, AS_OF - timedelta(days=4))
            gone = datetime.combine(on, time(rng.randint(15, 23), rng.choice((0, 10, 25, 40))))
            found = gone + timedelta(minutes=rng.randint(90, 3200))
            talk = found + timedelta(hours=rng.choice((20, 40, 60, 70, 130, 300)))
            held = rng.random() < 0.7 and talk.date() <= AS_OF
            others = [c for c in rng.sample(teens, 2) if c != child] if rng.random() < 0.3 else []
            if rng.random() < 0.2:
                others.append(rng.choice(members))
            # Nobody goes missing who is missing: such an episode is moved on, a week at a time.
            while any(g < found and gone < f for c, (g, f) in spans if c == child):
                gone, found, talk = (moment + timedelta(days=7) for moment in (gone, found, talk))
            spans.append((child, (gone, found)))
            rows[child, gone] = {
                "child_id": child,
                "missing_from": gone,
                "found_at": found,
                "found_where": rng.choice(_PLACES),
                "companions": "|".join(sorted(others)),
                "return_interview_at": talk if held else None,
            }
    # One child has not been found yet.
    gone = datetime.combine(AS_OF - timedelta(days=1), time(21, 30))
    rows[teens[0], gone] = {"child_id": teens[0], "missing_from": gone}
    return list(rows.values())


def referral_rows(seed: int, children: list[Row]) -> list[Row]:
    """Return the rows of ``referrals``."""
    rng = stream(seed, "referrals")
    kinds = (("mash", 45.0), ("nrm", 15.0), ("ictg", 6.0), ("cpi", 12.0), ("early_help", 22.0))
    rows: list[Row] = []
    for child in children:
        if rng.random() >= 0.35:
            continue
        drawn = {pick(rng, kinds) for _ in range(rng.choice((1, 1, 2)))}
        rows.extend(
            {
                "person_id": child["child_id"],
                "kind": kind,
                "made_on": mirrored_after(
                    _born(child), day_between(rng, BEFORE_FIRST if rng.random() < 0.4 else FIRST, AS_OF), AS_OF
                ),
                "made_by": rng.choice(("police", "social care", "school", "health visitor")),
                "outcome": rng.choice(("no further action", "child in need plan", "assessment", None)),
            }
            for kind in sorted(drawn)
        )
    return rows


def _born(child: Row) -> date:
    born = child["date_of_birth"]
    assert isinstance(born, date)  # noqa: S101  drawn by the families
    return born
