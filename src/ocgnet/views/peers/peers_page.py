"""Peers and places on one page to print, and as tables; the page needs nothing but itself and has no script."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from ocgnet import __version__
from ocgnet.analysis.children.peers import HOME, MISSING, STOPPED, Child, Peers, Tie
from ocgnet.dataset import About, Dataset
from ocgnet.english import counted
from ocgnet.files.writing import MARKING_FILE, csv_text, marking_text, sealed
from ocgnet.views.html.grids import Grid
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.svg.peers import Peer, Spot, peers_picture
from ocgnet.views.tables.text import left_out_line
from ocgnet.views.words.numbers import UNKNOWN, count, day
from ocgnet.visible import visible

PAGE = "peers.html"
MADE_BY = "ocgnet peers"
MOST_CHILDREN = 60
"""Children with a picture of their own on the page; the tables hold all."""

_SHORT = {STOPPED: "Stopped together", MISSING: "Missing together"}
_RECORDS = {"stop_checks": "stop checks", "missing_episodes": "missing episodes", "thing_links": "places and vehicles"}


def write_peers(folder: Path, dataset: Dataset, peers: Peers) -> None:
    """Write the page and the tables into a folder, each with its marking."""
    marking = dataset.about.marked
    texts = {
        PAGE: peers_page(dataset.about, dataset.fingerprint, peers),
        **{name: "\ufeff" + csv_text(*table) for name, table in tables_of(peers).items()},
        MARKING_FILE: marking_text(marking, "every file of this folder"),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))


def tables_of(peers: Peers) -> dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Return the tables as heads and rows, by the name of their file."""
    return {
        "children.csv": (
            ("child_id", "name", "age", "because", "groups", "school", "peers", "occasions", "adults_not_shown"),
            [
                (c.id, c.name, "" if c.age is None else str(c.age), c.because, "|".join(c.groups), c.school,
                 "|".join(c.peers), str(c.occasions), str(c.adults))
                for c in peers.children
            ],
        ),
        "ties.csv": (
            ("one", "one_name", "other", "other_name", "how", "place", "label", "first", "last", "times", "people",
             "confidence", "rests_on", "same_school"),
            [
                (t.one, peers.names.get(t.one, ""), t.other, peers.names.get(t.other, ""), t.how, t.place, t.label,
                 _iso(t.first), _iso(t.last), str(t.times), str(t.size), "suspected" if t.suspected else "recorded",
                 "|".join(t.sources), _same_school(peers, t.one, t.other))
                for t in peers.ties
            ],
        ),
        "crowded.csv": (
            ("how", "place", "label", "people", "children"),
            [(c.how, c.place, c.label, str(c.size), "|".join(c.children)) for c in peers.crowds],
        ),
    }  # fmt: skip


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""


def _same_school(peers: Peers, one: str, other: str) -> str:
    own, theirs = peers.schools.get(one), peers.schools.get(other)
    if not (own and theirs and own[0] == theirs[0]):
        return ""
    return f"{own[0]} ({counted(own[1], 'child', 'children')} in these records)"


def title_of(peers: Peers) -> str:
    """Return the finding in a sentence."""
    if not peers.children:
        return "Nobody is recorded with a child who is looked at"
    on = f" up to {day(peers.day)}" if peers.day else ""
    with_peers = [c for c in peers.children if c.peers]
    if len(peers.children) == 1:
        (one,) = peers.children
        others = counted(len(one.peers), "other child", "other children")
        return visible(f"{named(one)} is recorded with {others} at {counted(one.occasions, 'place')}{on}")
    of_all = f"{count(len(with_peers))} of {counted(len(peers.children), 'child', 'children')} looked at"
    return f"{of_all} {'is' if len(with_peers) == 1 else 'are'} recorded with other children{on}"


def named(child: Child) -> str:
    """Return a child as a page names it: id, name and age."""
    return f"{child.id} {child.name}".strip() + (f", {child.age}" if child.age is not None else "")


def beside(peers: Peers) -> Iterator[str]:
    """Yield what has to be read beside the picture: what is not recorded, what ties nobody, and who is left out."""
    if peers.not_recorded:
        kinds = " or ".join(_RECORDS[name] for name in peers.not_recorded)
        yield f"These records hold no {kinds}, so who was together there is not known."
    if peers.crowds:
        most = max(peers.crowds, key=lambda c: c.size)
        many = counted(len({c.place for c in peers.crowds}), "occasion or place", "occasions or places")
        has = "has" if len({c.place for c in peers.crowds}) == 1 else "have"
        yield (
            f"{many} {has} more than {count(peers.cap)} people and {'ties' if has == 'has' else 'tie'} nobody "
            f"(the largest has {count(most.size)})."
        )
    if said := left_out_line(peers.left_out):
        yield said


def peers_page(about: About, fingerprint: str, peers: Peers) -> str:
    """Return the page of some children; the same records give the same page."""
    marking = about.marked
    css = style_sheet(marking) + style_sheet(marking, "ocgnet.views.peers", "templates/peers.css")
    run = hashlib.sha256(f"{fingerprint} {peers.day} {len(peers.children)} {__version__}".encode()).hexdigest()[:12]
    looked_at = {c.id for c in peers.children}
    # Whoever is recorded with nobody stands in the list alone.
    drawn = [c for c in peers.children if c.peers or len(peers.children) == 1]
    return sealed(
        rendered(
            pages("ocgnet.views.peers"),
            "peers.html.j2",
            css,
            marking=marking,
            force=visible(about.force),
            title=title_of(peers),
            data_line=[
                ("as of", day(peers.day) if peers.day else UNKNOWN),
                ("looked at", counted(len(peers.children), "child", "children")),
                *(
                    [("exploited, or linked to several groups", counted(peers.looked_for, "child", "children"))]
                    if len(peers.children) != 1
                    else []
                ),
                ("ties", count(len(peers.ties))),
            ],
            overview=_overview(peers),
            children=[_section(number, c, peers, looked_at) for number, c in enumerate(drawn[:MOST_CHILDREN])],
            more=count(len(drawn) - MOST_CHILDREN) if len(drawn) > MOST_CHILDREN else "",
            beside=[visible(sentence) for sentence in beside(peers)],
            cap=count(peers.cap),
            run=run,
            version=__version__,
        )
    )  # fmt: skip


def _overview(peers: Peers) -> Grid:
    rows = [
        (visible(named(c)), count(len(c.peers)), count(c.occasions), count(c.adults), visible(c.because))
        for c in peers.children
    ]
    return Grid(("child", "peers", "places", "adults", "looked at because"), rows, right={1, 2, 3})


def _section(number: int, child: Child, peers: Peers, looked_at: set[str]) -> dict[str, object]:
    spots = _by_place(peers.around(child.id))
    others = list(child.peers)
    drawn = [
        Spot(visible(_where(own[0])), _when(own), tuple(others.index(p) for p in _peers_at(own, child.id)),
             all(t.suspected for t in own))
        for own in spots
    ]  # fmt: skip
    marks = [Peer(visible(f"{p} {peers.names.get(p, '')}".strip()), p in looked_at) for p in others]
    title = f"Who was with {named(child)}, and where"
    rows = [
        (visible(_where(own[0])), _when(own), visible(", ".join(_peers_at(own, child.id))), visible(_rests(own)))
        for own in spots
    ]
    school = peers.schools.get(child.id)
    same = [p for p in others if school and peers.schools.get(p, ("",))[0] == school[0]]
    at_school = ""
    if school:
        with_it = f"; of these peers also {', '.join(same)}" if same else "; none of these peers"
        at_school = f"At {school[0]}, as {counted(school[1], 'child', 'children')} in these records{with_it}."
    return {
        "heading": visible(named(child)),
        "because": visible(child.because or "asked for"),
        "adults": counted(child.adults, "adult") if child.adults else "",
        "school": visible(at_school),
        "picture": peers_picture(f"peers-{number}", visible(child.id), drawn, marks, visible(title)),
        "grid": Grid(("where and how", "when, and how many", "who was there", "rests on"), rows),
    }


def _by_place(ties: Iterable[Tie]) -> list[list[Tie]]:
    """Return ties by occasion or place, the latest first."""
    places: dict[tuple[str, str], list[Tie]] = defaultdict(list)
    for tie in ties:
        places[tie.how, tie.place].append(tie)
    return sorted(places.values(), key=lambda own: (-_latest(own), own[0].how, own[0].place))


def _latest(own: list[Tie]) -> int:
    return max((t.last.toordinal() if t.last else date.max.toordinal()) for t in own)


def _peers_at(own: list[Tie], child: str) -> list[str]:
    return sorted({t.other if t.one == child else t.one for t in own if child in (t.one, t.other)})


def _where(tie: Tie) -> str:
    """Return where and how in words; where a missing child was found is never repeated."""
    if tie.how == MISSING:
        return "Missing together"
    if tie.how == STOPPED:
        return f"Stopped together{f' in {tie.label}' if tie.label else ''}"
    how = "Live at" if tie.how == HOME else "At" if tie.how.startswith("at") else "In vehicle"
    return f"{how} {tie.label}"


def _when(own: list[Tie]) -> str:
    first = None if any(t.first is None for t in own) else min(t.first for t in own if t.first)
    last = None if any(t.last is None for t in own) else max(t.last for t in own if t.last)
    begin = day(first) if first else "day not recorded"
    if first and last and first == last:
        said = begin
    else:
        said = f"{begin} to {day(last)}" if last else f"{begin}, no end recorded"
    times = max(t.times for t in own)
    often = f", {times} times" if times > 1 else ""
    sure = ", suspected" if all(t.suspected for t in own) else ""
    return f"{said}{often}, {count(own[0].size)} people{sure}"


def _rests(own: list[Tie]) -> str:
    sources = sorted({s for t in own for s in t.sources})
    place = f"{own[0].place}" if own[0].how not in (MISSING, STOPPED) else ""
    return "; ".join(filter(None, (place, *sources))) or "the record of the place"
