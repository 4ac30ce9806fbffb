"""What a profile says, in sentences: the title, the findings, and what stands at the head of each chapter."""

from __future__ import annotations

from ocgnet.local_profile.profile import Profile
from ocgnet.views.figures_text import count, losses_sentence, of, printed, ratio, roles_said, share
from ocgnet.views.profile.numbers import (
    before_words,
    chance_words,
    day_before,
    known,
    moved,
    part_of,
    percent,
    period_words,
    plain,
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
