"""The main job: from checked records to everything one run answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from ocgnet import __version__
from ocgnet.analysis.children.linked_children import linked_children
from ocgnet.analysis.communities.against_groups import best_resolution, community_fit, group_questions, not_asked
from ocgnet.analysis.communities.communities import at_resolutions, find_communities, resolutions_table
from ocgnet.analysis.concentration.by_grade import grade_sensitivity
from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.analysis.events import events_of, named_by_roles, roles_left_out, stands_of
from ocgnet.analysis.figures import figures_of
from ocgnet.analysis.groups import groups_of
from ocgnet.analysis.position import position_of, summary
from ocgnet.analysis.roles.layers import layers_of
from ocgnet.analysis.roles.outsiders import outsiders_of
from ocgnet.analysis.roles.roles import agreement, disagreements, suggest_roles
from ocgnet.analysis.roles.stability import stability_of
from ocgnet.analysis.things.drawn import things_drawn
from ocgnet.analysis.time.snapshots import over_time
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence, Scope, evidence_of, scope_of
from ocgnet.evidence.period import Period, period_before
from ocgnet.evidence.record_dates import dates_frame, gap_notes, gaps_of, record_dates
from ocgnet.evidence.restricted import in_use
from ocgnet.evidence.things_withheld import without_overdue_things
from ocgnet.network import Spread
from ocgnet.network.ties import ties_of
from ocgnet.results import Agreement, Analysis, tables_of
from ocgnet.results.rests_on import great, known_counts
from ocgnet.results.types import known_figures
from ocgnet.settings import Settings
from ocgnet.things_job import THINGS, things_of

STEPS = (
    "choosing the evidence",
    "ties",
    "position",
    "communities",
    "roles",
    "concentration",
    "time",
    "children",
    "things",
    "figures",
)
"""Names of the steps, in order, for a progress bar."""


TIED_A_MINUTE, ALONE_A_MINUTE, GROUPS_A_MINUTE = 20_000, 60_000, 20_000
"""How many nominals with ties, nominals without, or groups everything is computed, drawn and written for in a minute of
one processor (benchmarks/extremes.py). The stability of roles says for itself what it takes."""


def cost_of(tied: int, alone: int, groups: int) -> str:
    """Return what answering everything costs at most, and how to ask for less; empty below a minute.

    >>> cost_of(15_000, 3_000, 1_000)
    ''
    >>> cost_of(50_000, 0, 10)[:73]
    '50,000 nominals (50,000 with ties) and 10 groups take up to 3 minutes of '
    """
    minutes = ceil(tied / TIED_A_MINUTE + alone / ALONE_A_MINUTE + groups / GROUPS_A_MINUTE)
    if minutes <= 1:
        return ""
    return (
        f"{tied + alone:,} nominals ({tied:,} with ties) and {groups:,} groups take up to {minutes:,} minutes of "
        "one processor, most of it for the measures on paths, the workbook and the chart. For less: ask one question "
        "(ocgnet roles, ocgnet concentration, ocgnet children), or name groups with --ocg."
    )


def _silent(_: str) -> None:
    """Report nothing."""


def analyse(
    dataset: Dataset,
    settings: Settings | None = None,
    step: Callable[[str], None] = _silent,
    spread: Spread = map,
    beforehand: Callable[[str], None] = _silent,
) -> Analysis:
    """Answer the questions of a local profile's chapter on organised crime groups.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    settings : Settings, optional
        Filters, thresholds and the seed.
    step : callable, optional
        Told the name of each step as it begins.
    spread : callable, optional
        Does long work in parts, as ``map`` does; several processes give the same answer.
    beforehand : callable, optional
        Told in a sentence what is about to cost more than a minute, and how to ask for less: everything, and the
        stability of roles.

    Returns
    -------
    Analysis
        The same for the same records and settings, whatever the order of their rows.

    Raises
    ------
    UsageError
        When the settings name a group that does not exist, or dates that the data cannot have.
    """
    settings, dataset = settings or Settings(), in_use(dataset)
    names = dataset.shown_names
    step("choosing the evidence")
    scope = scope_of(dataset, settings)
    evidence, of_network = scope.figures, scope.network
    earlier = period_before(evidence.period, settings)
    dates = record_dates(dataset, evidence.period.as_of)
    gaps = gaps_of(dates, evidence.period, earlier)
    before = _comparable(dataset, settings, earlier, gaps)
    step("ties")
    ties = ties_of(of_network, settings)
    tied = len(np.union1d(ties.a, ties.b))
    if cost := cost_of(tied, ties.people - tied, dataset["ocgs"].num_rows):
        beforehand(cost)
    step("position")
    position = position_of(ties, settings, spread)
    network = summary(ties, settings)
    step("communities")
    communities = find_communities(ties, settings)
    resolutions = at_resolutions(ties, settings, communities)
    fit = community_fit(of_network, resolutions)
    best = best_resolution(fit)
    questions = group_questions(of_network, ties, None if best is None else resolutions[best], settings)
    step("roles")
    stability = stability_of(of_network, ties, position, settings, spread, beforehand)
    roles = suggest_roles(of_network, ties, position, settings, stability, names)
    outsiders = outsiders_of(dataset, of_network, ties, position, stability, roles, settings)
    step("concentration")
    concentration = concentrate(evidence, names, settings, before)
    grades = grade_sensitivity(dataset, evidence, settings, names)
    step("time")
    time = over_time(dataset, evidence, scope.joining, names, settings, comparable=before is not None)
    step("children")
    children = linked_children(dataset, evidence, names, settings)
    step("things")
    answers = things_of(dataset, settings, joining=scope.joining)
    given = bool(dataset.given & THINGS)
    left_out = *dataset.left_out, *scope.left_out, *ties.left_out, *not_asked(of_network), *children.left_out
    step("figures")
    figures = figures_of(dataset, evidence, settings, concentration, children)
    found = Analysis(
        **_asked(dataset, settings, scope, earlier),
        record_dates=dates_frame(dates),
        gap_notes=gap_notes(gaps, evidence.period, earlier),
        run_id=_run_id(dataset, settings, evidence.period),
        figures=named_by_roles({**figures, **grades.figures, **time.figures}, settings),
        network=network,
        tables=tables_of(
            roles,
            position.table(of_network, communities, names, evidence),
            concentration.table,
            communities.table(of_network, names),
            ties.to_table(of_network),
            concentration.greedy,
            concentration.lists,
            grades.table,
            time.snapshots,
            time.paths,
            time.turnover,
            layers_of(of_network, ties, settings),
            disagreements(roles),
            resolutions_table(of_network, resolutions),
            fit,
            outsiders.tied,
            outsiders.highest,
            questions,
            *children.all_tables.values(),
        ),
        agreement=agreement(roles),
        curves=concentration.curves,
        left_out=tuple(sorted((*left_out, *(x for x in answers.left_out if given and x not in left_out)))),
        groups=groups_of(dataset, evidence, roles.frame, children.table.frame, names, settings.ocgs),
        notes=(
            *gap_notes(gaps, evidence.period, earlier),
            *position.notes,
            *stability.notes,
            *outsiders.notes,
            *concentration.notes,
            *time.notes,
            *(answers.notes if given else ()),
        ),
        events=events_of(dataset, of_network, ties),
        stands=stands_of(dataset, of_network, settings),
        things=things_drawn(
            without_overdue_things(dataset, answers.as_of, include_overdue=settings.include_overdue),
            answers.use,
            of_network.nominals,
            answers.as_of,
            answers.leads,
        ),
        thing_tables=answers.tables if given else {},
    )
    return as_far_as_known(found)


def answer(
    question: str,
    dataset: Dataset,
    settings: Settings | None = None,
    step: Callable[[str], None] = _silent,
    spread: Spread = map,
    *,
    brief: bool = False,
    beforehand: Callable[[str], None] = _silent,
) -> Analysis:
    """Answer one question: the table ``roles``, ``concentration`` or ``communities`` and the sentence above it.

    They are those of `analyse`; whatever they do not need is not computed, and has no rows. What was left out is
    said of the records behind this answer alone. A ``brief`` answer has the first sentence of each ``because`` only:
    on which single tie, person or event a role turns is not looked for.
    """
    settings, dataset = settings or Settings(), in_use(dataset)
    names = dataset.shown_names
    step("choosing the evidence")
    scope = scope_of(dataset, settings)
    evidence, of_network = scope.figures, scope.network
    earlier = period_before(evidence.period, settings)
    step("ties")
    ties = ties_of(of_network, settings)
    blank = tables_of()
    found = Analysis(
        **_asked(dataset, settings, scope, earlier),
        run_id="",
        figures={},
        network=summary(ties, settings),
        tables=blank,
        agreement=Agreement(pd.DataFrame(), 0, None),
        curves=(),
        left_out=tuple(sorted((*dataset.left_out, *scope.left_out, *ties.left_out))),
        groups=groups_of(dataset, evidence, blank["roles"].frame, blank["children"].frame, names, settings.ocgs),
        notes=(),
    )
    step(question)
    if question == "communities":
        table = find_communities(ties, settings).table(of_network, names)
        return as_far_as_known(replace(found, tables=tables_of(table)))
    if question == "concentration":
        gaps = gaps_of(record_dates(dataset, evidence.period.as_of), evidence.period, earlier)
        before = _comparable(dataset, settings, earlier, gaps)
        concentration = concentrate(evidence, names, settings, before)
        figures = named_by_roles(concentration.figures, settings)
        tables = tables_of(concentration.table)
        return as_far_as_known(replace(found, figures=figures, curves=concentration.curves, tables=tables))
    position = position_of(ties, settings, spread)
    stability = stability_of(of_network, ties, position, settings, spread, beforehand, singles=not brief)
    roles = suggest_roles(of_network, ties, position, settings, stability, names)
    outsiders = outsiders_of(dataset, of_network, ties, position, stability, roles, settings)
    if brief:
        first = roles.frame["because"].str.partition(". ")[0]
        roles = replace(roles, frame=roles.frame.assign(because=first))
    return as_far_as_known(replace(found, agreement=agreement(roles), tables=tables_of(roles, outsiders.highest)))


def _comparable(dataset: Dataset, settings: Settings, earlier: Period, gaps: Mapping[str, str]) -> Evidence | None:
    """Return the evidence of the period before; None where crimes or reports do not cover it and the period."""
    return None if gaps.keys() & {"crimes", "intel_reports"} else evidence_of(dataset, settings, earlier)


def _asked(dataset: Dataset, settings: Settings, scope: Scope, earlier: Period) -> dict[str, Any]:
    """Return what an analysis says of the records and periods it is about."""
    period = scope.figures.period
    return {
        "about": dataset.about,
        "settings": settings,
        "as_of": period.as_of,
        "period_from": period.first,
        "period_to": period.last,
        "dates_note": period.note,
        "today": period.today,
        "before_from": earlier.first,
        "before_to": earlier.last,
        "before_as_of": earlier.as_of,
        "network_from": settings.network_from,
        "outside": scope.outside,
        "rows_in": dataset.rows,
        "losses": dataset.losses,
        "first": tuple(filter(None, [roles_left_out(dataset, settings)])),
    }


def as_far_as_known(analysis: Analysis) -> Analysis:
    """Return an analysis in which nothing that rests on a table of great loss stands as known."""
    losses, limit = analysis.losses, analysis.settings.loss_limit
    if not great(losses, limit):
        return analysis
    nothing = Agreement(analysis.agreement.table.iloc[:0], 0, None)
    return replace(
        analysis,
        figures=known_figures(analysis.figures, losses, limit),
        groups=known_counts(analysis.groups, losses, limit),
        tables=tables_of(*(replace(t, frame=known_counts(t.frame, losses, limit)) for t in analysis.tables.values())),
        curves=() if analysis.unknown("concentration") else analysis.curves,
        agreement=nothing if analysis.unknown("roles") else analysis.agreement,
    )


def _run_id(dataset: Dataset, settings: Settings, period: Period) -> str:
    asked = repr((dataset.fingerprint, sorted(settings.to_dict().items()), period.as_of, __version__))
    return hashlib.sha256(asked.encode()).hexdigest()[:12]
