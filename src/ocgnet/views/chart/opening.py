"""The view that a chart opens on, as the state that the address of the page would hold."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from ocgnet.errors import UsageError

Payload = dict[str, Any]


class View(StrEnum):
    """What a chart can open on."""

    overview = "overview"
    everyone = "everyone"
    group = "group"
    person = "person"
    path = "path"
    child = "child"


@dataclass(frozen=True)
class Opening:
    """What was asked of the opening view; empty texts stand for not asked.

    Parameters
    ----------
    view : View or None
        None chooses by the ids given, and without any leaves it to the chart.
    group, person, to_person, child : str
        Ids of the records.
    steps : int
        1 or 2 steps around a person.
    """

    view: View | None = None
    group: str = ""
    person: str = ""
    to_person: str = ""
    child: str = ""
    steps: int = 1


_NEEDS = {
    View.group: ("group",),
    View.person: ("person",),
    View.path: ("person", "to_person"),
    View.child: ("child",),
}
_CHOSEN_BY = (("to_person", View.path), ("person", View.person), ("child", View.child), ("group", View.group))


def opening_state(asked: Opening, payload: Payload) -> str:
    """Return the fragment of the address that shows what was asked; empty when nothing was.

    Raises
    ------
    UsageError
        When a view lacks its id, an id is not in the chart, or ids are given that the view does not use.

    Examples
    --------
    >>> payload = {"people": {"id": ["N1", "N2"]}, "boxes": [], "children": {"id": []}}
    >>> opening_state(Opening(person="N1", steps=2), payload)
    'view=ego&of=p%3AN1&sel=p%3AN1&steps=2'
    """
    given = {name: getattr(asked, name) for name, _ in _CHOSEN_BY if getattr(asked, name)}
    view = asked.view or next((v for name, v in _CHOSEN_BY if name in given), None)
    if view is None:
        return ""
    needs = _NEEDS.get(view, ())
    for name in needs:
        if name not in given:
            raise UsageError(f"--view {view} needs {_option(name)}: the id it is about.")
    for name in given:
        if name not in needs:
            raise UsageError(f"--view {view} makes no use of {_option(name)}: leave one of the two out.")
    if asked.steps != 1 and view is not View.person:
        raise UsageError("--steps is for --view person only.")
    if view in (View.overview, View.everyone):
        return urlencode({"view": {View.overview: "overview", View.everyone: "all"}[view]})
    key = {name: _key(name, given[name], payload) for name in needs}
    if view is View.path:
        if key["person"] == key["to_person"]:
            raise UsageError("A path needs two different people: --person and --to-person name the same one.")
        return urlencode({"view": "path", "of": key["person"], "to": key["to_person"]})
    of = key[needs[0]]
    state = {"view": {View.group: "box", View.person: "ego", View.child: "child"}[view], "of": of, "sel": of}
    return urlencode(state | ({"steps": "2"} if asked.steps == 2 else {}))


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _key(name: str, wanted: str, payload: Payload) -> str:
    """Return the key of a mark in the page."""
    if name == "group":
        known = {box["id"].partition(":")[2]: box for box in payload["boxes"] if box["kind"] == "ocg"}
        letter, what = "b:ocg:", "group"
        if wanted in known and not known[wanted]["people"]:
            raise UsageError(f"Group {wanted} has no member in this analysis, so there is nothing to draw.")
    elif name == "child":
        known, letter, what = dict.fromkeys(payload["children"]["id"]), "c:", "linked child"
    else:
        known, letter, what = dict.fromkeys(payload["people"]["id"]), "p:", "nominal"
    if wanted not in known:
        near = get_close_matches(wanted, list(known), 3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"{_option(name)}: no {what} {wanted} is in this chart after the filters.{hint}")
    return letter + wanted
