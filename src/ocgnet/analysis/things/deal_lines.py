"""Deal lines: who held them in turn, who was in touch with them, children first, and what a disruption changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.things.contacts import InTouch
from ocgnet.analysis.things.coverage import Coverage
from ocgnet.analysis.things.traffic import Contacts, contacts_of, local_time
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.evidence.ages import ADULT, age_on, births_of
from ocgnet.evidence.thing_use import USERS
from ocgnet.model import PERSON_TABLES
from ocgnet.model.things import CALLING
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

PARTS = ("child", "user", "runner", "customer", "contact")
"""What somebody is to a line, in the order of the table; whoever was under 18 is a child and nothing else."""

CAUTION = "Recorded activity depends on whose records were obtained, and for which days."


def lines_of(dataset: Dataset, settings: Settings) -> pd.DataFrame:
    """Return ``thing_id`` and ``ocgs`` (joined by |) of each line: things of that kind, and numbers a group holds."""
    things = dataset["things"].select(["thing_id", "kind"]).to_pandas()
    held = dataset["group_things"].select(["ocg_id", "thing_id"]).to_pandas().drop_duplicates()
    groups = held.groupby("thing_id")["ocg_id"].agg(lambda g: "|".join(sorted(g)))
    things["ocgs"] = [groups.get(i, "") for i in things["thing_id"]]
    lines = things[(things["kind"] == "line") | (things["kind"].isin(CALLING) & (things["ocgs"] != ""))]
    if settings.ocgs:
        asked = set(settings.ocgs)
        lines = lines[np.array([bool(asked & set(g.split("|"))) for g in lines["ocgs"]], bool)]
    return lines.sort_values("thing_id")[["thing_id", "ocgs"]].reset_index(drop=True)


def deal_lines_of(dataset: Dataset, touch: InTouch, settings: Settings) -> tuple[ResultTable, ...]:
    """Return the tables ``deal_lines``, ``deal_line_users``, ``deal_line_hours`` and ``deal_line_disruptions``.

    Without lines, or traffic and users of them, they have no rows. See docs/measures/things.md for every rule.
    """
    t = touch.traffic
    lines = lines_of(dataset, settings)
    lines["position"] = t.position(lines["thing_id"])
    hidden = (lines["position"] >= 0) & t.withheld[lines["position"]] if len(t.things) else lines["position"] > 0
    lines = lines[~hidden].reset_index(drop=True)
    contacts = _contacts(touch, lines)
    people = _in_touch(dataset, touch, lines, contacts, settings)
    people = pd.concat([people, _users(dataset, touch, lines)], ignore_index=True)
    order = [*["line", "part", "times", "contact"], "from_date"]
    people["part"] = pd.Categorical(people["part"], PARTS, ordered=True)
    people = people.sort_values(order, ascending=[True, True, False, True, True], kind="stable")
    people["part"] = people["part"].astype(object)
    hours = _hours(touch, lines)
    changes = _disruptions(dataset, touch, lines, contacts, settings)
    whole = _lines(lines, touch, people, hours, changes)
    return (
        ResultTable.of("deal_lines", whole),
        ResultTable.of("deal_line_users", people),
        ResultTable.of("deal_line_hours", hours),
        ResultTable.of("deal_line_disruptions", changes),
    )


def _contacts(touch: InTouch, lines: pd.DataFrame) -> tuple[Contacts, pd.DataFrame]:
    """Return the contacts of each line, ``subject`` its row in ``lines``, and the rows of traffic they are made of."""
    t = touch.traffic
    row_of = np.full(len(t.things) + 1, -1)
    traced = np.flatnonzero(lines["position"] >= 0)
    row_of[lines["position"].to_numpy()[traced]] = traced
    one, two = touch.ends
    parts = [
        pd.DataFrame({"at": at, "line": row_of[line[at]], "node": node[at], "to": to[at], "from": back[at]})
        for line, node, to, back in ((t.one, two, t.out, t.back), (t.two, one, t.back, t.out))
        for at in (np.flatnonzero(row_of[line] >= 0),)
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["node"] != touch.unnamed].reset_index(drop=True)
    rows["day"] = t.day[rows["at"]].astype("datetime64[s]")
    line, node, to, back = (rows[c].to_numpy() for c in ("line", "node", "to", "from"))
    sums = contacts_of(line, node, t.day[rows["at"].to_numpy()], to, back)
    return sums, rows


def _in_touch(
    dataset: Dataset, touch: InTouch, lines: pd.DataFrame, contacts: tuple[Contacts, pd.DataFrame], settings: Settings
) -> pd.DataFrame:
    """Return everybody in touch with each line, as customer, runner or other contact, with the reasons."""
    sums, rows = contacts
    about = touch.described(sums.contact)
    frame = pd.DataFrame(
        {
            "line": lines["thing_id"].to_numpy()[sums.subject],
            "ocgs": lines["ocgs"].to_numpy()[sums.subject],
            "contact_kind": about["kind"], "contact": about["id"], "contact_name": about["name"],
            "times": sums.times, "days": sums.days, "to_contact": sums.to_contact, "from_contact": sums.from_contact,
            "first_day": sums.first.astype("datetime64[s]"), "last_day": sums.last.astype("datetime64[s]"),
        }
    )  # fmt: skip
    frame["with_others"] = _with_others(touch, sums)
    frame["short"], frame["timed"] = _short(touch, rows, sums, settings)
    group = np.full(len(touch.traffic.one), -1)
    group[rows["at"]] = sums.pair
    frame["authority_refs"] = touch.traffic.authorities(group, len(sums))
    frame = frame.merge(_recorded(touch, lines), on=["line", "contact"], how="left")
    frame["recorded"] = [r if isinstance(r, str) else "" for r in frame["recorded"]]
    frame = _of_age(dataset, frame, frame["first_day"])
    from_share = frame["from_contact"] / frame["times"].clip(lower=1)
    may_run = (frame["with_others"] >= settings.line_runner_contacts) & (from_share < settings.line_customer_share)
    brief = (frame["timed"] == 0) | (frame["short"] * 2 >= frame["timed"])
    may_buy = (from_share >= settings.line_customer_share) & (frame["times"] > 1) & brief
    may_buy &= frame["with_others"] < settings.line_runner_contacts
    recorded = [set(r.split("|")) for r in frame["recorded"]]
    frame["part"] = np.select(
        [
            frame["child"],
            np.array(["runner" in r for r in recorded], bool),
            np.array(["customer" in r for r in recorded], bool),
            may_run,
            may_buy,
        ],
        ["child", "runner", "customer", "runner", "customer"],
        "contact",
    )
    frame["because"] = [_reason(r, settings) for r in frame.to_dict("records")]
    return frame


def _with_others(touch: InTouch, sums: Contacts) -> np.ndarray:
    """Return with how many other contacts of the line each contact is in touch."""
    of_any = np.zeros(touch.unnamed + 1, bool)
    of_any[sums.contact] = True
    one, two = touch.ends
    inside = of_any[one] & of_any[two] & (one != two)
    height = touch.unnamed + 1
    key = np.unique(np.minimum(one, two)[inside] * height + np.maximum(one, two)[inside])
    low, high = key // height, key % height
    met = np.zeros(len(sums), np.int64)
    for line in np.unique(sums.subject):
        begin, end = np.searchsorted(sums.subject, (line, line + 1))
        own = sums.contact[begin:end]
        among = np.zeros(height, bool)
        among[own] = True
        both = among[low] & among[high]
        ends = np.concatenate((low[both], high[both]))
        met[begin:end] = np.bincount(np.searchsorted(own, ends), minlength=len(own))
    return met


def _short(touch: InTouch, rows: pd.DataFrame, sums: Contacts, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Return of each contact how many single calls were short, and how many have a duration."""
    t = touch.traffic
    group = np.full(len(t.one), -1)
    group[rows["at"]] = sums.pair
    where = group[t.place]
    duration = t.rows["duration"].to_numpy().astype(float)
    single = (where >= 0) & ~np.isnan(duration) & (pc.fill_null(t.rows["count"], 1).to_numpy() == 1)
    brief = single & (duration <= settings.line_short_seconds)
    return np.bincount(where[brief], minlength=len(sums)), np.bincount(where[single], minlength=len(sums))


def _recorded(touch: InTouch, lines: pd.DataFrame) -> pd.DataFrame:
    """Return per line and person what the person is recorded as to it, joined by |."""
    use = touch.use
    links = pd.DataFrame({"line": use.things[use.thing], "contact": use.people[use.person], "recorded": use.relation})
    links = links[links["line"].isin(lines["thing_id"])]
    return links.groupby(["line", "contact"], as_index=False)["recorded"].agg(lambda r: "|".join(sorted(set(r))))


def _of_age(dataset: Dataset, frame: pd.DataFrame, day: pd.Series) -> pd.DataFrame:
    """Add age on a day, whether that is a child's, and the district of each person or thing."""
    born = births_of(dataset).reindex(frame["contact"]).to_numpy().astype("datetime64[D]")
    age = age_on(born, day.to_numpy().astype("datetime64[D]"))
    listed = frame["contact"].isin(set(dataset["children"]["child_id"].to_pylist())).to_numpy(dtype=bool)
    child = (age < ADULT) | (listed & np.isnan(age))
    places: dict[str, str] = {}
    for name, key in (*PERSON_TABLES.items(), ("things", "thing_id")):
        known = dataset[name].filter(pc.is_valid(dataset[name]["district"]))
        places |= dict(zip(known[key].to_pylist(), known["district"].to_pylist(), strict=True))
    return frame.assign(
        age=pd.array(pd.Series(age).astype("Int64")),
        child=child & (frame["contact_kind"] == "person"),
        district=[places.get(i, "") for i in frame["contact"]],
    )


def _reason(row: dict[str, Any], settings: Settings) -> str:
    traffic = (
        f"{counted(row['times'], 'time')} on {counted(row['days'], 'day')}, {row['from_contact']:,} from them and "
        f"{row['to_contact']:,} from the line"
    )
    if row["part"] == "child":
        age = f"{row['age']} years old on the first day" if pd.notna(row["age"]) else "a child whose age is not known"
        return (
            f"A child may need safeguarding before anything else: {age}, in touch with the line {traffic}. Children in "
            "touch with a deal line may be exploited; this is a prompt for support, never a suspicion."
        )
    if row["recorded"]:
        return f"Recorded as {str(row['recorded']).replace('|', ', ')}; in touch {traffic}."
    others = f"in touch with {counted(row['with_others'], 'other contact')} of the line"
    if row["part"] == "runner":
        return f"May run for the line: called by it rather than calling it ({traffic}), and {others}."
    brief = f", {row['short']} of {row['timed']} timed calls no longer than {settings.line_short_seconds} seconds"
    if row["part"] == "customer":
        return f"May be a customer: mostly calls the line ({traffic}){brief if row['timed'] else ''}; {others}."
    return f"In touch {traffic}; {others}. Neither like a customer nor like a runner by the rules."


def _users(dataset: Dataset, touch: InTouch, lines: pd.DataFrame) -> pd.DataFrame:
    """Return who is recorded as user of each line, from when to when."""
    use = touch.use
    rows = np.flatnonzero(np.isin(use.relation, USERS) & np.isin(use.things[use.thing], lines["thing_id"].to_numpy()))
    thing = use.things[use.thing[rows]]
    frame = pd.DataFrame(
        {
            "line": thing,
            "ocgs": lines.set_index("thing_id")["ocgs"].reindex(thing).to_numpy(),
            "contact_kind": "person",
            "contact": use.people[use.person[rows]],
            "recorded": use.relation[rows],
            "confidence": use.confidence[rows],
            "from_date": use.first[rows].astype("datetime64[s]"),
            "to_date": use.last[rows].astype("datetime64[s]"),
        }
    )
    frame["contact_name"] = [touch.names.get(i, "") for i in frame["contact"]]
    frame = _of_age(dataset, frame, frame["from_date"])
    frame["part"] = np.where(frame["child"], "child", "user")
    frame["because"] = [
        f"{'A child may need safeguarding before anything else: recorded' if child else 'Recorded'} as {relation} "
        f"({confidence}) {_span(first, last)}."
        + (" Children who hold a deal line may be exploited; never a suspicion." if child else "")
        for child, relation, confidence, first, last in frame[
            ["child", "recorded", "confidence", "from_date", "to_date"]
        ].itertuples(index=False)
    ]
    return frame


def _span(first: date, last: date) -> str:
    begin = "from a day not recorded" if pd.isna(first) else f"from {first:%Y-%m-%d}"
    return begin if pd.isna(last) else f"{begin} to {last:%Y-%m-%d}"


def _hours(touch: InTouch, lines: pd.DataFrame) -> pd.DataFrame:
    """Return how much passed over each line in each hour of Europe/London; of a day alone the hour is blank."""
    t = touch.traffic
    parts = []
    for row, position in enumerate(lines["position"]):
        rows = np.flatnonzero(np.isin(t.place, t.at(np.array([position])))) if position >= 0 else np.empty(0, np.int64)
        hour = local_time(t.rows["at"].take(pa.array(rows)))[1]
        times = pc.fill_null(t.rows["count"].take(pa.array(rows)), 1).to_numpy()
        sums = np.bincount(hour + 1, times, 24 + 1).astype(np.int64)
        own = pd.DataFrame({"line": lines["thing_id"][row], "hour": [pd.NA, *range(24)], "times": sums})
        own["share"], own["of_times"] = own["times"] / max(int(sums.sum()), 1), int(sums.sum())
        parts.append(own[own["times"] > 0])
    columns = ["line", "hour", "times", "share", "of_times"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return frame.assign(hour=frame["hour"].astype("Int64"))


def _disruptions(
    dataset: Dataset, touch: InTouch, lines: pd.DataFrame, contacts: tuple[Contacts, pd.DataFrame], settings: Settings
) -> pd.DataFrame:
    """Return what passed over a line in equal stretches before and after each disruption of a group that holds it.

    The chance is the share of the days of the line's life around which as much or more changed the same way; blank
    where records under the authorities of the line do not reach all days of both stretches.
    """
    acts = dataset["disruptions"].select(["disruption_id", "ocg_id", "happened_on", "level"]).to_pandas()
    first, last = touch.traffic.covers
    rows = contacts[1].assign(day=contacts[1]["day"].dt.normalize(), times=contacts[1]["to"] + contacts[1]["from"])
    reach = touch.traffic.coverage(lines["position"][lines["position"] >= 0].to_numpy(np.int64))
    parts = []
    for number, (line, ocgs, position) in enumerate(lines[["thing_id", "ocgs", "position"]].itertuples(index=False)):
        own = rows[rows["line"] == number]
        for act in (
            acts[acts["ocg_id"].isin(ocgs.split("|"))].sort_values(["happened_on", "disruption_id"]).itertuples()
        ):
            on = np.datetime64(act.happened_on, "D")
            within = (on - first, last - on) if len(touch.traffic.one) else (np.timedelta64(0, "D"),)
            days = min(settings.line_compare_days, *(int(w / np.timedelta64(1, "D")) for w in within))
            if days < 1 or not len(own):
                continue
            span = pd.Timedelta(days=days)
            at = pd.Timestamp(on)
            before, after = (
                own[own["day"].between(at - span, at, "left")],
                own[own["day"].between(at, at + span, "right")],
            )
            who = [set(x["node"]) for x in (before, after)]
            usual = _usual_change(own, int(on.astype(np.int64)), days, first, last, reach[position])
            parts.append(
                {
                    "line": line, "ocg_id": act.ocg_id, "disruption_id": act.disruption_id, "level": act.level,
                    "happened_on": act.happened_on, "window_days": days,
                    "times_before": int(before["times"].sum()), "times_after": int(after["times"].sum()),
                    "per_day_before": before["times"].sum() / days, "per_day_after": after["times"].sum() / days,
                    "days_before": before["day"].nunique(), "days_after": after["day"].nunique(),
                    "contacts_before": len(who[0]), "contacts_after": len(who[1]),
                    "contacts_kept": len(who[0] & who[1]), "contacts_new": len(who[1] - who[0]), **usual,
                    "because": (
                        f"In {counted(days, 'day')} before {act.happened_on} {counted(before['times'].sum(), 'time')} "
                        f"with {counted(len(who[0]), 'contact')}, in as many days after it "
                        f"{counted(after['times'].sum(), 'time')} with {counted(len(who[1]), 'contact')}, "
                        f"{len(who[0] & who[1])} of them the same; the day itself counts for neither. "
                        f"{_usual_words(usual)} {CAUTION}"
                    ),
                }
            )  # fmt: skip
    return pd.DataFrame(parts, columns=None if parts else ["line"])


def _usual_change(
    own: pd.DataFrame, on: int, days: int, first: np.datetime64, last: np.datetime64, reach: Coverage
) -> dict[str, Any]:
    """Return around how many days of its life a line changed as much the same way: what an end of use also does."""
    missing = 2 * days - int(reach.days(on - days, on - 1) + reach.days(on + 1, on + days))
    if missing:
        return {"chance": pd.NA, "days_as_much": pd.NA, "of_days": pd.NA, "not_covered": missing}
    begin = int(first.astype(np.int64))
    used = own["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    upto = np.append(0, np.cumsum(np.bincount(used - begin, own["times"], int(last.astype(np.int64)) - begin + 1)))
    life = np.union1d(np.arange(used.min(), used.max() + 1), [on])
    life = life[(life - days >= begin) & (life + days - begin < len(upto) - 1)]
    life = life[reach.days(life - days, life + days) == 2 * days + 1]
    at = life - begin
    change = (upto[at + days + 1] - upto[at + 1]) - (upto[at] - upto[at - days])
    here = change[life == on][0]
    as_much = len(life) if not here else int((change <= here).sum() if here < 0 else (change >= here).sum())
    return {"chance": as_much / len(life), "days_as_much": as_much, "of_days": len(life), "not_covered": 0}


def _usual_words(usual: dict[str, Any]) -> str:
    if usual["not_covered"]:
        return (
            f"On {counted(usual['not_covered'], 'day')} of the two stretches no record under the authorities of the "
            "line reaches, so that how usual this is cannot be told, and records may have ended, not calls."
        )
    return (
        f"As much or more changed the same way around {usual['days_as_much']:,} of {counted(usual['of_days'], 'day')} "
        f"of its life ({usual['chance']:.1%})."
    )


def _lines(
    lines: pd.DataFrame, touch: InTouch, people: pd.DataFrame, hours: pd.DataFrame, changes: pd.DataFrame
) -> list[dict[str, object]]:
    """Return one row a line: children first, then who holds it and who is in touch with it."""
    rows = []
    t = touch.traffic
    for line, ocgs, position in lines[["thing_id", "ocgs", "position"]].itertuples(index=False):
        own = people[people["line"] == line]
        held = own[own["times"].isna()].sort_values(["from_date", "contact"], na_position="first")
        met = own[own["times"].notna()]
        count = met["part"].value_counts()
        by_hour = hours[hours["line"] == line]
        busiest = by_hour.dropna(subset="hour").sort_values(["times", "hour"], ascending=[False, True]).head(3)
        places = (
            met["district"][met["district"] != ""]
            .value_counts()
            .sort_index()
            .sort_values(ascending=False, kind="stable")
        )
        children = sorted(set(own["contact"][own["child"].astype(bool)]))
        turns = "|".join(f"{r.contact} {_span(r.from_date, r.to_date)}" for r in held.itertuples())
        at = t.at(np.array([position])) if position >= 0 else np.empty(0, np.int64)
        days = np.unique(t.day[at])
        total = int((t.out[at] + t.back[at]).sum())
        rows.append(
            {
                "line": line, "label": t.label[position] if position >= 0 else "", "ocgs": ocgs,
                "children": len(children), "child_ids": "|".join(children),
                "users": held["contact"].nunique(), "users_in_turn": turns,
                "times": total, "days": len(days),
                "first_day": days[0] if len(days) else pd.NaT, "last_day": days[-1] if len(days) else pd.NaT,
                "contacts": len(met), "customers": int(count.get("customer", 0)),
                "runners": int(count.get("runner", 0)),
                "districts": "|".join(f"{name} {n}" for name, n in places.items()),
                "district_unknown": int((met["district"] == "").sum()),
                "busiest_hours": "|".join(f"{r.hour:02d}:00 {r.times}" for r in busiest.itertuples()),
                "no_hour": int(by_hour["times"][by_hour["hour"].isna()].sum()),
                "disruptions": int((changes["line"] == line).sum()),
                "because": (f"Children in touch with it may need safeguarding first: {', '.join(children)}. "
                            if children else "")
                + f"{counted(total, 'time')} on {counted(len(days), 'day')}; "
                f"{counted(held['contact'].nunique(), 'recorded user')}, {counted(len(met), 'contact')} of which "
                f"{count.get('customer', 0)} may be customers and {count.get('runner', 0)} may run for it. {CAUTION}",
            }
        )  # fmt: skip
    return rows
