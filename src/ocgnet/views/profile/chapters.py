"""The chapters of the report, in order."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.profile import Profile
from ocgnet.views.profile.grids import Grid, curve_grid, grid_of
from ocgnet.views.svg import concentration_chart
from ocgnet.views.svg import profile as curves
from ocgnet.views.svg import profile as plots
from ocgnet.views.words import profile as said
from ocgnet.views.words import profile as words
from ocgnet.views.words.numbers import count, known, part_of, share

# What a chapter of the report is made of.

NOTHING = Markup("")


@dataclass(frozen=True)
class Block:
    """A part of a chapter: a heading, sentences, a picture, the table behind it, and a table in full view."""

    heading: str
    sentences: tuple[str, ...] = ()
    picture: Markup = NOTHING
    caption: str = ""
    behind: Grid | None = None
    grid: Grid | None = None


@dataclass(frozen=True)
class Chapter:
    """A chapter with its blocks; a chapter without blocks is left out of the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]


# The chapters on harm and on people: sentences, pictures and the tables behind them.


def places_blocks(profile: Profile) -> list[Block]:
    """Return severity by district."""
    if "crimes" not in profile.given or profile.tables["areas"].frame.empty:
        return []
    frame = profile.tables["areas"].frame
    unweighed = frame[(frame["level"] == "district") & frame["severity"].isna()]
    single = frame[(frame["level"] == "district") & frame["severity"].notna()]
    f, force = profile.figures, frame.iloc[0]
    first = single.iloc[0] if len(single) else force
    title = f"The harm of none of the {count(force['crimes'])} crimes is known"
    if first["severity"] >= 0:
        title = (
            f"{first['name']} carries most harm: {count(first['severity'])} of {count(force['severity'])} "
            f"({share(first['share_of_severity'])})"
        )
    rows = [
        (str(r.name_), float(r.severity), float(r.severity_low), float(r.severity_high), count(r.severity))
        for r in single.rename(columns={"name": "name_"}).itertuples()
    ]
    told = []
    if len(unweighed):
        told.append(
            f"No crime has a code with a weight, so harm is not known, in {', '.join(sorted(unweighed['name']))}."
        )
    if known(f, "severity_laa_share"):
        told.append(
            f"{profile.area} local-authority area holds "
            f"{part_of(f['severity_laa_share'], 'of the harm', interval=True)}."
        )
    columns = (
        "name", "area", "crimes", "severity", "share_of_severity", "population", "severity_per_1000", "crimes_change",
        "severity_change", "change_low", "change_high", "harm_unknown",
    )  # fmt: skip
    return [
        Block(
            "Severity by district",
            tuple(told),
            plots.bars("districts", title, rows, "severity of the period"),
            f"{title}. Lines are 95% intervals: how far the sum would move by chance in the same year again.",
            grid=grid_of(profile.tables["areas"], columns),
        )
    ]


def offences_blocks(profile: Profile) -> list[Block]:
    """Return severity against volume, private spaces, and change."""
    table = profile.tables["offences"]
    frame = table.frame
    if frame.empty:
        return []
    volume = plots.severity_and_volume(frame)
    first = (
        "offence_group", "crimes", "share_of_crimes", "rank_by_crimes", "severity", "share_of_severity",
        "rank_by_severity", "severity_per_crime", "private", "private_known", "private_share",
    )  # fmt: skip
    second = (
        "offence_group", "crimes_base", "crimes_before", "crimes", "severity_base", "severity_before", "severity",
        "severity_change", "change_low", "change_high", "severity_change_base", "base_low", "base_high",
    )  # fmt: skip
    f = profile.figures
    private = []
    if known(f, "rape_private_space", "other_high_harm_private_space"):
        others = f"other offences of a weight of {profile.settings.high_harm:g} or more"
        private.append(
            f"In private spaces happened {part_of(f['rape_private_space'], 'rapes', interval=True)} and "
            f"{part_of(f['other_high_harm_private_space'], others, interval=True)}."
        )
    change = said.change_sentence(profile)
    return [
        Block(
            "Severity against volume",
            ("What is frequent is seldom what harms most: the two orders are set side by side.", *private),
            volume,
            "Hollow: share of crimes, without any weight. Filled: share of harm, under the weights named above.",
            behind=grid_of(table, first),
        ),
        Block(
            "How harm has changed",
            (change,),
            plots.changes("changes", frame, change),
            "Offence groups with at least 10 crimes in both periods. Filled: more than chance. Lines: 95% intervals.",
            behind=grid_of(table, second),
        ),
    ]


def wards_blocks(profile: Profile) -> list[Block]:
    """Return the highest-harm wards and the funnel."""
    table = profile.tables["wards"]
    frame = table.frame
    if frame.empty:
        return []
    named = frame[frame["named"] != ""]
    far = int((frame["standing"] == "far above its share").sum())
    settled = int(frame["severity_per_1000"].notna().sum())
    title = f"{count(far)} of {count(settled)} wards carry far more harm than chance leaves to their population"
    shown = named.assign(threats=[t.replace(", ", " | ") for t in named["threats"]])
    columns = (
        "ward",
        "district",
        "crimes",
        "severity",
        "share_of_severity",
        "population",
        "severity_per_1000",
        "named",
        "threats",
    )
    more = (
        "ward", "district", "crimes", "severity", "share_of_severity", "population", "severity_per_1000", "inner_low",
        "inner_high", "outer_low", "outer_high", "standing",
    )  # fmt: skip
    return [
        Block(
            "Highest-harm wards",
            (
                (
                    "Named for their severity are the wards that carry most; named for their severity a head are "
                    "further wards "
                    "that carry most for their residents and lie above what chance leaves to their size. Threats are "
                    "offence "
                    "groups with most crimes there."
                ),
            ),
            grid=grid_of(table, columns, shown),
        ),
        Block(
            "Severity for the population",
            (
                (
                    "A small ward can stand high by a single grave crime. The band shows where wards of each size "
                    "fall when "
                    "every resident carries the force's mean; city centres have visitors whom no population counts."
                ),
            ),
            curves.funnel_chart(frame, title),
            title,
            behind=grid_of(table, more),
        ),
    ]


def people_blocks(profile: Profile) -> list[Block]:
    """Return concentration, ages of victims, and relationships."""
    blocks = []
    found = {who: lorenz for who, lorenz in profile.lorenz.items() if lorenz is not None}
    f = profile.figures
    if found:
        told = [
            f"{part_of(f[f'{who}_few'], who, interval=True, chance=True)} carry "
            f"{part_of(f[f'{who}_few_harm'], 'of the harm', interval=True, chance=True)} of all {who}."
            for who in found
        ]
        title = "; ".join(
            f"{share(x.few / x.people)} of {count(x.people)} {who} carry {share(x.few_harm / x.harm)} of their harm"
            for who, x in found.items()
        )
        frame = profile.tables["concentration"].frame
        steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
        near = pd.concat(
            frame[frame["people"] == who].set_index("share_of_people").reindex(steps, method="nearest").reset_index()
            for who in found
        )
        blocks.append(
            Block(
                "How harm concentrates",
                tuple(told),
                curves.lorenz_chart(found, title),
                title,
                behind=grid_of(profile.tables["concentration"], frame=near),
            )
        )
    ages = profile.tables["victim_ages"]
    if "crime_links" in profile.given and len(ages.frame):
        aged = ages.frame[~ages.frame["age"].isin(["age not known", "no victim recorded"])]
        total = float(ages.frame["severity"].sum())
        young = f.get(f"harm_age_{profile.settings.young[0]}_{profile.settings.young[1]}")
        text = (
            ()
            if young is None or young.value is None
            else (
                (
                    f"{part_of(young, 'of all harm', interval=True)} falls on people aged "
                    f"{profile.settings.young[0]} to "
                    f"{profile.settings.young[1]}."
                ),
            )
        )
        rows = [(f"aged {r.age}", float(r.severity), float(r.severity), float(r.severity),
                 f"{share(float(r.severity) / total) if total else '–'}") for r in aged.itertuples()]  # fmt: skip
        title = f"Harm by age of the victim, of {count(total)} in all"
        blocks.append(
            Block("Age of victims", text, plots.bars("ages", title, rows, "severity of the period"),
                  f"{title}. Percentages are of all harm, with or without a recorded victim.",
                  behind=grid_of(ages, ("age", "victims", "severity", "share_of_severity")))
        )  # fmt: skip
    relations = profile.tables["relationships"]
    if "crime_links" in profile.given and len(relations.frame):
        told = [
            f"{part_of(f[i], 'of the harm', interval=True)} in {profile.area} is linked to suspects recorded as {kind}."
            for i, kind in (("harm_by_acquaintance_laa", "acquaintance"), ("harm_by_stranger_laa", "stranger"))
            if known(f, i)
        ]
        columns = ("place", "relationship", "crimes", "severity", "share_of_severity")
        blocks.append(Block("What suspects are to victims", tuple(told), grid=grid_of(relations, columns)))
    return blocks


# The chapters on groups, districts, county lines and vulnerability.


def groups_blocks(profile: Profile) -> tuple[Block, ...]:
    """Return groups year on year, what they do, disruptions, and the few nominals."""
    if "ocgs" not in profile.given and "memberships" not in profile.given:
        return ()
    years, kinds, hurt = (profile.tables[n] for n in ("group_years", "group_kinds", "disruptions"))
    told = tuple(filter(None, (said.groups(profile), said.nominal_ratio_sentence(profile))))
    blocks = [Block("Groups and members, year on year", told, grid=grid_of(years))]
    if len(kinds.frame):
        blocks.append(Block("What groups do, and where", words.kinds(profile), grid=grid_of(kinds)))
    if len(hurt.frame):
        blocks.append(Block("Disruptions by strand and level", words.disruptions(profile), grid=grid_of(hurt)))
    if any(c.events for c in profile.curves):
        picture = concentration_chart(profile.curves, profile.settings.analysis.top_k)
        blocks.append(
            Block(
                "The few nominals to whom most relates",
                tuple(filter(None, (words.few_nominals(profile), words.held_out(profile)))),
                picture,
                "Each crime and report once, however many nominals it names. Grey: the same links at random.",
                behind=curve_grid(profile.curves, profile.settings.analysis.top_k),
            )
        )
    return tuple(blocks)


def area_blocks(profile: Profile) -> tuple[Block, ...]:
    """Return the families of offences that carry the harm of each district."""
    table = profile.tables["district_offences"]
    if table.frame.empty:
        return ()
    top = table.frame[table.frame["rank_by_severity"] <= profile.settings.threats]
    columns = ("district", "rank_by_severity", "family", "crimes", "share_of_crimes", "severity", "share_of_severity")
    return (
        Block(
            "Families of offences that carry each district's harm",
            words.district_threats(profile),
            grid=grid_of(table, columns, top),
        ),
    )


def lines_blocks(profile: Profile) -> tuple[Block, ...]:
    """Return transient dealers, referrals and partner information."""
    blocks = []
    dealers = profile.tables["transient_dealers"]
    if "stop_checks" in profile.given and len(dealers.frame):
        now = dealers.frame[dealers.frame["period"] == str(dealers.frame["period"].iloc[0])]
        rows = [
            (
                str(r.district),
                float(r.juvenile_share),
                float(r.low),
                float(r.high),
                f"{count(r.juveniles)} of {count(r.stops)}",
            )
            for r in now.itertuples()
            if r.stops
        ]
        whole = now[now["district"] == EVERYWHERE].iloc[0]
        title = (
            f"{count(whole['juveniles'])} of {count(whole['stops'])} suspected transient dealers "
            f"({share(whole['juvenile_share']) if whole['stops'] else '–'}) were juveniles"
        )
        blocks.append(
            Block(
                "Transient dealers", words.dealers(profile), plots.dots("dealers", title, rows, "share of juveniles"),
                f"{title}. Lines: 95% intervals; with few stops they are wide, and no district can be told from the "
                "mean.",
                behind=grid_of(dealers),
            )
        )  # fmt: skip
    referrals = profile.tables["referrals"]
    if len(referrals.frame):
        blocks.append(Block("Referrals", words.referrals(profile), grid=grid_of(referrals)))
    forms = profile.tables["partner_information"]
    if len(forms.frame):
        blocks.append(Block("Partner information", words.partners(profile), grid=grid_of(forms)))
    return tuple(blocks)


def vulnerability_blocks(profile: Profile) -> tuple[Block, ...]:
    """Return children of nominals and children at risk of sexual exploitation."""
    blocks = []
    f = profile.figures
    if known(f, "parents", "children"):
        blocks.append(Block("Children of nominals", words.parents(profile)))
    ages, districts = profile.tables["cse_ages"], profile.tables["cse_districts"]
    if len(ages.frame):
        rows = [
            (f"aged {r.age}", float(r.children), float(r.children), float(r.children), count(r.children))
            for r in ages.frame.itertuples()
        ]
        title = words.cse_title(profile)
        blocks.append(
            Block(
                "Children flagged at risk of sexual exploitation", words.cse(profile),
                plots.bars("cse", title, rows, "children flagged in the period"), title,
                behind=grid_of(ages),
            )
        )  # fmt: skip
    # What is not known counts as nothing here.
    if districts.frame[["children", "crimes", "crimes_before", "children_before"]].sum().sum():
        blocks.append(Block("Sexual exploitation by district", words.cse_places(profile), grid=grid_of(districts)))
    return tuple(blocks)


def chapters(profile: Profile) -> list[Chapter]:
    """Return the chapters for which these records hold anything."""
    made = [
        Chapter(
            "harm", "Recognising harm", (*places_blocks(profile), *offences_blocks(profile), *wards_blocks(profile))
        ),
        Chapter("people", "Those who are harmed and those who harm", tuple(people_blocks(profile))),
        Chapter("groups", "Organised crime groups", groups_blocks(profile)),
        Chapter("area", f"{profile.area or 'The local-authority area'}: threats by district", area_blocks(profile)),
        Chapter("lines", "County lines and partner information", lines_blocks(profile)),
        Chapter("vulnerability", "Vulnerability", vulnerability_blocks(profile)),
    ]
    return [c for c in made if c.blocks]
