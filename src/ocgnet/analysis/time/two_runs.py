"""Two runs side by side: who changed role and why, who came and went, and what was asked differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ocgnet.analysis.roles.tiers import INSUFFICIENT
from ocgnet.results import ResultColumn, ResultTable

_FEWEST_POINTS = 0.05
"""Percentile change from which a measure is named."""

_MOST_MEASURES = 3
_COUNTS = {"evidence_crimes": "crimes", "evidence_reports": "reports", "degree": "people tied"}


def why_moved(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return which measures and how much evidence differ between two rows of the table ``roles``.

    The measures whose percentile moved most come first, at most three of those that moved by five points or more,
    then counts of evidence. A suggested role is a place within the group, so it may change when nothing of the
    person's own did.

    >>> was = {"degree": "3", "betweenness_percentile": "0.41", "evidence_crimes": "2"}
    >>> why_moved(was, {"degree": "5", "betweenness_percentile": "0.83", "evidence_crimes": "2"})
    'betweenness percentile 41 to 83; people tied 3 to 5'
    """
    moved = []
    for column in before.keys() & after.keys():
        if column.endswith("_percentile"):
            one, other = _number(before[column]), _number(after[column])
            if round(abs(other - one), 9) >= _FEWEST_POINTS:
                measure = column.removesuffix("_percentile").replace("_", " ")
                moved.append((-abs(other - one), measure, f"{measure} percentile {100 * one:.0f} to {100 * other:.0f}"))
    reasons = [text for _, _, text in sorted(moved)[:_MOST_MEASURES]]
    reasons += [
        f"{name} {before[column] or 0} to {after[column] or 0}"
        for column, name in _COUNTS.items()
        if column in before and column in after and before[column] != after[column]
    ]
    if not reasons:
        return "no measure of the person's own moved by five percentile points or more"
    return "; ".join(reasons)


def places_of(roles: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return everybody's place by position among the tied people of the group, such as ``2 of 7``.

    By nominal and group; people without ties have no place. Equal scores share the better place. Nominals without a
    group are placed among each other.
    """
    tied = roles[pd.to_numeric(roles["degree"]) > 0]
    score = pd.to_numeric(tied["position_score"]).groupby(tied["ocg_id"])
    place = score.rank(method="min", ascending=False).astype(int)
    keys = zip(tied["nominal_id"], tied["ocg_id"], strict=True)
    words = (f"{rank} of {size}" for rank, size in zip(place, score.transform("size"), strict=True))
    return dict(zip(keys, words, strict=True))


def _number(text: str) -> float:
    return float(text) if text else 0.0


CHANGES = (
    ResultColumn("what", "text", "Kind of change."),
    ResultColumn("id", "id", "Nominal, child, figure, setting or file that it is about.", assessment=False),
    ResultColumn("name", "text", "Name as recorded.", assessment=False),
    ResultColumn("ocg_id", "id", "Group of the role, where it is about one.", assessment=False),
    ResultColumn("before", "text", "Value in the first run; blank where it had none."),
    ResultColumn("after", "text", "Value in the second run; blank where it has none."),
    ResultColumn("change", "number", "Second value less the first, where both are numbers."),
    ResultColumn("because", "text", "What else moved, in words."),
)
"""Columns of a comparison."""

WHAT = (
    "suggested role", "recorded role", "into the top", "out of the top", "child linked", "child no longer linked",
    "band about the child",
    "band about the adults", "position", "joined group", "left group", "entered", "left", "figure", "setting", "input",
)  # fmt: skip
"""Kinds of change, in the order in which they are listed."""


@dataclass(frozen=True)
class Run:
    """What one run wrote."""

    place: str  # Folder it was read from, for messages
    document: Mapping[str, Any]  # Content of run.json
    tables: Mapping[str, pd.DataFrame]  # Result tables; every cell is text, blank where absent


@dataclass(frozen=True)
class Changes(ResultTable):
    """A comparison: one row per change, in the order of ``WHAT``, the largest change first, then by id.

    ``change`` of a suggested role is that of the position score behind it.
    """

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """Columns of a comparison."""
        return CHANGES

    def count(self, *what: str) -> int:
        """Return how many changes are of these kinds."""
        return int(self.frame["what"].isin(what).sum())


def compare_runs(first: Run, second: Run, position_change: float) -> Changes:
    """Return everything that differs between two runs.

    A role is suggested within a group, so roles are compared per nominal and group; who stands in one run only is
    listed as come or gone instead. A position is listed when its score differs by ``position_change``. Settings
    that only say where to look (dates) are listed like any other: a role that changed between two periods did not
    change by the settings.
    """
    rows = [
        *_inputs(first, second),
        *_settings(first, second),
        *_figures(first, second),
        *_roles(first, second, position_change),
        *_members(first, second),
        *_top(first, second),
        *_children(first, second),
    ]
    frame = pd.DataFrame(rows, columns=[c.name for c in CHANGES])
    frame["change"] = pd.to_numeric(frame["change"]).astype(float)
    keys = pd.DataFrame(
        {
            "at": frame["what"].map({w: i for i, w in enumerate(WHAT)}),
            # Members of groups first, and changes between two roles before those to or from no role at all.
            "free": frame["ocg_id"] == "",
            "unjudged": (frame["before"] == INSUFFICIENT) | (frame["after"] == INSUFFICIENT),
            "size": -frame["change"].abs().fillna(0),
            "id": frame["id"],
            "ocg_id": frame["ocg_id"],
        }
    ).sort_values(["at", "free", "unjudged", "size", "id", "ocg_id"], kind="stable")
    return Changes("changes", frame.loc[keys.index].reset_index(drop=True))


def _row(what: str, key: str, before: object, after: object, **more: object) -> dict[str, object]:
    return {"what": what, "id": key, "name": "", "ocg_id": "", "because": "", "change": None} | {
        "before": _said(before),
        "after": _said(after),
        **more,
    }


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


def _inputs(first: Run, second: Run) -> Iterator[dict[str, object]]:
    """Say which files differ, by content."""
    was, now = ({_file(i): i for i in run.document.get("inputs", ())} for run in (first, second))
    for file in sorted(was.keys() | now.keys()):
        one, other = was.get(file), now.get(file)
        if one is None or other is None or one.get("sha256") != other.get("sha256"):
            differs = "content differs" if one and other else f"only in the {'first' if one else 'second'} run"
            yield _row("input", file, one and _amount(one), other and _amount(other), because=differs)


def _file(source: Mapping[str, Any]) -> str:
    return str(source.get("file", "")).replace("\\", "/").rsplit("/", 1)[-1]


def _amount(source: Mapping[str, Any]) -> str:
    rows = source.get("rows")
    return "" if rows is None else f"{rows:,} rows"


def _settings(first: Run, second: Run) -> Iterator[dict[str, object]]:
    """Say which dates, filters and parameters differ."""
    was, now = ({**run.document.get("parameters", {}), **_used(run)} for run in (first, second))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield _row("setting", name, _listed(was.get(name)), _listed(now.get(name)))


def _used(run: Run) -> dict[str, Any]:
    """Return the dates a run used, whether they were asked for or came from the records, and its version."""
    dates = {name: run.document.get(name) for name in ("as_of", "period_from", "period_to")}
    return dates | {"version of ocgnet": run.document.get("versions", {}).get("ocgnet")}


def _listed(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
    return value


def _figures(first: Run, second: Run) -> Iterator[dict[str, object]]:
    """List the figures whose value differs."""
    was, now = (run.document.get("figure_details", {}) for run in (first, second))
    for name in sorted(was.keys() & now.keys()):
        one, other = was[name].get("value"), now[name].get("value")
        if one != other:
            change = other - one if one is not None and other is not None else None
            says = now[name].get("says", "")
            yield _row("figure", name, _known(one), _known(other), change=change, because=says)


def _known(value: Any) -> Any:
    return "not known" if value is None else value


def _roles(first: Run, second: Run, position_change: float) -> Iterator[dict[str, object]]:
    """Compare whoever has a row for the same group in both runs."""
    was, now = (_keyed(run.tables["roles"], "nominal_id", "ocg_id") for run in (first, second))
    places = [places_of(run.tables["roles"]) for run in (first, second)]
    seen: set[str] = set()
    for key in sorted(was.keys() & now.keys()):
        one, other = was[key], now[key]
        who = {"name": other["name"], "ocg_id": key[1]}
        moved = _number(other["position_score"]) - _number(one["position_score"])
        far = abs(round(moved, 9)) >= position_change and key[0] not in seen
        changed = [c for c in ("suggested_role", "recorded_role") if one[c] != other[c]]
        because = why_moved(one, other) if changed or far else ""
        for column in changed:
            what = column.replace("_", " ")
            place = " to ".join(p.get((key[0], key[1]), "no place") for p in places)
            reason = f"place {place}; {because}" if column == "suggested_role" else "recorded by a person"
            size = moved if column == "suggested_role" else None
            yield _row(what, key[0], _role(one[column]), _role(other[column]), change=size, because=reason, **who)
        if far:
            # One score per person, however many groups.
            seen.add(key[0])
            scores = (f"{_number(row['position_score']):.2f}" for row in (one, other))
            yield _row("position", key[0], *scores, change=moved, because=because, name=other["name"])


def _role(role: str) -> str:
    return role or "not assessed"


def _members(first: Run, second: Run) -> Iterator[dict[str, object]]:
    """List who is in the records of one run only, and who joined or left a group."""
    was, now = (_keyed(run.tables["people"], "nominal_id") for run in (first, second))
    yield from _only(was, now, "left", "before", _evidence)
    yield from _only(now, was, "entered", "after", _evidence)
    was_in, now_in = (
        {key: row for key, row in _keyed(run.tables["roles"], "nominal_id", "ocg_id").items() if key[1]}
        for run in (first, second)
    )
    for one, other, what, side in ((was_in, now_in, "left group", "before"), (now_in, was_in, "joined group", "after")):
        for key in sorted(one.keys() - other.keys()):
            if (key[0],) in was and (key[0],) in now:
                role = {side: f"suggested {one[key]['suggested_role']}"}
                yield _row(what, key[0], None, None, name=one[key]["name"], ocg_id=key[1]) | role


def _evidence(row: Mapping[str, str]) -> str:
    return f"{row['crimes']} crimes, {row['reports']} reports, position {_number(row['position_score']):.2f}"


def _only(
    here: Mapping[tuple[str, ...], Mapping[str, str]],
    there: Mapping[tuple[str, ...], Mapping[str, str]],
    what: str,
    side: str,
    words: Callable[[Mapping[str, str]], str],
) -> Iterator[dict[str, object]]:
    """List the rows that one side alone has, in words ``before`` or ``after``."""
    for key in sorted(here.keys() - there.keys()):
        yield _row(what, key[0], None, None, name=here[key]["name"]) | {side: words(here[key])}


def _top(first: Run, second: Run) -> Iterator[dict[str, object]]:
    """List who came into or fell out of the top k, with rank and holdings in both runs."""
    was, now = (_keyed(run.tables["concentration"], "nominal_id") for run in (first, second))
    everybody = [_keyed(run.tables["people"], "nominal_id") for run in (first, second)]
    for what, here, there in (("into the top", now, was), ("out of the top", was, now)):
        for key, row in here.items():
            if row["in_top"] == "true" and there.get(key, {}).get("in_top") != "true":
                ranks = [f"rank {r[key]['rank']}" if key in r else "no OCG nominal" for r in (was, now)]
                held = (
                    f"{name} " + " to ".join(people[key][name] if key in people else "none" for people in everybody)
                    for name in ("crimes", "reports")
                )
                yield _row(what, key[0], *ranks, name=row["name"], because="; ".join(held))


_BANDS = {"band_child": "band about the child", "band_adults": "band about the adults"}


def _children(first: Run, second: Run) -> Iterator[dict[str, object]]:
    """List children linked in one run only, and those in another band about the child or about the adults."""
    was, now = (_keyed(run.tables["children"], "child_id") for run in (first, second))
    yield from _only(was, now, "child no longer linked", "before", _bands)
    yield from _only(now, was, "child linked", "after", _bands)
    for key in sorted(was.keys() & now.keys()):
        one, other = was[key], now[key]
        because = f"was: {one['because']} Now: {other['because']}"
        for column, what in _BANDS.items():
            if one[column] != other[column]:
                yield _row(what, key[0], one[column], other[column], name=other["name"], because=because)


def _bands(row: Mapping[str, str]) -> str:
    return f"{row['band_child']} child, {row['band_adults']} adults ({row['basis']})"


def _keyed(frame: pd.DataFrame, *key: str) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the rows by their key."""
    rows: list[dict[str, str]] = frame.to_dict("records")
    return {tuple(row[k] for k in key): row for row in rows}
