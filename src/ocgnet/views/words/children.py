"""Short, plain words for what the tables about children hold in full."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from ocgnet.analysis.children.links import BASES, COMPANY
from ocgnet.analysis.children.pathway import NO_SIGN, STAGES
from ocgnet.analysis.children.priority_rules import ADULTS, CHILD, COMPONENTS, SIDES, bands, pairs_apart
from ocgnet.dataset import LeftOut
from ocgnet.english import counted
from ocgnet.evidence.restricted import RESTRICTED
from ocgnet.results import ResultTable
from ocgnet.settings import Settings
from ocgnet.views.words.numbers import ratio

Tables = Mapping[str, ResultTable]

PROMPT = (
    "A prompt for support, never a view of the child as an offender. A child at risk goes to the multi-agency "
    "safeguarding hub (MASH) today, whatever the band."
)

HOW_TO_READ = (
    (
        "Two bands: what is known about the child, and what is known about the adults who link the child. Nobody "
        "else's record changes the first."
    ),
    (
        "A band says at least: it counts what is known. What is unknown is listed to be found out, and can only raise "
        "it; nothing recorded does not mean that nothing happened."
    ),
    (
        "The order is the band about the child, then the band about the adults, then the id: nobody is ranked. "
        "Children of one family or household are named with each other."
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
    "harmed_by": "victim of a nominal's crime?",
    "adult_harm": "harm of the adult",
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


def how_many_children(children: pd.DataFrame) -> str:
    """Return how many children there are, and how many on the profile's basis, as one sentence."""
    family = int(children["family_basis"].fillna(value=False).sum())
    basis = f"{family} with a parent, step-parent or guardian among them" if family else "none of them through a parent"
    return f"{counted(len(children), 'child is', 'children are')} linked to members of groups, {basis}."


WHOM = {CHILD: "the child", ADULTS: "the adults"}
"""What each band is about, in words."""


def by_band(children: pd.DataFrame, settings: Settings, side: str) -> list[tuple[str, int]]:
    """Return each band of one side with its number of children, most pressing first, those without a child left out."""
    found = children[f"band_{side}"].value_counts()
    return [(band, int(found[band])) for band in bands(settings, side) if band in found.index]


def separates(children: pd.DataFrame, settings: Settings) -> list[str]:
    """Return per band how the children spread over it and how well that tells them apart, a sentence each.

    Told apart is the share of all pairs of children that stands in two bands: 0% in one band, at most 67% in three.
    """
    said = []
    for side in SIDES:
        counts = by_band(children, settings, side)
        spread = ", ".join(f"{n} at least {band}" for band, n in counts)
        apart, pairs = pairs_apart(n for _, n in counts)
        sentence = f"By what is known about {WHOM[side]}: {spread}"
        if pairs:
            sentence += f"; it tells apart {ratio(apart, pairs, 'pairs of children')}"
            if apart / pairs < LITTLE:
                sentence += ", so it hardly helps to choose"
        said.append(f"{sentence}.")
    return said


LITTLE = 0.33
"""Share of pairs told apart below which a band is said to help little: less than half of what three bands can do."""


def band_words(row: Mapping[str, Any] | pd.Series, side: str) -> str:
    """Return a band with what one answer could make of it.

    >>> band_words({"band_child": "standard", "could_be_child": "high", "raised_by_child": "cse|cce"}, "child")
    'at least standard; one answer could make it high (CSE risk, CCE risk)'
    """
    band, could = row[f"band_{side}"], row[f"could_be_{side}"]
    said = f"at least {band}"
    if isinstance(could, str) and could and could != band:
        raised = ", ".join(_UNKNOWN.get(c, c) for c in str(row[f"raised_by_{side}"]).split("|"))
        said += f"; one answer could make it {could} ({raised})"
    return said


def family_words(row: Mapping[str, Any] | pd.Series, together: Mapping[str, list[str]]) -> str:
    """Return who is of one family or household with a child (a row of ``children``), in words; empty for nobody."""
    others = [c for c in together.get(str(row["household"]), ()) if c != row["child_id"]]
    unlinked = [o for o in str(row["household_others"] or "").split("|") if o and o != "nan"]
    said = [", ".join(others)] if others else []
    if unlinked:
        said.append(f"{', '.join(unlinked)} (not linked to a group)")
    return "; ".join(said)


def of_households(children: pd.DataFrame) -> dict[str, list[str]]:
    """Return the linked children of each family or household, in the order of their ids."""
    found: dict[str, list[str]] = {}
    for household, child in sorted(
        zip(children["household"].fillna("").astype(str), children["child_id"], strict=True)
    ):
        if household:
            found.setdefault(household, []).append(str(child))
    return found


def withheld(links: pd.DataFrame, words_for: Collection[str], left_out: Iterable[LeftOut]) -> str:
    """Say whom the list of children does not show because processing is restricted; empty where that is nobody.

    ``words_for`` stand in ``child_links`` for adults who are withheld; children who are restricted are left out.
    """
    linked = int(links.loc[links["nominal_id"].isin(words_for), "child_id"].nunique())
    gone = sum(x.count for x in left_out if (x.what, x.why) == ("children", RESTRICTED))
    said = []
    if linked:
        who = counted(linked, "child is", "children are")
        said.append(f"{who} linked by an adult who is withheld here, because processing of that record is restricted.")
    if gone:
        said.append(f"{counted(gone, 'child is', 'children are')} on no list, because processing is restricted.")
    return " ".join(said)


def only_overdue(links: pd.DataFrame) -> str:
    """Say how many children of ``child_links`` count by records overdue for review alone; empty for none."""
    family = links[links["family_basis"].astype(bool)]
    late = int((family["overdue"].fillna("") != "").groupby(family["child_id"]).all().sum())
    if not late:
        return ""
    hang = "hangs" if late == 1 else "hang"
    return f"{late} of these {hang} on records that are overdue for review alone; a review not held drops no child."


def were_linked(ended: pd.DataFrame) -> str:
    """Say how many children of ``child_links_ended`` were linked by what is over; empty for none."""
    now = ended["linked_now"].astype(bool)
    gone, still = ended.loc[~now, "child_id"].nunique(), ended.loc[now, "child_id"].nunique()
    if not gone and not still:
        return ""
    said = (
        f"{counted(gone, 'child was', 'children were')} linked until a membership ended or a group was archived, and "
    )
    said += f"{'is' if gone == 1 else 'are'} not counted"
    also = f"; so {'was' if still == 1 else 'were'} {counted(still, 'other')}, linked otherwise now" if still else ""
    return f"{said}{also}."


def reasons(own: pd.DataFrame) -> list[str]:
    """Return why a child stands in a band: one line a reason about the child, one for adults, one for groups.

    ``own`` are the rows of ``child_components`` of one child.
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
    """Return each link of one child (its rows of ``child_links``) in a few words, the surest basis first."""
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


def by_child(table: ResultTable) -> dict[str, pd.DataFrame]:
    """Return the rows of a table by child, in the order of the table."""
    return {str(child): own for child, own in table.frame.groupby("child_id", sort=False)}


def sensitivity_words(table: ResultTable) -> list[tuple[str, str, int, str]]:
    """Return per component, in their order: title, its band, children whose band changes, and into which."""
    changing = table.frame[table.frame["band_changes"].astype(bool)]
    found = []
    for name, topic in COMPONENTS.items():
        own = changing[changing["component"] == name]
        moves = (own["band"] + " to " + own["band_without"]).value_counts().sort_index()
        found.append((topic.title, topic.side, len(own), ", ".join(f"{n} {move}" for move, n in moves.items())))
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
