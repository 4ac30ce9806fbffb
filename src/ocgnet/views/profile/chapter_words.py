"""The sentences at the head of each part of a chapter on groups, lines and vulnerability."""

from __future__ import annotations

from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.profile import Profile
from ocgnet.local_profile.two_profiles import TOO_FEW, compare_profiles
from ocgnet.views.figures_text import count, of, share
from ocgnet.views.profile.numbers import before_words, known, part_of, plain
from ocgnet.views.profile.sentences import listed


def kinds(profile: Profile) -> tuple[str, ...]:
    """Return primary crime types, commodities, pillars and countries in sentences."""
    f, frame = profile.figures, profile.tables["group_kinds"].frame
    told = []
    if known(f, "ocgs_drug_trafficking"):
        told.append(
            f"Drug trafficking is the primary crime type of {part_of(f['ocgs_drug_trafficking'], 'groups')}; of these "
            f"{part_of(f['ocgs_powder_cocaine'], 'deal in powder cocaine')}."
            if known(f, "ocgs_powder_cocaine")
            else f"Drug trafficking is the primary crime type of {part_of(f['ocgs_drug_trafficking'], 'groups')}."
        )
    if known(f, "ocgs_abroad", "countries_abroad"):
        told.append(
            f"{part_of(f['ocgs_abroad'], 'groups')} operate outside the United Kingdom, in at least "
            f"{of(f['countries_abroad'].value or 0, 'country', 'countries')}."
        )
    pillars = frame[frame["kind"] == "pillar"]
    if len(pillars):
        said = listed([f"{r.value} {count(r.groups)}" for r in pillars.itertuples()])
        told.append(f"Under the pillars of the strategy: {said}.")
    return tuple(told)


def disruptions(profile: Profile) -> tuple[str, ...]:
    """Return how many disruptions hurt how much, and under which strand."""
    f, frame = profile.figures, profile.tables["disruptions"].frame
    now = int(frame["disruptions"].sum())
    if not now or not known(f, "disruptions"):
        return ()
    levels = frame.groupby("level")["disruptions"].sum()
    strands = frame.groupby("strand")["disruptions"].sum().sort_values(ascending=False, kind="stable")
    heavy = int(levels.get("major", 0) + levels.get("moderate", 0))
    before = (
        f"; {count(f['disruptions_before'].value or 0)} from {before_words(profile)}"
        if known(f, "disruptions_before")
        else ""
    )
    return (
        (
            f"{of(now, 'disruption was', 'disruptions were')} recorded{before}. {count(heavy)} of {count(now)} "
            f"({share(heavy / now)}) were major or moderate. By strand: "
            f"{listed([f'{name} {count(n)}' for name, n in strands.items() if n])}."
        ),
    )


def few_nominals(profile: Profile) -> str:
    """Return the share of crimes and of reports that the few relate to, against chance."""
    f = profile.figures
    if not known(f, "top_nominals", "top_nominals_crime_share", "top_nominals_intel_share"):
        return ""
    said = (
        f"{part_of(f['top_nominals'], 'nominals')}, chosen once by crimes and reports together, relate to "
        f"{part_of(f['top_nominals_crime_share'], 'crimes', interval=True, chance=True)} and "
        f"{part_of(f['top_nominals_intel_share'], 'reports', interval=True, chance=True)}."
    )
    if known(f, "top_nominals_overlap"):
        said += (
            f" {count(f['top_nominals_overlap'].value or 0)} stand on both lists, by crimes alone and by reports alone."
        )
    return said


def held_out(profile: Profile) -> str:
    """Return what the list of the period before holds of this period."""
    f = profile.figures
    if not known(f, "holdout_crime_share", "holdout_intel_share", "top_nominals_new"):
        return ""
    return (
        f"Those chosen by the same rule on {before_words(profile)} relate to "
        f"{part_of(f['holdout_crime_share'], 'crimes')} and "
        f"{part_of(f['holdout_intel_share'], 'reports')} of this period; "
        f"{part_of(f['top_nominals_new'], 'of this list')} are new on it."
    )


def district_threats(profile: Profile) -> tuple[str, ...]:
    """Return which family of offences carries most harm in how many districts, exceptions named."""
    frame = profile.tables["district_offences"].frame
    inside = frame[frame["district"].map(lambda d: not profile.area or profile.areas.get(d) == profile.area)]
    first = inside[inside["rank_by_severity"] == 1]
    if first.empty:
        return ()
    most = first["family"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    family, others = str(most.index[0]), first[first["family"] != most.index[0]]
    where = f" of {profile.area}" if profile.area else ""
    said = f"In {count(most.iloc[0])} of {count(len(first))} districts{where} {family} carry most harm"
    if len(others):
        said += f"; in {listed([f'{r.district} {r.family}' for r in others.itertuples()])}"
    return (f"{said}.",)


def dealers(profile: Profile) -> tuple[str, ...]:
    """Return juveniles among transient dealers now and before, and whether the difference is more than chance."""
    f = profile.figures
    if not known(f, "transient_juveniles"):
        return ()
    now = f["transient_juveniles"]
    told = [f"{part_of(now, 'suspected transient dealers stop-checked or arrested', interval=True)} were juveniles."]
    if known(f, "transient_juveniles_before"):
        then = f["transient_juveniles_before"]
        row = compare_profiles({"x": vars(now)}, {"x": vars(then)}, profile.settings.least_records).frame.iloc[0]
        verdict = {"higher": "more than chance explains", "lower": "less, by more than chance explains"}.get(
            str(row["verdict"]), str(row["verdict"])
        )
        told.append(
            f"From {before_words(profile)} it was {part_of(then, 'of them', interval=True)}. The difference is "
            f"{_points(row['difference'])}, 95% interval {_points(row['difference_low'])} to "
            f"{_points(row['difference_high'])}: {verdict}."
        )
    return (*told, *_districts(profile))


def _points(value: float) -> str:
    return f"{100 * value:+.0f} points"


def _districts(profile: Profile) -> tuple[str, ...]:
    frame = profile.tables["transient_dealers"].frame
    rows = frame[(frame["period"] == frame["period"].iloc[0]) & (frame["district"] != EVERYWHERE)]
    whole = frame.iloc[0]
    if not whole["stops"] or rows.empty:
        return ()
    mean, least = float(whole["juvenile_share"]), profile.settings.least_records
    clear = rows[(rows["low"] > mean) | (rows["high"] < mean)]
    clear = clear[clear["stops"] >= least]
    few = int((rows["stops"] < least).sum())
    said = []
    if len(clear):
        said = [
            f"{r.district} {count(r.juveniles)} of {count(r.stops)} ({share(r.juvenile_share)})"
            for r in clear.itertuples()
        ]
    told = (
        f"Districts that differ from the mean by more than chance: {listed(said)}."
        if said
        else ("No district differs from the mean by more than chance.")
    )
    return (
        told
        + (f" {count(few)} of {count(len(rows))} districts have fewer than {least} stops: {TOO_FEW}." if few else ""),
    )


def referrals(profile: Profile) -> tuple[str, ...]:
    """Return how many referrals were made to the National Referral Mechanism."""
    f = profile.figures
    if not known(f, "nrm_referrals"):
        return ()
    number = int(f["nrm_referrals"].value or 0)
    said = f"{of(number, 'referral was', 'referrals were')} made to the National Referral Mechanism"
    if known(f, "nrm_referrals_before"):
        said += f" ({count(f['nrm_referrals_before'].value or 0)} from {before_words(profile)})"
    return (f"{said}.",)


def partners(profile: Profile) -> tuple[str, ...]:
    """Return how many forms partners sent, what share of reports that is, and who sent most."""
    f, frame = profile.figures, profile.tables["partner_information"].frame
    if not known(f, "cpi_forms", "cpi_share"):
        return ()
    said = f"Partnership information forms are {part_of(f['cpi_share'], 'intelligence reports')}"
    if len(frame) and int(frame["forms"].iloc[0]):
        top = frame.iloc[0]
        said += f"; most came from {top['sector']}: {count(top['forms'])} ({share(top['share_of_forms'])})"
    return (
        f"{said}. A form is intelligence, not a referral: a child at risk goes to the multi-agency safeguarding hub.",
    )


def parents(profile: Profile) -> tuple[str, ...]:
    """Return parents among nominals, their recorded roles, groups and children."""
    f = profile.figures
    roles = [
        f"{plain(f[f'parents_{name}'].value, 'count')} {name.replace('_', ' ')}"
        for name in ("principal", "significant", "peripheral", "not_assessed")
        if known(f, f"parents_{name}") and f[f"parents_{name}"].value
    ]
    told = f" Recorded roles: {listed(roles)}." if roles else ""
    groups = f", in {part_of(f['parents_ocgs'], 'groups')}" if known(f, "parents_ocgs") else ""
    return (
        (
            f"{part_of(f['parents'], 'OCG nominals')} are parent, step-parent or guardian of "
            f"{of(f['children'].value or 0, 'child', 'children')} under 18{groups}.{told}"
        ),
        (
            "This is a prompt for support. The children, what is known about each, and who should act are in the "
            "restricted "
            "result of ocgnet analyse; no child is named here."
        ),
    )


def cse_title(profile: Profile) -> str:
    """Return the most common age with its counts."""
    f = profile.figures
    if not known(f, "cse_modal_age"):
        return "Children flagged in the period, by age"
    age = f["cse_modal_age"]
    return (
        f"The most common age of a child flagged is {count(age.value or 0)}: {count(age.numerator or 0)} of "
        f"{count(age.denominator or 0)} of known age"
    )


def cse(profile: Profile) -> tuple[str, ...]:
    """Return the most common age and the share of girls."""
    f = profile.figures
    if not known(f, "cse_female"):
        return (f"{cse_title(profile)}.",)
    return (f"{cse_title(profile)}; {part_of(f['cse_female'], 'are girls', interval=True)}.",)


def cse_places(profile: Profile) -> tuple[str, ...]:
    """Return where children at risk live, and how many districts have more such crime than before."""
    f, frame = profile.figures, profile.tables["cse_districts"].frame
    told = []
    top = frame[frame["children"] > 0].sort_values(["children", "district"], ascending=[False, True]).head(3)
    if len(top):
        places = listed([f"{r.district} ({count(r.children)})" for r in top.itertuples()])
        told.append(f"Most of the children flagged live in {places}.")
    if known(f, "cse_districts_up"):
        up = f["cse_districts_up"]
        crimes, then = int(frame["crimes"].sum()), int(frame["crimes_before"].sum())
        told.append(
            f"{part_of(up, 'districts')} have more crime of child sexual exploitation than from "
            f"{before_words(profile)} ({count(crimes)} such crimes against {count(then)}); "
            "with small numbers a "
            "district goes up or down by "
            "chance."
        )
    return tuple(told)
