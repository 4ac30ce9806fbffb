"""Every setting once: its default, its limits, what it is for, and which option sets it.

A force keeps its own in two TOML files: weights, thresholds of roles and communities, and open ends in the file of
``--settings``; points, bands and thresholds about children in the file of ``--rules``. What a file does not name
stays as it is, and a file is refused whole with every fault named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_origin, get_type_hints

from ocgnet.english import near
from ocgnet.errors import SourceError, UsageError
from ocgnet.files.ordinary_files import read_small
from ocgnet.limits import (
    COUNT,
    DAYS,
    HARM,
    OPEN_ENDS,
    PEOPLE,
    POINTS,
    RESOLUTION,
    RESOLUTIONS,
    SHARE,
    SHARES,
    TIMES,
    WORDS,
    YES_OR_NO,
    BandLimits,
    GroupLimits,
    Limits,
    PartLimits,
    between,
    list_of,
    nought_or,
    whole,
)
from ocgnet.model.columns import LINK_ROLES, SUSPECT_ROLES
from ocgnet.notation import parse_toml
from ocgnet.words import NOT_KNOWN, built_in

if TYPE_CHECKING:
    from ocgnet.dataset import Loss
    from ocgnet.harm import WeightSet

FILE, RULES = "--settings", "--rules"
"""The options that name a file of settings: of ties, roles and communities, and about children."""

GRADE_FILTERS: dict[str, str] = {
    "all": "every report, whatever its grade",
    "usable": "without unreliable sources (3, or D under 5x5x5) and suspected-false content (E, or 5)",
    "corroborated": "known directly, or indirectly but corroborated (A and B, or 1 to 3 under 5x5x5)",
    "reliable": "reliable sources only (1, or A under 5x5x5)",
}
"""Names for ``--min-grade`` with what each keeps, from lenient to strict."""

_GRADE = Limits(f"none of {', '.join(GRADE_FILTERS)}", GRADE_FILTERS.__contains__, str)
_LINK_ROLES = Limits(f"no list of some of {', '.join(LINK_ROLES)}", list_of(LINK_ROLES.__contains__), tuple)
_WEIGHT = nought_or(1e-3, 1e6)
_MILDER = {
    "adult_principal": "adult_significant",
    "cse_risk": "cse_risk_low",
    "cce_risk": "cce_risk_low",
    "serious_offences_many": "serious_offences",
    "victim_exploited": "victim",
}
"""The milder rule of one component, which may not add more points."""

Points: TypeAlias = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Settings:
    """What an analysis was asked to do; a value that a setting does not take is refused with a ``UsageError``."""

    as_of: Annotated[date | None, "--as-of"] = None
    """Day at which ages and memberships are judged; None finds it."""
    period_from: Annotated[date | None, "--from"] = None
    """First day of the period; None takes the folder's own."""
    period_to: Annotated[date | None, "--to"] = None
    """Last day of the period; None takes the folder's own."""
    compare_to: Annotated[str, "--compare-to"] = "period-before"
    """What figures are compared with: as long a period that ends the day before (period-before), or the same days a
    year earlier (same-period-last-year)."""
    network_from: Annotated[date | None, "--network-from"] = None
    """First day of the records that make ties, and with them positions, roles and communities; None takes all up to the
    day of judgement, whatever the period of the figures."""
    today: Annotated[date, "--today"] = field(default_factory=date.today)
    """The day on the clock. What lies after it has not happened yet, so it never becomes the day of judgement; it
    stands in run.json only where it made a difference."""
    open_ends: Annotated[tuple[date, ...], FILE, OPEN_ENDS] = (
        date(2099, 12, 31),
        date(2999, 12, 31),
        date(9999, 12, 31),
    )
    """Dates by which databases say that something has no end: in columns of ends and plans they mean blank."""
    far_days: Annotated[int, FILE, whole(1, DAYS)] = 366
    """Days by which a date lies after far_percentile of its table's dates before it is named as far off."""
    far_percentile: Annotated[float, FILE, between(50, 100)] = 99.9
    """That percentile; of few dates it is the last but one."""
    min_grade: Annotated[str, "--min-grade", _GRADE] = "usable"
    """Which reports count, by the name of a filter of grades."""
    link_roles: Annotated[tuple[str, ...], "--link-roles", _LINK_ROLES] = SUSPECT_ROLES
    """Link roles that count as being linked to a crime, an event once however many of them a person has in it."""
    ocgs: Annotated[tuple[str, ...], "--ocg"] = ()
    """Limit the results to members of these groups; empty means all."""
    include_overdue: Annotated[bool, "--overdue"] = False
    """Keep nominals and reports whose review date has passed."""
    loss_limit: Annotated[float, FILE, SHARE] = 0.05
    """Share of a table's rows that may be refused (--skip-rejects) before the loss has to be accepted and the figures
    that rest on the table are not known."""
    accepted_losses: Annotated[tuple[tuple[str, float], ...], "--accept-loss"] = ()
    """Tables of which up to that share may be refused."""
    least_shown: Annotated[int, FILE, whole(3, COUNT)] = 5
    """Least count of people that leaves the force, in the summary of a pack and in an edition of the profile for
    others; smaller ones are not shown, and two summaries whose children differ by fewer are not both given."""
    rounded_to: Annotated[int, FILE, whole(1, COUNT)] = 5
    """Base to which the counts of a summary are rounded; 1 leaves them as they are."""
    top_k: Annotated[int, "--top-k"] = 13
    """How many nominals the concentration headline is about."""
    seed: Annotated[int, "--seed"] = 1
    """Seed of everything drawn at random."""
    event_cap: Annotated[int, FILE, whole(2, PEOPLE)] = 50
    """Events with more people than this make no ties; they are counted."""
    association_weights: Annotated[tuple[tuple[str, float], ...], FILE, PartLimits("kind of contact", _WEIGHT)] = (
        ("co_offending", 1.0),
        ("contact", 0.5),
        ("family", 0.5),
        ("financial", 1.0),
        ("household", 0.5),
        ("meeting", 1.0),
        ("online", 0.5),
        ("phone", 0.5),
    )
    """Weight of one recorded association by kind."""
    report_weight: Annotated[float, FILE, _WEIGHT] = 1.0
    """Weight of a report before it is divided among its pairs."""
    crime_weight: Annotated[float, FILE, _WEIGHT] = 1.0
    """Weight of a crime before it is divided among its pairs."""
    thing_weights: Annotated[tuple[tuple[str, float], ...], FILE, PartLimits("kind of thing", _WEIGHT)] = (
        ("account", 1.0),
        ("address", 0.5),
        ("device", 1.0),
        ("line", 1.0),
        ("online_handle", 1.0),
        ("organisation", 0.5),
        ("other", 0.5),
        ("phone", 1.0),
        ("premises", 0.5),
        ("sim", 1.0),
        ("vehicle", 0.5),
        ("weapon", 1.0),
    )
    """Weight of a thing that people share, by its kind, before it is divided among its pairs."""
    thing_cap: Annotated[int, FILE, whole(2, PEOPLE)] = 15
    """Things with more users than this make no ties; they are counted and listed. Fewer than this live in nearly every
    home and use nearly every car; a hostel, a taxi rank or a switchboard has more."""
    calls_weight: Annotated[float, FILE, _WEIGHT] = 0.5
    """Weight of being in touch by attributed phones on one day."""
    travelled_weight: Annotated[float, FILE, _WEIGHT] = 0.5
    """Weight of having travelled together once, in two attributed vehicles."""
    travelled_chance: Annotated[float, FILE, SHARE] = 0.001
    """Chance of two vehicles being seen together as often as they were, given how often each is seen, up to which their
    users are tied."""
    suspected_share: Annotated[float, FILE, SHARE] = 0.5
    """Share of its weight that a tie by a thing counts where the link of either person is only suspected; 0 leaves such
    ties out."""
    half_life_days: Annotated[float, FILE, nought_or(1.0, DAYS)] = 0.0
    """Days after which an event or contact adds half as much to its ties; 0 lets nothing age."""
    one_origin_once: Annotated[bool, FILE, YES_OR_NO] = True
    """Reports of one source that link the same people add to ties once."""
    betweenness_exact_up_to: Annotated[int, FILE, whole(0, PEOPLE)] = 10_000
    """Number of people up to which betweenness is exact; above it is estimated."""
    betweenness_pivots: Annotated[int, FILE, whole(2, PEOPLE)] = 500
    """Sources of the estimate."""
    principal_share: Annotated[float, FILE, SHARE] = 0.2
    """Highest share within a group that is suggested principal."""
    significant_share: Annotated[float, FILE, SHARE] = 0.4
    """Share next below that is suggested significant."""
    principal_least: Annotated[float, FILE, SHARE] = 0.5
    """Position score in the whole network below which nobody is suggested principal, however high in a group: 0.5 is
    the middle of all people with ties."""
    significant_least: Annotated[float, FILE, SHARE] = 0.25
    """Position score in the whole network below which nobody is suggested significant."""
    min_group: Annotated[int, FILE, whole(2, PEOPLE)] = 4
    """Groups with fewer connected members give an order and no suggestion."""
    outsider_ties: Annotated[int, FILE, whole(1, PEOPLE)] = 1
    """Fewest members of a group to whom somebody of no group must be tied to be set against its principals."""
    resamples: Annotated[int, FILE, whole(0, TIMES)] = 500
    """Resamples behind each stability figure, drawn at random: half of ties, half of people."""
    resample_up_to: Annotated[int, FILE, whole(0, PEOPLE)] = 20_000
    """Number of people up to which stability is computed; above it is reported as not computed."""
    drop_ties: Annotated[float, FILE, SHARE] = 0.1
    """Share of ties left out in a resample of ties."""
    drop_people: Annotated[tuple[float, float], FILE, SHARES] = (0.02, 0.05)
    """Least and highest share of people left out in a resample of people."""
    drop_sources: Annotated[int, FILE, whole(0, PEOPLE)] = 5_000
    """Beside them every single source is left out in turn; sources that take the same from the network are one loss,
    and this is the most losses that are computed, those that take most first."""
    single_changes: Annotated[int, FILE, whole(0, TIMES)] = 300
    """Most single ties, most single people, and most single events, on whose loss a suggestion is tried."""
    resample_work: Annotated[int, FILE, whole(0, 10**15)] = 500_000_000
    """People with ties times ties times resamples up to which paths in resamples are exact; in larger networks they are
    estimated from as many people as this allows."""
    resample_pivots: Annotated[int, FILE, whole(2, PEOPLE)] = 64
    """Fewest people from whom paths in a resample are estimated, whatever they cost."""
    stable_from: Annotated[float, FILE, SHARE] = 0.9
    """Share of resamples, less what the draw may have given, from which a role is called stable."""
    fair_from: Annotated[float, FILE, SHARE] = 0.6
    """Share from which it is called fair; below it is fragile."""
    community_seeds: Annotated[int, FILE, whole(1, TIMES)] = 10
    """Seeds of the community ensemble."""
    community_resolution: Annotated[float, FILE, RESOLUTION] = 1.0
    """Resolution of the communities that the tables of people show."""
    community_resolutions: Annotated[tuple[float, ...], FILE, RESOLUTIONS] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
    """Further resolutions that are kept for the analyst to choose from."""
    split_share: Annotated[float, FILE, SHARE] = 0.3
    """Share of its tied members in a second community from which a group looks like two."""
    merge_share: Annotated[float, FILE, SHARE] = 0.6
    """Share of each in one community from which two groups look like one."""
    between_share: Annotated[float, FILE, SHARE] = 0.5
    """Share of weight towards another group from which a member stands between."""
    contacts_shown: Annotated[int, FILE, whole(1, COUNT)] = 10
    """Most contacts that are listed of a person, of a thing, or of two in common."""
    contact_cap: Annotated[int, FILE, whole(2, PEOPLE)] = 200
    """A number in touch with more others than this, such as voicemail or a taxi office, is no common contact, no
    contact that a successor takes over, and no number that matters to a group; it is counted."""
    unattributed_shown: Annotated[int, FILE, whole(1, COUNT)] = 20
    """Most numbers that nobody is known to use that are listed of each group, most central first."""
    together_minutes: Annotated[int, FILE, whole(1, 60)] = 10
    """Minutes within which two vehicles at one place are seen together."""
    together_metres: Annotated[float, FILE, between(1, 10_000)] = 100.0
    """Metres within which two coordinates are one place."""
    together_days: Annotated[int, FILE, whole(2, DAYS)] = 3
    """Fewest different days on which two vehicles have to be seen together."""
    together_crowd: Annotated[int, FILE, whole(1, COUNT)] = 50
    """A sighting with more others than this at its place within the minutes, as on a motorway, says nothing of who
    travels with whom; it is counted."""
    together_chance: Annotated[float, FILE, SHARE] = 0.01
    """Chance, given when each of two vehicles is seen, up to which they are listed as having travelled together."""
    money_days: Annotated[int, FILE, whole(0, 366)] = 3
    """Days within which money that comes into an account has to go out to have been handed on."""
    money_tolerance: Annotated[float, FILE, SHARE] = 0.1
    """Share by which what goes on may differ from what came in, such as for a cut that is kept."""
    money_times: Annotated[int, FILE, whole(1, COUNT)] = 3
    """Fewest payments, or days of payments, that have to go on."""
    money_share: Annotated[float, FILE, SHARE] = 0.8
    """Share of what comes into an account that has to go out in time for it to be listed as handing on."""
    money_crowd: Annotated[int, FILE, whole(1, COUNT)] = 50
    """A payment into an account that makes more payments than this within the days says nothing of where it went; it
    is counted."""
    money_draws: Annotated[int, FILE, whole(1, TIMES)] = 999
    """Random orders of the days of payments behind the chance that an account hands on as much."""
    successor_silent_days: Annotated[int, FILE, whole(1, DAYS)] = 14
    """Days without traffic up to the end of the records from which a number has fallen silent, and as many from their
    begin before one can be new."""
    successor_gap_days: Annotated[int, FILE, whole(0, DAYS)] = 14
    """Most days from the last day of a number to the first of one that may have taken over from it."""
    successor_overlap_days: Annotated[int, FILE, whole(0, DAYS)] = 0
    """Most days by which the new one may begin before the last day of the old one."""
    successor_recent_days: Annotated[int, FILE, whole(1, DAYS)] = 60
    """Days up to its end, and from its begin, in which the contacts of a number are compared."""
    successor_least_shared: Annotated[int, FILE, whole(1, PEOPLE)] = 3
    """Fewest contacts that are shared with a successor."""
    successor_overlap: Annotated[float, FILE, SHARE] = 0.3
    """Least share of the old one's contacts, rare ones counting more, that its successor shares."""
    successor_chance: Annotated[float, FILE, SHARE] = 0.001
    """Most often that chance alone may give a successor that is listed."""
    line_customer_share: Annotated[float, FILE, SHARE] = 0.6
    """Share of its traffic with a line from which a contact calls rather than is called, as customers do."""
    line_runner_contacts: Annotated[int, FILE, whole(1, PEOPLE)] = 3
    """Fewest other contacts of a line with whom somebody who may run for it is in touch."""
    line_short_seconds: Annotated[int, FILE, whole(1, COUNT)] = 120
    """Seconds up to which a call is short, as customers' are."""
    line_compare_days: Annotated[int, FILE, whole(1, DAYS)] = 28
    """Days before and after a disruption that are compared."""
    silence_least_days: Annotated[int, FILE, whole(1, DAYS)] = 3
    """Fewest days without traffic before or after an event for which a number is listed as silent."""
    cuckoo_visitors: Annotated[int, FILE, whole(2, PEOPLE)] = 3
    """Fewest nominals who come to a home for a prompt that it may have been taken over."""
    cuckoo_days: Annotated[int, FILE, whole(1, DAYS)] = 3
    """Fewest different days on which they come; one evening is a party."""
    cuckoo_residents: Annotated[int, FILE, whole(1, PEOPLE)] = 6
    """A place with more recorded residents than this, such as a hostel or a care home, is no home of one person."""
    cuckoo_age: Annotated[int, FILE, whole(18, 110)] = 65
    """Age from which a resident may be vulnerable for that alone."""
    null_draws: int = 2_000
    """Random allocations behind the null."""
    bootstrap_draws: int = 1_000
    """Resamples of events behind the intervals."""
    null_links: int = 400_000_000
    """Budget of links times draws of the null; beyond it there are fewer draws (at least 100), and the figures say so.
    400,000 links are the most that still get the 1,000 draws of a 99.9th percentile."""
    bootstrap_links: int = 100_000_000
    """The same budget of the resamples of events."""
    counts_null_draws: int = 200
    """Random allocations behind the second null, in which everybody keeps the number of events."""
    counts_null_links: int = 20_000_000
    """Its budget of links times draws; where that allows fewer than 100 draws it is not computed, and said so."""
    greedy_people: int = 500
    """Most people on the greedy curve; at least the top k are."""
    snapshot_months: Annotated[int, FILE, whole(0, 1200)] = 3
    """Months of a snapshot over time; 0 makes none."""
    snapshot_up_to: int = 5_000
    """Number of nominals up to which snapshots are made; above it they are reported as not computed."""
    snapshot_change: Annotated[float, FILE, SHARE] = 0.2
    """Difference of mean position score between the years from which a person is called rising or falling."""
    snapshot_least: int = 2
    """Snapshots with ties that each of the two years needs for that."""
    snapshot_pivots: int = 500
    """Sources of betweenness and closeness in a snapshot; with fewer people with ties they are exact there."""
    snapshot_draws: int = 200
    """Random orders of the snapshots behind the number of rising and falling that chance gives."""
    many_aces: Annotated[int, RULES, whole(1, COUNT)] = 4
    """Known adverse childhood experiences from which a child is at high risk."""
    repeat_missing: Annotated[int, RULES, whole(1, COUNT)] = 2
    """Missing episodes in the period from which a child goes missing repeatedly."""
    interview_hours: Annotated[int, RULES, whole(1, DAYS * 24)] = 72
    """Hours after being found within which the return interview is due."""
    missing_open_days: Annotated[int, RULES, whole(0, DAYS)] = 30
    """Days within which a missing episode without a recorded return may still be going on."""
    repeat_case_episodes: Annotated[int, RULES, whole(1, COUNT)] = 3
    """Missing episodes within repeat_case_days from which a child's case is managed as repeat missing: three in 90 days
    is a working rule of local protocols; the statutory guidance of January 2014 lays down no number."""
    repeat_case_days: Annotated[int, RULES, whole(1, DAYS)] = 90
    """Days of that rule, the day of judgement the last of them."""
    referral_days: Annotated[int, RULES, whole(0, DAYS)] = 3
    """Days after which a referral without an outcome is overdue: Working Together asks for a decision within one
    working day, and three days let a weekend pass."""
    rereferral_days: Annotated[int, RULES, whole(1, DAYS)] = 365
    """Days after a referral within which another of the same person by the same route is a re-referral: the national
    statistics of children in need count twelve months."""
    hand_over_days: Annotated[int, RULES, whole(0, DAYS)] = 182
    """Days before an eighteenth birthday from which a case says that it has to be handed over to a service for
    adults."""
    recent_days: Annotated[int, RULES, whole(1, DAYS)] = 90
    """Length of the stretch up to the analysis date that "recent" and "rising" speak of."""
    serious_harm: Annotated[float, RULES, HARM] = 400.0
    """Severity weight from which one offence is serious."""
    many_serious: Annotated[int, RULES, whole(1, COUNT)] = 11
    """Serious offences from which a young person counts as at high risk of further ones."""
    adult_harm: Annotated[float, RULES, HARM] = 4_000.0
    """Sum of the severity weights of one adult's linked crimes in the period from which that adult's harm is high."""
    group_harm: Annotated[float, RULES, HARM] = 10_000.0
    """Sum of the severity weights of a group's linked crimes in the period from which its harm is high."""
    group_violent_crimes: Annotated[int, RULES, whole(1, COUNT)] = 10
    """Violent crimes among these from which a group is called violent."""
    violent_offences: Annotated[tuple[str, ...], RULES, GroupLimits(WORDS.says, WORDS.fits, WORDS.kept)] = (
        "homicide",
        "violence with injury",
        "rape",
        "other sexual offences",
        "robbery of business property",
        "robbery of personal property",
        "possession of weapons",
    )
    """Offence groups that are violent; a crime flagged knife or firearm is too."""
    serious_groups: Annotated[tuple[str, ...], RULES, GroupLimits(WORDS.says, WORDS.fits, WORDS.kept)] = (
        "homicide",
        "death or serious injury by driving",
        "violence with injury",
        "rape",
        "other sexual offences",
        "robbery of business property",
        "robbery of personal property",
        "residential burglary",
        "arson",
        "trafficking in drugs",
        "possession of weapons",
    )
    """Offence groups whose crimes count as serious where a profile counts juveniles with many_serious of them. The
    number is a band of the proven reoffending bulletins of the Ministry of Justice, which count previous offences of
    every kind; published profiles say serious and name no list, so this one is ours. The rule about a child's priority
    goes by serious_harm instead."""
    risk_none: Annotated[tuple[str, ...], RULES, WORDS] = field(default_factory=lambda: built_in().risk["none"])
    """Words of local risk schemes that mean no risk, as in data/words.toml; a word in none of these four lists is told,
    and is no risk and no absence of one."""
    risk_low: Annotated[tuple[str, ...], RULES, WORDS] = field(default_factory=lambda: built_in().risk["low"])
    """Words that mean a low risk."""
    risk_raised: Annotated[tuple[str, ...], RULES, WORDS] = field(default_factory=lambda: built_in().risk["raised"])
    """Words that mean a risk above low or of no said level."""
    risk_not_said: Annotated[tuple[str, ...], RULES, WORDS] = field(
        default_factory=lambda: (*sorted(built_in().not_known), *built_in().risk[NOT_KNOWN])
    )
    """Words that mean that nothing was said."""
    pathway_days: Annotated[int, RULES, whole(1, DAYS)] = 730
    """Days for which a dated sign on the prevent pathway counts; signs of vulnerability last."""
    pathway_months: Annotated[int, RULES, whole(0, 1200)] = 3
    """Months of the stretches over which the pathway is counted; 0 counts none."""
    child_points: Annotated[Points, RULES, PartLimits("rule", POINTS, _MILDER)] = (
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
    """What each rule adds to the band about the child."""
    child_bands: Annotated[Points, RULES, BandLimits()] = (("urgent", 6), ("high", 3), ("standard", 0))
    """Bands about the child with the points from which each begins, most pressing first."""
    adult_points: Annotated[Points, RULES, PartLimits("rule", POINTS, _MILDER)] = (
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
    """What each rule adds to the band about the adults who link the child."""
    adult_bands: Annotated[Points, RULES, BandLimits()] = (("urgent", 7), ("high", 5), ("standard", 0))
    """Bands about the adults with the points from which each begins, most pressing first."""

    def __post_init__(self) -> None:
        """Refuse values that the settings do not take, alone or beside each other; each is named."""
        problems = [
            text
            for key, (_, *limits) in declared().items()
            for limit in limits
            for text in limit.wrong(key, getattr(self, key), getattr(self, key))
        ]
        for low, high in (("significant_least", "principal_least"), ("fair_from", "stable_from")):
            if not problems and getattr(self, low) > getattr(self, high):
                problems.append(f"{low}: {getattr(self, low):g} is above {high} ({getattr(self, high):g}).")
        if not problems and self.principal_share + self.significant_share > 1:
            problems.append("principal_share and significant_share: together they are above 1.")
        if problems:
            raise UsageError(" ".join(problems))

    def refuses(self, loss: Loss) -> bool:
        """Return whether more of a table was lost than the limit, and more than was accepted."""
        return loss.share > max(self.loss_limit, dict(self.accepted_losses).get(loss.table, 0.0))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for run.json, without ``today``: it stands there beside the day that it decided, if it did."""
        values = asdict(self)
        del values["today"]
        values["open_ends"] = tuple(d.isoformat() for d in self.open_ends)
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


@cache
def declared() -> dict[str, tuple[Any, ...]]:
    """Return by setting the option that sets it and, where a file may hold it, what it takes; as it was declared.

    A setting that only a program changes is not among them.
    """
    hints = get_type_hints(Settings, include_extras=True)
    return {name: hint.__metadata__ for name, hint in hints.items() if get_origin(hint) is Annotated}


def _shipped() -> WeightSet:
    from ocgnet.harm import WeightSet

    return WeightSet.shipped()


@dataclass(frozen=True)
class ProfileSettings:
    """What a profile was asked: the analysis behind it, the periods set side by side, and every threshold."""

    analysis: Settings = field(default_factory=Settings)
    """Period, filters and seed that the profile shares with ocgnet analyse."""
    weights: WeightSet = field(default_factory=_shipped)
    """Severity weights."""
    before_from: date | None = None
    """First day of the period that changes are measured against; None takes the one that compare_to asks for."""
    before_to: date | None = None
    """Its last day."""
    base_from: date | None = None
    """First day of the base period of the long-term change; None takes the one before that, by the same rule."""
    base_to: date | None = None
    """Its last day."""
    high_harm: float = 365.0
    """Weight from which an offence is of high harm, and harm in the period from which a person is one of the few. The
    weights are days in custody, so the default is a year."""
    age_bands: tuple[int, ...] = (0, 10, 18, 25, 35, 45, 55, 65)
    """Ages at which the bands of victims begin."""
    young: tuple[int, int] = (10, 24)
    """Youngest and oldest age of the figure about young victims, both included."""
    top_wards: int = 3
    """How many wards are named for their severity, and how many more for their severity a head."""
    threats: int = 3
    """How many threats of a ward or district are named."""
    funnel_limits: tuple[float, float] = (0.95, 0.998)
    """Shares of wards that chance alone leaves inside the funnel, inner and outer limit."""
    draws: int = 200
    """Most resamples of people, and most random allocations, behind a band."""
    draw_budget: int = 4_000_000
    """Links times draws spent on each; beyond it there are fewer draws, and the output says how many."""
    least_draws: int = 40
    """Fewest draws, whatever the budget."""
    least_records: int = 20
    """Records below which a comparison says that there are too few."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for run.json."""
        own = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in vars(self).items()
            if name not in ("analysis", "weights")
        }
        weights = {"vintage": self.weights.vintage, "fingerprint": self.weights.fingerprint}
        return {**own, "weights": weights, "analysis": self.analysis.to_dict()}


LARGEST_FILE = 1_000_000
"""Bytes of a file of settings."""


def read_settings(path: Path, settings: Settings, option: str) -> Settings:
    """Return ``settings`` with those of a force's own file.

    Parameters
    ----------
    path : Path
        TOML in UTF-8.
    settings : Settings
        What stays where the file is silent.
    option : str
        ``FILE`` or ``RULES``: the option that names it, and so the settings that may stand in it.

    Raises
    ------
    SourceError
        When the file cannot be read, is no TOML, or is nested beyond reason.
    UsageError
        When a key or value is wrong; every one is named at once, with what it takes.
    """
    try:
        given = parse_toml(read_small(path, LARGEST_FILE))
    except ValueError as error:
        raise SourceError(f"{path} is no TOML file in UTF-8: {error}.") from error
    return with_settings(given, settings, option, str(path))


def with_settings(given: Mapping[str, Any], settings: Settings, option: str, name: str) -> Settings:
    """Return ``settings`` with those of a parsed file; ``name`` is the file's, for messages.

    Raises
    ------
    UsageError
        As ``read_settings``.

    Examples
    --------
    >>> own = with_settings({"half_life_days": 365, "association_weights": {"phone": 0}}, Settings(), FILE, "own.toml")
    >>> own.half_life_days, dict(own.association_weights)["phone"], dict(own.association_weights)["meeting"]
    (365.0, 0.0, 1.0)
    >>> with_settings({"child_points": {"victm": 5}}, Settings(), RULES, "rules.toml")
    Traceback (most recent call last):
    ...
    ocgnet.errors.UsageError: rules.toml cannot be used. child_points.victm: no such rule; did you mean victim?
    """
    limits = {name: rest[0] for name, (by, *rest) in declared().items() if by == option}
    problems = []
    for key, value in given.items():
        if key in limits:
            problems += limits[key].wrong(key, value, getattr(settings, key))
        elif option == RULES and key in ("points", "bands"):
            problems.append(f"{key}: child and adults have a band each; write [child_{key}] and [adult_{key}].")
        else:
            noun = "setting" if option == FILE else "rule or threshold"
            problems.append(f"{key}: no such {noun}{near(key, limits)}")
    if problems:
        raise UsageError(f"{name} cannot be used. {' '.join(problems)}")
    try:
        return replace(settings, **{k: limits[k].merged(value, getattr(settings, k)) for k, value in given.items()})
    except UsageError as error:
        raise UsageError(f"{name} cannot be used. {error}") from None
