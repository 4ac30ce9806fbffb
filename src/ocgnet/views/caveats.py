"""What a reader must know before acting: caveats, method, filters and what was left out, in plain words."""

from __future__ import annotations

from ocgnet.results import Analysis
from ocgnet.settings import GRADE_FILTERS
from ocgnet.views.figures_text import before_text, count, day, losses_sentence, network_text, of, period_text, share

GENERAL_CAVEATS = (
    (
        "A suggested role, a score, a rank or a band is an assessment made by a program from records. It is no "
        "evidence of guilt and changes no record: a role changes only when a named person records it with a reason."
    ),
    (
        "Ranks and scores hold within this data and this period. Lists of the few with most linked events change a lot "
        "from year to year, so look at the newest period before acting on a person."
    ),
    "Records are incomplete. Missing ties change the picture little; missing people may change it much.",
    "Reports about a person also measure how much attention the police paid to that person.",
    "Victims and witnesses are taken out before any tie is made and are never counted as offending.",
    (
        "A linked child is a prompt for support. Adverse experiences are counted as 'at least': police records "
        "under-count them. A child at risk goes to the multi-agency safeguarding hub (MASH) today, whatever the band."
    ),
)
"""Caveats of every run, in the order of print."""


def caveats(analysis: Analysis) -> list[str]:
    """Return the caveats of this run, then those of every run."""
    return [*analysis.notes, *_withheld(analysis), *_overdue_around_children(analysis), *GENERAL_CAVEATS]


def filters(analysis: Analysis) -> list[str]:
    """Return in words which records count."""
    s = analysis.settings
    found = [
        f"linked to a crime means {' or '.join(s.link_roles)}",
        f"reports {GRADE_FILTERS[s.min_grade]}",
        "overdue records included" if s.include_overdue else "records past their review date left out",
    ]
    if s.ocgs:
        found.append(f"only members of {', '.join(s.ocgs)}")
    return found


def data_line(analysis: Analysis) -> list[tuple[str, str]]:
    """Return the one line of data as pairs of label and text: what this page rests on."""
    sources = ", ".join(f"{name.replace('_', ' ')} {count(n)}" for name, n in sorted(analysis.rows_in.items()))
    gone = sum(x.count for x in analysis.left_out)
    return [
        ("Force", analysis.about.force or "not named"),
        ("Period of the figures", period_text(analysis)),
        ("Compared with", before_text(analysis) if analysis.before_from else "no earlier period"),
        ("Network", network_text(analysis)),
        ("As of", day(analysis.as_of)),
        ("Sources (rows)", sources or "none"),
        ("Filters", "; ".join(filters(analysis))),
        ("Left out", f"{of(gone, 'row', 'rows')}, listed below" if gone else "nothing"),
        *([("Not read", losses_sentence(analysis.losses, analysis.settings.loss_limit))] if analysis.losses else []),
    ]


def method(analysis: Analysis) -> list[str]:
    """Return how the numbers were made, one paragraph a question."""
    s = analysis.settings
    ties = (
        f"Ties. Made of {network_text(analysis)}, whatever the period of the figures. Two people are tied when a crime "
        "or a report links both, or a contact between them is recorded. An event "
        f"that links n people adds 1/(n−1) to each pair; an event of more than {count(s.event_cap)} people makes "
        "no tie. Each tie knows its events."
    )
    roles = (
        "Roles. The position score is the mean percentile of separate contacts (effective size), betweenness and "
        "closeness, both counted in steps, in the whole network: position only, not the volume of crimes or reports. "
        "Within each group with at least "
        f"{count(s.min_group)} tied members the first {share(s.principal_share)} are suggested as principal and the "
        f"next {share(s.significant_share)} as significant. Stability is the share of {count(s.resamples)} resamples "
        "without some of the ties or people, and of the losses of each single source that bears on the person, that "
        "give the same suggestion: fair from "
        f"{share(s.fair_from)}, stable where at least {share(s.stable_from)} of further resamples can be expected to "
        "give it too, otherwise fragile."
    )
    few = (
        f"Concentration. The {count(s.top_k)} nominals are chosen once, by the sum of their fractional shares of "
        "crimes and of reports (each event split evenly over its nominals); ties go by harm, then by id. Their share "
        "is a union: each event counts once, however many of them it links. The band expected by chance comes from up "
        f"to {count(s.null_draws)} random allocations of the same number of links per event; the 95% interval from up "
        f"to {count(s.bootstrap_draws)} resamples of the events."
    )
    about = (("the child", s.child_bands), ("the adults", s.adult_bands))
    bands = "; ".join(
        f"about {whom} {', '.join(f'{band} from {count(points)}' for band, points in declared)}"
        for whom, declared in about
    )
    young = (
        "Children. The headline counts one basis: a child under 18 on the analysis date whose parent, step-parent or "
        "guardian is a member of a group on that date, records overdue for review included. Other bases are listed "
        "under their own names and not added; links that ended stand apart. Two bands add up points for what is known, "
        f"and say so ({bands}); what is unknown can only raise them, and no record of anybody else changes the band "
        "about the child."
    )
    parts = (
        "Communities. People who are tied more among themselves than to others, as "
        f"{count(s.community_seeds)} seeds agree. A community is not an organised crime group."
    )
    return [ties, roles, few, young, parts]


def parameters(analysis: Analysis) -> list[tuple[str, str]]:
    """Return every setting as a pair of name and text, in the order of declaration."""
    return [(name, _plain(value)) for name, value in analysis.settings.to_dict().items()]


def _plain(value: object) -> str:
    if value is None:
        return "from the data"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        parts = [f"{x[0]} {x[1]:g}" if isinstance(x, tuple | list) else str(x) for x in value]
        return ", ".join(parts) or "all"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _overdue_around_children(analysis: Analysis) -> list[str]:
    frame = analysis.children.frame
    late = int((frame["overdue"].fillna("") != "").sum()) if len(frame) else 0
    if not late:
        return []
    return [
        (
            f"{of(late, 'linked child hangs', 'linked children hang')} at least in part on records that are overdue "
            "for review. The children stay listed and counted; such records are in no tie, role or rank, so an adult "
            "may be missing from the chart around a child. Hold the review."
        )
    ]


def _withheld(analysis: Analysis) -> list[str]:
    withheld = analysis.ties.frame["events_withheld"]
    ties = int((withheld.fillna(0) > 0).sum())
    if not ties:
        return []
    return [
        (
            f"{of(ties, 'tie rests', 'ties rest')} in part on reports whose handling conditions do not allow them to "
            "be named here; they count, and their ids are withheld."
        )
    ]
