"""County lines by what is recorded of them: networks and lines by district, and how many people use them over time.

What is counted is a record, never a suggestion: a network is a group marked as running a county line, or a threat
that is one; a line is a phone of theirs. Who may be a runner or a customer by calls, or whose home may be cuckooed,
is in no profile: ``ocgnet analyse`` suggests it, under the authority by which the calls were obtained.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.intervals import share_interval
from ocgnet.evidence.ages import ADULT, age_on
from ocgnet.evidence.membership import groups_on
from ocgnet.evidence.period import Period, months_after
from ocgnet.evidence.record_dates import why_not_known_on
from ocgnet.evidence.thing_use import USERS, ThingUse, thing_use
from ocgnet.local_profile.county_lines import EVERYWHERE, LINES, counted_events
from ocgnet.local_profile.figures import EVENTS, Part, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.profile_tables import TableOf, people
from ocgnet.local_profile.records import BEFORE, NO_DISTRICT, NOW, Material
from ocgnet.model import PERSON_TABLES
from ocgnet.model.things import CALLING
from ocgnet.results import Figure
from ocgnet.results.columns import fact

DEALING = ("county lines", "drug trafficking", "drug supply", "drugs")
"""Activities that say where a county-line group works."""
RUNNERS, BUYERS = (*USERS, "runner"), ("customer",)
MOST_QUARTERS = 12
NETWORKS = TableOf(
    "line_networks",
    "Line networks",
    "How many county-line networks are known in each district, and how many of their lines were in use?",
    (
        fact("district", "text", "District; a group that works in two counts in both, and once in all districts."),
        fact("groups", "count", "Groups marked as running a county line, by the district of what they do with drugs."),
        fact("groups_before", "count", "The same on the day of the period before."),
        fact("threats", "count", "County lines recorded as threats without a group."),
        fact("threats_before", "count", "The same on the day of the period before."),
        fact("networks", "count", "Both together."),
        fact("networks_before", "count", "Both together on the day of the period before."),
        fact("lines", "count", "Lines with a user recorded in the period, by the district of the line or its threat."),
    ),
    whole=None,
)
USE = TableOf(
    "line_use",
    "Line use",
    "How many lines were in use in each quarter, and by how many people?",
    (
        fact("quarter", "date", "First day of the quarter, or of the part of it that the periods hold."),
        fact("lines", "count", "Lines with a user recorded then."),
        fact("lines_begun", "count", "Lines whose first recorded use falls into the quarter."),
        fact("lines_ended", "count", "Lines whose last recorded use falls into the quarter."),
        people("users", "People recorded as using a line or running for it."),
        people("children", "Of these, under 18 on their first day in the quarter.", "users"),
        people("age_unknown", "Of these, without a date of birth.", "users"),
        people("buyers", "People recorded as customers, suspected ones included."),
        people("suspected", "People only suspected of using a line or running for it: in no other column."),
    ),
    whole=None,
    apart=(("users",), ("buyers",), ("suspected",)),
)
SPANS = TableOf(
    "line_spans",
    "Line spans",
    "For how long were lines in use, from the first to the last day that is recorded?",
    (
        fact("span", "text", "Days from the first to the last recorded use up to the end of the period."),
        fact("lines", "count", "Lines."),
        fact("in_use", "count", "Of these, still in use at the end of the period."),
        people("users", "People recorded as using them or running for them, at any time."),
    ),
    whole=None,
)


def drug_lines(material: Material) -> Part:
    """Return what is recorded of county lines and of those who use them.

    A table that the records lack gives blank cells and figures that are not known, never nought.
    """
    lines = _Lines(material)
    networks = _networks(material, lines)
    return Part(
        (networks, _use(material, lines), _spans(material, lines)), _network_figures(material, networks.frame, lines)
    )


# Networks and lines.


@dataclass(frozen=True)
class _Lines:
    """Lines and who is recorded as using them."""

    material: Material

    @cached_property
    def groups(self) -> dict[str, bool | None]:
        """Whether each group runs a county line: by its mark, or because that is what it does; None not recorded."""
        t, acts = self.material.dataset["ocgs"], self.material.dataset["ocg_activities"]
        marked = dict(zip(t["ocg_id"].to_pylist(), t["county_line"].to_pylist(), strict=True))
        does = acts.filter(pc.fill_null(pc.equal(acts["activity"], "county lines"), False))["ocg_id"].to_pylist()
        return marked | dict.fromkeys(does, True)

    @cached_property
    def threats(self) -> pd.DataFrame:
        """County lines that are threats: ``threat_id``, ``thing_id``, ``district``, ``recorded_on``."""
        t = self.material.dataset["threats"]
        t = t.filter(pc.fill_null(pc.equal(t["kind"], "county_line"), False))
        return t.select(["threat_id", "thing_id", "district", "recorded_on"]).to_pandas(date_as_object=True)

    @cached_property
    def district_of(self) -> dict[str, str]:
        """District of each line: its own, else that of its threat, else not recorded."""
        d = self.material.dataset
        things, held = d["things"], d["group_things"]
        running = pa.array(sorted(g for g, runs in self.groups.items() if runs), pa.string())
        theirs = held.filter(pc.is_in(held["ocg_id"], running))["thing_id"].combine_chunks()
        calls = pc.is_in(things["kind"], pa.array(CALLING))
        named = pc.is_in(things["thing_id"], pa.array(self.threats["thing_id"].dropna().tolist(), pa.string()))
        is_line = pc.or_(
            pc.fill_null(pc.equal(things["kind"], "line"), False),
            pc.and_(calls, pc.or_(named, pc.is_in(things["thing_id"], theirs))),
        )
        lines = things.filter(pc.fill_null(is_line, False))
        of_threat = self.threats.dropna(subset=["thing_id", "district"]).sort_values("threat_id")
        placed = dict(zip(of_threat["thing_id"][::-1], of_threat["district"][::-1], strict=True))
        pairs = zip(lines["thing_id"].to_pylist(), lines["district"].to_pylist(), strict=True)
        return {line: _place(own or placed.get(line)) for line, own in sorted(pairs)}

    @cached_property
    def counting(self) -> ThingUse:
        """Links to lines after every filter."""
        ids = pa.array(list(self.district_of), pa.string())
        d, links = self.material.dataset, self.material.dataset["thing_links"]
        links = links.filter(pc.is_in(links["thing_id"], ids))
        things = d["things"].filter(pc.is_in(d["things"]["thing_id"], ids))
        small = replace(d, tables={**d.tables, "thing_links": links, "things": things})
        return thing_use(small, self.material.settings.analysis, self.material.period)

    @cached_property
    def use(self) -> pd.DataFrame:
        """Links to lines: ``line``, ``person``, ``relation``, ``suspected``, ``first``, ``last``; each link counts."""
        found = self.counting
        return pd.DataFrame(
            {
                "line": found.things[found.thing],
                "person": found.people[found.person],
                "relation": found.relation,
                "suspected": found.suspected,
                "first": found.first.astype("datetime64[D]").astype("datetime64[s]"),
                "last": found.last.astype("datetime64[D]").astype("datetime64[s]"),
            }
        )

    @cached_property
    def born(self) -> pd.Series:
        """Latest recorded day of birth of those who use a line, by id."""
        ids = pa.array(sorted(set(self.use["person"])), pa.string())
        parts = []
        for name, key in PERSON_TABLES.items():
            t = self.material.dataset[name]
            near = t.filter(pc.is_in(t[key], ids))
            born = near["date_of_birth"].to_numpy().astype("datetime64[s]")
            parts.append(pd.DataFrame({"id": near[key].to_pylist(), "born": born}))
        return pd.concat(parts).dropna().groupby("id")["born"].max()

    @property
    def users(self) -> pd.DataFrame:
        """Links of recorded users and runners whose first day is known."""
        use = self.use
        return use[use["relation"].isin(RUNNERS) & ~use["suspected"] & use["first"].notna()]

    @property
    def since(self) -> date | None:
        """First day on which any use is recorded; None without any."""
        first = self.users["first"].min()
        return None if pd.isna(first) else first.date()


def _place(name: object) -> str:
    return (name.strip() if isinstance(name, str) else "") or NO_DISTRICT


COLUMNS = ("groups", "groups_before", "threats", "threats_before", "lines")


def _networks(material: Material, lines: _Lines) -> ProfileTable:
    """Return networks by district, most first: each is known where the records of its kind say so."""
    counts: dict[str, dict[str, set[str]]] = {}
    for column, district, what in _placed(material, lines):
        for place in (district, EVERYWHERE):
            counts.setdefault(place, {c: set() for c in COLUMNS})[column].add(what)
    lost = _not_known(material, lines)
    if not counts or all(lost[c] for c in ("groups", "threats", "lines")):
        return table_of(NETWORKS, [])
    frame = pd.DataFrame([{"district": d} | {c: len(of[c]) for c in COLUMNS} for d, of in counts.items()])
    for column, gone in lost.items():
        if gone:
            frame[column] = np.nan
    for after in ("", "_before"):
        frame[f"networks{after}"] = frame[f"groups{after}"] + frame[f"threats{after}"]
    frame["first"], frame["nowhere"] = frame["district"] != EVERYWHERE, frame["district"] == NO_DISTRICT
    order = ["first", "nowhere", "networks", "lines", "district"]
    frame = frame.sort_values(order, ascending=[True, True, False, False, True])
    return table_of(NETWORKS, frame[[c.name for c in NETWORKS.columns]])


def _placed(material: Material, lines: _Lines) -> Iterator[tuple[str, str, str]]:
    """Yield column, district and id of each group, threat and line that counts."""
    for after, period in (("", material.period), ("_before", material.before)):
        for group, places in _where(material, lines, period).items():
            yield from ((f"groups{after}", place, group) for place in places)
        for threat in lines.threats.itertuples():
            on = threat.recorded_on
            if pd.isna(on) or period.as_of is None or on <= period.as_of:
                yield f"threats{after}", _place(threat.district), str(threat.threat_id)
    if days := material.windows.days[NOW]:
        for line in _overlapping(lines.users, *days)["line"].unique():
            yield "lines", lines.district_of[line], line


def _not_known(material: Material, lines: _Lines) -> dict[str, bool]:
    """Return of which columns of networks the records say nothing: no table, or nothing in the column that tells."""
    then = material.before.as_of
    kinds = material.dataset["threats"]["kind"]
    groups = not material.has("ocgs") or (bool(lines.groups) and all(r is None for r in lines.groups.values()))
    threats = not material.has("threats") or (len(kinds) > 0 and kinds.null_count == len(kinds))
    return {
        "groups": groups,
        "groups_before": groups or bool(why_not_known_on(material.dates, "ocgs", then)),
        "threats": threats,
        "threats_before": threats or bool(why_not_known_on(material.dates, "threats", then)),
        "lines": not material.has("things", "thing_links") or material.windows.days[NOW] is None,
    }


def _where(material: Material, lines: _Lines, period: Period) -> dict[str, set[str]]:
    """Return the districts of each county-line group that is mapped on a day; of nowhere recorded ``NO_DISTRICT``."""
    asked = material.settings.analysis.ocgs
    live = {g for g in groups_on(material.dataset, period.as_of) if lines.groups.get(g) and (not asked or g in asked)}
    found: dict[str, set[str]] = {g: set() for g in live}
    acts = material.dataset["ocg_activities"].select(["ocg_id", "activity", "district", "from_date", "to_date"])
    for act in acts.to_pylist():
        begun = period.as_of is None or act["from_date"] is None or act["from_date"] <= period.as_of
        ended = period.as_of is not None and act["to_date"] is not None and act["to_date"] < period.as_of
        place = _place(act["district"])
        if act["ocg_id"] in live and act["activity"] in DEALING and begun and not ended and place != NO_DISTRICT:
            found[act["ocg_id"]].add(place)
    return {g: places or {NO_DISTRICT} for g, places in found.items()}


def _overlapping(links: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Return the links that hold on any day between two; an open one lasts."""
    begin, end = pd.Timestamp(first), pd.Timestamp(last)
    return links[(links["first"] <= end) & ~(links["last"] < begin)]


def _quarters(material: Material) -> list[tuple[date, date]]:
    """Return the quarters of the period and the one before, the last ``MOST_QUARTERS``, as far as these reach."""
    now, before = material.windows.days[NOW], material.windows.days[BEFORE]
    if now is None:
        return []
    first = before[0] if before else now[0]
    at = date(first.year, first.month - (first.month - 1) % 3, 1)
    found = []
    while at <= now[1]:
        following = months_after(at, 3)
        found.append((max(at, first), min(following - timedelta(days=1), now[1])))
        at = following
    return found[-MOST_QUARTERS:]


def _use(material: Material, lines: _Lines) -> ProfileTable:
    use, since = lines.use[lines.use["first"].notna()], lines.since
    users, ends = lines.users, _ends(material, lines)
    rows = []
    for first, last in _quarters(material) if since else []:
        # Before the first use on record nobody recorded any.
        if since is None or last < since:
            continue
        held = _overlapping(users, first, last)
        who = held.groupby("person")["first"].min().clip(lower=pd.Timestamp(first))
        age = age_on(
            lines.born.reindex(who.index).to_numpy().astype("datetime64[D]"), who.to_numpy().astype("datetime64[D]")
        )
        begin, end = pd.Timestamp(first), pd.Timestamp(last)
        named = set(who.index)
        buyers, maybe = (
            _overlapping(use[mask], first, last)
            for mask in (use["relation"].isin(BUYERS), use["relation"].isin(RUNNERS) & use["suspected"])
        )
        rows.append(
            {
                "quarter": first,
                "lines": held["line"].nunique(),
                "lines_begun": int(ends["first"].between(begin, end).sum()),
                "lines_ended": int(ends["last"].between(begin, end).sum()),
                "users": len(who),
                "children": int((age < ADULT).sum()),
                "age_unknown": int(np.isnan(age).sum()),
                "buyers": buyers["person"].nunique(),
                "suspected": len(set(maybe["person"]) - named),
            }
        )
    return table_of(USE, rows)


def _ends(material: Material, lines: _Lines) -> pd.DataFrame:
    """Return first and last recorded day of use by line; ``last`` is NaT while somebody still uses it."""
    users = lines.users
    if days := material.windows.days[NOW]:
        end = pd.Timestamp(days[1])
        users = users[users["first"] <= end]
        users = users.assign(last=users["last"].where(users["last"] < end))
    by_line = users.groupby("line")
    last = by_line["last"].max().where(by_line["last"].count() == by_line.size())
    return pd.DataFrame({"first": by_line["first"].min(), "last": last})


SPAN_BANDS = ((91, "up to 3 months"), (182, "3 to 6 months"), (365, "6 months to a year"), (math.inf, "over a year"))


def _spans(material: Material, lines: _Lines) -> ProfileTable:
    ends, days = _ends(material, lines), material.windows.days[NOW]
    if not len(ends) or days is None:
        return table_of(SPANS, [])
    length = (ends["last"].fillna(pd.Timestamp(days[1])) - ends["first"]).dt.days + 1
    band = pd.Series([next(words for most, words in SPAN_BANDS if n <= most) for n in length], ends.index)
    rows = []
    for _, words in SPAN_BANDS:
        own = band.index[band == words]
        users = lines.users[lines.users["line"].isin(own) & (lines.users["first"] <= pd.Timestamp(days[1]))]
        rows.append((words, len(own), int(ends.loc[own, "last"].isna().sum()), users["person"].nunique()))
    silent = len(lines.district_of) - len(ends)
    return table_of(SPANS, [*rows, ("no use with a first day recorded", silent, 0, 0)] if silent else rows)


def _network_figures(material: Material, networks: pd.DataFrame, lines: _Lines) -> dict[str, Figure]:
    if not material.has("ocgs") and not material.has("threats") and not material.has("things"):
        return {}
    whole = networks[networks["district"] == EVERYWHERE]
    blank = sum(1 for g in groups_on(material.dataset, material.period.as_of) if lines.groups.get(g) is None)

    def one(column: str) -> int | None:
        return int(whole[column].iloc[0]) if len(whole) and whole[column].notna().all() else None

    day, then = material.period.as_of, material.before.as_of
    groups = f"groups marked as county line, mapped on {day}; of {blank:,} groups it is not recorded"
    threats = f"threats of kind county line recorded up to {day}"
    says = {
        "line_groups": ("groups", "County-line groups", groups),
        "line_threats": ("threats", "County lines recorded as threats without a group", threats),
        "line_networks": ("networks", "County-line networks", f"{groups}; {threats}"),
        "line_networks_before": ("networks_before", "County-line networks", f"the same on {then}"),
        "lines_in_use": ("lines", "Lines in use", f"lines with a user or runner recorded {material.now}"),
    }
    figures: dict[str, Figure] = {
        name: material.figure(LINES, one(column), "count", words, counted=counted)
        for name, (column, words, counted) in says.items()
    }
    for after, which in (("", NOW), ("_before", BEFORE)):
        figures |= _user_figures(material, lines, after, which)
    return figures


USERS_SAY, CHILDREN_SAY = "People who use lines", "Children among people who use lines"


def _user_figures(material: Material, lines: _Lines, after: str, which: int) -> dict[str, Figure]:
    days, period = material.windows.days[which], material.windows.words(which)
    # Before the first use on record nobody recorded any: what was then is not known.
    until = days and days[which == NOW]
    if days is None or until is None or lines.since is None or lines.since > until:
        why = f"use of lines is recorded from {lines.since} on" if lines.since else "no use of a line has a first day"
        says = {"line_users": ("count", USERS_SAY), "line_users_children": ("share", CHILDREN_SAY)}
        return {
            f"{name}{after}": ProfileFigure(
                None, unit, words, filter=f"users of lines {period}: not known, because {why}", chapter=LINES,
                period=period,
            )
            for name, (unit, words) in says.items()
        }  # fmt: skip
    use = lines.use
    held = _overlapping(lines.users, *days)
    who = held.groupby("person")["first"].min().clip(lower=pd.Timestamp(days[0]))
    born = lines.born.reindex(who.index).to_numpy().astype("datetime64[D]")
    age = age_on(born, who.to_numpy().astype("datetime64[D]"))
    undated = int((use["relation"].isin(RUNNERS) & ~use["suspected"] & use["first"].isna()).sum())
    counted = (
        f"recorded as user of a line or running for one {days[0]} to {days[1]}, not only suspected; links without a "
        f"first day are not counted: {undated:,}"
        + "".join(f"; {gone.why}: {gone.count:,}" for gone in lines.counting.left_out)
    )
    children, users = int((age < ADULT).sum()), len(who)
    ends: tuple[float | None, float | None] = share_interval(children, users) if users else (None, None)
    return {
        f"line_users{after}": counted_events(
            users, USERS_SAY, counted, LINES, f"{days[0]} to {days[1]}"
        ),
        f"line_users_children{after}": replace(
            material.figure(
                LINES, children / users if users else None, "share", CHILDREN_SAY,
                children if users else None, users or None,
                f"{counted}; under {ADULT} on their first day; age not known for {int(np.isnan(age).sum()):,}",
                ends, users, EVENTS,
            ),
            period=f"{days[0]} to {days[1]}",
        ),
    }  # fmt: skip
