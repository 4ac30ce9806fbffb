"""County lines in the report: networks and lines, who uses them, violence around drugs, and where dealers live."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.dealer_homes import NOT_RECORDED
from ocgnet.local_profile.profile import Profile
from ocgnet.local_profile.records import NO_DISTRICT
from ocgnet.local_profile.referral_mechanism import BY_TYPE
from ocgnet.views.html.grids import profile_grid
from ocgnet.views.profile.blocks import Block
from ocgnet.views.words.numbers import band, count, known, ratio
from ocgnet.views.words.profile import shared
from ocgnet.views.words.sentences import Words, sentences

NETWORKS = ("district", "groups", "threats", "networks", "networks_before", "lines")
HOMES = (
    "district", "stops", "home_known", "out_of_force", "out_share", "out_low", "out_high", "out_juveniles",
    "out_juvenile_share", "low", "high",
)  # fmt: skip
SHOWN = 9
"""Rows of districts in the report, all districts among them; the workbook has every one."""


def networks_and_violence(profile: Profile) -> Iterator[Block]:
    """Return the blocks of networks, lines, their users, and violence around drugs."""
    tables, words = profile.tables, _words(profile)
    networks, use, violence, marks = (tables[n] for n in ("line_networks", "line_use", "drug_violence", "line_marks"))
    if len(networks.frame):
        rows = networks.frame[networks.frame[["networks", "networks_before", "lines"]].fillna(0).sum(axis=1) > 0]
        grid = profile_grid(networks, NETWORKS, rows.head(SHOWN))
        yield Block("Networks and lines", words["networks"], grid=grid)
    if len(use.frame):
        yield Block("Who uses the lines", words["users"], grid=profile_grid(use))
    if len(violence.frame):
        grid = profile_grid(violence, frame=violence.frame.head(SHOWN))
        yield Block("Violence around drugs", words["violence"], grid=grid)
    if len(marks.frame):
        yield Block("Debt bondage and cuckooing", words["markers"], grid=profile_grid(marks))


def homes(profile: Profile) -> Iterator[Block]:
    """Return the block on where suspected transient dealers live."""
    table, forces = profile.tables["dealer_homes"], profile.tables["home_forces"]
    if len(table.frame):
        now = _now(table.frame).sort_values("stops", ascending=False, kind="stable", na_position="last")
        words = _words(profile)
        grid = profile_grid(table, HOMES, now.head(SHOWN))
        yield Block("Where transient dealers live", words["homes"], grid=grid)
        yield Block("Home forces", [], grid=profile_grid(forces))


def _now(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["period"] == str(frame["period"].iloc[0])]


def _words(profile: Profile) -> Words:
    return sentences("profile_drug_lines.j2", shared(profile) | _numbers(profile))


def _numbers(profile: Profile) -> dict[str, object]:
    """Return the rows that the sentences name."""
    networks, spans, violence, forces, use = (
        profile.counted(n) for n in ("line_networks", "line_spans", "drug_violence", "home_forces", "line_use")
    )
    placed = networks[~networks["district"].isin([EVERYWHERE, NO_DISTRICT]) & (networks["networks"] > 0)]
    nowhere = networks.loc[networks["district"] == NO_DISTRICT, "networks"]
    districts = violence[~violence["district"].isin([EVERYWHERE, NO_DISTRICT])]
    homes = profile.counted("dealer_homes")
    homes = _now(homes) if len(homes) else homes
    homes = homes[homes["district"] != EVERYWHERE]
    many = homes[homes["out_of_force"].fillna(0) >= profile.settings.least_records]
    young = many.sort_values(["out_juvenile_share", "district"], ascending=[False, True]).head(1)
    away = forces[(forces["home_force"] == NOT_RECORDED)]["stops"]
    return {
        "most_networks": [f"{r.district} ({count(r.networks)})" for r in placed.head(3).itertuples()],
        "nowhere": int(nowhere.fillna(0).sum()),
        "long": spans.loc[spans["span"] == "over a year", "lines"].sum(),
        "spanned": spans.loc[~spans["span"].str.startswith("no use"), "lines"].sum(),
        "busiest": use.loc[use["users"].astype(float).idxmax()].to_dict() if use["users"].notna().any() else None,
        "most_violence": [
            f"{r.district} ({count(r.crimes)}, before {count(r.crimes_before)})"
            if pd.notna(r.crimes_before)
            else f"{r.district} ({count(r.crimes)})"
            for r in districts[districts["crimes"] > 0].head(3).itertuples()
        ],
        "moved": [
            (str(r.district), r.crimes_change, int(r.crimes_before), int(r.crimes))
            for r in districts[(districts["change_low"] > 0) | (districts["change_high"] < 0)].itertuples()
        ],
        "known_reports": known(profile.figures, "drug_violence_reports"),
        "young_away": [
            f"{r.district}: {ratio(r.out_juveniles, r.out_of_force, 'such stops')}, 95% interval {band(r.low, r.high)}"
            for r in young.itertuples()
        ],
        **_referred(profile),
        "homes_unknown": int(away.sum()),
    }


def _referred(profile: Profile) -> dict[str, int]:
    """Return how many referrals of the period are of criminal exploitation, of how many, and of how many not known."""
    cases = profile.counted("nrm_cases")
    by_type = cases[cases["by"] == BY_TYPE].set_index("value")["referrals"].fillna(0)
    return {
        "referred": int(by_type.sum()),
        "referred_criminal": int(by_type.get("criminal", 0)),
        "referred_unknown": int(by_type.get("not known", 0)),
    }
