"""The chapters of the report: which parts there are for these records, with their sentences, pictures and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from ocgnet.local_profile.profile import Profile
from ocgnet.views.html.grids import profile_curve_grid, profile_grid
from ocgnet.views.profile import impact
from ocgnet.views.profile.blocks import Block, Chapter
from ocgnet.views.profile.childhood import childhood
from ocgnet.views.profile.drug_lines import homes, networks_and_violence
from ocgnet.views.profile.exploitation import exploitation
from ocgnet.views.profile.hidden import hidden_demand
from ocgnet.views.profile.juveniles import juveniles
from ocgnet.views.profile.prosperity import prosperity
from ocgnet.views.profile.weapons import weapons
from ocgnet.views.svg import concentration_chart
from ocgnet.views.svg import profile as curves
from ocgnet.views.svg import profile as plots
from ocgnet.views.words.numbers import count, known, share
from ocgnet.views.words.profile import title
from ocgnet.views.words.sentences import Words

PLACES = (
    "name", "area", "crimes", "severity", "share_of_severity", "population", "severity_per_1000", "crimes_change",
    "severity_change", "change_low", "change_high", "harm_unknown",
)  # fmt: skip
VOLUME = (
    "offence_group", "crimes", "share_of_crimes", "rank_by_crimes", "severity", "share_of_severity",
    "rank_by_severity", "severity_per_crime", "private", "private_known", "private_share",
)  # fmt: skip
CHANGE = (
    "offence_group", "crimes_base", "crimes_before", "crimes", "severity_base", "severity_before", "severity",
    "severity_change", "change_low", "change_high", "severity_change_base", "base_low", "base_high",
)  # fmt: skip
WARD = ("ward", "district", "crimes", "severity", "share_of_severity", "population", "severity_per_1000")
LIMITS = ("inner_low", "inner_high", "outer_low", "outer_high", "standing")
THREATS = ("district", "rank_by_severity", "family", "crimes", "share_of_crimes", "severity", "share_of_severity")
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Shares of people at which the table behind the Lorenz curves stands."""


LATER: tuple[tuple[str, str, Callable[[Profile], Iterator[Block]]], ...] = (
    ("weapons", "Weapons: knives and firearms", weapons),
    ("exploitation", "Modern slavery and exploitation", exploitation),
    ("childhood", "Adverse experiences and missing children", childhood),
    ("prosperity", "Prosperity, pillars and what groups do", prosperity),
    ("juveniles", "Juveniles with many serious offences", juveniles),
    ("hidden", "Hidden demand", hidden_demand),
    ("impact", "Impact: priorities and intelligence gaps", impact.blocks),
)
"""The later chapters in the order of the report: key, title, and what makes the blocks."""


def chapters(profile: Profile, words: Words) -> list[Chapter]:
    """Return the chapters for which these records hold anything."""
    made = [
        Chapter("harm", "Recognising harm", [*_harm(profile, words)]),
        Chapter("people", "Those who are harmed and those who harm", [*_people(profile, words)]),
        Chapter("groups", "Organised crime groups", [*_groups(profile, words)]),
        Chapter("area", f"{profile.area or 'The local-authority area'}: threats by district", [*_area(profile, words)]),
        Chapter("lines", "County lines and partner information", [*_lines(profile, words)]),
        Chapter("vulnerability", "Vulnerability", [*_vulnerability(profile, words)]),
        *(Chapter(key, heading, [*blocks(profile)]) for key, heading, blocks in LATER),
    ]
    return [chapter for chapter in made if chapter.blocks]


def _harm(profile: Profile, words: Words) -> Iterator[Block]:
    areas, offences, wards = (profile.tables[name] for name in ("areas", "offences", "wards"))
    if "crimes" in profile.given and len(areas.frame):
        heading = title(words, "districts title")
        placed = profile.counted("areas")
        weighed = placed[(placed["level"] == "district") & placed["severity"].notna()]
        columns = (weighed[name] for name in ("name", "severity", "severity_low", "severity_high"))
        rows = list(zip(*columns, map(count, weighed["severity"]), strict=True))
        yield Block(
            "Severity by district",
            words["places"],
            plots.bars("districts", heading, rows, "severity of the period"),
            f"{heading}. Lines are 95% intervals: how far the sum would move by chance in the same year again.",
            grid=profile_grid(areas, PLACES),
        )
    if len(offences.frame):
        yield Block(
            "Severity against volume",
            words["offences"],
            plots.severity_and_volume(profile.counted("offences")),
            "Hollow: share of crimes, without any weight. Filled: share of harm, under the weights named above.",
            behind=profile_grid(offences, VOLUME),
        )
        yield Block(
            "How harm has changed",
            words["change"],
            plots.changes("changes", profile.counted("offences"), title(words, "change")),
            "Offence groups with at least 10 crimes in both periods. Filled: more than chance. Lines: 95% intervals.",
            behind=profile_grid(offences, CHANGE),
        )
    if len(wards.frame):
        named = wards.frame[wards.frame["named"] != ""]
        named = named.assign(threats=[threats.replace(", ", " | ") for threats in named["threats"]])
        heading = title(words, "wards title")
        yield Block("Highest-harm wards", words["wards"], grid=profile_grid(wards, (*WARD, "named", "threats"), named))
        yield Block(
            "Severity for the population",
            words["funnel"],
            curves.funnel_chart(profile.counted("wards"), heading),
            heading,
            behind=profile_grid(wards, (*WARD, *LIMITS)),
        )


def _people(profile: Profile, words: Words) -> Iterator[Block]:
    table, ages, relations = (profile.tables[name] for name in ("concentration", "victim_ages", "relationships"))
    lorenz = {who: curve for who, curve in profile.lorenz.items() if curve is not None}
    if lorenz:
        heading, frame = title(words, "concentration title"), table.frame
        near = pd.concat(
            frame[frame["people"] == who].set_index("share_of_people").reindex(STEPS, method="nearest").reset_index()
            for who in lorenz
        )
        yield Block(
            "How harm concentrates",
            words["concentration"],
            curves.lorenz_chart(lorenz, heading),
            heading,
            behind=profile_grid(table, frame=near),
        )
    if "crime_links" not in profile.given:
        return
    if "victim_ages" in profile.hidden:
        yield Block("Age of victims", words["ages"], grid=profile_grid(ages))
    elif len(ages.frame):
        total, heading = float(ages.frame["severity"].sum()), title(words, "ages title")
        aged = ages.frame[~ages.frame["age"].isin(["age not known", "no victim recorded"])]
        rows = [
            (f"aged {age}", harm, harm, harm, share(harm / total) if total else "–")
            for age, harm in zip(aged["age"], aged["severity"].astype(float), strict=True)
        ]
        yield Block(
            "Age of victims",
            words["ages"],
            plots.bars("ages", heading, rows, "severity of the period"),
            f"{heading}. Percentages are of all harm, with or without a recorded victim.",
            behind=profile_grid(ages, ("age", "victims", "severity", "share_of_severity")),
        )
    if len(relations.frame):
        columns = ("place", "relationship", "crimes", "severity", "share_of_severity")
        yield Block("What suspects are to victims", words["relationships"], grid=profile_grid(relations, columns))


def _groups(profile: Profile, words: Words) -> Iterator[Block]:
    if "ocgs" not in profile.given and "memberships" not in profile.given:
        return
    years, kinds, hurt = (profile.tables[name] for name in ("group_years", "group_kinds", "disruptions"))
    yield Block("Groups and members, year on year", words["groups"], grid=profile_grid(years))
    if len(kinds.frame):
        yield Block("What groups do, and where", words["kinds"], grid=profile_grid(kinds))
    if len(hurt.frame):
        yield Block("Disruptions by strand and level", words["disruptions"], grid=profile_grid(hurt))
    if any(curve.events for curve in profile.curves):
        top = profile.settings.analysis.top_k
        yield Block(
            "The few nominals to whom most relates",
            words["few nominals"],
            concentration_chart(profile.curves, top),
            "Each crime and report once, however many nominals it names. Grey: the same links at random.",
            behind=profile_curve_grid(profile.curves, top),
        )


def _area(profile: Profile, words: Words) -> Iterator[Block]:
    table = profile.tables["district_offences"]
    if len(table.frame):
        top = table.frame[table.frame["rank_by_severity"] <= profile.settings.threats]
        heading = "Families of offences that carry each district's harm"
        yield Block(heading, words["district threats"], grid=profile_grid(table, THREATS, top))


def _lines(profile: Profile, words: Words) -> Iterator[Block]:
    referrals, forms = (profile.tables[name] for name in ("referrals", "partner_information"))
    yield from networks_and_violence(profile)
    yield from _dealers(profile, words)
    yield from homes(profile)
    if len(referrals.frame):
        yield Block("Referrals", words["referrals"], grid=profile_grid(referrals))
    if len(forms.frame):
        yield Block("Partner information", words["partners"], grid=profile_grid(forms))


def _dealers(profile: Profile, words: Words) -> Iterator[Block]:
    dealers = profile.tables["transient_dealers"]
    if "transient_dealers" in profile.hidden:
        yield Block("Transient dealers", words["dealers"], grid=profile_grid(dealers))
        return
    if "stop_checks" not in profile.given or not len(dealers.frame):
        return
    now = dealers.frame[dealers.frame["period"] == str(dealers.frame["period"].iloc[0])]
    now = now[now["stops"] > 0]
    if not (now["stops"].iloc[1:] >= profile.settings.least_records).any():
        # A picture of intervals that reach from end to end says less than the numbers.
        yield Block("Transient dealers", words["dealers"], grid=profile_grid(dealers, frame=now))
        return
    counts = [f"{count(r.juveniles)} of {count(r.stops)}" for r in now.itertuples()]
    columns = (now[name] for name in ("district", "juvenile_share", "low", "high"))
    rows = list(zip(*columns, counts, strict=True))
    heading = title(words, "dealers title")
    yield Block(
        "Transient dealers",
        words["dealers"],
        plots.dots("dealers", heading, rows, "share of juveniles"),
        f"{heading}. Lines: 95% intervals; with few stops they are wide.",
        behind=profile_grid(dealers),
    )


def _vulnerability(profile: Profile, words: Words) -> Iterator[Block]:
    if known(profile.figures, "parents", "children"):
        yield Block("Children of nominals", words["parents"])
