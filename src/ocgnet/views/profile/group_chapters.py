"""The chapters on groups, districts, county lines and vulnerability."""

from __future__ import annotations

from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.profile import Profile
from ocgnet.views.figures_text import count, share
from ocgnet.views.plots import concentration_chart
from ocgnet.views.profile import chapter_words as words
from ocgnet.views.profile import plots
from ocgnet.views.profile import sentences as said
from ocgnet.views.profile.block import Block
from ocgnet.views.profile.grids import curve_grid, grid_of
from ocgnet.views.profile.numbers import known


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
