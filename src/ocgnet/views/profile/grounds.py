"""What a profile rests on: data, caveats, what is not known, and method, in plain words."""

from __future__ import annotations

from datetime import date

from ocgnet.local_profile.profile import NOT_COMPUTED, Profile
from ocgnet.views.figures_text import count, day, losses_sentence, of, printed, ratio
from ocgnet.views.profile.numbers import known, period_words
from ocgnet.views.profile.sentences import harm_not_known


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
