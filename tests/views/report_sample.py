"""A made-up analysis with hostile names, for the views: built from fixed numbers, without any run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from ocgnet.dataset import About, LeftOut
from ocgnet.results import MEASURES, RESULT_TABLES, Agreement, Analysis, Curve, Figure, Network, ResultTable, tables_of
from ocgnet.settings import Settings

NOMINALS, GROUPS, CHILDREN, CRIMES, REPORTS = 207, 38, 41, 2000, 6000
HOSTILE = (
    '=HYPERLINK("http://example.invalid","x")',
    "<script>alert(1)</script>",
    "[red]bold[/red] \x1b[31m",
    "+44 7700 900123",
    "-2+3",
    "@SUM(A1:A9)",
    "</style><img src=x onerror=alert(1)>",
    "https://example.invalid/",
    'O\'Neil "Ned" {{ 7*7 }}',
    "Zoë \u202eevil",
)


def _names(n: int) -> list[str | None]:
    plain: list[str | None] = [f"Person {i:03}" for i in range(n)]
    plain[: len(HOSTILE)] = HOSTILE
    plain[20] = None
    return plain


def _table(name: str, values: dict[str, object], rows: int) -> ResultTable:
    # A column that a later question adds is blank here, which every view has to bear.
    frame = pd.DataFrame(values, index=range(rows), columns=[c.name for c in RESULT_TABLES[name]])
    return ResultTable(name, frame)


def sample_analysis() -> Analysis:
    """Return an analysis as large as the profile's: 207 nominals, 38 groups, 41 children."""
    rng = np.random.default_rng(7)
    ids = [f"N{i:04}" for i in range(NOMINALS)]
    groups = [f"OCG-{i % GROUPS:02}" for i in range(NOMINALS)]
    score = np.round(rng.random(NOMINALS), 4)
    rank_in_group = pd.Series(score).groupby(groups).rank(ascending=False)
    suggested = np.where(rank_in_group <= 1, "principal", np.where(rank_in_group <= 3, "significant", "peripheral"))
    recorded = np.where(
        rng.random(NOMINALS) < 0.5, suggested, rng.choice(["principal", "significant", "peripheral"], 207)
    )
    recorded = recorded.astype(object)
    recorded[::17] = None
    measures = {m: rng.integers(0, 12, NOMINALS) if m in ("degree", "core") else rng.random(NOMINALS) for m in MEASURES}
    percentiles = {f"{m}_percentile": pd.Series(v).rank(pct=True).to_numpy() for m, v in measures.items()}
    stability = np.round(0.4 + 0.6 * rng.random(NOMINALS), 2)
    because = [f"higher on betweenness than {s:.0%} of people; ties into 2 groups" for s in score]
    person = {"nominal_id": ids, "name": _names(NOMINALS)}
    roles = _table(
        "roles",
        {
            **person, "ocg_id": groups, "recorded_role": recorded, "suggested_role": suggested, "position_score": score,
            "stability": stability, "evidence_crimes": rng.integers(0, 60, NOMINALS),
            "evidence_reports": rng.integers(0, 90, NOMINALS), **measures, **percentiles, "because": because,
        },
        NOMINALS,
    )  # fmt: skip
    harm = np.round(rng.random(NOMINALS) * 20000, 1)
    harm[5] = np.nan
    crimes = np.sort(rng.integers(1, 60, NOMINALS))[::-1]
    community = [f"C{i % 9 + 1}" if i % 23 else None for i in range(NOMINALS)]
    people = _table(
        "people",
        {
            **person, "position_score": score, "community": community,
            **measures, **percentiles, "crimes": crimes, "reports": crimes * 3, "harm": harm,
            "harm_unknown": rng.integers(0, 4, NOMINALS),
        },
        NOMINALS,
    )  # fmt: skip
    curves = (_curve("crimes", CRIMES, 0.22), _curve("reports", REPORTS, 0.34))
    covered = [c.covered[1:] for c in curves]
    concentration = _table(
        "concentration",
        {
            **person, "rank": np.arange(1, NOMINALS + 1), "in_top": np.arange(NOMINALS) < 13, "crimes": crimes,
            "reports": crimes * 3, "harm": harm, "crime_share": crimes / crimes.sum(),
            "report_share": crimes / crimes.sum(), "harm_share": harm / np.nansum(harm),
            "harm_unknown": rng.integers(0, 4, NOMINALS),
            "crimes_covered": np.round(covered[0] * CRIMES).astype(int), "crimes_covered_share": covered[0],
            "reports_covered": np.round(covered[1] * REPORTS).astype(int), "reports_covered_share": covered[1],
            "inclusion": np.clip(1.2 - np.arange(NOMINALS) / 20, 0, 1),
        },
        NOMINALS,
    )  # fmt: skip
    bands = ["urgent"] * 6 + ["high"] * 14 + ["standard"] * 21
    fresh = [date(2019, 1, 1 + i % 28) if i % 7 else None for i in range(CHILDREN)]
    children = _table(
        "children",
        {
            "child_id": [f"K{i:03}" for i in range(CHILDREN)], "name": [f"Child {i}" for i in range(CHILDREN)],
            "age": pd.array([i % 18 if i != 4 else None for i in range(CHILDREN)], dtype="Int64"), "band_child": bands,
            "band_adults": ["standard"] * CHILDREN, "could_be_child": bands, "could_be_adults": ["standard"] * CHILDREN,
            "raised_by_child": [""] * CHILDREN, "raised_by_adults": [""] * CHILDREN,
            "because": ["at least 4 known ACEs; missing twice in the period; companions not known"] * CHILDREN,
            "basis": ["family"] * CHILDREN, "family_basis": [True] * CHILDREN,
            "known_aces": [i % 5 for i in range(CHILDREN)], "unknown_aces": [3] * CHILDREN,
            "missing_episodes": [i % 4 for i in range(CHILDREN)], "cse_risk": [None, "medium"] * 20 + ["high"],
            "cce_risk": [None] * CHILDREN, "nominals": [ids[i % 25] for i in range(CHILDREN)],
            "ocgs": [groups[i % 12] for i in range(CHILDREN)],
            "family_ocgs": [groups[i % 12] for i in range(CHILDREN)],
            "path": [f"{groups[i % 12]} > {ids[i % 25]} > K{i:03} (parent)" for i in range(CHILDREN)],
            "verified": ["yes"] * CHILDREN, "freshest": fresh,
        },
        CHILDREN,
    )  # fmt: skip
    communities = _table(
        "communities",
        {**person, "community": community, "stability": stability},
        NOMINALS,
    )
    ties = _table(
        "ties",
        {
            "person_a": ids[:-1], "person_b": ids[1:], "weight": rng.random(NOMINALS - 1), "kinds": "crime|report",
            "first_on": date(2018, 4, 1), "last_on": date(2019, 3, 1), "events": "C1|R2",
            "events_withheld": [1 if i % 30 == 0 else 0 for i in range(NOMINALS - 1)],
        },
        NOMINALS - 1,
    )  # fmt: skip
    order = ["principal", "significant", "peripheral"]
    both = pd.crosstab(pd.Series(recorded).dropna(), pd.Series(suggested)).reindex(index=order, columns=order)
    return Analysis(
        about=About("Wessex Test Constabulary", "OFFICIAL-SENSITIVE", True),
        settings=Settings(),
        as_of=date(2019, 3, 31),
        period_from=date(2018, 4, 1),
        period_to=date(2019, 3, 31),
        before_from=date(2017, 4, 1),
        before_to=date(2018, 3, 31),
        before_as_of=date(2018, 3, 31),
        dates_note="Ages, reviews and memberships are judged on 2019-03-31 (as about.toml says).",
        run_id="0123456789ab",
        figures=_figures(),
        network=Network(NOMINALS, 812, 9, 14, 0.0381, 7.85, 0.41, 3.4, 0.12),
        tables=tables_of(roles, people, concentration, children, communities, ties),
        agreement=Agreement(both, int(both.to_numpy().sum()), 0.47),
        curves=curves,
        rows_in={"nominals": 344, "crimes": 2100, "crime_links": 4000, "intel_reports": 6500, "children": 60},
        left_out=(LeftOut("crime_links", "link role is not arrested or suspect", 812), LeftOut("crimes", "no date", 3)),
        groups=_groups(),
        notes=("The dates are taken from about.toml.",),
    )


def _curve(kind: str, events: int, top: float) -> Curve:
    k = np.arange(NOMINALS + 1)
    # Passes (0, 0), (13, top) and (207, 1): a saturating curve with the one rate that fits.
    rates = np.linspace(0.001, 0.2, 4000)
    at_13 = (1 - np.exp(-rates * 13)) / (1 - np.exp(-rates * NOMINALS))
    rate = rates[np.argmin(np.abs(at_13 - top))]
    covered = (1 - np.exp(-rate * k)) / (1 - np.exp(-rate * NOMINALS))
    null = k / NOMINALS
    spread = 0.03 * np.sqrt(4 * null * (1 - null))
    null = null + 0.5 * null * (1 - null)
    return Curve(kind, events, NOMINALS, k, covered, null - spread, null, null + spread)


def _figures() -> dict[str, Figure]:
    def number(value: float, says: str) -> Figure:
        return Figure(value, "count", says, filter="active on 2019-03-31")

    return {
        "ocgs": number(38, "Groups"),
        "ocgs_change": Figure(-4, "change", "Change in groups", filter="against 2018-03-31"),
        "nominals": number(207, "Members of groups"),
        "nominals_before": number(137, "Members of groups on 2018-03-31"),
        "ocgs_abroad": Figure(10, "count", "Groups abroad", 10, 38, "with a country outside the UK"),
        "ocgs_drug_trafficking": number(25, "Groups with drug trafficking as primary crime type"),
        "ocgs_powder_cocaine": number(22, "of which powder cocaine"),
        "top_nominals": number(13, "Nominals chosen"),
        "top_nominals_crime_share": Figure(
            0.22, "share", "Crimes that relate to them", 440, CRIMES, "arrested or suspect", 0.203, 0.241, 0.101, 0.11,
            0.12, True,
        ),
        "top_nominals_intel_share": Figure(
            0.34, "share", "Reports that relate to them", 2040, REPORTS, "usable", 0.329, 0.352, 0.11, 0.12, 0.131, True
        ),
        "parents": number(25, "Nominals who are a parent"),
        "parents_ocgs": number(12, "Groups of these"),
        "children": number(41, "Children linked to them"),
        "disruptions": Figure(None, "count", "Disruptions", filter="no table of disruptions"),
    }  # fmt: skip


def _groups() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ocg_id": [f"OCG-{i:02}" for i in range(GROUPS)],
            "name": ["=1+1", "<b>Op & Co</b>", *[f"Operation {i}" for i in range(2, GROUPS)]],
            "status": "active",
            "primary_crime_type": ["drug trafficking" if i < 25 else None for i in range(GROUPS)],
            "commodity": ["powder cocaine" if i < 22 else "" for i in range(GROUPS)],
            "members": [6 if i < 17 else 5 for i in range(GROUPS)],
            "suggested_principals": "N0007 Person|N0009",
            "children": [3 + (i < 5) if i < 12 else 0 for i in range(GROUPS)],
            "crimes": [40 + i for i in range(GROUPS)],
            "reports": [140 + i for i in range(GROUPS)],
        }
    )


def bare_analysis() -> Analysis:
    """Return an analysis of ties alone: no groups, no dates, no crimes, no children, nothing suggested."""
    full = sample_analysis()
    empty = {name: replace(table, frame=table.frame.iloc[:0]) for name, table in full.tables.items()}
    return replace(
        full,
        about=About(),
        as_of=None,
        period_from=None,
        period_to=None,
        dates_note="The records hold no date, so all of them count.",
        figures={"children": Figure(None, "count", "Children linked")},
        network=Network(2, 0, 2, 2, None, None, None, None, None),
        tables={**empty, "people": full.people},
        agreement=Agreement(pd.DataFrame(), 0, None),
        curves=(),
        rows_in={"nominals": 2},
        left_out=(),
        groups=full.groups.iloc[:0],
        notes=(),
    )
