"""The job of things: from checked records to everything that phones, vehicles, addresses and accounts answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ocgnet.analysis.things.at_crimes import things_at_crimes_of
from ocgnet.analysis.things.contacts import InTouch, common_contacts_of, pairs_of_members, top_contacts_of
from ocgnet.analysis.things.cuckooing import possible_cuckooing_of
from ocgnet.analysis.things.deal_lines import deal_lines_of
from ocgnet.analysis.things.money import Payments, money_chains_of, pass_through_of, shared_accounts_of
from ocgnet.analysis.things.shared import shared_things_of
from ocgnet.analysis.things.silences import silences_of
from ocgnet.analysis.things.successors import successors_of
from ocgnet.analysis.things.traffic import traffic_of
from ocgnet.analysis.things.travelled import travelled_together_of
from ocgnet.analysis.things.unattributed import unattributed_of
from ocgnet.dataset import About, Dataset, LeftOut, Loss
from ocgnet.evidence.co_travel import co_travel_of
from ocgnet.evidence.joined import Joining
from ocgnet.evidence.membership import memberships_on
from ocgnet.evidence.period import period_of
from ocgnet.evidence.restricted import in_use
from ocgnet.evidence.thing_use import ThingUse, thing_use
from ocgnet.evidence.things_withheld import without_overdue_things
from ocgnet.model.things import THING_TABLES
from ocgnet.results import ResultTable, not_computed
from ocgnet.results.thing_columns import THING_RESULTS
from ocgnet.settings import Settings

THINGS = frozenset(t.name for t in THING_TABLES)
"""Tables of records that these answers rest on; without any of them an analysis says nothing of things."""

STEPS = ("who uses what", "contacts", "numbers of nobody", "successors", "vehicles and places")
"""Names of the steps, in order, for a progress bar."""


@dataclass(frozen=True)
class ThingsAnalysis:
    """Everything that things answer.

    Parameters
    ----------
    tables : mapping of str to ResultTable
        All of ``THING_RESULTS`` in its order; without rows what the records do not answer.
    left_out : tuple of LeftOut
        Rows that take no part, and why.
    notes : tuple of str
        What has to be read beside every table.
    as_of : date or None
        Day of judgement; None when the records hold no date.
    dates_note : str
        One sentence on where that day comes from.
    use : ThingUse
        The links between people and things that these answers rest on.
    losses : tuple of Loss
        How much of the tables of things could not be read.
    """

    about: About
    settings: Settings
    as_of: date | None
    dates_note: str
    tables: Mapping[str, ResultTable]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    use: ThingUse
    losses: tuple[Loss, ...] = ()

    @property
    def marking(self) -> str:
        """Marking for every output, with ``SYNTHETIC DATA`` where the people are made up."""
        return self.about.marked

    @property
    def leads(self) -> pd.DataFrame:
        """Numbers that nobody is known to use, by how central they are to a group; the table ``unattributed``."""
        return self.tables["unattributed"].frame if "unattributed" in self.tables else pd.DataFrame()


def _silent(_: str) -> None:
    """Report nothing."""


def things_of(
    dataset: Dataset,
    settings: Settings | None = None,
    step: Callable[[str], None] = _silent,
    joining: Joining | None = None,
) -> ThingsAnalysis:
    """Answer what things answer; records without things give tables without rows.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    settings : Settings, optional
        Filters, thresholds and the seed.
    step : callable, optional
        Told the name of each step as it begins.
    joining : Joining, optional
        What joins people through things, where that is worked out already for the same records and settings.

    Returns
    -------
    ThingsAnalysis
        The same for the same records and settings, whatever the order of their rows.

    Raises
    ------
    UsageError
        When the settings name dates that the records cannot have.
    """
    settings, dataset = settings or Settings(), in_use(dataset)
    period = period_of(dataset, settings)
    dataset = without_overdue_things(dataset, period.as_of, include_overdue=settings.include_overdue)
    step("who uses what")
    use = joining.use if joining else thing_use(dataset, settings, period)
    nominals = dataset["nominals"]["nominal_id"].combine_chunks()
    members = memberships_on(dataset, period.as_of, nominals)
    step("contacts")
    calls = traffic_of(dataset, use, settings, period)
    touch = InTouch(calls, use, dataset.shown_names)
    step("numbers of nobody")
    payments = InTouch(traffic_of(dataset, use, settings, period, "transfers"), use, dataset.shown_names)
    held = list(zip(*(dataset["group_things"][c].to_pylist() for c in ("ocg_id", "thing_id")), strict=True))
    unattributed, crowded = unattributed_of((touch, payments), members, nominals.to_pylist(), held, settings)
    step("successors")
    successors, too_common, silent = successors_of(calls, use, settings)
    step("vehicles and places")
    travel = joining.travel if joining else co_travel_of(dataset, use, settings, period)
    shared, crowded_things, not_shared = shared_things_of(dataset, use, members, settings)
    money = Payments.of(dataset, payments.traffic)
    chains, not_chained = money_chains_of(money, settings)
    cuckooing, not_prompted = possible_cuckooing_of(dataset, use, members, period, settings)
    prompts = set(zip(cuckooing.frame["place"], cuckooing.frame["resident_id"], strict=True))
    at_crimes, later = things_at_crimes_of(dataset, use, period, prompts)
    answered: tuple[ResultTable, ...] = (
        shared,
        crowded_things,
        unattributed,
        successors,
        *deal_lines_of(dataset, touch, settings),
        silences_of(dataset, touch, members, nominals.to_pylist(), settings, period),
        top_contacts_of(touch, settings),
        common_contacts_of(touch, pairs_of_members(members, nominals.to_pylist()), settings),
        travelled_together_of(dataset, use, travel, settings),
        cuckooing,
        at_crimes,
        shared_accounts_of(dataset, use, members, money, settings),
        pass_through_of(money, use, settings),
        chains,
    )
    left_out: tuple[LeftOut, ...] = (
        *calls.left_out,
        *payments.traffic.left_out,
        *crowded,
        *too_common,
        *travel.left_out,
        *not_shared,
        *not_prompted,
        *later,
        *money.left_out,
        *not_chained,
    )
    notes: tuple[str, ...] = silent
    by_name = {table.name: table for table in answered}
    return ThingsAnalysis(
        about=dataset.about,
        settings=settings,
        as_of=period.as_of,
        dates_note=period.note,
        tables={name: by_name.get(name) or not_computed(name) for name in THING_RESULTS},
        left_out=tuple(sorted({*dataset.left_out, *use.left_out, *left_out})),
        notes=notes,
        use=use,
        losses=tuple(x for x in dataset.losses if x.table in THINGS),
    )
