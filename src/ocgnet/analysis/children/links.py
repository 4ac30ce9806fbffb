"""Which child is linked to which OCG nominal, on what basis and by which records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.contacts import contacts_once
from ocgnet.evidence.episodes import merged_episodes
from ocgnet.evidence.evidence import Evidence, Incidence, evidence_of
from ocgnet.evidence.grades import keep_grades
from ocgnet.evidence.membership import ARCHIVED, ENDED, Memberships, memberships_off
from ocgnet.evidence.period import dated_by, dated_within, overdue
from ocgnet.evidence.restricted import counted_for_children
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

FAMILY = ("parent", "step_parent", "guardian")
"""Relationships that make the basis ``family``: the one that the profile's figures count."""

BASES: dict[str, str] = {
    "family": "parent, step-parent or guardian",
    "own_membership": "the child is recorded as a member of a group",
    "partner_of_parent": "partner of a parent",
    "household": "same household",
    "grandparent": "grandparent",
    "sibling": "sibling",
    "same_crime_as_victim": "victim in a crime that is linked to the nominal",
    "missing_with": "went missing together",
    "stopped_with": "stopped together",
    "arrested_with": "both arrested for the same crime, or on the same occasion",
    "same_crime_as_witness": "witness in a crime that is linked to the nominal",
    "same_crime_as_suspect": "arrested, suspect, charged or convicted in a crime that is linked to the nominal",
    "same_crime_as_other": "otherwise named in a crime that is linked to the nominal",
    "same_report": "named in the same report",
    "contact": "recorded contact of another kind",
}
"""Every basis with its meaning, in the order in which paths are shown: victim before suspect.

Only ``family`` is in the profile's figure.
"""

MENTION_ONLY = frozenset({"same_report", "same_crime_as_witness", "same_crime_as_other"})
"""Bases that only name two people together; the role of the adult adds nothing on them."""

COMPANY = ("missing_with", "stopped_with", "arrested_with")
"""Bases that say that a child was in the company of a nominal."""


def data_subject(basis: str) -> str:
    """Return as what a child stands on a link, in the categories of data protection law.

    Being linked to somebody makes nobody a suspect: only a crime or an arrest of the child's own does. Crimes
    of which a child was convicted count under suspect; ``crime_links`` holds the role of each.

    >>> [data_subject(b) for b in ("family", "same_crime_as_victim", "arrested_with", "stopped_with")]
    ['other', 'victim', 'suspect', 'other']
    """
    return _SUBJECTS.get(basis, "other")


_SUBJECTS = {
    "same_crime_as_victim": "victim",
    "same_crime_as_witness": "witness",
    "same_crime_as_suspect": "suspect",
    "arrested_with": "suspect",
}


class Link(NamedTuple):
    """A child, an OCG nominal of one group, a basis and a manner, with the records behind it.

    ``records`` counts them all; ``evidence`` holds the ids of those that may be named, separated by ``|``,
    and ``event`` the freshest crime or report among them. ``overdue`` says in words which of them, or of the
    people, are overdue for review; empty when none is.
    """

    child_id: str
    ocg_id: str
    nominal_id: str
    role: str
    basis: str
    how: str
    verified: str
    on: pd.Timestamp
    records: int
    event: str
    evidence: str
    withheld: int
    overdue: str = ""


def path_words(link: Link) -> str:
    """Return one path from group to child in words.

    >>> on = pd.Timestamp("2018-05-01")
    >>> path_words(Link("C1", "OCG012", "N045", "principal", "family", "parent", "yes", on, 1, "", "", 0))
    'OCG012 ← N045 (principal) — parent (verified, 2018-05-01)'
    """
    start = f"{link.ocg_id} ← {link.nominal_id} ({link.role or 'role not assessed'}) — "
    how = link.how.replace("_", " ")
    on = "undated" if pd.isna(link.on) else f"{link.on:%Y-%m-%d}"
    if link.basis == "own_membership":
        return f"{start}the child's own membership"
    if link.basis.startswith("same_"):
        # The event of a restricted report stays blank, so its id cannot slip into any text.
        event = link.event or "not named because of its handling code"
        as_what = f" as {link.basis.rpartition('_')[2]}" if link.basis != "same_report" else ""
        further = f", one of {link.records}" if link.records > 1 else ""
        return f"{start}{how}{as_what} ({event}{further}, latest {on})"
    if link.basis in (*COMPANY, "contact") or link.records > 1:
        times = f"{link.records} times, latest " if link.records > 1 else ""
        return f"{start}{how if link.basis != 'contact' else f'contact: {how}'} ({times}{on})"
    certain = {"yes": "verified", "no": "not verified", "unknown": "verification not recorded"}
    return f"{start}{how} ({certain[link.verified]}, {on})"


FIELDS = ("child_id", "nominal_id", "basis", "how", "verified", "on", "event", "record", "report")

_NO_SUSPECTS = ("victim", "witness", "other")
"""Roles in a crime that have a basis of their own."""


def frame_of(fields: tuple[str, ...] = FIELDS, **columns: object) -> pd.DataFrame:
    """Return rows of links, or of other ``fields``, with blanks for whatever a source does not say."""
    blank = {"verified": "unknown", "on": np.datetime64("NaT", "s")}
    lengths = [len(c) for c in columns.values() if isinstance(c, np.ndarray | pd.Series | list)]
    index = pd.RangeIndex(lengths[0] if lengths else 0)
    frame = pd.DataFrame({n: columns.get(n, blank.get(n, "")) for n in fields}, index=index)
    return frame.astype({n: object for n in fields if n != "on"} | {"on": "datetime64[s]"})


def text(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Return a column as Python strings."""
    return np.array(column.to_pylist(), dtype=object)


def dates(column: pa.ChunkedArray) -> np.ndarray:
    """Return a column of dates or moments to the second."""
    return np.asarray(column.to_numpy().astype("datetime64[s]"))


def named(table: str, *parts: np.ndarray) -> np.ndarray:
    """Return the name of each record that has no id of its own: its table and key.

    >>> named("family_links", np.array(["N1"]), np.array(["C1"])).tolist()
    ['family_links/N1/C1']
    """
    rows = zip(*parts, strict=True)
    return np.array(["/".join([table, *map(str, row)]) for row in rows], dtype=object)


def by_membership(members: pd.DataFrame, young: pa.Array) -> pd.DataFrame:
    """Return children who are members themselves."""
    ids = pa.array(sorted(set(members["nominal_id"])), pa.string())
    own = text(ids.filter(pc.is_in(ids, young)))
    return frame_of(
        child_id=own, nominal_id=own, basis="own_membership", how="own membership", record=named("memberships", own)
    )


def by_family(
    dataset: Dataset,
    evidence: Evidence,
    settings: Settings,
    nominals: pa.Array,
    young: pa.Array,
    left_out: list[LeftOut],
) -> pd.DataFrame:
    """Return family links between a nominal and a child that were recorded by the analysis date."""
    t = dataset["family_links"]
    t = t.filter(pc.is_in(t["child_id"], young))
    ours = t.filter(pc.is_in(t["adult_id"], nominals))
    t, linking = (dated_by(rows, "recorded_on", evidence.period.as_of) for rows in (t, ours))
    if gone := ours.num_rows - linking.num_rows:
        left_out.append(LeftOut("family_links", f"recorded after {evidence.period.as_of}", gone))
    parents = t.filter(pc.is_in(t["relationship"], pa.array(FAMILY)))["adult_id"]
    ever = dataset["memberships"]["nominal_id"].combine_chunks()
    former = pc.and_(pc.is_in(parents, ever), pc.invert(pc.is_in(parents, nominals)))
    if (gone := pc.sum(former).as_py()) and not settings.ocgs:
        # The basis is membership on the day: a parent who left, or whose group was archived, makes no link.
        left_out.append(LeftOut("family_links", "the parent was in a group, but is no member that counts now", gone))
    t = linking
    how = text(t["relationship"])
    verified = pc.if_else(t["verified"], "yes", "no")
    return frame_of(
        child_id=text(t["child_id"]),
        nominal_id=text(t["adult_id"]),
        basis=np.where(np.isin(how.astype(str), FAMILY), "family", how),
        how=how,
        verified=text(pc.fill_null(verified, "unknown")),
        on=dates(t["recorded_on"]),
        record=named("family_links", text(t["adult_id"]), text(t["child_id"]), how),
    )


def by_association(
    dataset: Dataset, evidence: Evidence, settings: Settings, nominals: pa.Array, young: pa.Array
) -> pd.DataFrame:
    """Return contacts between a child and an OCG nominal, under the filters that all contacts pass."""
    t, _ = contacts_once(dataset["associations"])
    people = ("person_a", "person_b")
    one, other = (pc.and_(pc.is_in(t[a], nominals), pc.is_in(t[b], young)) for a, b in (people, people[::-1]))
    t = t.filter(pc.or_(one, other))
    first, last = evidence.period.first, evidence.period.last
    if first is not None and last is not None:
        over = pc.less(pc.coalesce(t["last_seen"], t["first_seen"]), pa.scalar(first))
        later = pc.greater(pc.coalesce(t["first_seen"], t["last_seen"]), pa.scalar(last))
        t = t.filter(pc.invert(pc.fill_null(pc.or_kleene(over, later), False)))
    refused = _refused_reports(dataset, evidence, settings)
    t = t.filter(pc.invert(pc.is_in(t["report_id"], refused)))
    kind = text(t["kind"])
    # A contact that still lasts is fresh to the end of the period, not beyond it.
    on = dates(pc.coalesce(t["last_seen"], t["first_seen"]))
    if last is not None:
        on = np.where(on > np.datetime64(last, "s"), np.datetime64(last, "s"), on)
    record = named("associations", text(t["person_a"]), text(t["person_b"]), kind)
    basis = np.where(kind == "household", "household", "contact")
    report = text(pc.fill_null(t["report_id"], ""))
    both = {"basis": basis, "how": kind, "on": on, "record": record, "report": report}
    return _either_way(text(t["person_b"]), text(t["person_a"]), nominals, young, **both)


def _either_way(
    one: np.ndarray, other: np.ndarray, nominals: pa.Array, young: pa.Array, **both: np.ndarray
) -> pd.DataFrame:
    """Return the links of a child and an OCG nominal, whichever of the two a record names first."""
    rows = pd.DataFrame({"child_id": np.r_[one, other], "nominal_id": np.r_[other, one]})
    here = rows["child_id"].isin(young.to_pylist()) & rows["nominal_id"].isin(nominals.to_pylist())
    rows = rows.assign(**{name: np.tile(values, 2) for name, values in both.items()})[here.astype(bool)]
    return frame_of(**{name: rows[name].reset_index(drop=True) for name in rows})


def _refused_reports(dataset: Dataset, evidence: Evidence, settings: Settings) -> pa.Array:
    reports = dataset["intel_reports"]
    bad = pc.invert(keep_grades(reports, settings.min_grade))
    if not settings.include_overdue:
        bad = pc.or_(bad, overdue(reports, evidence.period.as_of))
    return reports.filter(bad)["report_id"].combine_chunks()


def missing_within(dataset: Dataset, evidence: Evidence) -> pa.Table:
    """Return the missing episodes, merged, that began in the period (all, when the records hold no date)."""
    return dated_within(merged_episodes(dataset["missing_episodes"]), "missing_from", evidence.period)


def companions_of(t: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return who was with the child of an episode: row numbers of ``t``, and ids."""
    t = t.append_column("row", pa.array(range(t.num_rows), pa.int64()))
    t = t.filter(pc.is_valid(t["companions"]))
    split = pc.split_pattern(t["companions"].combine_chunks(), "|")
    row = text(t["row"])[pc.list_parent_indices(split).to_numpy(zero_copy_only=False)].astype(np.int64)
    who = text(pc.utf8_trim_whitespace(pc.list_flatten(split)))
    named_one = who != ""
    return row[named_one], who[named_one]


def by_missing_episodes(dataset: Dataset, evidence: Evidence, nominals: pa.Array, young: pa.Array) -> pd.DataFrame:
    """Return who went missing together, whichever of the two the episode is recorded for."""
    t = missing_within(dataset, evidence)
    row, who = companions_of(t)
    child, begun = text(t["child_id"])[row], dates(t["missing_from"])[row]
    record = named("missing_episodes", child, np.datetime_as_string(begun, unit="m")) if len(row) else child
    links = _either_way(child, who, nominals, young, on=begun, record=record)
    return links.assign(basis="missing_with", how="missing together")


def by_stops(dataset: Dataset, evidence: Evidence, nominals: pa.Array, young: pa.Array) -> pd.DataFrame:
    """Return who was stopped, or arrested, on one occasion together with an OCG nominal."""
    t = dataset["stop_checks"]
    t = t.filter(pc.and_(pc.is_valid(t["occasion"]), pc.is_valid(t["person_id"])))
    t = dated_within(t, "happened_on", evidence.period)
    columns = {"occasion": text(t["occasion"]), "person": text(t["person_id"]), "outcome": text(t["outcome"])}
    frame = pd.DataFrame({**columns, "stop": text(t["stop_id"]), "on": dates(t["happened_on"])})
    ours, theirs = (frame[frame["person"].isin(ids.to_pylist())] for ids in (young, nominals))
    pairs = ours.merge(theirs, on=["occasion", "on"], suffixes=("", "_n")).reset_index(drop=True)
    both = ((pairs["outcome"] == "arrested") & (pairs["outcome_n"] == "arrested")).to_numpy(dtype=bool)
    return frame_of(
        child_id=pairs["person"],
        nominal_id=pairs["person_n"],
        basis=np.where(both, "arrested_with", "stopped_with"),
        how=np.where(both, "arrested together", "stopped together"),
        on=pairs["on"],
        record=pairs["stop"],
    )


def by_crimes(dataset: Dataset, evidence: Evidence, young: pa.Array) -> pd.DataFrame:
    """Return who is named, in which role, in a crime that is linked to an OCG nominal."""
    links = dataset["crime_links"]
    t = links.filter(pc.is_in(links["person_id"], young))
    frame = _shared(evidence, evidence.crimes, t, "crime_id", "link_role").drop(columns="id")
    role = frame.pop("link_role").to_numpy()
    arrests = links.filter(pc.equal(links["link_role"], "arrested"))
    arrested = set(zip(arrests["person_id"].to_pylist(), arrests["crime_id"].to_pylist(), strict=True))
    pairs = zip(frame["nominal_id"], frame["event"], strict=True)
    both = np.array([pair in arrested for pair in pairs], bool) & (role == "arrested")
    plain = np.array([f"same_crime_as_{r if r in _NO_SUSPECTS else 'suspect'}" for r in role], object)
    frame = frame.assign(basis=np.where(both, "arrested_with", plain))
    # One crime stands on one of the two: arrested together says more than suspect in the same crime.
    key = pd.MultiIndex.from_frame(frame[["child_id", "nominal_id", "event"]])
    again = key.isin(key[both]) & (frame["basis"] == "same_crime_as_suspect").to_numpy(dtype=bool)
    frame = frame[~again].drop_duplicates().reset_index(drop=True)
    how = np.where(frame["basis"] == "arrested_with", "arrested together", "same crime")
    return frame_of(**frame, how=how, record=frame["event"])


def by_reports(dataset: Dataset, evidence: Evidence, young: pa.Array) -> pd.DataFrame:
    """Return who is named in a report that names an OCG nominal; restricted reports stay without id."""
    t = dataset["intel_links"]
    t = t.filter(pc.is_in(t["person_id"], young))
    shared = _shared(evidence, evidence.reports, t, "report_id").rename(columns={"id": "report"})
    how = "same report"
    return frame_of(**shared, basis="same_report", how=how, record=shared["event"])


def _shared(evidence: Evidence, incidence: Incidence, t: pa.Table, key: str, *more: str) -> pd.DataFrame:
    """Return the pairs of child and OCG nominal in one event, however each is named in it."""
    own = incidence.of_people(evidence.members)
    place = pc.index_in(t[key], pa.array(own.events, pa.string()))
    t, place = t.filter(pc.is_valid(place)), pc.drop_null(place)
    children = pd.DataFrame({"child_id": text(t["person_id"]), "at": place.to_numpy(), **{n: text(t[n]) for n in more}})
    adults = pd.DataFrame({"nominal_id": evidence.nominals[own.person], "at": own.event})
    pairs = children.merge(adults, on="at").reset_index(drop=True)
    at = pairs.pop("at").to_numpy()
    pairs["on"] = own.on[at].astype("datetime64[s]")
    pairs["event"] = np.where(own.named[at], own.events[at], "")
    pairs["id"] = own.events[at]
    return pairs


def with_overdue(dataset: Dataset, evidence: Evidence, settings: Settings) -> tuple[Dataset, Evidence, Settings]:
    """Return records, evidence and settings that keep what is left out elsewhere: for children it counts, and is said.

    A review that nobody has held changes nothing about a child; ``Link.overdue`` says which links rest on such
    records. Nor does the restriction of an adult, who stands there as ``withheld-1``, without a name.
    """
    as_of = evidence.period.as_of
    kept = replace(settings, include_overdue=True)
    every = counted_for_children(dataset)
    if every is dataset and (settings.include_overdue or as_of is None or not any(_due(dataset, as_of))):
        return dataset, evidence, kept
    return every, evidence_of(every, kept, evidence.period), kept


def _due(dataset: Dataset, as_of: date) -> tuple[dict[str, date], dict[str, date]]:
    """Return the review dates that have passed, of nominals and of reports, by id."""
    due = []
    for name, key in (("nominals", "nominal_id"), ("intel_reports", "report_id")):
        t = dataset[name]
        t = t.filter(overdue(t, as_of))
        due.append(dict(zip(t[key].to_pylist(), t["review_due"].to_pylist(), strict=True)))
    return due[0], due[1]


def records_of(
    dataset: Dataset, evidence: Evidence, settings: Settings, children: np.ndarray, left_out: list[LeftOut]
) -> pd.DataFrame:
    """Return one row per record that links a child to an OCG nominal.

    The columns are ``FIELDS``: ``how`` is the relationship or manner, ``verified`` yes, no or unknown, ``on`` NaT
    when undated, ``event`` the id of a crime or report that may be named, or blank, ``record`` how the record may
    be named, or blank, and ``report`` the id of the report behind it, to look it up and never to be shown. In no
    order. ``children`` are the ids of everybody who counts as a child; ``left_out`` grows by the records that take
    no part.
    """
    m = members_of(evidence)
    nominals = pa.array(sorted(set(m["nominal_id"])), pa.string())
    young = pa.array(children, pa.string())
    parts = [
        by_membership(m, young),
        by_family(dataset, evidence, settings, nominals, young, left_out),
        by_association(dataset, evidence, settings, nominals, young),
        by_missing_episodes(dataset, evidence, nominals, young),
        by_stops(dataset, evidence, nominals, young),
        by_crimes(dataset, evidence, young),
        by_reports(dataset, evidence, young),
    ]
    rows = pd.concat([f for f in parts if len(f)] or [frame_of()], ignore_index=True)
    own = rows["basis"] == "own_membership"
    return rows[own | (rows["child_id"] != rows["nominal_id"])].reset_index(drop=True)


def members_of(evidence: Evidence) -> pd.DataFrame:
    """Return the memberships on the analysis date: ``nominal_id``, ``ocg_id``, ``role``."""
    m = evidence.memberships
    return pd.DataFrame({"nominal_id": evidence.nominals[m.person], "ocg_id": m.ocg, "role": m.role}, dtype=object)


def together(
    rows: pd.DataFrame, members: pd.DataFrame, dataset: Dataset | None = None, as_of: date | None = None
) -> pd.DataFrame:
    """Join repeated records of one manner, and add the groups of each nominal.

    The fields of ``Link``: ``verified`` is the surest of the records, ``on`` the freshest date. Sorted by child,
    then basis in the order of ``BASES`` (victim status precedes suspect status), nominal, group. Only with
    ``dataset`` and ``as_of`` is it said which links rest on what is overdue for review on that day.
    """
    certain = {"yes": 0, "no": 1, "unknown": 2}
    rows = rows.assign(sure=rows["verified"].map(certain))
    # The freshest record that may be named stands for all: sort it to the end of its manner.
    rows = rows.sort_values(["on", "event", "record"], na_position="first", kind="stable")
    manner = ["child_id", "nominal_id", "basis", "how"]
    events = rows[rows["event"] != ""].groupby(manner, sort=False)["event"].last()
    grouped = rows.groupby(manner, sort=False)
    joined = grouped.agg(
        sure=("sure", "min"), on=("on", "max"), records=("basis", "size"), evidence=("record", _listed)
    )
    withheld = rows.assign(no=rows["record"] == "").groupby(manner, sort=False)["no"].sum().rename("withheld")
    joined = joined.join(withheld).join(events, how="left").reset_index()
    joined["event"] = joined["event"].astype(object).where(joined["event"].notna(), "")
    joined["verified"] = joined["sure"].map({v: k for k, v in certain.items()})
    joined["overdue"] = _overdue(joined, rows, *_due(dataset, as_of)) if dataset is not None and as_of else ""
    joined = joined.merge(members, on="nominal_id")
    joined["order"] = joined["basis"].map({b: i for i, b in enumerate(BASES)})
    joined = joined.sort_values(["child_id", "order", "nominal_id", "ocg_id", "how"], kind="stable")
    return joined[list(Link._fields)].reset_index(drop=True)


def _overdue(
    joined: pd.DataFrame, rows: pd.DataFrame, nominals: dict[str, date], reports: dict[str, date]
) -> list[str]:
    """Say of each link which of its people and reports are overdue for review; a report is counted, never named."""
    if not nominals and not reports:
        return [""] * len(joined)
    late: dict[tuple[str, ...], list[date]] = {}
    manner = ("child_id", "nominal_id", "basis", "how")
    for *key, report in rows[[*manner, "report"]].itertuples(index=False, name=None):
        if report in reports:
            late.setdefault(tuple(key), []).append(reports[report])
    sentences = []
    for key in joined[list(manner)].itertuples(index=False, name=None):
        child, nominal, basis, how = key
        whose = "the child's" if nominal == child else "the nominal's"
        if nominal != child and basis in _PEOPLE:
            whose = f"the {how.replace('_', ' ')}'s"
        words = [f"{whose} record is overdue for review since {nominals[nominal]}"] if nominal in nominals else []
        if child != nominal and child in nominals:
            words.append(f"the child's record as a nominal is overdue for review since {nominals[child]}")
        if days := late.get(key):
            what = "a report is" if len(days) == 1 else f"{len(days)} reports are"
            words.append(f"{what} overdue for review since {min(days)}")
        sentences.append("; ".join(words))
    return sentences


_PEOPLE = (*FAMILY, "family", "grandparent", "sibling", "partner_of_parent")
"""Bases on which the nominal is called by the relationship."""


def _listed(records: pd.Series) -> str:
    return "|".join(sorted({r for r in records if r}))


def ended_links(
    dataset: Dataset, evidence: Evidence, settings: Settings, ages: pd.Series, current: frozenset[str]
) -> pd.DataFrame:
    """Return the links of children to people whose membership is over, or whose group was archived.

    The columns of the table ``child_links_ended`` but the name, sorted as ``together`` sorts. A link stands here
    even when the same child is linked otherwise (is one of ``current``); ``linked_now`` says so. Evidence and
    settings are those of ``with_overdue``.
    """
    off = memberships_off(dataset, evidence.period.as_of)
    off = off[off["why"].isin((ENDED, ARCHIVED))]
    if settings.ocgs:
        off = off[off["ocg_id"].isin(settings.ocgs)]
        # Evidence is limited to members of these groups now: whoever left them is outside it.
        evidence = evidence_of(dataset, replace(settings, ocgs=()), evidence.period)
    nominals = pd.Index(evidence.nominals, dtype=object)
    off = off[off["nominal_id"].isin(nominals)].sort_values(["nominal_id", "ocg_id"], kind="stable")
    person = nominals.get_indexer(off["nominal_id"]).astype(np.int32)
    past = Memberships(person, off["ocg_id"].to_numpy(dtype=object), off["role"].to_numpy(dtype=object))
    over = replace(evidence, memberships=past)
    rows = records_of(dataset, over, settings, ages.index.to_numpy(), [])
    links = together(rows, members_of(over), dataset, evidence.period.as_of)
    links = links.merge(off[["nominal_id", "ocg_id", "why", "on"]].rename(columns={"on": "until"}), how="left")
    return links.assign(linked_now=links["child_id"].isin(current))


def ended_table(links: pd.DataFrame, names: Mapping[str, str]) -> ResultTable:
    """Return the table ``child_links_ended``."""
    frame = links.rename(columns={"role": "recorded_role", "how": "relationship"})
    frame = frame.assign(
        name=[names.get(c, "") for c in frame["child_id"]],
        family_basis=links["basis"] == "family",
        says=[
            f"was linked until {'a day not recorded' if pd.isna(x.until) else f'{x.until:%Y-%m-%d}'}: {x.why} "
            f"({x.nominal_id} in {x.ocg_id})"
            for x in links.itertuples(index=False)
        ],
    )
    frame = frame.astype({"until": "datetime64[s]", "linked_now": "bool", "family_basis": "bool"})
    return ResultTable.of("child_links_ended", frame)


def links_table(links: pd.DataFrame) -> ResultTable:
    """Return the table ``child_links``: one row per link, recorded facts and assessments in columns of their own."""
    plain = links.rename(columns={"role": "recorded_role", "on": "freshest"})
    plain = plain.assign(
        path=[path_words(Link._make(row)) for row in links.itertuples(index=False)],
        relationship=links["how"].astype(object),
        family_basis=links["basis"] == "family",
        data_subject=links["basis"].map(data_subject).astype(object),
    )
    plain = plain.astype({"records": "int64", "withheld": "int64", "freshest": "datetime64[s]"})
    return ResultTable.of("child_links", plain)
