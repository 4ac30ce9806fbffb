"""From checked records to a whole profile; reads like its table of contents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial

import pandas as pd
import pyarrow.compute as pc

from ocgnet import __version__
from ocgnet.analysis.events import named_by_roles, roles_left_out
from ocgnet.dataset import About, Dataset, LeftOut, Loss
from ocgnet.errors import UsageError
from ocgnet.evidence.period import period_of
from ocgnet.evidence.record_dates import dates_frame, gap_notes, gaps_of
from ocgnet.evidence.restricted import in_use, used
from ocgnet.local_profile import county_lines as lines
from ocgnet.local_profile import groups as ocgs
from ocgnet.local_profile import harm, wards
from ocgnet.local_profile import victims_and_offenders as people
from ocgnet.local_profile.childhood import childhood
from ocgnet.local_profile.dealer_homes import dealer_homes
from ocgnet.local_profile.drug_lines import drug_lines
from ocgnet.local_profile.drug_violence import drug_violence
from ocgnet.local_profile.exploitation import exploitation
from ocgnet.local_profile.figures import Part, ProfileTable, table_of
from ocgnet.local_profile.hidden import hidden_part
from ocgnet.local_profile.impact import Again, LastProfile, impact_part
from ocgnet.local_profile.juveniles import juveniles
from ocgnet.local_profile.left_out import left_out_of_profile
from ocgnet.local_profile.lorenz import Lorenz
from ocgnet.local_profile.prosperity import prosperity
from ocgnet.local_profile.records import Material, Records, Windows
from ocgnet.local_profile.weapons import weapons
from ocgnet.parallel import abreast
from ocgnet.results import Curve, Figure
from ocgnet.results.rests_on import TABLES, great, why
from ocgnet.results.types import known_figures
from ocgnet.settings import ProfileSettings

# Figures that such documents print and that a force's records cannot give, with the reason for each.
#
# The one place where this is declared: the report prints it, and the test of every published figure reads it.

_NATIONAL = (
    "national literature: proven reoffending is measured on all offenders of the country over years of court records, "
    "which no table of a data folder holds"
)


@dataclass(frozen=True)
class NotComputed:
    """A figure that is not computed."""

    figure_id: str
    says: str
    reason: str
    when_absent: bool = False  # true when it is computed after all where the records hold what it needs


NOT_COMPUTED: tuple[NotComputed, ...] = (
    NotComputed("reoffending_11_plus", "Reoffending of juveniles with many serious previous offences", _NATIONAL),
    NotComputed("reoffending_none", "Reoffending of juveniles without previous offences", _NATIONAL),
    NotComputed(
        "talon_nrm_children",
        "Children of one case study who were assessed by the National Referral Mechanism",
        "case study of one operation: computed, as <group>_nrm_children, only where the records link the children "
        "to the group and hold their referrals",
        when_absent=True,
    ),
)


FORCE = "force"
"""The force's own edition, which prints every count."""

CHAPTERS: tuple[tuple[str, Callable[[Material], Part]], ...] = (
    ("networks and lines", drug_lines),
    ("violence around drugs", drug_violence),
    ("homes of dealers", dealer_homes),
    ("weapons", weapons),
    ("modern slavery and exploitation", exploitation),
    ("prosperity", prosperity),
    ("juveniles", juveniles),
    ("childhood", childhood),
    ("hidden demand", hidden_part),
)
"""The later chapters in the order of the report: the name of each step, and what makes its tables and figures."""

STEPS = (
    "sums of crimes",
    "places and offences",
    "victims and offenders",
    "groups",
    "county lines",
    *(name for name, _ in CHAPTERS),
    "impact",
)
"""Names of the steps, in order, for a progress bar."""


@dataclass(frozen=True)
class Profile:
    """Everything one profile answers.

    Parameters
    ----------
    about : About
        Description of the data.
    settings : ProfileSettings
        What was asked.
    windows : Windows
        Period, period before and base period.
    as_of : str
        Day on which groups and ages are judged, ISO; empty when the records hold no date.
    dates_note : str
        Where these dates come from.
    today : str
        The day on the clock where it decided ``as_of``, ISO; else empty.
    figures : mapping of str to Figure
        By figure id.
    tables : mapping of str to ProfileTable
        By name, in the order of the report; without ``comparison``.
    lorenz : mapping of str to Lorenz or None
        Concentration of ``victims`` and ``offenders``.
    curves : tuple of Curve
        Concentration of linked crimes and reports on OCG nominals; empty without groups.
    area : str
        The local-authority area that holds most districts; empty when there is none.
    areas : mapping of str to str
        Local-authority area by district.
    rows_in : mapping of str to int
        Rows per table.
    left_out : tuple of LeftOut
        Rows that were refused on the way in or that a filter leaves out, and why.
    given : frozenset of str
        Tables that the records had.
    unweighted : mapping of str to int
        Crimes of the period by each offence code without a weight; their harm is unknown.
    record_dates : pandas.DataFrame
        When the records of each table are dated, as from ``record_dates.dates_frame``.
    gap_notes : tuple of str
        In which tables no change is stated, because the records do not cover both periods.
    first : tuple of str
        What has to be read before the findings, because it may turn them round.
    losses : tuple of Loss
        How much of each table could not be read, whatever its share.
    edition : str
        Whom it is for, a word of ``edition.EDITIONS``; ``FORCE`` for the force itself.
    hidden : frozenset of str
        Tables that hold cells which this edition does not show.
    """

    about: About
    settings: ProfileSettings
    windows: Windows
    as_of: str
    dates_note: str
    today: str
    figures: Mapping[str, Figure]
    tables: Mapping[str, ProfileTable]
    lorenz: Mapping[str, Lorenz | None]
    curves: tuple[Curve, ...]
    area: str
    areas: Mapping[str, str]
    rows_in: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    given: frozenset[str]
    unweighted: Mapping[str, int]
    record_dates: pd.DataFrame = field(default_factory=pd.DataFrame)
    gap_notes: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    first: tuple[str, ...] = ()
    edition: str = FORCE
    hidden: frozenset[str] = frozenset()

    def counted(self, name: str) -> pd.DataFrame:
        """Return the rows of a table that sentences and pictures may count: none where any of their cells is hidden.

        Of places and offences those rows that are shown, which are named one by one.
        """
        frame = self.tables[name].frame
        if name not in self.hidden:
            return frame
        return frame[frame["crimes"].notna()] if name in ("areas", "wards", "offences") else frame.iloc[:0]

    def unknown(self, answer: str) -> str:
        """Return which loss makes that an answer (a name of ``rests_on.TABLES``) is not known; empty where none."""
        return why(TABLES.get(answer), great(self.losses, self.settings.analysis.loss_limit))

    @property
    def marking(self) -> str:
        """Marking for every output, with ``SYNTHETIC DATA`` where the people are made up."""
        return self.about.marked

    @property
    def run_id(self) -> str:
        """Twelve hex digits of the answer, the settings and the version: equal runs have equal ids."""
        figures = sorted((k, asdict(f)) for k, f in self.figures.items())
        edition = () if self.edition == FORCE else (self.edition,)
        asked = repr((figures, self.settings.to_dict(), __version__, *edition))
        return hashlib.sha256(asked.encode()).hexdigest()[:12]


def _silent(_step: str) -> None:
    """Report nothing."""


MOST_DISTRICTS = 5_000
"""Districts that a profile sets side by side."""


def _refuse_many(dataset: Dataset) -> None:
    """Refuse records that name more districts than anybody sets side by side."""
    named = max(pc.count_distinct(dataset[name]["district"]).as_py() for name in ("crimes", "wards"))
    if named > MOST_DISTRICTS:
        raise UsageError(
            f"The records name {named:,} districts, and a profile sets at most {MOST_DISTRICTS:,} side by side: more "
            "take minutes of computing by the thousand, and nobody reads such a page. Look whether addresses stand in "
            "the column district; write larger districts there, and the smaller ones into ward."
        )


def _people_again(material: Material) -> Mapping[str, Figure]:
    roles = material.settings.analysis.link_roles
    hurt = people.shares_of(material.records, ("victim",))
    linked = people.shares_of(material.records, roles, ages=False)
    return {
        **people.relationship_figures(material, linked),
        **people.few_figures(material, "victims", "victim", people.concentration_of(material, hurt)),
        **people.few_figures(material, "offenders", " or ".join(roles), people.concentration_of(material, linked)),
        **people.age_figures(material, hurt),
    }


def _lines_again(material: Material) -> Mapping[str, Figure]:
    return {
        **lines.line_figures(material, lines.transient_dealers_table(material), lines.referrals_table(material)),
        **lines.partner_figures(material, lines.partner_information_table(material)),
    }


AGAIN: dict[str, Again] = {
    "harm": lambda m: harm.harm_figures(m, harm.areas_table(m), harm.offences_table(m)),
    "people": _people_again,
    "groups": lambda m: ocgs.group_figures(m, ocgs.Groups.of(m)),
    "lines": _lines_again,
    "wards": lambda m: wards.ward_figures(m, wards.wards_table(m)),
}
"""What makes the figures of the first chapters again out of other days, for a priority that names one of them."""


def profile_of(
    dataset: Dataset,
    settings: ProfileSettings | None = None,
    step: Callable[[str], None] = _silent,
    last: LastProfile | None = None,
) -> Profile:
    """Answer the questions of a serious and organised crime local profile.

    Parameters
    ----------
    dataset : Dataset
        Checked records. A table that is absent leaves its figures out; one that is there and empty gives
        0, or None for a share of nothing.
    settings : ProfileSettings, optional
        Periods, weights, thresholds and seed.
    step : callable, optional
        Told the name of each step as it begins.
    last : LastProfile, optional
        An earlier profile, against which the measures of priorities are set; without it the period before.

    Returns
    -------
    Profile
        The same for the same records and settings, whatever the order of their rows.

    Raises
    ------
    UsageError
        When periods are impossible, or the records name more than ``MOST_DISTRICTS`` districts.
    """
    settings, dataset = settings or ProfileSettings(), in_use(dataset)
    _refuse_many(dataset)
    period = period_of(dataset, settings.analysis)
    others, gone = used(dataset["people"], period.as_of, include_overdue=settings.analysis.include_overdue)
    unused = (LeftOut("people", why, rows) for why, rows in gone.items() if rows)
    dataset = replace(dataset, tables={**dataset.tables, "people": others}, left_out=(*dataset.left_out, *unused))
    windows = Windows.of(period, settings)
    step(STEPS[0])
    records = Records(dataset.tables, settings, windows)
    material = Material(dataset, settings, period, windows, records)
    try:
        unweighted = records.unweighted
        step(STEPS[1])
        areas, offences = harm.areas_table(material), harm.offences_table(material)
        by_ward = wards.wards_table(material)
        step(STEPS[2])
        roles = settings.analysis.link_roles
        shares = {
            "victims": people.shares_of(records, ("victim",)),
            "offenders": people.shares_of(records, roles, ages=False),
        }
        lorenz = dict(zip(shares, abreast(partial(people.concentration_of, material), shares.values()), strict=True))
        ages = people.victim_ages_table(material, shares["victims"])
        relationships = people.relationships_table(material, shares["offenders"])
        step(STEPS[3])
        groups = ocgs.groups_of(material)
        step(STEPS[4])
        dealers, referrals = lines.transient_dealers_table(material), lines.referrals_table(material)
        sectors = lines.partner_information_table(material)
        parts = []
        for name, part_of in CHAPTERS:
            step(name)
            parts.append(part_of(material))
        made: list[tuple[str, Mapping[str, Figure]]] = [
            ("harm", harm.harm_figures(material, areas, offences)),
            ("people", people.relationship_figures(material, shares["offenders"])),
            ("people", people.few_figures(material, "victims", "victim", lorenz["victims"])),
            ("people", people.few_figures(material, "offenders", " or ".join(roles), lorenz["offenders"])),
            ("groups", ocgs.group_figures(material, groups)),
            ("people", people.age_figures(material, shares["victims"])),
            ("lines", lines.line_figures(material, dealers, referrals)),
            ("lines", lines.partner_figures(material, sectors)),
            ("wards", wards.ward_figures(material, by_ward)),
            *((name, part.figures) for (name, _), part in zip(CHAPTERS, parts, strict=True)),
        ]
        figures = _settled({n: f for _, its in made for n, f in its.items()}, dataset, settings)
        step(STEPS[-1])
        impact = impact_part(material, figures, _again(made, dataset, settings), last)
        parts.append(impact)
        figures = {**figures, **_settled(impact.figures, dataset, settings)}
        out = tuple(sorted((*dataset.left_out, *left_out_of_profile(material))))
        tables = [
            areas, by_ward, wards.ward_threats_table(material, by_ward), offences,
            harm.district_offences_table(material), ages, relationships, people.concentration_table(lorenz),
            ocgs.group_years_table(material, groups), ocgs.group_kinds_table(material),
            ocgs.disruptions_table(material), dealers, referrals, sectors,
            *(table for part in parts for table in part.tables),
            figures_table(figures), not_computed_table(figures),
        ]  # fmt: skip
    finally:
        records.close()
    found = Profile(
        dataset.about, settings, windows, period.as_of.isoformat() if period.as_of else "", period.note,
        period.today.isoformat() if period.today else "", figures,
        {t.name: t for t in tables}, lorenz, groups.concentration.curves if groups else (),
        material.geography.main_area, material.geography.area_of, dataset.rows, out, dataset.given,
        unweighted,
        dates_frame(material.dates),
        gap_notes(gaps_of(material.dates, period, material.before), period, material.before),
        dataset.losses,
        tuple(filter(None, [roles_left_out(dataset, settings.analysis)])),
    )  # fmt: skip
    return _as_far_as_known(found)


def _settled(figures: Mapping[str, Figure], dataset: Dataset, settings: ProfileSettings) -> dict[str, Figure]:
    """Return figures that say by which roles they count, and that are not known where much of a table was refused."""
    named = named_by_roles(dict(figures), settings.analysis)
    return known_figures(named, dataset.losses, settings.analysis.loss_limit)


def _again(
    made: list[tuple[str, Mapping[str, Figure]]], dataset: Dataset, settings: ProfileSettings
) -> dict[str, tuple[Again, frozenset[str]]]:
    """Return by chapter what makes its figures again, and which they are."""
    later: dict[str, Again] = {name: partial(_figures_of, part_of) for name, part_of in CHAPTERS}

    def settled(make: Again, material: Material) -> Mapping[str, Figure]:
        return _settled(make(material), dataset, settings)

    return {
        name: (
            partial(settled, make),
            frozenset(_settled({n: f for at, its in made if at == name for n, f in its.items()}, dataset, settings)),
        )
        for name, make in {**AGAIN, **later}.items()
    }


def _figures_of(part_of: Callable[[Material], Part], material: Material) -> Mapping[str, Figure]:
    return part_of(material).figures


def _as_far_as_known(profile: Profile) -> Profile:
    """Return a profile without rows in the tables, and without curves, that rest on a table of great loss."""
    return replace(
        profile,
        tables={
            name: t.holding(t.frame.iloc[:0]) if name != "figures" and profile.unknown(name) else t
            for name, t in profile.tables.items()
        },
        lorenz={who: None if profile.unknown("victim_ages") else found for who, found in profile.lorenz.items()},
        curves=() if profile.unknown("concentration") else profile.curves,
    )


def figures_table(figures: Mapping[str, Figure]) -> ProfileTable:
    """Return the figures as rows, in their order."""
    return table_of("figures", [{"figure_id": name, **asdict(figure)} for name, figure in figures.items()])


def not_computed_table(figures: Mapping[str, Figure]) -> ProfileTable:
    """Return the figures that are not computed, without those that these records gave after all."""
    left = [n for n in NOT_COMPUTED if not (n.when_absent and n.figure_id in figures)]
    return table_of("not_computed", [(n.figure_id, n.says, n.reason) for n in left])
