"""The chapter on juveniles with many serious offences, and the list of them for those who may see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ocgnet.analysis.children.linked_children import safeguard
from ocgnet.analysis.intervals import count_interval, share_interval
from ocgnet.dataset import Dataset
from ocgnet.evidence.ages import ADULT, age_on, birthday
from ocgnet.evidence.period import period_of
from ocgnet.evidence.restricted import in_use
from ocgnet.local_profile.figures import EVENTS, Part, ProfileTable, table_of
from ocgnet.local_profile.offences import NO_CODE, NO_GROUP
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import NOW, Material, Records, Windows
from ocgnet.model import PERSON_TABLES
from ocgnet.model.columns import LINK_ROLES
from ocgnet.results import Figure
from ocgnet.results.columns import fact
from ocgnet.settings import ProfileSettings, Settings

CHAPTER = "juveniles"
BANDS = (0, 1, 3, 7)
"""Offences from which the bands begin below the last one, as bulletins of proven reoffending print them."""

JUVENILES = TableOf(
    "juveniles",
    "Juveniles",
    "How many juveniles who are linked to a crime of the period are linked to how many serious offences?",
    (
        fact("serious_offences", "text", "Serious offences on record up to the end of the period."),
        people("juveniles", "People under 18 on the day of their latest crime of the period."),
        made("share", "share", "Of all these juveniles."),
        made("low", "share", "Lower end of the 95% interval."),
        made("high", "share", "Upper end of the 95% interval."),
    ),
)
LISTED = TableOf(
    "juveniles_listed",
    "Juveniles listed",
    "Which juveniles are linked to many serious offences, and on what does each count rest?",
    (
        fact("person_id", "id", "The person."),
        fact("name", "text", "Name as recorded."),
        fact("date_of_birth", "date", "Date of birth; of several the latest."),
        fact("adult_since", "date", "Eighteenth birthday, where it has passed by the analysis date."),
        fact("latest_crime_on", "date", "Day of the latest crime of the period."),
        fact("serious_offences", "count", "Serious offences up to the end of the period, each once."),
        fact("offence_unknown", "count", "Crimes whose offence group is not known: each could be a serious one."),
        fact("by_offence", "text", "The serious offences by offence group."),
        fact("by_role", "text", "The same by link role; a crime with several counts under the last of them."),
        fact("crime_ids", "text", "The serious offences, joined by |."),
        fact("linked_child", "flag", "Whether the person is among the children linked to members of groups."),
        fact("victim_of", "count", "Crimes with the person as victim: who offends may be exploited."),
    ),
)


@dataclass(frozen=True)
class Linked:
    """The juveniles who are linked to crimes of the period, and who could not be told to be one or not."""

    frame: pd.DataFrame  # ``person_id``, ``born``, ``latest_on``, ``serious``, ``unknown``; a row a juvenile, by id
    offences: pd.DataFrame  # ``person_id``, ``crime_id``, ``offence_group``, ``serious``, ``roles``; of these juveniles
    ageless: int  # people linked to crimes of the period without a date of birth
    ageless_many: int  # of these, with many serious offences
    aside: int  # people so linked whose record is restricted or overdue for review, of whatever age

    @classmethod
    def of(cls, material: Material) -> Linked | None:
        """Return who is linked; None where the records have no dates or no links.

        A juvenile is under 18 on the day of the latest crime of the period that links the person in a role that
        counts. Offences are crimes dated up to the end of the period, however far back, each once a person.
        """
        if material.windows.now is None or not material.has("crimes", "crime_links"):
            return None
        rows = _rows(material, material.windows.now[1])
        rows["serious"] = rows["offence_group"].isin(material.settings.analysis.serious_groups)
        rows["unknown"] = rows["offence_group"].isin([NO_CODE, NO_GROUP])
        latest = rows[rows["now"]].groupby("person_id")["happened_on"].max()
        each = rows.groupby("person_id", sort=True)
        frame = each.agg(born=("born", "first"), aside=("aside", "first"))
        frame["latest_on"] = latest.reindex(frame.index)
        for name in ("serious", "unknown"):
            frame[name] = each[name].sum().astype(int)
        days = (frame[name].to_numpy().astype("datetime64[D]") for name in ("born", "latest_on"))
        age = age_on(*days)
        stands = ~frame["aside"].to_numpy(bool)
        young, ageless = stands & (age < ADULT), stands & frame["born"].isna().to_numpy()
        many = frame["serious"].to_numpy() >= material.settings.analysis.many_serious
        chosen = frame[young].reset_index()[["person_id", "born", "latest_on", "serious", "unknown"]]
        offences = rows[rows["person_id"].isin(chosen["person_id"])]
        return cls(
            chosen,
            offences[["person_id", "crime_id", "offence_group", "serious", "roles"]],
            int(ageless.sum()),
            int((ageless & many).sum()),
            int((~stands).sum()),
        )


def _rows(material: Material, last: date) -> pd.DataFrame:
    """Return each crime of those who could be juveniles, or whose age or record is not there, once a person.

    Columns: ``person_id``, ``born``, ``aside`` (restricted or overdue), ``crime_id``, ``happened_on``,
    ``offence_group``, ``now`` (of the period), ``roles`` joined by |.
    """
    analysis, as_of = material.settings.analysis, material.period.as_of
    roles = ", ".join(f"'{role}'" for role in analysis.link_roles)
    overdue = "false"
    if not analysis.include_overdue and as_of is not None:
        overdue = f"coalesce(review_due < DATE '{as_of:%Y-%m-%d}', false)"
    everybody = " UNION ALL ".join(
        f"SELECT {key} AS id, date_of_birth AS born, restricted_on IS NOT NULL OR {overdue} AS aside FROM {name}"
        for name, key in PERSON_TABLES.items()
    )
    found = material.records.sql(
        f"""
        WITH suspects AS MATERIALIZED (
            SELECT person_id, max(coalesce(occurred_on, recorded_on)) AS latest_on
            FROM crime_links JOIN crimes USING (crime_id)
            WHERE link_role IN ({roles}) AND {material.records.inside(NOW)} GROUP BY person_id
        ), known AS (
            SELECT id, max(born) AS born, bool_or(aside) AS aside FROM ({everybody})
            WHERE id IN (SELECT person_id FROM suspects) GROUP BY id
        ), asked AS (
            SELECT person_id, born, coalesce(aside, true) AS aside FROM suspects LEFT JOIN known ON id = person_id
            WHERE born IS NULL OR aside OR born + INTERVAL {ADULT} YEAR >= latest_on
        )
        SELECT person_id, any_value(born) AS born, any_value(aside) AS aside, crime_id,
               any_value(coalesce(occurred_on, recorded_on)) AS happened_on,
               any_value(coalesce(offence_group, '{NO_CODE}')) AS offence_group,
               bool_or({material.records.inside(NOW)}) AS now, string_agg(DISTINCT link_role, '|') AS roles
        FROM crime_links JOIN asked USING (person_id) JOIN crimes USING (crime_id)
             LEFT JOIN code USING (offence_code)
        WHERE link_role IN ({roles}) AND coalesce(recorded_on, occurred_on) <= DATE '{last:%Y-%m-%d}'
        GROUP BY person_id, crime_id ORDER BY person_id, crime_id
        """
    ).to_pandas()
    return found.astype({"now": bool, "aside": bool})


def juveniles(material: Material) -> Part:
    """Return juveniles linked to crimes of the period by their serious offences; nobody is named.

    No change on the period before is stated: offences are counted over all records, which reach further back for the
    later period, so that more of them are found.
    """
    linked = Linked.of(material)
    if linked is None:
        return Part((table_of(JUVENILES, []),), {})
    serious, least = linked.frame["serious"].to_numpy(), material.settings.analysis.many_serious
    starts = [*(b for b in BANDS if b < least), least]
    whole, rows = len(serious), []
    for first, after in zip(starts, (*starts[1:], None), strict=True):
        inside = int(((serious >= first) & (serious < (np.inf if after is None else after))).sum())
        low, high = share_interval(inside, whole) if whole else (np.nan, np.nan)
        name = f"{first} or more" if after is None else f"{first}" if after == first + 1 else f"{first} to {after - 1}"
        rows.append((name, inside, inside / whole if whole else np.nan, low, high))
    return Part((table_of(JUVENILES, rows if whole else []),), _figures(material, linked))


def _figures(material: Material, linked: Linked) -> dict[str, Figure]:
    analysis, serious = material.settings.analysis, linked.frame["serious"]
    whole, many = len(serious), int((serious >= analysis.many_serious).sum())
    could = int((serious + linked.frame["unknown"] >= analysis.many_serious).sum()) - many
    roles = " or ".join(analysis.link_roles)
    counted = (
        f"people linked as {roles} to {material.crimes_words()}, under 18 on the day of the latest; age not known for "
        f"{linked.ageless:,} further people so linked, {linked.ageless_many:,} of them with as many serious offences; "
        f"left out: {linked.aside:,} of whatever age whose processing is restricted or whose review is overdue"
    )
    since = material.dates["crimes"].first if "crimes" in material.dates else None
    of_serious = (
        f"crimes of the offence groups {', '.join(analysis.serious_groups)}, dated {since or 'any day'} to "
        f"{material.windows.now[1] if material.windows.now else ''}, each once; {could:,} further could be among them, "
        f"by crimes whose offence is not known; of {counted}"
    )
    says = f"Juveniles linked to {analysis.many_serious} or more serious offences"
    return {
        "juveniles_linked": material.figure(
            CHAPTER, whole, "count", "Juveniles linked to a crime of the period", counted=counted,
            ends=count_interval(whole), records=whole, interval=EVENTS,
        ),
        "juveniles_many": material.figure(
            CHAPTER, many, "count", says, many, whole, of_serious, count_interval(many), many, EVENTS,
        ),
    }  # fmt: skip


# The list, which names people.


@dataclass(frozen=True)
class Listing:
    """The juveniles with many serious offences, who could be among them, and who is not there."""

    table: ProfileTable
    linked: Linked | None  # None where the records cannot say
    period: str
    least: int

    @property
    def sure(self) -> int:
        """How many have so many serious offences; the others could, by crimes of unknown offence."""
        return int((self.table.frame["serious_offences"] >= self.least).sum())


def listing_of(dataset: Dataset, settings: Settings) -> Listing:
    """Return who is linked to many serious offences, most of them first.

    Parameters
    ----------
    dataset : Dataset
        Checked records; without dates or links to crimes nobody is listed, and ``linked`` is None.
    settings : Settings
        Period, link roles, ``many_serious`` and ``serious_groups``.

    Returns
    -------
    Listing
        Those with at least ``many_serious`` serious offences, and those who could be by crimes of unknown offence.
        Nobody whose processing is restricted or whose review is overdue: they are counted.
    """
    used, whole = in_use(dataset), ProfileSettings(analysis=settings)
    period = period_of(used, settings)
    windows = Windows.of(period, whole)
    records = Records(used.tables, whole, windows)
    try:
        material = Material(used, whole, period, windows, records)
        linked = Linked.of(material)
    finally:
        records.close()
    if linked is None:
        return Listing(table_of(LISTED, []), None, windows.words(NOW), settings.many_serious)
    could = linked.frame["serious"] + linked.frame["unknown"] >= settings.many_serious
    chosen = linked.frame[could & (linked.frame["serious"] > 0)]
    children = set(safeguard(dataset, settings).table.frame["child_id"]) if len(chosen) else set()
    names, harmed = used.shown_names, _victims(used, chosen["person_id"].tolist())
    rows = []
    for person in chosen.sort_values(["serious", "person_id"], ascending=[False, True]).itertuples():
        theirs = linked.offences[(linked.offences["person_id"] == person.person_id) & linked.offences["serious"]]
        last = [max(roles.split("|"), key=LINK_ROLES.index) for roles in theirs["roles"]]
        grown = birthday(np.array([person.born], "datetime64[D]"), ADULT)[0].astype(object)
        rows.append(
            (
                person.person_id, names.get(person.person_id), person.born,
                grown if period.as_of is not None and grown <= period.as_of else None, person.latest_on,
                person.serious, person.unknown, _counted(theirs["offence_group"].tolist()), _counted(last),
                "|".join(theirs["crime_id"]), person.person_id in children, harmed[person.person_id],
            )
        )  # fmt: skip
    return Listing(table_of(LISTED, rows), linked, windows.words(NOW), settings.many_serious)


def _counted(words: list[str]) -> str:
    """Return words with how often each stands there, most first.

    >>> _counted(["rape", "arson", "rape"])
    'rape 2, arson 1'
    """
    return ", ".join(f"{word} {n}" for word, n in sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0])))


def _victims(dataset: Dataset, ids: list[str]) -> Counter[str]:
    links = dataset["crime_links"].select(["person_id", "crime_id", "link_role"]).to_pandas()
    links = links[(links["link_role"] == "victim") & links["person_id"].isin(ids)]
    return Counter(links.drop_duplicates(["person_id", "crime_id"])["person_id"])
