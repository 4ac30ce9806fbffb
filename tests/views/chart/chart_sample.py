"""A made-up analysis of any size, so that the chart can be tried apart from the pipeline."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from ocgnet.analysis.time.paths import Earlier
from ocgnet.dataset import About, LeftOut
from ocgnet.results import MEASURES, RESULT_TABLES, Agreement, Analysis, Network, ResultTable
from ocgnet.settings import Settings

FORENAMES = [
    "Aiden",
    "Bea",
    "Calum",
    "Dev",
    "Ella",
    "Finn",
    "Grace",
    "Hari",
    "Ivy",
    "Jonah",
    "Kira",
    "Liam",
    "Maya",
    "Noor",
    "Owen",
    "Priya",
    "Quinn",
    "Rosa",
    "Sami",
    "Tess",
]
SURNAMES = [
    "Ashdown",
    "Brackley",
    "Corsham",
    "Denholm",
    "Elstow",
    "Farrow",
    "Garsdale",
    "Holme",
    "Ingham",
    "Jarrow",
    "Kelby",
    "Lorne",
    "Marwood",
    "Nesbit",
]
WORDS = [
    "Amber",
    "Birch",
    "Cobalt",
    "Dunlin",
    "Ember",
    "Fennel",
    "Garnet",
    "Heron",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Linnet",
    "Merlin",
    "Nettle",
    "Osprey",
]
START = date(2018, 4, 1)


def sample_analysis(people=200, groups=38, children=40, ties_each=3.0, seed=1, names=None, outside=0.1):
    """Return an analysis whose parts agree with one another.

    ``names`` replaces the first names of the list, which lets a test plant whatever text it likes;
    ``outside`` is the share of people without a group.
    """
    random = np.random.default_rng(seed)
    ids = [f"N{i:05d}" for i in range(people)]
    called = [f"{random.choice(FORENAMES)} {random.choice(SURNAMES)}" for _ in ids]
    for i, name in enumerate(names or ()):
        called[i] = name
    home = random.integers(0, groups, people) if groups else np.full(people, -1)
    home[random.random(people) < outside] = -1
    a, b = _pairs(random, home, people, int(people * ties_each))
    weight = np.round(random.gamma(1.2, 0.8, len(a)) + 0.05, 3)
    frames = {"ties": _ties(random, ids, a, b, weight)}
    degree = np.bincount(np.concatenate([a, b]), minlength=people)
    strength = np.bincount(np.concatenate([a, b]), np.concatenate([weight, weight]), people)
    score = pd.Series(strength).rank(pct=True).to_numpy().round(4) if people else np.zeros(0)
    measured = {m: np.round(strength * (k + 1) / 7, 5) for k, m in enumerate(MEASURES)} | {
        "degree": degree,
        "core": degree // 2,
    }
    measures = {}
    for m in MEASURES:
        measures |= {m: measured[m], f"{m}_percentile": pd.Series(measured[m]).rank(pct=True).round(4)}
    crimes, reports = random.poisson(2, people), random.poisson(5, people)
    community = np.where(degree > 0, np.where(home >= 0, home, groups + np.arange(people) // 9).astype(str), "")
    frames["people"] = pd.DataFrame(
        {"nominal_id": ids, "name": called, "position_score": score, "community": community.astype(object), **measures}
        | {"crimes": crimes, "reports": reports, "harm": crimes * 120.5, "harm_unknown": 0}
    )
    recorded = random.choice(["principal", "significant", "peripheral", ""], people, p=[0.2, 0.3, 0.4, 0.1])
    suggested = np.select([home < 0, score > 0.85, score > 0.5], ["", "principal", "significant"], "peripheral")
    roles = pd.DataFrame(
        {
            "nominal_id": ids,
            "name": called,
            "ocg_id": [f"OCG-{h + 1:02d}" if h >= 0 else "" for h in home],
            "recorded_role": recorded,
            "suggested_role": suggested,
            "position_score": score,
            "stability_word": np.where(home >= 0, "stable", ""),
            "stability": np.where(home >= 0, np.round(0.5 + random.random(people) / 2, 2), np.nan),
            "evidence_crimes": crimes,
            "evidence_reports": reports,
            **measures,
            "because": [
                f"{d} ties with a strength of {s:.1f} in all; position above {p:.0%} of people in the group."
                for d, s, p in zip(degree, strength, score, strict=True)
            ],
        }
    )
    frames["roles"] = roles[home >= 0].reset_index(drop=True)
    frames["communities"] = roles[["nominal_id", "name"]].assign(community=community, stability=0.9)
    frames["children"] = _children(random, ids, home, children)
    group_rows = pd.DataFrame(
        {
            "ocg_id": [f"OCG-{g + 1:02d}" for g in range(groups)],
            "name": [
                f"Operation {WORDS[g % 15]}{f' {WORDS[(g * 7 + 3) % 15]}' if g > 14 else ''}" for g in range(groups)
            ],
            "status": ["active"] * groups,
            "primary_crime_type": ["drug trafficking"] * groups,
            "commodity": ["powder cocaine"] * groups,
            "members": [int((home == g).sum()) for g in range(groups)],
            "suggested_principals": [int(((home == g) & (suggested == "principal")).sum()) for g in range(groups)],
            "children": [1] * groups,
            "crimes": [5] * groups,
            "reports": [9] * groups,
        }
    )
    tables = {}
    for name, columns in RESULT_TABLES.items():
        # Tables and columns that the chart does not read stay empty.
        tables[name] = ResultTable(name, frames.get(name, pd.DataFrame()).reindex(columns=[c.name for c in columns]))
    return Analysis(
        about=About(force="Northshire Police (made up)", synthetic=True),
        settings=Settings(),
        as_of=date(2019, 3, 31),
        period_from=START,
        period_to=date(2019, 3, 31),
        dates_note="Dates come from about.toml.",
        run_id="0123456789ab",
        figures={},
        network=Network(people, len(a), 0, 1, None, None, None, None, None),
        agreement=Agreement(pd.DataFrame(), 0, None),
        curves=(),
        rows_in={"nominals": people, "crimes": 2000, "intel_reports": 6000, "associations": 240},
        left_out=(
            LeftOut("crime_links", "link role is not arrested or suspect", 812),
            LeftOut("intel_reports", "grade outside 'usable'", 431),
        ),
        groups=group_rows,
        events=_events(frames["ties"]),
        notes=("Police records show who was noticed, not everything that happened.",),
        tables=tables,
    )


def _pairs(random, home, people, wanted):
    """Mostly within groups, some across, heavy-tailed."""
    if people < 2:
        return np.zeros(0, int), np.zeros(0, int)
    pull = random.pareto(2.0, people) + 0.2
    order = np.argsort(home, kind="stable")
    a = random.choice(people, wanted * 2, p=pull / pull.sum())
    near = order[(np.argsort(order)[a] + random.integers(1, 5, len(a))) % people]
    far = random.choice(people, len(a), p=pull / pull.sum())
    b = np.where(random.random(len(a)) < 0.88, near, far)
    pairs = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _ties(random, ids, a, b, weight):
    kinds = random.choice(
        ["crime", "report", "crime|report", "phone", "meeting|report"], len(a), p=[0.3, 0.35, 0.2, 0.1, 0.05]
    )
    first = random.integers(0, 200, len(a))
    last = first + random.integers(0, 160, len(a))
    events = ["|".join(f"{k[0].upper()}{random.integers(1, 6000):05d}" for k in kind.split("|")) for kind in kinds]
    return pd.DataFrame(
        {
            "person_a": [ids[i] for i in a],
            "person_b": [ids[i] for i in b],
            "weight": weight,
            "kinds": kinds,
            "first_on": [START + timedelta(days=int(d)) for d in first],
            "last_on": [START + timedelta(days=int(d)) for d in last],
            "events": events,
            "events_withheld": (random.random(len(a)) < 0.04).astype(int),
        }
    )


def _events(ties):
    """Return the events that the ties name: crimes begin with C, reports with R; every grade follows from the id."""
    named = sorted({e for cell in ties["events"] for e in cell.split("|") if e[0] in "CR"})
    crime = [e[0] == "C" for e in named]
    number = [int(e[1:]) for e in named]
    return pd.DataFrame(
        {
            "event_id": named,
            "kind": ["crime" if c else "report" for c in crime],
            "on": [pd.Timestamp(START + timedelta(days=n % 360)) for n in number],
            "title": ["Theft from the person" if c else "Cash" for c in crime],
            "grading_scheme": ["" if c else "3x5x2" for c in crime],
            "source_grade": ["" if c else "12"[n % 2] for c, n in zip(crime, number, strict=True)],
            "intelligence_grade": ["" if c else "ABCD"[n % 4] for c, n in zip(crime, number, strict=True)],
            "origin": ["" if c else "police" for c in crime],
            "district": [("Easter", "Wester")[n % 2] for n in number],
            "ward": [("Mill", "Harbour", "")[n % 3] for n in number],
        }
    )


def sample_earlier(analysis):
    """Return an earlier period of an analysis: every third tie was not there, and two were that are gone."""
    ties = analysis.ties.to_frame()
    kept = ties[np.arange(len(ties)) % 3 != 0].assign(weight=0.5, events="", events_withheld=0)
    ids = analysis.people.frame["nominal_id"].tolist()
    known = set(zip(ties["person_a"], ties["person_b"], strict=True))
    lost = [(a, b) for a in ids[:9] for b in ids[-9:] if a < b and (a, b) not in known][:2]
    gone = pd.DataFrame(lost, columns=["person_a", "person_b"]).assign(
        weight=1.0,
        kinds="crime",
        first_on=date(2017, 5, 1),
        last_on=date(2017, 6, 1),
        events="C99999",
        events_withheld=0,
    )
    then = pd.concat([kept, gone], ignore_index=True)
    return Earlier(date(2017, 4, 1), date(2018, 3, 31), ResultTable("ties", then), pd.DataFrame(), ()), lost


def _children(random, ids, home, count):
    rows = []
    members = np.flatnonzero(home >= 0)
    for i in range(count):
        adults = random.choice(members, int(random.integers(1, 3)), replace=False)
        ocgs = sorted({f"OCG-{home[x] + 1:02d}" for x in adults})
        rows.append(
            {
                "child_id": f"K{i:03d}",
                "name": f"{FORENAMES[(i * 3) % 20]} {SURNAMES[i % 14]}",
                "age": int(random.integers(1, 18)),
                "band_child": ["urgent", "high", "standard"][int(random.integers(0, 3))],
                "band_adults": ["urgent", "high", "standard"][i % 3],
                "because": "Parent is a member of a group; at least 2 adverse experiences known; 3 unknown.",
                "basis": "family",
                "family_basis": True,
                "known_aces": 2,
                "unknown_aces": 3,
                "missing_episodes": i % 4,
                "cse_risk": "",
                "cce_risk": "medium" if i % 3 else "",
                "nominals": "|".join(ids[x] for x in sorted(adults)),
                "ocgs": "|".join(ocgs),
                "path": " | ".join(f"{o} ← {ids[x]} — parent" for o, x in zip(ocgs, adults, strict=False)),
                "verified": "yes",
                "freshest": date(2019, 2, 1),
            }
        )
    return pd.DataFrame(rows, columns=[c.name for c in RESULT_TABLES["children"]])
