"""The chapter on childhood: adverse experiences of children, how often they go missing, and links to crime."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.children.links import dates, text
from ocgnet.analysis.intervals import TREND_LEAST, Z, count_interval, share_interval, trend
from ocgnet.evidence.ages import DECLARING, children_on
from ocgnet.evidence.episodes import interviews, merged_episodes
from ocgnet.evidence.period import dated_by
from ocgnet.local_profile.changes import count_figure, share_figure
from ocgnet.local_profile.figures import EVENTS, Part, ProfileFigure, ProfileTable, table_of
from ocgnet.local_profile.groups import groups_of
from ocgnet.local_profile.profile_tables import TableOf, made, people
from ocgnet.local_profile.records import BEFORE, NOW, Material
from ocgnet.model.columns import ACES, SUSPECT_ROLES
from ocgnet.results import Figure
from ocgnet.results.columns import fact

CHAPTER = "childhood"
LINKED, OTHERS = "linked to a group by family", "other known children"
OBSERVED, RULED_OUT, UNKNOWN = "observed", "not observed", "unknown"
MANY = 4
"""Experiences from which the research that the profile names speaks of high risk."""

_WHO = fact("who", "text", "Children linked to a group by family, or all other known children; nobody is in both.")
EXPERIENCES = TableOf(
    "aces",
    "Adverse experiences",
    "Which adverse experiences are known of children linked to groups, and of other children?",
    (
        _WHO,
        fact("experience", "text", "Adverse childhood experience."),
        fact("status", "text", "observed, not observed, or unknown: recorded so, or not recorded at all."),
        people("children", "Children under 18 on the analysis date."),
        made("share_of_known", "share", "Observed, of the children of whom it is known either way."),
        made("low", "share", "Lower end of the 95% interval of that share."),
        made("high", "share", "Upper end of that interval."),
        made("at_least", "share", "Observed, of all these children: as if nobody else had been through it."),
        made("at_most", "share", "Observed or unknown, of all these children: as if everybody unknown had."),
    ),
    whole=("who", "experience"),
    of_several=("share_of_known", "low", "high", "at_least", "at_most"),
)
NUMBERS = TableOf(
    "aces_together",
    "Experiences together",
    "How many adverse experiences are known of one child?",
    (
        _WHO,
        fact("observed", "text", "Experiences observed; at least so many, where others are unknown."),
        people("children", "Children under 18 on the analysis date."),
        people("four_not_ruled_out", f"Of these, with fewer than {MANY} observed, yet as many possible.", "children"),
    ),
    whole=("who",),
)
LINKS: dict[str, str] = {
    "suspect": "named as arrested, suspected, charged or convicted in a crime of the period",
    "victim": "named as victim in a crime of the period",
    "flagged": "named in a crime marked cse or cce, or flagged at risk of sexual exploitation, in the period",
    "at_risk": "assessed at medium or high risk of exploitation, by the latest assessment of each kind",
}
"""Links to crime that are set against missing episodes, with what each means."""
_BANDS = ((0, 0, "none"), (1, 1, "1"), (2, 3, "2 to 3"), (4, None, "4 or more"))
MISSING = TableOf(
    "missing_links",
    "Missing and crime",
    "Are children who go missing more often named in more crime, or assessed at greater risk?",
    (
        fact("episodes", "text", "Missing episodes that began in the period."),
        people("children", "Children under 18 on the analysis date whom a table of children names."),
        *(
            column
            for name, says in LINKS.items()
            for column in (
                people(name, f"Children {says}.", "children"),
                made(f"{name}_share", "share", "Of the children of the row.", name),
                made(f"{name}_low", "share", "Lower end of the 95% interval.", name),
                made(f"{name}_high", "share", "Upper end of that interval.", name),
            )
        ),
    ),
)
TRENDS = TableOf(
    "missing_trends",
    "Missing and crime, trend",
    "Do the shares rise from row to row by more than chance?",
    (
        fact("link", "text", "Link to crime."),
        made("z", "number", "Cochran and Armitage's test for trend over the rows in order: standard errors from none."),
        made("chance", "share", "How often chance alone gives a trend as strong, up or down."),
        made("verdict", "text", "rises, falls, no clear trend, or too few to say."),
    ),
    whole=None,
    adds_up_to=("missing_links",),
)
INTERVIEWS = TableOf(
    "missing_interviews",
    "Return interviews",
    "After how many missing episodes was a return interview held?",
    (
        fact("interview", "text", "What became of the return interview by the analysis date."),
        people("episodes", "Missing episodes that began in the period; those of one child that overlap are one."),
        people("episodes_before", "The same in the period before, as known today."),
    ),
    apart=(("episodes",), ("episodes_before",)),
)
HELD, LATE, REFUSED, DUE, NOT_YET, AWAY = (
    "held in time", "held late", "refused by the child", "outstanding", "not due yet", "no return recorded",
)  # fmt: skip
_STATES = (HELD, LATE, REFUSED, DUE, NOT_YET, AWAY)
RISES, FALLS, UNCLEAR, TOO_FEW = "rises", "falls", "no clear trend", "too few to say"


def childhood(material: Material) -> Part:
    """Return adverse experiences, missing episodes against links to crime, and return interviews.

    Children are those whom a table of children names and who are under 18 on the analysis date, or of unknown age;
    other young victims and suspects are not among them. Unknown is never "not observed": without a row nobody has said
    anything.
    """
    ids = _children(material)
    linked = _linked(material)
    status = _statuses(material, ids) if material.has("child_aces") else None
    experiences, numbers = _experiences(status, linked), _numbers(status, linked)
    missing, trends, held = _missing(material, ids)
    figures = dict(_of_experiences(material, status, linked)) | dict(_of_missing(material, missing, held))
    return Part((experiences, numbers, missing, trends, held), figures)


def _children(material: Material) -> pd.Index:
    """Return the ids of the children, sorted; only their own records are looked at, of which there are few."""
    dataset = material.dataset
    named = pa.array(sorted({c for t in DECLARING for c in dataset[t]["child_id"].to_pylist()}), pa.string())
    near = {
        name: dataset[name].filter(pc.is_in(dataset[name][key], named))
        for name, key in (("nominals", "nominal_id"), ("people", "person_id"))
    }
    return children_on(replace(dataset, tables={**dataset.tables, **near}), material.period.as_of, []).index


# Adverse experiences.


def _linked(material: Material) -> set[str] | None:
    """Return the children whom the figure ``children`` counts; None where the records cannot tell."""
    groups = groups_of(material)
    if groups is None or not material.has("children", "family_links"):
        return None
    links = groups.children.links
    return set(links.loc[links["basis"] == "family", "child_id"])


def _statuses(material: Material, ids: pd.Index) -> pd.DataFrame:
    """Return what is known of each child, rows, and experience, columns: observed, not observed or unknown."""
    t = dated_by(material.dataset["child_aces"], "recorded_on", material.period.as_of)
    frame = pd.DataFrame({n: text(t[n]) for n in ("child_id", "ace", "status")}, dtype=object)
    words = {"observed": OBSERVED, "not_observed": RULED_OUT, "unknown": UNKNOWN}
    wide = frame.drop_duplicates(["child_id", "ace"]).set_index(["child_id", "ace"])["status"].map(words).unstack()
    return wide.reindex(index=ids, columns=list(ACES)).astype(object).where(lambda x: x.notna(), UNKNOWN)


def _parties(status: pd.DataFrame, linked: set[str] | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the two sets of children; where links cannot be told, nobody is said to be linked."""
    inside = status.index.isin(sorted(linked or ()))
    if linked is not None:
        yield LINKED, status[inside]
    yield OTHERS, status[~inside]


def _experiences(status: pd.DataFrame | None, linked: set[str] | None) -> ProfileTable:
    rows: list[dict[str, Any]] = []
    for who, of in _parties(status, linked) if status is not None else ():
        for ace in ACES if len(of) else ():
            counts = {word: int((of[ace] == word).sum()) for word in (OBSERVED, RULED_OUT, UNKNOWN)}
            seen, known = counts[OBSERVED], counts[OBSERVED] + counts[RULED_OUT]
            low, high = share_interval(seen, known) if known else (np.nan, np.nan)
            shares = {
                "share_of_known": seen / known if known else np.nan,
                "low": low,
                "high": high,
                "at_least": seen / len(of),
                "at_most": (seen + counts[UNKNOWN]) / len(of),
            }
            for word, children in counts.items():
                own = {"who": who, "experience": ace.replace("_", " "), "status": word, "children": children}
                rows.append(own | (shares if word == OBSERVED else {}))
    return table_of(EXPERIENCES, rows)


def _numbers(status: pd.DataFrame | None, linked: set[str] | None) -> ProfileTable:
    rows = []
    for who, of in _parties(status, linked) if status is not None else ():
        seen, possible = _seen(of)
        for number in range(MANY + 1) if len(of) else ():
            here = seen == number if number < MANY else seen >= MANY
            word = str(number) if number else "none"
            open_ = int((here & (seen < MANY) & (possible >= MANY)).sum())
            rows.append((who, word if number < MANY else f"{MANY} or more", int(here.sum()), open_))
    return table_of(NUMBERS, rows)


def _seen(of: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return per child how many experiences were observed, and how many were or may have been."""
    seen = (of == OBSERVED).to_numpy().sum(axis=1)
    return seen, seen + (of == UNKNOWN).to_numpy().sum(axis=1)


def _of_experiences(
    material: Material, status: pd.DataFrame | None, linked: set[str] | None
) -> Iterator[tuple[str, Figure]]:
    if status is None:
        return
    for who, of in _parties(status, linked):
        name = "aces" if who == LINKED else "aces_others"
        seen, possible = _seen(of)
        many, open_, children = int((seen >= MANY).sum()), int(((seen < MANY) & (possible >= MANY)).sum()), len(of)
        own = f"children under 18 on {material.period.as_of}, {who}"
        if not children:
            continue
        for after, part, says, more in (
            ("four_or_more", many, f"{MANY} or more adverse experiences observed", "at least so many: others unknown"),
            ("four_not_ruled_out", open_, f"{MANY} adverse experiences not ruled out", "fewer seen, so many possible"),
            ("nothing_known", int((of == UNKNOWN).all(axis=1).sum()), "no adverse experience known either way",
             "nobody asked, or nobody wrote it down"),
        ):  # fmt: skip
            yield f"{name}_{after}", material.figure(
                CHAPTER, part / children, "share", f"Children {who}: {says}", part, children, f"{own}; {more}",
                share_interval(part, children), children, EVENTS,
            )  # fmt: skip


# Missing episodes.


def _missing(material: Material, ids: pd.Index) -> tuple[ProfileTable, ProfileTable, ProfileTable]:
    """Return episodes against links to crime, the tests for trend, and return interviews."""
    if not material.has("missing_episodes"):
        return table_of(MISSING, []), table_of(TRENDS, []), table_of(INTERVIEWS, [])
    episodes = _episodes(material)
    times = episodes[episodes["now"]].groupby("child_id").size().reindex(ids, fill_value=0).to_numpy()
    tied = {name: ids.isin(sorted(who)) if who is not None else None for name, who in _tied(material).items()}
    rows: list[dict[str, Any]] = []
    for least, most, word in _BANDS if len(ids) else ():
        here = (times >= least) & (times <= (np.inf if most is None else most))
        children = int(here.sum())
        row: dict[str, Any] = {"episodes": word, "children": children}
        for name, of in tied.items():
            if of is None:
                continue
            part = int((of & here).sum())
            low, high = share_interval(part, children) if children else (np.nan, np.nan)
            share = part / children if children else np.nan
            row |= {name: part, f"{name}_share": share, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    table = table_of(MISSING, rows)
    return table, _trends(table.frame), _interviews(material, episodes)


def _tied(material: Material) -> dict[str, set[str] | None]:
    """Return the people with each link to crime; None where the records have no table that could say so."""
    records, day, inside = material.records, material.period.as_of, material.records.inside(NOW)
    found: dict[str, set[str] | None] = dict.fromkeys(LINKS)
    if material.has("crimes", "crime_links"):
        roles = ", ".join(f"'{role}'" for role in SUSPECT_ROLES)
        named = records.sql(
            f"""
            WITH young AS ({" UNION ".join(f"SELECT child_id AS person_id FROM {t}" for t in DECLARING)})
            SELECT l.person_id, bool_or(link_role IN ({roles})) AS suspect, bool_or(link_role = 'victim') AS victim,
                   bool_or(list_has_any(string_split(coalesce(flags, ''), '|'), ['cse', 'cce'])) AS flagged
            FROM crime_links l SEMI JOIN young USING (person_id) JOIN crimes USING (crime_id)
            WHERE {inside} GROUP BY 1 ORDER BY 1
            """
        ).to_pandas()
        found |= {name: set(named.loc[named[name], "person_id"]) for name in ("suspect", "victim", "flagged")}
    if material.has("children"):
        flagged = material.dated(material.dataset["children"], "cse_flagged_on")
        found["flagged"] = (found["flagged"] or set()) | set(
            flagged.filter(flagged["cse_flagged_on"].is_valid())["child_id"].to_pylist()
        )
    if material.has("child_risks"):
        t = dated_by(material.dataset["child_risks"], "assessed_on", day)
        frame = t.select(["child_id", "exploitation", "level", "assessed_on"]).to_pandas()
        # Of several assessments of one kind the latest; an undated one came before all others.
        latest = frame.sort_values("assessed_on", na_position="first", kind="stable")
        latest = latest.drop_duplicates(["child_id", "exploitation"], keep="last")
        found["at_risk"] = set(latest.loc[latest["level"].isin(("medium", "high")), "child_id"])
    return found


def _trends(missing: pd.DataFrame) -> ProfileTable:
    rows = []
    for name, says in LINKS.items() if len(missing) else ():
        if missing[name].isna().any():
            continue
        part, whole = missing[name].to_numpy(float), missing["children"].to_numpy(float)
        z, chance = trend(part, whole)
        # So few children on either side, or so few who go missing, that the normal curve says nothing.
        few = min(part.sum(), (whole - part).sum()) < TREND_LEAST or whole[1:].sum() < TREND_LEAST or np.isnan(z)
        verdict = TOO_FEW if few else UNCLEAR if abs(z) < Z else RISES if z > 0 else FALLS
        rows.append((f"children {says}", np.nan if few else z, np.nan if few else chance, verdict))
    return table_of(TRENDS, rows)


def _episodes(material: Material) -> pd.DataFrame:
    """Return episodes as known today: ``child_id``, ``now``, ``before`` (in which period it began), ``state``."""
    t = merged_episodes(material.dataset["missing_episodes"])
    as_of = material.period.as_of
    begun, returned, held, refused = (
        dates(t[n]) for n in ("missing_from", "found_at", "return_interview_at", "interview_refused_on")
    )
    if as_of is not None:
        # What happened after the analysis date was not known on it.
        end, unknown = np.datetime64(as_of, "s") + np.timedelta64(1, "D"), np.datetime64("NaT", "s")
        returned, held, refused = (np.where(x < end, x, unknown) for x in (returned, held, refused))
    late, outstanding = interviews(returned, held, refused, as_of, material.settings.analysis.interview_hours)
    state = np.select(
        [~np.isnat(held) & late, ~np.isnat(held), ~np.isnat(refused), np.isnat(returned), outstanding],
        [LATE, HELD, REFUSED, AWAY, DUE],
        NOT_YET,
    )
    frame = pd.DataFrame({"child_id": text(t["child_id"]), "state": state})
    day = begun.astype("datetime64[D]")
    for which, name in ((NOW, "now"), (BEFORE, "before")):
        days = material.windows.days[which]
        frame[name] = (
            (day >= np.datetime64(days[0])) & (day <= np.datetime64(days[1]))
            if days
            else np.full(len(day), which == NOW)
        )
    return frame


def _interviews(material: Material, episodes: pd.DataFrame) -> ProfileTable:
    rows = []
    for state in _STATES:
        now, before = (int((episodes[w] & (episodes["state"] == state)).sum()) for w in ("now", "before"))
        if now or before:
            rows.append((state, now, material.then("missing_episodes", before)))
    return table_of(INTERVIEWS, rows)


def _of_missing(material: Material, missing: ProfileTable, held: ProfileTable) -> Iterator[tuple[str, Figure]]:
    if not material.has("missing_episodes"):
        return
    of = held.frame.set_index("interview")
    counted = f"missing episodes begun {material.now}; those of one child that overlap are one"
    episodes = int(of["episodes"].sum())
    yield "missing_episodes", count_figure(material, CHAPTER, episodes, "Missing episodes", counted)
    gap, then = material.gap("missing_episodes"), material.windows.words(BEFORE)
    if gap:
        why = f"missing episodes begun {then}: not stated, because {gap}"
        yield (
            "missing_episodes_before",
            ProfileFigure(None, "count", "Missing episodes", filter=why, chapter=CHAPTER, period=then),
        )
    else:
        before = int(of["episodes_before"].sum())
        low, high = count_interval(before)
        yield "missing_episodes_before", ProfileFigure(
            before, "count", "Missing episodes", filter=f"missing episodes begun {then}", low=low, high=high,
            chapter=CHAPTER, period=then, records=before, interval=EVENTS,
        )  # fmt: skip
    rows = missing.frame.set_index("episodes")
    if len(rows):
        children, often = int(rows["children"].drop("none").sum()), int(rows["children"]["4 or more"])
        own = f"children under 18 on {material.period.as_of} with an episode begun {material.now}"
        yield "missing_children", count_figure(material, CHAPTER, children, "Children who went missing", own)
        yield (
            "missing_often",
            share_figure(material, CHAPTER, "Children missing four times or more", often, children, own),
        )
    returned = episodes - int(of["episodes"].get(AWAY, 0))
    done = int(of["episodes"].reindex([HELD, LATE]).fillna(0).sum())
    yield "missing_interviews_held", share_figure(
        material, CHAPTER, "Missing episodes with a return interview", done, returned,
        f"{counted}; of those with a recorded return, interview held by {material.period.as_of}",
    )  # fmt: skip
