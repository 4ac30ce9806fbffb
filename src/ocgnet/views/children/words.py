"""Short, plain words for what the tables about children hold in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ocgnet.analysis.safeguarding.bases import BASES, COMPANY
from ocgnet.analysis.safeguarding.rules import COMPONENTS, bands
from ocgnet.analysis.safeguarding.stages import NO_SIGN, STAGES
from ocgnet.results import ResultTable
from ocgnet.settings import Settings
from ocgnet.views.figures_text import of

Tables = Mapping[str, ResultTable]

PROMPT = (
    "A prompt for support, never a view of the child as an offender. A child at risk goes to the multi-agency "
    "safeguarding hub (MASH) today, whatever the band."
)

HOW_TO_READ = (
    "A band says at least: it counts what is known. What is unknown is listed to be found out, and can only raise it.",
    (
        "Children of one family or household stand together, under the most pressing band among them. Within a band "
        "the order is that of the ids: nobody is ranked."
    ),
    "Whoever is a victim stands as a victim first. Nothing that a parent did makes a child a suspect.",
)

_HOLDS = {
    "group_status": "active",
    "group_harm": "high harm",
    "group_violence": "many violent crimes",
}
_UNKNOWN = {
    "victim": "victim of crime?",
    "missing_now": "missing now?",
    "in_company": "companions",
    "cse": "CSE risk",
    "cce": "CCE risk",
    "aces": "ACEs",
    "missing_often": "missing episodes",
    "missing_trend": "trend of missing",
    "interviews": "return interviews",
    "escalation": "dates of later signs",
    "offences": "offences",
    "adult_role": "role of the adult",
    "parent_verified": "parenthood",
    "group_status": "status of the group",
    "group_harm": "harm of the group",
    "group_violence": "violence of the group",
}
_RELATION = {"own_membership": "recorded in the group", "partner_of_parent": "partner of a parent"}


def stage_words(stage: object) -> str:
    """Return a stage of the pathway as people call it.

    >>> stage_words("pushed_or_pulled"), stage_words("no sign recorded"), stage_words(None)
    ('pushed or pulled', 'no sign recorded', 'not computed')
    """
    if not isinstance(stage, str) or not stage:
        return "not computed"
    return stage if stage == NO_SIGN or stage not in STAGES else STAGES[stage].title


def counted(children: pd.DataFrame, settings: Settings) -> str:
    """Return how many children there are, on the profile's basis and by band, as one sentence."""
    family = int(children["family_basis"].fillna(value=False).sum())
    found = children["priority"].value_counts()
    by_band = ", ".join(f"{found[b]} at least {b}" for b in bands(settings) if b in found.index)
    basis = f"{family} with a parent, step-parent or guardian among them" if family else "none of them through a parent"
    return f"{of(len(children), 'child is', 'children are')} linked to members of groups, {basis}: {by_band}."


def were_linked(ended: pd.DataFrame) -> str:
    """Return how many children were linked by what is over, as one sentence; empty for none.

    Parameters
    ----------
    ended : DataFrame
        The table ``child_links_ended``.
    """
    now = ended["linked_now"].astype(bool)
    gone, still = ended.loc[~now, "child_id"].nunique(), ended.loc[now, "child_id"].nunique()
    if not gone and not still:
        return ""
    said = f"{of(gone, 'child was', 'children were')} linked until a membership ended or a group was archived, and "
    said += f"{'is' if gone == 1 else 'are'} not counted"
    also = (
        f"; so {'was' if still == 1 else 'were'} {of(still, 'other', 'others')}, linked otherwise now" if still else ""
    )
    return f"{said}{also}."


def reasons(own: pd.DataFrame) -> list[str]:
    """Return why a child stands in a band: one line a reason about the child, one for adults, one for groups.

    Parameters
    ----------
    own : DataFrame
        The rows of ``child_components`` of one child.
    """
    # One short list at a time: filters of a table cost more than its few rows.
    holds = [(about, component, value) for about, component, value, points in _rows(own) if points > 0]
    found = [capital(_short(value)) for about, _, value in holds if about == "child"]
    if adults := [value for about, _, value in holds if about == "adult"]:
        # The first clause holds those who add points; every role stands with the links.
        found.append(capital("; ".join(_short(value).partition("; ")[0] for value in adults)))
    if groups := [component for about, component, _ in holds if about == "group"]:
        found.append(f"Group: {', '.join(_HOLDS[c] for c in groups)}")
    return found


def _rows(own: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    return zip(*(own[c].tolist() for c in ("about", "component", "value", "points")), strict=True)


def unknowns(own: pd.DataFrame) -> list[str]:
    """Return what is unknown in a few words, the weightiest first."""
    pairs = zip(own["could_add"].tolist(), own["component"].tolist(), strict=True)
    open_ = sorted(((add, c) for add, c in pairs if add > 0), key=lambda pair: -pair[0])
    return [_UNKNOWN.get(c, COMPONENTS[c].title) for _, c in open_]


def linked_by(own: pd.DataFrame) -> list[str]:
    """Return each link of a child in a few words, the surest basis first.

    Parameters
    ----------
    own : DataFrame
        The rows of ``child_links`` of one child.
    """
    found: dict[tuple[str, str, str], list[Any]] = {}
    for row in own.itertuples(index=False):
        found.setdefault((str(row.nominal_id), str(row.basis), str(row.relationship)), []).append(row)
    said = []
    for (nominal, basis, relationship), rows in found.items():
        groups = ", ".join(f"{r.ocg_id} {r.recorded_role or 'role not assessed'}" for r in rows)
        certain = {"yes": ", verified", "no": ", not verified"}.get(rows[0].verified, "")
        late = f"; {rows[0].overdue}" if rows[0].overdue else ""
        said.append(f"{capital(_manner(basis, relationship))}: {nominal} ({groups}){certain}{late}")
    return said


def _manner(basis: str, relationship: str) -> str:
    if basis.startswith("same_crime_as_"):
        return f"{basis.rpartition('_')[2]} in a crime linked to the nominal"
    if basis in COMPANY or basis == "same_report":
        return BASES[basis] if basis != "arrested_with" else "arrested together"
    return _RELATION.get(basis, relationship.replace("_", " "))


def bases_words(basis: str) -> str:
    """Return the bases of a child in words.

    >>> bases_words("family|missing_with")
    'parent, step-parent or guardian; went missing together'
    """
    return "; ".join(BASES.get(b, b) for b in basis.split("|") if b)


def siblings(children: pd.DataFrame, child: str) -> str:
    """Return who else is in the household of a child, in words; empty for nobody."""
    row = children[children["child_id"] == child].iloc[0]
    others = children[(children["household"] == row["household"]) & (children["child_id"] != child)]["child_id"]
    said = []
    if len(others):
        said.append(f"{', '.join(others)} (in this table)")
    unlinked = [o for o in str(row["household_others"] or "").split("|") if o]
    if unlinked:
        said.append(f"{', '.join(unlinked)} (not linked to a group)")
    return "; ".join(said)


def by_child(table: ResultTable) -> dict[str, pd.DataFrame]:
    """Return the rows of a table by child, in the order of the table."""
    return {str(child): own for child, own in table.frame.groupby("child_id", sort=False)}


def sensitivity_words(table: ResultTable) -> list[tuple[str, int, str]]:
    """Return per component, in the order of the components: title, children whose band changes, and into which."""
    changing = table.frame[table.frame["band_changes"].astype(bool)]
    found = []
    for name, topic in COMPONENTS.items():
        own = changing[changing["component"] == name]
        moves = (own["band"] + " to " + own["band_without"]).value_counts().sort_index()
        found.append((topic.title, len(own), ", ".join(f"{n} {move}" for move, n in moves.items())))
    return found


def _short(value: str) -> str:
    """Return a value without the bracket at its end.

    >>> _short("risk of sexual exploitation recorded as 'high' (scheme A; 2018-01-02)")
    "risk of sexual exploitation recorded as 'high'"
    """
    head, bracket, tail = value.rpartition(" (")
    return head if bracket and tail.endswith(")") else value


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]
