"""What a profile says, in sentences: the title, the findings, and what stands at the head of each chapter."""

from __future__ import annotations

from datetime import date

from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.profile import NOT_COMPUTED, Profile
from ocgnet.local_profile.two_profiles import TOO_FEW, compare_profiles
from ocgnet.views.words.numbers import (
    before_words,
    chance_words,
    count,
    day,
    day_before,
    known,
    losses_sentence,
    moved,
    of,
    part_of,
    percent,
    period_words,
    plain,
    printed,
    ratio,
    roles_said,
    share,
    value_of,
)


def title(profile: Profile) -> str:
    """Return the headline as one sentence."""
    f, force = profile.figures, profile.about.force or "The force"
    if known(f, "severity_change", "volume_change"):
        harm, volume = f["severity_change"].value or 0.0, f["volume_change"].value or 0.0
        join = "while" if harm * volume < 0 else "and"
        return (
            f"{force}: harm {moved(harm)} {join} the number of crimes {moved(volume)} against {before_words(profile)}"
        )
    if known(f, "severity_total"):
        return f"{force}: the crimes of the period carry a severity of {count(f['severity_total'].value or 0)}"
    if known(f, "ocgs"):
        return f"{force}: {of(f['ocgs'].value or 0, 'organised crime group', 'organised crime groups')} mapped"
    if profile.losses:
        return f"{force}: not known from these records: {'; '.join(map(str, profile.losses))}"
    return f"{force}: these records hold no crimes and no groups"


def findings(profile: Profile) -> list[str]:
    """Return the findings, each with its counts; those that cannot be known are left to the caveats."""
    found = [
        _harm(profile), harm_not_known(profile) if profile.unweighted else "",
        _rape(profile), _few(profile), groups(profile), _nominals(profile), _children(profile),
        _lines(profile), *map(printed, profile.gap_notes),
    ]  # fmt: skip
    found = [*profile.first, losses_sentence(profile.losses, profile.settings.analysis.loss_limit), *found]
    return [s for s in found if s] or ["These records hold nothing that the profile can count."]


def _harm(profile: Profile) -> str:
    f = profile.figures
    if not known(f, "severity_total"):
        return ""
    total = f["severity_total"]
    crimes = total.records if hasattr(total, "records") else 0
    said = f"The {count(crimes or 0)} crimes of the period carry a severity of {count(total.value or 0)}"
    if known(f, "severity_change", "volume_change"):
        harm, volume = f["severity_change"], f["volume_change"]
        said += (
            f": harm {moved(harm.value or 0)} ({count(harm.denominator or 0)} from {before_words(profile)}, 95% "
            f"interval of the change {percent(harm.low or 0)} to {percent(harm.high or 0)}), "
            f"the number of crimes {moved(volume.value or 0)} "
            f"({count(volume.denominator or 0)} then)"
        )
    worst = profile.tables["areas"].frame
    worst = worst[worst["level"] == "district"]["name"].head(3).tolist()
    return f"{said}. Most harm is in {listed(worst)}." if worst else f"{said}."


_CODES_NAMED = 12


def harm_not_known(profile: Profile) -> str:
    """Say for how many crimes no harm is known, and why: no offence code, or codes without a weight, each counted."""
    areas = profile.tables["areas"].frame
    force = areas[areas["level"] == "force"]
    unknown, crimes = (int(force[name].sum()) for name in ("harm_unknown", "crimes"))
    told = f"The harm of {ratio(unknown, crimes, 'crimes')} is not known, and no part of any sum of weights"
    if not profile.unweighted:
        return f"{told}: they have no offence code."
    codes = sorted(profile.unweighted.items(), key=lambda pair: (-pair[1], pair[0]))
    named = ", ".join(f"{printed(code)} ({count(number)})" for code, number in codes[:_CODES_NAMED])
    more = f" and {count(len(codes) - _CODES_NAMED)} further codes" if len(codes) > _CODES_NAMED else ""
    without = unknown - sum(profile.unweighted.values())
    blank = f"{of(without, 'crime', 'crimes')} without an offence code, and " if without else ""
    return f"{told}: {blank}codes without a weight: {named}{more}. Give these a weight with --weights FILE."


def _rape(profile: Profile) -> str:
    f = profile.figures
    if not known(f, "rape_share_of_crime", "rape_share_of_harm") or not f["rape_share_of_crime"].numerator:
        return ""
    crime, harm = f["rape_share_of_crime"], f["rape_share_of_harm"]
    said = f"Rape is {part_of(crime, 'crimes')} and {share(harm.value or 0)} of all harm"
    said += f" ({count(harm.numerator or 0)} of {count(harm.denominator or 0)})"
    if known(f, "rape_private_space", "other_high_harm_private_space"):
        said += (
            f"; {part_of(f['rape_private_space'], 'rapes')} and "
            f"{part_of(f['other_high_harm_private_space'], 'other high-harm offences')} happened in private spaces, "
            "where partners see more than the police"
        )
    return f"{said}."


def _few(profile: Profile) -> str:
    f = profile.figures
    said = []
    for who, verb in (("victims", "experienced"), ("offenders", "were linked to")):
        if known(f, f"{who}_few", f"{who}_few_harm"):
            harm = f[f"{who}_few_harm"]
            chance = ""
            if harm.null_low is not None and harm.null_high is not None:
                more = "" if (harm.value or 0) > harm.null_high else ", so this is no more than chance"
                chance = f" ({chance_words(harm.null_low, harm.null_high)} if the same crimes fell at random{more})"
            few = part_of(f[f"{who}_few"], who)
            said.append(f"{few} {verb} {share(harm.value or 0)} of the harm of all {who}{chance}")
    return f"{'; '.join(said)}{roles_said(profile.settings.analysis)}." if said else ""


def groups(profile: Profile) -> str:
    """Return how many groups and members there are, and how that changed."""
    f = profile.figures
    if not known(f, "ocgs"):
        return ""
    said = f"{of(f['ocgs'].value or 0, 'organised crime group was', 'organised crime groups were')} mapped"
    if known(f, "ocgs_change"):
        said += f" ({count((f['ocgs'].value or 0) - (f['ocgs_change'].value or 0))} on {day_before(profile)})"
    if known(f, "nominals"):
        said += f" with {of(f['nominals'].value or 0, 'nominal', 'nominals')}"
        if known(f, "nominals_before"):
            said += f" ({count(f['nominals_before'].value or 0)} on {day_before(profile)})"
    parts = []
    if known(f, "ocgs_drug_trafficking"):
        parts.append(f"{part_of(f['ocgs_drug_trafficking'], 'have drug trafficking as primary crime type')}")
    if known(f, "ocgs_abroad"):
        parts.append(f"{part_of(f['ocgs_abroad'], 'operate outside the United Kingdom')}")
    if known(f, "disruptions"):
        before = ""
        if known(f, "disruptions_before"):
            before = f" ({count(f['disruptions_before'].value or 0)} from {before_words(profile)})"
        parts.append(f"{of(f['disruptions'].value or 0, 'disruption was', 'disruptions were')} recorded{before}")
    return "; ".join([said, *parts]) + "."


def _nominals(profile: Profile) -> str:
    f = profile.figures
    if not known(f, "top_nominals", "top_nominals_crime_share", "top_nominals_intel_share"):
        return ""
    top = f["top_nominals"]
    crime = part_of(f["top_nominals_crime_share"], "crimes", interval=True, chance=True)
    reports = part_of(f["top_nominals_intel_share"], "intelligence reports", interval=True, chance=True)
    return (
        f"{part_of(top, 'nominals of these groups')} relate to {crime} and {reports} linked to group activity"
        f"{roles_said(profile.settings.analysis)}. "
        "Such lists change a lot from year to year."
    )


def _children(profile: Profile) -> str:
    f = profile.figures
    if not known(f, "parents", "children"):
        return ""
    said = (
        f"{part_of(f['parents'], 'OCG nominals')} are a parent to {of(f['children'].value or 0, 'child', 'children')}"
    )
    said += " under 18"
    if known(f, "parents_ocgs"):
        said += f", in {part_of(f['parents_ocgs'], 'groups')}"
    first, last = profile.settings.young
    young = f"harm_age_{first}_{last}"
    if known(f, young):
        said += f"; {share(f[young].value or 0)} of all harm falls on people aged {first} to {last}"
    return f"{said}."


def _lines(profile: Profile) -> str:
    f = profile.figures
    if not known(f, "transient_dealers", "transient_juveniles"):
        return ""
    said = (
        f"Of suspected transient dealers stop-checked or arrested {part_of(f['transient_juveniles'], 'were juveniles')}"
    )
    if known(f, "transient_juveniles_before"):
        said += f", against {part_of(f['transient_juveniles_before'], f'from {before_words(profile)}')}"
    if known(f, "nrm_referrals"):
        people = of(f["nrm_referrals"].value or 0, "referral was", "referrals were")
        said += f"; {people} made to the National Referral Mechanism"
    return f"{said}."


def listed(names: list[str]) -> str:
    """Return names as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if not names:
        return "none"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def comparison_sentence(other: str, verdicts: dict[str, int]) -> str:
    """Return how many figures differ by more than chance."""
    total = sum(verdicts.values())
    told = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.items() if n)
    return f"Against {other}, of {count(total)} figures that both sides hold: {told}."


def change_sentence(profile: Profile) -> str:
    """Return the offence groups whose harm rose most since the base period, with counts."""
    rows = profile.tables["offences"].frame
    if rows["severity_base"].isna().all():
        return f"No change since {period_words(profile.windows.base)} is stated: the records do not cover both periods."
    rows = rows[rows["base_low"] > 0].sort_values("severity_change_base", ascending=False).head(3)
    if rows.empty:
        return f"No offence group's harm rose by more than chance since {period_words(profile.windows.base)}."
    told = [
        f"{r.offence_group} {percent(r.severity_change_base)} ({count(r.crimes_base)} to {count(r.crimes)} crimes)"
        for r in rows.itertuples()
    ]
    return f"Since {period_words(profile.windows.base)} harm rose most in {listed(told)}."


def nominal_ratio_sentence(profile: Profile) -> str:
    """Return crimes and reports per nominal, with their change."""
    f = profile.figures
    said = []
    for name, noun in (("crimes", "linked crimes"), ("reports", "intelligence reports")):
        figure, change = f.get(f"{name}_per_nominal"), value_of(f, f"{name}_per_nominal_change")
        if figure is not None and figure.value is not None:
            moves = f", {percent(change)} on {before_words(profile)}" if change is not None else ""
            said.append(
                f"{plain(figure.value, 'ratio')} {noun} per OCG nominal ({count(figure.numerator or 0)} over "
                f"{count(figure.denominator or 0)}{moves})"
            )
    return f"There were {' and '.join(said)}." if said else ""


# The sentences at the head of each part of a chapter on groups, lines and vulnerability.


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


# What a profile rests on: data, caveats, what is not known, and method, in plain words.


def data_line(profile: Profile) -> list[tuple[str, str]]:
    """Return what the page rests on, as pairs of label and text."""
    w, s = profile.windows, profile.settings
    rows = ", ".join(f"{name.replace('_', ' ')} {count(n)}" for name, n in sorted(profile.rows_in.items()))
    gone = sum(x.count for x in profile.left_out)
    as_of = day(date.fromisoformat(profile.as_of)) if profile.as_of else "no date"
    return [
        ("Force", profile.about.force or "not named"),
        ("Period", f"{period_words(w.now)}; before: {period_words(w.before)}; base: {period_words(w.base)}"),
        ("As of", as_of),
        ("Weights", s.weights.vintage),
        ("Sources (rows)", rows or "none"),
        ("Linked means", " or ".join(s.analysis.link_roles) + "; victims are linked as victim"),
        ("Left out", f"{of(gone, 'row', 'rows')}, listed below" if gone else "nothing"),
        *([("Not read", losses_sentence(profile.losses, s.analysis.loss_limit))] if profile.losses else []),
    ]


def caveats(profile: Profile) -> list[str]:
    """Return what a reader must know before acting."""
    f = profile.figures
    areas = profile.tables["areas"].frame
    force = areas[areas["level"] == "force"]
    nowhere = areas[areas["level"] == "no district"]
    own = []
    if len(nowhere) and int(nowhere["crimes"].sum()):
        told = ratio(int(nowhere["crimes"].sum()), int(force["crimes"].sum()), "crimes")
        own.append(f"{told} have no district: districts add up to less than the force.")
    if int(force["harm_unknown"].sum()):
        own.append(harm_not_known(profile))
    if known(f, "transient_dealers"):
        own.append("Stops measure police work as well as dealing: more stops find more dealers, young ones among them.")
    return [
        *map(printed, profile.gap_notes),
        *own,
        (
            "Severity is a sum of weights: the mean sentence of an offence in days. It says what courts make of an "
            "offence, not what it did to this victim. Under other weights offences rank otherwise, drug offences above "
            "all; the counts without weights stand beside every weighted number."
        ),
        "Recorded crime is not all crime: more recording, confidence of victims and police work raise it too.",
        "Intervals take crimes as independent events. Events come in series, so the true uncertainty is larger.",
        (
            "Among many wards, districts and offence groups some differ from the rest by chance alone: about one in "
            "twenty "
            "passes a 95% limit. Small populations vary most; the funnel shows by how much."
        ),
        "Being linked to a crime as a suspect is no guilt. One person may be victim and suspect at once.",
        "The few who carry most harm are seen after the event. The list of one year says little about the next.",
        (
            "No person is named in this document. Small counts in small places may still point at somebody: look at "
            "them "
            "before the document leaves the force."
        ),
    ]


def not_known(profile: Profile) -> list[tuple[str, str]]:
    """Return what this profile does not say, with the reason: figures without records, and figures never computed."""
    rows = [
        (figure.says, f"not known: {figure.unknown}")
        if figure.unknown
        else (figure.says, f"not known from these records: {printed(figure.filter)}" if figure.filter else "not known")
        for name, figure in profile.figures.items()
        if figure.value is None and not name.startswith("ward_")
    ]
    absent = [
        (name.replace("_", " "), "no such table in these records, so what it would show is not known")
        for name in (
            "crimes",
            "crime_links",
            "stop_checks",
            "referrals",
            "children",
            "disruptions",
            "memberships",
            "wards",
        )
        if name not in profile.given
    ]
    never = [(n.says, n.reason) for n in NOT_COMPUTED if not (n.when_absent and n.figure_id in profile.figures)]
    return [*absent, *rows, *never]


def method(profile: Profile) -> list[str]:
    """Return how the numbers were made, one paragraph a question."""
    s = profile.settings
    lorenz = [found for found in profile.lorenz.values() if found is not None]
    draws = (
        f"{count(lorenz[0].resamples)} resamples and {count(lorenz[0].allocations)} random allocations"
        if lorenz
        else "none"
    )
    inner, outer = (f"{v:.1%}".replace(".0%", "%") for v in s.funnel_limits)
    return [
        (
            f"Severity. The weight of each crime's offence, added up; {s.weights.vintage}. A crime counts in the "
            "period of "
            "its recording, or of its occurrence where that alone is known. Crimes without a code, or with a code "
            "that has no weight, count as crimes and their harm is not known; how many they are stands beside."
        ),
        (
            "Intervals. A count is taken as Poisson (exact), a share of records as binomial (Wilson), a sum of "
            "weights as "
            "compound Poisson (gamma with its mean and variance), a change on the scale of the logarithm."
        ),
        (
            f"Wards. Severity per 1,000 residents against population. The funnel holds {inner} (inner) and {outer} "
            "(outer) "
            "of wards when every resident carries the force's mean; above the outer limit is called far above. Named "
            "are "
            f"the {s.top_wards} wards with most severity and the {s.top_wards} further wards with most severity a "
            "head that lie "
            f"above the outer limit, with the {s.threats} offence groups that most of their crimes belong to."
        ),
        (
            f"High harm is an offence with a weight of {s.high_harm:g} or more: a year in custody. The few are "
            "people on whom "
            f"crimes of {s.high_harm:g} or more fall in the period, each crime split evenly over its victims, or "
            "over the people "
            "linked to it."
        ),
        (
            f"Concentration. People in the order of their harm; bands from {draws} of the same crimes over the same "
            "people, each of whom keeps at least one. What lies above the grey band is due to heavy crimes that fall on"
            " the same people again, not to some offences being worse than others."
        ),
        (
            "Groups, parents and the few nominals are counted as ocgnet analyse counts them: members on the analysis "
            "date, "
            "each crime and report once, chance from random allocations of the same links."
        ),
        (
            "Juveniles and children are under 18 on the day of the event; ages of victims on the day of the crime. "
            "Relationship: each crime split evenly over its suspects, of all harm of the place."
        ),
    ]
