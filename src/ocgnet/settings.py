"""Every threshold, filter and seed of an analysis, in one frozen object."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from ocgnet.errors import UsageError
from ocgnet.model.words import SUSPECT_ROLES
from ocgnet.words import NOT_KNOWN, built_in

GRADE_FILTERS: dict[str, str] = {
    "all": "every report, whatever its grade",
    "usable": "without unreliable sources (3, or D under 5x5x5) and suspected-false content (E, or 5)",
    "corroborated": "known directly, or indirectly but corroborated (A and B, or 1 to 3 under 5x5x5)",
    "reliable": "reliable sources only (1, or A under 5x5x5)",
}
"""Names for ``--min-grade`` with what each keeps, from lenient to strict."""


WEIGHT_LIMITS = (1e-3, 1e6)
"""Least and most that a weight of evidence may be, 0 apart: sums and ratios of such weights keep their digits."""

HALF_LIFE_LIMITS = (1.0, 36_525.0)
"""Least and most days of a half-life, 0 apart: a day and a hundred years."""


@dataclass(frozen=True)
class Settings:
    """What an analysis was asked to do.

    Parameters
    ----------
    as_of, period_from, period_to : date or None
        Override the folder's own; None takes them from the data.
    compare_to : str
        What the figures of the period are compared with: ``period-before``, as long a period that ends the day
        before it begins, or ``same-period-last-year``, the same days a year earlier.
    network_from : date or None
        First day of the records that make ties, and with them positions, roles and communities; None takes all
        records up to the day of judgement, whatever the period of the figures.
    today : date
        The day on the clock when these settings were made. What lies after it has not happened yet, so it never
        becomes the day of judgement; it is written into run.json only where it made a difference.
    open_ends : tuple of date
        Dates by which databases say that something has no end: in columns of ends and plans they mean blank.
    far_days : int
        Days by which a date lies after ``far_percentile`` of its table's dates before it is named as far off.
    far_percentile : float
        That percentile, from 0 to 100; of few dates it is the last but one.
    min_grade : str
        A name of ``GRADE_FILTERS``.
    link_roles : tuple of str
        Link roles that count as being linked to a crime, an event once however many of them a person has in it.
    ocgs : tuple of str
        Limit the results to members of these groups; empty means all.
    include_overdue : bool
        Keep nominals and reports whose review date has passed.
    top_k : int
        How many nominals the concentration headline is about.
    loss_limit : float
        Share of a table's rows that may be refused (``--skip-rejects``) before the loss has to be accepted and the
        figures that rest on the table are not known.
    accepted_losses : tuple of (str, float)
        Tables of which up to that share may be refused (``--accept-loss``).
    seed : int
        Seed of everything drawn at random.
    event_cap : int
        Events with more people than this make no ties; they are counted.
    association_weights : tuple of (str, float)
        Weight of one recorded association by kind.
    report_weight, crime_weight : float
        Weight of an event before it is divided among its pairs.
    half_life_days : float
        Days after which an event or contact adds half as much to its ties; 0 lets nothing age.
    one_origin_once : bool
        Reports of one source that link the same people add to ties once.
    betweenness_exact_up_to : int
        Number of people up to which betweenness is exact; above it is estimated from ``betweenness_pivots``.
    betweenness_pivots : int
        Sources of the estimate.
    principal_least, significant_least : float
        Position score in the whole network below which nobody is suggested principal or significant,
        however high in a group: 0.5 is the middle of all people with ties.
    principal_share, significant_share : float
        Within a group: the highest share suggested principal, and the share next below suggested significant.
    min_group : int
        Groups with fewer connected members give an order and no suggestion.
    outsider_ties : int
        Fewest members of a group to whom somebody of no group must be tied to be set against its principals.
    resamples : int
        Resamples behind each stability figure, drawn at random: half of ties, half of people.
    resample_up_to : int
        Number of people up to which stability is computed; above it is reported as not computed.
    drop_ties : float
        Share of ties left out in a resample of ties.
    drop_people : tuple of (float, float)
        Least and highest share of people left out in a resample of people.
    drop_sources : int
        Beside them every single source is left out in turn; sources that take the same from the network are
        one loss, and this is the most losses that are computed, those that take most first.
    single_changes : int
        Most single ties, most single people, and most single events, on whose loss a suggestion is tried.
    resample_work : int
        People with ties times ties times resamples up to which paths in resamples are exact; in larger networks they
        are estimated from as many people as this allows.
    resample_pivots : int
        Fewest people from whom paths in a resample are estimated, whatever they cost.
    stable_from, fair_from : float
        Share of resamples, less what the draw may have given, from which a role is called stable, and share from
        which it is called fair; below it is fragile.
    community_seeds : int
        Seeds of the community ensemble.
    community_resolution : float
        Resolution of the communities that the tables of people show.
    community_resolutions : tuple of float
        Further resolutions that are kept for the analyst to choose from.
    split_share, merge_share, between_share : float
        From which share of its tied members in a second community a group looks like two, from which
        share of each in one community two groups look like one, and from which share of weight towards
        another group a member stands between.
    null_draws, bootstrap_draws : int
        Random allocations behind the null, and resamples of events behind the intervals.
    null_links, bootstrap_links : int
        Budget of links times draws for each; beyond it there are fewer draws (at least 100), and the
        figures say so. 400,000 links are the most that still get the 1,000 draws of a 99.9th percentile.
    counts_null_draws : int
        Random allocations behind the second null, in which everybody keeps the number of events.
    counts_null_links : int
        Its budget of links times draws; where that allows fewer than 100 draws it is not computed, and said so.
    greedy_people : int
        Most people on the greedy curve; at least the top k are.
    snapshot_months : int
        Length of a snapshot over time; 0 makes none.
    snapshot_up_to : int
        Number of nominals up to which snapshots are made; above it they are reported as not computed.
    snapshot_change : float
        Difference of mean position score between the years from which a person is called rising or falling.
    snapshot_least : int
        Snapshots with ties that each of the two years needs for that.
    snapshot_pivots : int
        Sources of betweenness and closeness in a snapshot; with fewer people with ties they are exact there.
    snapshot_draws : int
        Random orders of the snapshots behind the number of rising and falling that chance gives.
    many_aces : int
        Known adverse childhood experiences from which a child is at high risk.
    repeat_missing : int
        Missing episodes in the period from which a child goes missing repeatedly.
    interview_hours : int
        Hours after being found within which the return interview is due.
    missing_open_days : int
        Days within which a missing episode without a recorded return may still be going on.
    recent_days : int
        Length of the stretch up to the analysis date that "recent" and "rising" speak of.
    serious_harm : float
        Severity weight from which one offence is serious.
    many_serious : int
        Serious offences from which a young person counts as at high risk of further ones.
    adult_harm : float
        Sum of the severity weights of one adult's linked crimes in the period from which that adult's harm is high.
    group_harm : float
        Sum of the severity weights of a group's linked crimes in the period from which its harm is high.
    group_violent_crimes : int
        Violent crimes among these from which a group is called violent.
    violent_offences : tuple of str
        Offence groups that are violent; a crime flagged knife or firearm is too.
    risk_none, risk_low, risk_raised, risk_not_said : tuple of str
        Words of local risk schemes that mean no risk, a low risk, a risk above low or of no said level, and
        nothing said; any other word is told, and is no risk and no absence of one. As in ``data/words.toml``.
    pathway_days : int
        Days for which a dated sign on the prevent pathway counts; signs of vulnerability last.
    pathway_months : int
        Length of the stretches over which the pathway is counted; 0 counts none.
    child_points, adult_points : tuple of (str, int)
        What each rule adds to the band about the child, and to the band about the adults who link the child; the
        rules are worded in ``analysis.safeguarding.rules``.
    child_bands, adult_bands : tuple of (str, int)
        Bands with the points from which each begins, most pressing first.
    """

    as_of: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    compare_to: str = "period-before"
    network_from: date | None = None
    today: date = field(default_factory=date.today)
    open_ends: tuple[date, ...] = (date(2099, 12, 31), date(2999, 12, 31), date(9999, 12, 31))
    far_days: int = 366
    far_percentile: float = 99.9
    min_grade: str = "usable"
    link_roles: tuple[str, ...] = SUSPECT_ROLES
    ocgs: tuple[str, ...] = ()
    include_overdue: bool = False
    loss_limit: float = 0.05
    accepted_losses: tuple[tuple[str, float], ...] = ()
    top_k: int = 13
    seed: int = 1
    event_cap: int = 50
    association_weights: tuple[tuple[str, float], ...] = (
        ("co_offending", 1.0),
        ("contact", 0.5),
        ("family", 0.5),
        ("financial", 1.0),
        ("household", 0.5),
        ("meeting", 1.0),
        ("online", 0.5),
        ("phone", 0.5),
    )
    report_weight: float = 1.0
    crime_weight: float = 1.0
    half_life_days: float = 0.0
    one_origin_once: bool = True
    betweenness_exact_up_to: int = 10_000
    betweenness_pivots: int = 500
    principal_share: float = 0.2
    significant_share: float = 0.4
    principal_least: float = 0.5
    significant_least: float = 0.25
    min_group: int = 4
    outsider_ties: int = 1
    resamples: int = 500
    resample_up_to: int = 20_000
    drop_ties: float = 0.1
    drop_people: tuple[float, float] = (0.02, 0.05)
    drop_sources: int = 5_000
    single_changes: int = 300
    resample_work: int = 500_000_000
    resample_pivots: int = 64
    stable_from: float = 0.9
    fair_from: float = 0.6
    community_seeds: int = 10
    community_resolution: float = 1.0
    community_resolutions: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
    split_share: float = 0.3
    merge_share: float = 0.6
    between_share: float = 0.5
    null_draws: int = 2_000
    bootstrap_draws: int = 1_000
    null_links: int = 400_000_000
    bootstrap_links: int = 100_000_000
    counts_null_draws: int = 200
    counts_null_links: int = 20_000_000
    greedy_people: int = 500
    snapshot_months: int = 3
    snapshot_up_to: int = 5_000
    snapshot_change: float = 0.2
    snapshot_least: int = 2
    snapshot_pivots: int = 500
    snapshot_draws: int = 200
    many_aces: int = 4
    repeat_missing: int = 2
    interview_hours: int = 72
    missing_open_days: int = 30
    recent_days: int = 90
    serious_harm: float = 400.0
    many_serious: int = 11
    adult_harm: float = 4_000.0
    group_harm: float = 10_000.0
    group_violent_crimes: int = 10
    violent_offences: tuple[str, ...] = (
        "homicide",
        "violence with injury",
        "rape",
        "other sexual offences",
        "robbery of business property",
        "robbery of personal property",
        "possession of weapons",
    )
    risk_none: tuple[str, ...] = field(default_factory=lambda: built_in().risk["none"])
    risk_low: tuple[str, ...] = field(default_factory=lambda: built_in().risk["low"])
    risk_raised: tuple[str, ...] = field(default_factory=lambda: built_in().risk["raised"])
    risk_not_said: tuple[str, ...] = field(
        default_factory=lambda: (*sorted(built_in().not_known), *built_in().risk[NOT_KNOWN])
    )
    pathway_days: int = 730
    pathway_months: int = 3
    child_points: tuple[tuple[str, int], ...] = (
        ("missing_now", 6),
        ("victim_exploited", 4),
        ("victim", 2),
        ("own_membership", 4),
        ("cse_risk", 4),
        ("cse_risk_low", 1),
        ("cce_risk", 4),
        ("cce_risk_low", 1),
        ("many_aces", 3),
        ("repeat_missing", 2),
        ("missing_rising", 1),
        ("interview", 1),
        ("escalation", 2),
        ("serious_offences", 2),
        ("serious_offences_many", 3),
    )
    child_bands: tuple[tuple[str, int], ...] = (("urgent", 6), ("high", 3), ("standard", 0))
    adult_points: tuple[tuple[str, int], ...] = (
        ("adult_harmed", 4),
        ("in_company", 3),
        ("adult_principal", 3),
        ("adult_significant", 1),
        ("verified_parent", 1),
        ("adult_harm", 2),
        ("group_active", 1),
        ("group_harm", 1),
        ("group_violence", 1),
    )
    adult_bands: tuple[tuple[str, int], ...] = (("urgent", 7), ("high", 5), ("standard", 0))

    def __post_init__(self) -> None:
        """Refuse weights and a half-life with which no tie could be worked out.

        Raises
        ------
        UsageError
            When one is neither 0 nor within its limits; each is named.
        """
        given = {
            "crime_weight": (self.crime_weight, WEIGHT_LIMITS),
            "report_weight": (self.report_weight, WEIGHT_LIMITS),
            "half_life_days": (self.half_life_days, HALF_LIFE_LIMITS),
        }
        given |= {f"association_weights.{kind}": (value, WEIGHT_LIMITS) for kind, value in self.association_weights}
        if problems := " ".join(filter(None, (out_of(name, *of) for name, of in given.items()))):
            raise UsageError(problems)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for run.json, without ``today``: it stands there beside the day that it decided, if it did."""
        plain = asdict(self)
        del plain["today"]
        plain["open_ends"] = tuple(d.isoformat() for d in self.open_ends)
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in plain.items()}


def out_of(name: str, value: object, limits: tuple[float, float]) -> str:
    """Say that a value is neither 0 nor a number within its limits; nothing where it is.

    Examples
    --------
    >>> out_of("crime_weight", 1e308, WEIGHT_LIMITS)
    'crime_weight: 1e+308 is neither 0 nor a number from 0.001 to 1,000,000.'
    >>> out_of("crime_weight", 2, WEIGHT_LIMITS), out_of("crime_weight", 0, WEIGHT_LIMITS)
    ('', '')
    """
    least, most = limits
    if isinstance(value, int | float) and not isinstance(value, bool) and (value == 0 or least <= value <= most):
        return ""
    return f"{name}: {value!r} is neither 0 nor a number from {least:g} to {most:,.0f}."
