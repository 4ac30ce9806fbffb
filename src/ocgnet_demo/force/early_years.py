"""What children at risk have been through, how often they went missing, and the crimes that name them.

About the children that the force adds to the organised part, and nobody else. Their crimes are those that a national
bureau sends (accounts lent to a fraudster, accounts taken over), which carry no harm, so that no figure of harm moves.
How many children have what is declared here, and met exactly; who they are is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from ocgnet.model.columns import ACES
from ocgnet_demo.drawing import AS_OF, BEFORE_FIRST, FIRST, Row, day_between, stream

RECORDED = 0.6
"""Share of the children of whom anybody asked about adverse experiences."""
OBSERVED: dict[str, float] = dict(zip(ACES, (0.22, 0.12, 0.26, 0.14, 0.3, 0.48, 0.36, 0.28, 0.52, 0.16), strict=True))
"""Share of these in whom each experience was observed."""
RULED_OUT = 0.3
"""Share in whom it was looked for and not observed; of the others half say that it is not known, half nothing."""
BANDS: tuple[tuple[int, int, float, float, float], ...] = (
    (0, 0, 0.7, 0.02, 0.03), (1, 1, 0.14, 0.08, 0.08), (2, 3, 0.1, 0.18, 0.14), (4, 7, 0.06, 0.35, 0.25),
)  # fmt: skip
"""Episodes of the year from and to, share of the children, and shares of these named as suspect and as victim."""
MISSING_BEFORE = 0.12
"""Share of the children with one episode in the year before."""
_ADDED = "CH1"
"""How the ids of these children begin, which have seven digits."""
_SUSPECTED, _SUFFERED = ("NFIB5A", "NFIB5D", "NFIB3A"), ("NFIB52C", "NFIB3F", "NFIB3A", "NFIB5A")


def draw_early_years(seed: int, children: list[Row], crimes: list[Row]) -> dict[str, list[Row]]:
    """Return rows of ``child_aces``, ``missing_episodes`` and ``crime_links`` to add.

    Parameters
    ----------
    children : list of dict
        Rows of ``children``, those that the force added among them.
    crimes : list of dict
        Crimes that a national bureau sent.
    """
    ids = sorted(str(c["child_id"]) for c in children if _added(str(c["child_id"])))
    bands = _bands(seed, ids)
    return {
        "child_aces": _aces(seed, ids),
        "missing_episodes": _episodes(seed, ids, bands),
        "crime_links": _links(seed, bands, crimes),
    }


def _added(child: str) -> bool:
    return child.startswith(_ADDED) and len(child) > len("CH100")


def _bands(seed: int, ids: list[str]) -> list[list[str]]:
    """Return the children of each band, in random order."""
    drawn = stream(seed, "early years/bands").sample(ids, len(ids))
    found = []
    for _, _, share, _, _ in BANDS[1:]:
        size = round(share * len(ids))
        found.append(drawn[:size])
        drawn = drawn[size:]
    return [drawn, *found]


def _aces(seed: int, ids: list[str]) -> list[Row]:
    rng = stream(seed, "early years/aces")
    asked = sorted(rng.sample(ids, round(RECORDED * len(ids))))
    burden = {child: rng.random() for child in asked}
    rows: list[Row] = []
    for ace, share in OBSERVED.items():
        # Whoever has been through one thing has more often been through others.
        order = sorted(asked, key=lambda child: burden[child] + rng.random())
        seen, out = round(share * len(asked)), round(RULED_OUT * len(asked))
        status = dict.fromkeys(order[len(order) - seen :], "observed")
        status |= {child: "not_observed" for child in order[:out] if child not in status}
        status |= {child: "unknown" for turn, child in enumerate(order) if turn % 2 and child not in status}
        rows += [
            {
                "child_id": child,
                "ace": ace,
                "status": word,
                "recorded_on": day_between(rng, BEFORE_FIRST, AS_OF),
                "source": rng.choice(("police", "social care", "education", "health")),
            }
            for child, word in sorted(status.items())
        ]
    return rows


def _episodes(seed: int, ids: list[str], bands: list[list[str]]) -> list[Row]:
    rng = stream(seed, "early years/missing")
    # One a week at most, so that no episode begins before the one before has ended.
    rows = [
        _episode(rng.random, child, FIRST + timedelta(days=7 * week + rng.randrange(5)))
        for (least, most, *_), children in zip(BANDS, bands, strict=True)
        for child in children
        for week in rng.sample(range(51), rng.randint(least, most))
    ]
    before = sorted(rng.sample(ids, round(MISSING_BEFORE * len(ids))))
    last = FIRST - timedelta(days=10)
    return rows + [_episode(rng.random, child, day_between(rng, BEFORE_FIRST, last)) for child in before]


def _episode(chance: Callable[[], float], child: str, on: date) -> Row:
    gone = datetime.combine(on, time(15 + int(8 * chance()), 5 * int(12 * chance())))
    found = gone + timedelta(minutes=90 + int(1_500 * chance()))
    held = chance()
    row: Row = {"child_id": child, "missing_from": gone, "found_at": found}
    if held < 0.6:
        row["return_interview_at"] = found + timedelta(hours=8 + int(60 * chance()))
    elif held < 0.75:
        row["return_interview_at"] = found + timedelta(hours=80 + int(100 * chance()))
    elif held < 0.85:
        row["interview_refused_on"] = (found + timedelta(days=2)).date()
    return {k: v for k, v in row.items() if not isinstance(v, datetime) or v.date() <= AS_OF}


def _links(seed: int, bands: list[list[str]], crimes: list[Row]) -> list[Row]:
    rng = stream(seed, "early years/crimes")
    of_year = [c for c in crimes if isinstance(c["recorded_on"], date) and c["recorded_on"] >= FIRST]
    rows: list[Row] = []
    for (_, _, _, suspects, victims), children in zip(BANDS, bands, strict=True):
        for share, role, codes in ((suspects, "suspect", _SUSPECTED), (victims, "victim", _SUFFERED)):
            fit = [str(c["crime_id"]) for c in of_year if c["offence_code"] in codes]
            # No child is both, so that no crime names a child as suspect and victim at once.
            free = [c for c in children if not any(r["person_id"] == c for r in rows)]
            chosen = sorted(rng.sample(free, round(share * len(children)))) if fit else []
            rows += [{"person_id": child, "crime_id": rng.choice(fit), "link_role": role} for child in chosen]
    return rows
