"""What the records say of each group, person and threat, by the measures that a scheme of priorities names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.links import FAMILY
from ocgnet.analysis.children.records import EXPLOITING, flagged
from ocgnet.analysis.response.plans import plans_on
from ocgnet.analysis.response.priority_schemes import Component, Scheme
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.english import counted
from ocgnet.evidence.ages import children_on
from ocgnet.evidence.evidence import Evidence, Incidence, evidence_of
from ocgnet.evidence.grades import keep_grades
from ocgnet.evidence.membership import groups_on
from ocgnet.evidence.period import Period, dated_by, dated_within, months_after, overdue, period_of
from ocgnet.harm import harm_of, look_up, offence_groups
from ocgnet.settings import Settings

HURTING = ("major", "moderate")
"""Levels of disruption that count."""


@dataclass(frozen=True)
class Measured:
    """What the records say of the subjects of each kind.

    ``subjects`` holds the sorted ids by kind; ``values`` by kind a frame of them with a column for each component
    that has a measure, NaN where it is not known; ``because`` says why a component is known of no subject of a kind.
    """

    period: Period
    subjects: dict[str, pd.Index]
    values: dict[str, pd.DataFrame]
    because: dict[tuple[str, str], str]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def _no_events() -> pd.DataFrame:
    return pd.DataFrame({"subject": pd.Series(dtype=object), "event": pd.Series(dtype=object)})


@dataclass
class _Kind:
    """Events of the subjects of one kind: each subject and event once."""

    ids: pd.Index
    crimes: pd.DataFrame = field(default_factory=_no_events)
    earlier: pd.DataFrame = field(default_factory=_no_events)
    reports: pd.DataFrame = field(default_factory=_no_events)


def window_of(dataset: Dataset, settings: Settings, months: int) -> Period:
    """Return the dates of the measures: so many months up to the day of judgement, or the period that was asked for."""
    period = period_of(dataset, settings)
    if period.as_of is None or settings.period_from or settings.period_to:
        return period
    first = months_after(period.as_of + timedelta(days=1), -months)
    return Period(period.as_of, first, period.as_of, period.note, period.today)


def measure(dataset: Dataset, scheme: Scheme, settings: Settings, persons: Iterable[str] = ()) -> Measured:
    """Return what the records say of every group and threat on the day, and of every adult member of a group.

    Parameters
    ----------
    dataset : Dataset
        Records in use: nobody in them whose processing is restricted.
    scheme : Scheme
        Says which measures are asked for, and over how many months.
    settings : Settings
        Which links, grades and groups count.
    persons : iterable of str
        Ids of more people to rank: those who were scored. Nobody under 18 is ranked, and how many is said.
    """
    period = window_of(dataset, settings, scheme.months)
    now = evidence_of(dataset, settings, period)
    before = evidence_of(dataset, settings, _before(period))
    m = now.memberships
    live = set(groups_on(dataset, period.as_of)) | set(m.ocg.tolist())
    groups = pd.Index(sorted(live & set(settings.ocgs) if settings.ocgs else live), dtype=object)
    children = children_on(dataset, period.as_of, []).index
    asked = set(now.nominals[m.person].tolist()) | (set(persons) & set(now.nominals.tolist()))
    adults = pd.Index(sorted(asked - set(children)), dtype=object)
    notes = list(_people_notes(dataset, asked, set(children)))
    threats = dated_by(dataset["threats"], "recorded_on", period.as_of)
    lines = pd.Index(sorted(threats["threat_id"].to_pylist()), dtype=object)
    offences = _offences(dataset)
    members = pd.DataFrame({"person": now.nominals[m.person], "subject": m.ocg}, dtype=object)
    alone = pd.DataFrame({"person": adults, "subject": adults}, dtype=object)
    kinds = {}
    for kind, ids, people in (("group", groups, members), ("person", adults, alone)):
        kinds[kind] = _Kind(
            ids,
            _joined(now, now.crimes, people, offences),
            _joined(before, before.crimes, people, offences),
            _joined(now, now.reports, people, _graded(dataset)),
        )
    kinds["threat"] = _threats(dataset, threats, lines, settings, period, offences)
    crimes = pd.unique(pd.concat([k.crimes["event"] for k in kinds.values()]))
    unweighted = int(offences.reindex(crimes)["harm"].isna().sum())
    if unweighted:
        notes.append(
            f"{unweighted:,} of {counted(len(crimes), 'linked crime')} without a severity weight: counted as crimes, "
            "and in no sum of severity, which may be greater."
        )
    late = dataset["threats"].num_rows - threats.num_rows
    if late:
        notes.append(f"{counted(late, 'threat')} recorded after the day of judgement: not ranked.")
    values, because = {}, {}
    for kind, events in kinds.items():
        one = _Measuring(dataset, period, now, events, members, children, kind)
        columns = {}
        for component in scheme.of_kind(kind):
            if not component.measured(kind):
                continue
            told, why = one.of(component)
            columns[component.name] = told.reindex(events.ids).to_numpy(dtype=float)
            if why:
                because[kind, component.name] = why
        values[kind] = pd.DataFrame(columns, index=events.ids)
    return Measured(period, {kind: k.ids for kind, k in kinds.items()}, values, because, tuple(notes), now.left_out)


def _before(period: Period) -> Period:
    return period if period.first is None or period.as_of is None else period.before()


def _people_notes(dataset: Dataset, asked: set[str], children: set[str]) -> Iterable[str]:
    young = len(asked & children)
    if young:
        yield f"{counted(young, 'person', 'people')} under 18 not ranked: a child is safeguarded, not tasked."
    t = dataset["nominals"]
    unknown = set(t.filter(pc.is_null(t["date_of_birth"]))["nominal_id"].to_pylist()) & (asked - children)
    if unknown:
        yield (
            f"{counted(len(unknown), 'person', 'people')} ranked whose date of birth is not recorded: make sure that "
            "nobody of them is a child."
        )


def _offences(dataset: Dataset) -> pd.DataFrame:
    """Return severity, offence group, and whether it is one of exploitation, of every crime by its id."""
    t = dataset["crimes"]
    by_code, codes = offence_groups(), t["offence_code"].to_pylist()
    group = {code: look_up(by_code, code) or "" for code in set(codes) if code}
    return pd.DataFrame(
        {
            "harm": harm_of(t["offence_code"]),
            "offence_group": [group.get(c, "") for c in codes],
            "exploitation": flagged(pd.Series(pc.fill_null(t["flags"], "").to_pylist(), dtype=object), EXPLOITING),
        },
        index=pd.Index(t["crime_id"].to_pylist(), dtype=object),
    )


def _graded(dataset: Dataset) -> pd.DataFrame:
    """Return of every report whether it is known directly or corroborated; missing where its grade is not recorded."""
    t = dataset["intel_reports"]
    kept = pc.fill_null(keep_grades(t, "corroborated"), False).to_numpy(zero_copy_only=False)
    graded = pc.is_valid(t["intelligence_grade"]).to_numpy(zero_copy_only=False)
    return pd.DataFrame(
        {"corroborated": np.where(graded, kept.astype(float), np.nan)},
        index=pd.Index(t["report_id"].to_pylist(), dtype=object),
    )


def _joined(evidence: Evidence, links: Incidence, people: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return each subject with each event of its people once, and what is known of the event."""
    pairs = pd.DataFrame({"person": evidence.nominals[links.person], "event": links.events[links.event]}, dtype=object)
    own = pairs.merge(people, on="person")[["subject", "event"]].drop_duplicates()
    return own.join(facts, on="event")


def _threats(
    dataset: Dataset,
    threats: pa.Table,
    ids: pd.Index,
    settings: Settings,
    period: Period,
    offences: pd.DataFrame,
) -> _Kind:
    """Return the events of threats: those of the line or premises that is recorded of them."""
    things = pd.DataFrame(
        {"subject": threats["threat_id"].to_pylist(), "thing_id": threats["thing_id"].to_pylist()}, dtype=object
    ).dropna()
    crimes = dataset["crimes"]
    crimes = crimes.append_column("on", pc.coalesce(crimes["recorded_on"], crimes["occurred_on"]))
    at = pd.DataFrame({n: dataset["crime_things"][n].to_pylist() for n in ("crime_id", "thing_id")}, dtype=object)
    reports = dataset["intel_reports"]
    usable = reports.filter(keep_grades(reports, settings.min_grade))
    if not settings.include_overdue:
        usable = usable.filter(pc.invert(overdue(usable, period.as_of)))
    told = pd.DataFrame({n: dataset["thing_links"][n].to_pylist() for n in ("report_id", "thing_id")}, dtype=object)

    def events(pairs: pd.DataFrame, key: str, dated: pa.Table, facts: pd.DataFrame) -> pd.DataFrame:
        inside = pairs[pairs[key].isin(dated[key].to_pylist())].rename(columns={key: "event"})
        return things.merge(inside, on="thing_id")[["subject", "event"]].drop_duplicates().join(facts, on="event")

    earlier = dated_within(crimes, "on", _before(period))
    return _Kind(
        ids,
        events(at, "crime_id", dated_within(crimes, "on", period), offences),
        events(at, "crime_id", earlier, offences),
        events(told, "report_id", dated_within(usable, "reported_on", period), _graded(dataset)),
    )


@dataclass
class _Measuring:
    """The measures of one kind of subject. Each gives values by id, none where not known, and why none is known."""

    dataset: Dataset
    period: Period
    evidence: Evidence
    events: _Kind
    members: pd.DataFrame
    children: pd.Index
    kind: str

    def of(self, component: Component) -> tuple[pd.Series, str]:
        """Return the values of a component; subjects of which nothing can be known are absent."""
        needed = _NEEDS[component.measure].get(self.kind, ())
        if lacking := [name for name in needed if name not in self.dataset.given]:
            return pd.Series(dtype=float), f"there is no table {' and no table '.join(lacking)}"
        values, why = getattr(self, f"_{component.measure}")(component)
        return pd.Series(values, dtype=float), why

    def _every(self) -> pd.Index:
        """Return the subjects of which events can be known: of threats those with a line or premises."""
        if self.kind != "threat":
            return self.events.ids
        t = self.dataset["threats"]
        with_thing = t.filter(pc.is_valid(t["thing_id"]))["threat_id"].to_pylist()
        return self.events.ids[self.events.ids.isin(with_thing)]

    def _counted(self, subjects: pd.Series) -> pd.Series:
        return subjects.value_counts().reindex(self._every(), fill_value=0)

    def _severity(self, events: pd.DataFrame, component: Component) -> pd.Series:
        """Return the sum of weights; none where no linked crime of those meant has a weight, 0 where there is none."""
        chosen = events
        if component.offence_groups and len(events):
            unweighted = events["offence_group"] == ""
            chosen = events[events["offence_group"].isin(component.offence_groups) | unweighted]
        if not len(chosen):
            return pd.Series(0.0, self._every())
        sums = chosen.groupby("subject")["harm"].sum(min_count=1)
        some = pd.Index(chosen["subject"].unique())
        return sums.reindex(self._every().union(some)).where(lambda s: s.notna() | s.index.isin(some), 0.0)

    def _crime_severity(self, component: Component) -> tuple[pd.Series, str]:
        return self._severity(self.events.crimes, component), ""

    def _severity_change(self, component: Component) -> tuple[pd.Series, str]:
        begins = _first_crime(self.dataset)
        before = _before(self.period)
        if before.first is None or begins is None or begins > np.datetime64(before.first + timedelta(days=31), "D"):
            since = f"the crimes begin on {begins}" if begins is not None else "no crime is dated"
            return pd.Series(dtype=float), f"{since}, too late to compare with the months before"
        now, earlier = self._severity(self.events.crimes, component), self._severity(self.events.earlier, component)
        greater = np.maximum(now, earlier)
        return ((now - earlier) / greater.where(greater > 0, 1.0)), ""

    def _crimes(self, component: Component) -> tuple[pd.Series, str]:
        chosen = self.events.crimes
        if component.offence_groups and len(chosen):
            chosen = chosen[chosen["offence_group"].isin(component.offence_groups)]
        return self._counted(chosen["subject"]), ""

    def _exploitation_crimes(self, _component: Component) -> tuple[pd.Series, str]:
        crimes = self.events.crimes
        chosen = crimes[crimes["exploitation"].astype(bool)] if len(crimes) else crimes
        return self._counted(chosen["subject"]), ""

    def _reports(self, _component: Component) -> tuple[pd.Series, str]:
        return self._counted(self.events.reports["subject"]), ""

    def _corroborated_share(self, _component: Component) -> tuple[pd.Series, str]:
        reports = self.events.reports
        if not len(reports):
            return pd.Series(dtype=float), "no report counts in these months"
        return reports.groupby("subject")["corroborated"].mean(), ""

    def _members(self, _component: Component) -> tuple[pd.Series, str]:
        return self._counted(self.members["subject"]), ""

    def _children_linked(self, _component: Component) -> tuple[pd.Series, str]:
        t = dated_by(self.dataset["family_links"], "recorded_on", self.period.as_of)
        family = pd.DataFrame({n: t[n].to_pylist() for n in ("adult_id", "child_id", "relationship")}, dtype=object)
        family = family[family["relationship"].isin(FAMILY) & family["child_id"].isin(self.children)]
        people = self.members if self.kind == "group" else _themselves(self.events.ids)
        own = family.merge(people, left_on="adult_id", right_on="person")[["subject", "child_id"]].drop_duplicates()
        return self._counted(own["subject"]), ""

    def _reach(self, _component: Component) -> tuple[pd.Series, str]:
        people = self.members if self.kind == "group" else _themselves(self.events.ids)
        met = []
        for links, own in ((self.evidence.crimes, self.events.crimes), (self.evidence.reports, self.events.reports)):
            nominals = self.evidence.nominals[links.person]
            linked = pd.DataFrame({"person": nominals, "event": links.events[links.event]}, dtype=object)
            met.append(own[["subject", "event"]].merge(linked, on="event")[["subject", "person"]])
        pairs = pd.MultiIndex.from_frame(pd.concat(met)).unique()
        outside = pairs.difference(pd.MultiIndex.from_frame(people[["subject", "person"]]))
        return self._counted(outside.to_frame(index=False)["subject"]), ""

    def _county_line(self, _component: Component) -> tuple[pd.Series, str]:
        name, key, column = (
            ("ocgs", "ocg_id", "county_line") if self.kind == "group" else ("threats", "threat_id", "kind")
        )
        t = self.dataset[name]
        cells = t[column] if self.kind == "group" else pc.equal(t[column], "county_line")
        return pd.Series(cells.to_pylist(), t[key].to_pylist(), dtype=object), ""

    def _disruptions(self, _component: Component) -> tuple[pd.Series, str]:
        t = dated_within(self.dataset["disruptions"], "happened_on", self.period)
        t = t.filter(pc.is_in(t["level"], pa.array(HURTING, pa.string())))
        return self._counted(pd.Series(t["ocg_id"].to_pylist(), dtype=object)), ""

    def _overdue_actions(self, _component: Component) -> tuple[pd.Series, str]:
        late = overdue_actions(self.dataset, self.period)
        subjects = late.loc[late["subject_kind"] == self.kind, "subject_id"]
        return subjects.value_counts().reindex(self.events.ids, fill_value=0), ""


_CRIMES: dict[str, tuple[str, ...]] = {
    "group": ("crimes", "crime_links"),
    "person": ("crimes", "crime_links"),
    "threat": ("crimes", "crime_things"),
}
_REPORTS: dict[str, tuple[str, ...]] = {
    "group": ("intel_reports", "intel_links"),
    "person": ("intel_reports", "intel_links"),
    "threat": ("intel_reports", "thing_links"),
}
_NEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "crime_severity": _CRIMES,
    "severity_change": _CRIMES,
    "crimes": _CRIMES,
    "exploitation_crimes": _CRIMES,
    "reports": _REPORTS,
    "corroborated_share": _REPORTS,
    "members": {"group": ("memberships",)},
    "children_linked": dict.fromkeys(("group", "person"), ("family_links",)),
    "reach": dict.fromkeys(("group", "person"), ("crimes", "crime_links")),
    "county_line": {},
    "disruptions": {"group": ("disruptions",)},
    "overdue_actions": dict.fromkeys(("group", "person", "threat"), ("plan_actions",)),
}
"""Tables without which a measure is not known, by kind of subject."""


def _themselves(ids: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({"person": ids, "subject": ids}, dtype=object)


def _first_crime(dataset: Dataset) -> np.datetime64 | None:
    t = dataset["crimes"]
    first = pc.min(pc.coalesce(t["recorded_on"], t["occurred_on"])).as_py()
    return None if first is None else np.datetime64(first, "D")


def overdue_actions(dataset: Dataset, period: Period) -> pd.DataFrame:
    """Return the actions that are open after their day, as :class:`Plans` has them, by that day, then by id.

    Without a day of judgement none is overdue.
    """
    late = plans_on(dataset, period.as_of or date.min).overdue
    return late.sort_values(["due_on", "action_id"], kind="stable", ignore_index=True)
