"""Which answer rests on which tables, declared once, and what is left of an answer when much of a table was refused.

A figure that rests on a table of which more than ``Settings.loss_limit`` could not be read is not known: its
value is None and its ``unknown`` says why. A count of a person or a group that is 0 then is blank, because the
records that would have made it more may be among those refused; any other count is "at least".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from ocgnet.dataset import Loss

_CRIMES = ("crimes", "crime_links")
_REPORTS = ("intel_reports", "intel_links")
_MEMBERS = ("nominals", "ocgs", "memberships")
_NETWORK = ("nominals", *_CRIMES, *_REPORTS, "associations", "things", "thing_links", "communications", "sightings")
_THINGS = ("things", "thing_links")
_CALLS = (*_THINGS, "communications")
_LINES = (*_CALLS, "group_things", "nominals", "memberships", "children", "disruptions")
_MONEY = (*_THINGS, "transfers")
_FAMILY = (*_MEMBERS, "children", "family_links")
_CHILDREN = (*_FAMILY, *_CRIMES, *_REPORTS, "associations", "missing_episodes", "stop_checks")
_PEOPLE = ("people", "nominals", "children")

FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("priorities_.*", ("priorities",)),
    ("hidden_.*", (*_MEMBERS, *_CRIMES, *_REPORTS, "associations")),
    ("gaps_.*", ("intelligence_gaps",)),
    ("ocgs_(without_activity|secondary)", ("ocgs", "ocg_activities")),
    ("ocgs_activity_asked", (*_MEMBERS, *_CRIMES, "ocg_activities")),
    ("aces_.*", (*_FAMILY, "child_aces")),
    ("missing_interviews_held|missing_episodes.*", ("missing_episodes",)),
    ("missing_.*", ("children", "missing_episodes")),
    ("pillar_.*_members", _MEMBERS),
    ("pillar_.*_crimes", (*_MEMBERS, *_CRIMES)),
    ("pillar_.*_children", _FAMILY),
    ("(fraud|computer_misuse|money_laundering)_.*", ("crimes",)),
    ("ocgs_abroad|countries_abroad", ("ocgs", "ocg_countries")),
    ("ocgs.*", ("ocgs",)),
    ("nominals_(rising|falling)", (*_NETWORK, "memberships")),
    ("nominals.*", _MEMBERS),
    ("disruptions.*", ("disruptions",)),
    ("(linked_crimes|crime_gini|crimes_per_nominal.*)", (*_MEMBERS, *_CRIMES)),
    ("(linked_reports|report_gini|reports_per_nominal.*)", (*_MEMBERS, *_REPORTS)),
    ("(top|greedy|holdout)_.*", (*_MEMBERS, *_CRIMES, *_REPORTS)),
    ("children_other_bases", _CHILDREN),
    ("(children|parents).*", _FAMILY),
    (".*_nrm_children", (*_CHILDREN, "referrals")),
    ("nrm_referrals.*", ("referrals",)),
    ("transient_.*|out_of_force.*", ("stop_checks",)),
    ("drug_violence_reports.*", ("intel_reports",)),
    ("drug_violence.*", ("crimes",)),
    ("line_(groups|networks).*", ("ocgs", "ocg_activities", "threats")),
    ("line_threats.*", ("threats",)),
    ("lines_in_use|line_users.*", (*_THINGS, "group_things", "threats", *_PEOPLE)),
    ("nrm_.*", ("referrals", "nrm_stages", *_PEOPLE)),
    ("cpi_.*", ("intel_reports",)),
    ("(cse|cce|modern_slavery)_crimes.*", ("crimes",)),
    ("risk_.*", ("child_risks", *_PEOPLE)),
    ("exploitation_(reports|forms).*", ("intel_reports",)),
    ("cse_districts_up", ("crimes", "children")),
    ("cse_.*", ("children",)),
    ("(victims|offenders)_.*|harm_age_.*", (*_CRIMES, *_PEOPLE)),
    ("harm_by_.*_laa", _CRIMES),
    ("(crimes|severity)_per_1000|ward_.*|ward_highest.*", ("crimes", "wards")),
    ("firearm_(accessible|present).*", ("intel_reports",)),
    ("(knife|firearm)_by_.*", (*_MEMBERS, *_CRIMES, "things", "group_things", "ocg_activities")),
    ("(knife|firearm)_.*", ("crimes",)),
    ("juveniles_.*", (*_CRIMES, *_PEOPLE)),
    ("(harm|severity|volume|rape|other_high_harm|crime|crimes)_.*", ("crimes",)),
)
"""Tables by the pattern of a figure's id; the first that fits counts. A figure that fits none rests on every table."""

TABLES: dict[str, tuple[str, ...]] = {
    "network": _NETWORK,
    "roles": (*_NETWORK, "ocgs", "memberships"),
    "outside_but_tied": (*_NETWORK, "ocgs", "memberships"),
    "highest_positions": (*_NETWORK, "ocgs", "memberships"),
    "people": _NETWORK,
    "concentration": (*_MEMBERS, *_CRIMES, *_REPORTS),
    "children": (*_CHILDREN, "child_aces", "child_risks"),
    "communities": _NETWORK,
    "ties": _NETWORK,
    "groups": (*_NETWORK, "ocgs", "memberships", "children", "family_links"),
    "child_missing": ("children", "missing_episodes"),
    "missing_recurring": ("children", "missing_episodes"),
    "areas": ("crimes", "wards"),
    "wards": ("crimes", "wards"),
    "ward_threats": ("crimes", "wards"),
    "offences": ("crimes",),
    "district_offences": ("crimes",),
    "victim_ages": (*_CRIMES, *_PEOPLE),
    "relationships": _CRIMES,
    "group_years": (*_MEMBERS, *_CRIMES, *_REPORTS, "disruptions"),
    "group_kinds": ("ocgs", "ocg_countries"),
    "disruptions": ("disruptions",),
    "transient_dealers": ("stop_checks",),
    "line_networks": ("ocgs", "ocg_activities", "threats", *_THINGS, "group_things"),
    "line_use": (*_THINGS, "group_things", "threats", *_PEOPLE),
    "line_spans": (*_THINGS, "group_things", "threats"),
    "drug_violence": ("crimes", "intel_reports"),
    "line_marks": ("crimes", "intel_reports"),
    "dealer_homes": ("stop_checks",),
    "home_forces": ("stop_checks",),
    "referrals": ("referrals",),
    "cse_ages": ("children",),
    "cse_ethnicity": ("children",),
    "cse_districts": ("children", "crimes"),
    "child_risk_districts": ("child_risks", *_PEOPLE),
    "child_risk_levels": ("child_risks", *_PEOPLE),
    "child_risk_ages": ("child_risks", *_PEOPLE),
    "exploitation_crimes": ("crimes",),
    "exploitation_reports": ("intel_reports",),
    "exploitation_topics": ("intel_reports",),
    "exploitation_report_districts": ("intel_reports", "wards"),
    "nrm_cases": ("referrals", "nrm_stages", *_PEOPLE),
    "nrm_waits": ("referrals", "nrm_stages"),
    "partner_information": ("intel_reports",),
    "weapons": ("crimes", "wards"),
    "weapon_wards": ("crimes", "wards"),
    "weapon_hours": ("crimes",),
    "weapon_links": (*_MEMBERS, *_CRIMES, "things", "group_things", "ocg_activities"),
    "firearm_intelligence": ("intel_reports",),
    "aces": (*_FAMILY, "child_aces"),
    "aces_together": (*_FAMILY, "child_aces"),
    "missing_links": ("children", "missing_episodes", "child_risks", *_CRIMES),
    "missing_trends": ("children", "missing_episodes", "child_risks", *_CRIMES),
    "missing_interviews": ("missing_episodes",),
    "prosperity": ("crimes",),
    "prosperity_victims": ("crimes",),
    "prosperity_districts": ("crimes",),
    "pillars": (*_FAMILY, *_CRIMES),
    "group_activities": (*_MEMBERS, *_CRIMES, "ocg_activities"),
    "juveniles": (*_CRIMES, *_PEOPLE),
    "shared_things": (*_THINGS, "nominals", "memberships"),
    "crowded_things": _THINGS,
    "unattributed": (*_CALLS, "group_things", "nominals", "memberships"),
    "top_contacts": _CALLS,
    "common_contacts": _CALLS,
    "silences": (*_CALLS, *_CRIMES, "group_things", "memberships", "disruptions"),
    "successors": _CALLS,
    "deal_lines": _LINES,
    "deal_line_users": _LINES,
    "deal_line_hours": _LINES,
    "deal_line_disruptions": _LINES,
    "travelled_together": (*_THINGS, "sightings"),
    "possible_cuckooing": (*_THINGS, *_MEMBERS, *_PEOPLE),
    "things_at_crimes": (*_THINGS, *_CRIMES, "crime_things", "group_things"),
    "shared_accounts": _MONEY,
    "pass_through": _MONEY,
    "money_chains": _MONEY,
    "hidden_people": (*_MEMBERS, *_CRIMES, *_REPORTS, "associations"),
    "hidden_sets": (*_MEMBERS, *_CRIMES, *_REPORTS, "associations"),
    "priorities": ("priorities",),
    "intelligence_gaps": ("intelligence_gaps",),
    "not_computed": (),
    "columns": (),
}
"""Tables of records by result table or answer; a result that stands nowhere here rests on every table."""

COUNTS: dict[str, tuple[str, ...]] = {
    "crimes": _CRIMES,
    "evidence_crimes": _CRIMES,
    "harm": _CRIMES,
    "harm_unknown": _CRIMES,
    "reports": _REPORTS,
    "evidence_reports": _REPORTS,
    "members": ("nominals", "memberships"),
    "children": ("children", "family_links"),
    "known_aces": ("child_aces",),
    "missing_episodes": ("missing_episodes",),
}
"""Columns of counts of a person or group, wherever they stand, with the tables they rest on."""


def great(losses: Iterable[Loss], limit: float) -> tuple[Loss, ...]:
    """Return the losses of more than ``limit`` of their table."""
    return tuple(loss for loss in losses if loss.share > limit)


def rests_on(figure_id: str) -> tuple[str, ...] | None:
    """Return the tables that a figure rests on; None for every table.

    >>> rests_on("linked_crimes")[-2:], rests_on("never heard of")
    (('crimes', 'crime_links'), None)
    """
    return next((tables for pattern, tables in FIGURES if re.fullmatch(pattern, figure_id)), None)


def why(tables: Iterable[str] | None, losses: Iterable[Loss]) -> str:
    """Return which losses touch some tables (None: any table), in words; empty when none does.

    >>> why(("crimes",), [Loss("crimes", 1, 2), Loss("wards", 1, 4)])
    'crimes: 1 of 2 rows (50%) could not be read'
    """
    touched = None if tables is None else set(tables)
    return "; ".join(str(loss) for loss in losses if touched is None or loss.table in touched)


def touching(answer: str, losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """Return the losses, great or small, of tables that an answer rests on.

    >>> [x.table for x in touching("ties", [Loss("crimes", 1, 2), Loss("wards", 1, 4)])]
    ['crimes']
    """
    tables = TABLES.get(answer)
    return tuple(loss for loss in losses if tables is None or loss.table in tables)


def known_counts(frame: pd.DataFrame, losses: Iterable[Loss], limit: float) -> pd.DataFrame:
    """Return a frame in which a count of 0 that rests on a table of great loss is blank."""
    lost = great(losses, limit)
    touched = [c for c, tables in COUNTS.items() if c in frame.columns and why(tables, lost)]
    for name in touched:
        column = frame[name]
        if pd.api.types.is_integer_dtype(column):
            column = column.astype("Int64")
        if pd.api.types.is_numeric_dtype(column):
            frame = frame.assign(**{name: column.mask(column == 0)})
    return frame
