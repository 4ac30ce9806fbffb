"""What each group deals in, where, and how it is described."""

from __future__ import annotations

from datetime import date

from ocgnet.synthetic.groups import Roster
from ocgnet_demo.drawing import AS_OF, Row, stream

POWDER_COCAINE, OTHER_DRUGS = 22, ("heroin", "cannabis", "crack cocaine")
OTHER_TYPES = (
    "organised acquisitive crime", "organised acquisitive crime", "organised acquisitive crime", "money laundering",
    "money laundering", "fraud", "fraud", "modern slavery", "modern slavery", "organised immigration crime",
    "firearms", "firearms", "child sexual exploitation",
)  # fmt: skip
COUNTRIES = ("AL", "BE", "BG", "CO", "DE", "ES", "FR", "IE", "LT", "NL", "PL", "RO", "TR", "VN")
GROUPS_ABROAD = 10
_PILLARS = {
    "drug trafficking": "commodities",
    "firearms": "commodities",
    "modern slavery": "vulnerabilities",
    "organised immigration crime": "vulnerabilities",
    "child sexual exploitation": "vulnerabilities",
}
_NAMES = (
    "Alder", "Basalt", "Bracken", "Calico", "Cinder", "Clover", "Cobalt", "Coppice", "Cygnet", "Damson", "Dapple",
    "Ermine", "Fennel", "Flint", "Foxglove", "Gannet", "Garnet", "Gorse", "Harebell", "Heron", "Indigo", "Jasper",
    "Juniper", "Kestrel", "Lapwing", "Larch", "Linnet", "Lupin", "Marl", "Medlar", "Nettle", "Ochre", "Onyx",
    "Osprey", "Pebble", "Pewter", "Plover", "Quartz", "Rowan", "Russet", "Samphire", "Sorrel", "Spindle", "Tansy",
    "Teasel", "Thistle", "Umber", "Vetch", "Whimbrel", "Yarrow",
)  # fmt: skip


def group_rows(roster: Roster, seed: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of ``ocgs`` and of ``ocg_countries``.

    Of the groups that are live now, 25 traffic in drugs, 22 of them in powder cocaine, and ten work in
    fourteen countries between them. Groups that are archived have types and countries of their own.
    """
    rng = stream(seed, "profile")
    live = sorted(roster.on(AS_OF))
    drugs = ["powder cocaine"] * POWDER_COCAINE + list(OTHER_DRUGS)
    trades: list[tuple[str, str | None]] = [("drug trafficking", c) for c in drugs] + [(t, None) for t in OTHER_TYPES]
    trade = dict(zip(rng.sample(live, len(live)), trades, strict=True))
    for group in sorted(set(roster.mapped) - set(live)):
        trade[group] = rng.choice(trades)
    names = rng.sample(_NAMES, len(_NAMES))
    rows: list[Row] = []
    for i, group in enumerate(sorted(roster.mapped)):
        kind, commodity = trade[group]
        archived = roster.archived.get(group)
        score = round(rng.triangular(8, 92, 38))
        status = "archived" if archived else ("emerging" if rng.random() < 0.15 else "active")
        rows.append(
            {
                "ocg_id": group,
                "name": f"Group {names[i]}",
                "status": status,
                "mapped_on": roster.mapped[group],
                "archived_on": archived,
                "primary_crime_type": kind,
                "commodity": commodity,
                "pillar": _PILLARS.get(kind, "prosperity"),
                "county_line": kind == "drug trafficking" and rng.random() < 0.35,
                "lead_responsible_officer": f"Insp {rng.choice('ABCDEFGHJK')}{rng.randint(10, 99)}",
                "threat_scheme": "county 0-100",
                "threat_score": score,
                "threat_band": "high" if score >= 65 else "medium" if score >= 35 else "low",
            }
        )
    return rows, _abroad(roster, live, seed)


def _abroad(roster: Roster, live: list[str], seed: int) -> list[Row]:
    rng = stream(seed, "countries")
    groups = rng.sample(live, GROUPS_ABROAD)
    pairs = {(groups[i % GROUPS_ABROAD], c) for i, c in enumerate(rng.sample(COUNTRIES, len(COUNTRIES)))}
    while len(pairs) < 19:
        pairs.add((rng.choice(groups), rng.choice(COUNTRIES)))
    # Two groups that are archived worked elsewhere; they no longer count.
    gone = sorted(g for g, d in roster.archived.items() if d > date(2018, 1, 1))
    pairs |= {(gone[0], "PT"), (gone[-1], "IT"), (gone[-1], "ES")}
    return [{"ocg_id": g, "country": c} for g, c in sorted(pairs)]
