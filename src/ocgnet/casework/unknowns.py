"""What nobody has recorded about a child, and how to find out: unknown is never nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ocgnet.analysis.children.signs import NOT_SAID, risk_level
from ocgnet.model.columns import ACES
from ocgnet.settings import Settings
from ocgnet.views.figures_text import of

MISSING_NOW = "missing now"
"""Stands for the return interview while a child who went missing lately has not come back."""

_BLANKS: tuple[tuple[str, str, str], ...] = (
    ("date_of_birth", "date of birth; the child counts as under 18", "ask the parent, the school or the GP"),
    ("school", "school", "ask the local authority's admissions team"),
    ("social_worker", "whether there is a social worker", "ask children's services"),
    ("cse_risk", "risk of sexual exploitation: no assessment is recorded", "ask for an assessment by the local scheme"),
    (
        "cce_risk",
        "risk of criminal exploitation: no assessment is recorded",
        "ask for an assessment by the local scheme",
    ),
)


def unknowns_of(
    children: Iterable[str], rows: Mapping[str, Sequence[Mapping[str, str]]], settings: Settings
) -> list[dict[str, str]]:
    """Return what is not known of each child, with the way to find out.

    Parameters
    ----------
    children : iterable of str
        Ids.
    rows : mapping of str to sequence of mapping
        Rows by table of ``PACK_TABLES``.
    settings : Settings
        Which recorded levels of risk say nothing.

    Returns
    -------
    list of dict
        ``child_id``, ``not_known``, ``find_out``, and ``about``: the table and column that it is about, such as
        ``missing.return_interview``, so that nobody learns of gaps in what they do not see. In the order of
        the children.
    """
    by_child: dict[str, dict[str, list[Mapping[str, str]]]] = {c: {name: [] for name in rows} for c in children}
    for name, table in rows.items():
        for row in table:
            by_child[row["child_id"]][name].append(row)
    return [
        {"child_id": child, "not_known": what, "find_out": how, "about": about}
        for child, own in by_child.items()
        for about, what, how in _of_child(own, settings)
    ]


def _of_child(own: Mapping[str, Sequence[Mapping[str, str]]], settings: Settings) -> Iterable[tuple[str, str, str]]:
    who = own["children"][0]
    interviews = [r["return_interview"] for r in own["missing"]]
    if MISSING_NOW in interviews:
        yield "missing.found_at", "where the child is: missing now", "call the police's missing persons unit at once"
    for column, what, how in _BLANKS:
        says_nothing = column.endswith("_risk") and risk_level(who[column], settings) == NOT_SAID
        if not who[column] or says_nothing:
            yield f"children.{column}", what, how
    settled = {r["experience"] for r in own["experiences"] if r["status"] in ("observed", "not observed")}
    if open_ones := len(ACES) - len(settled):
        what = f"{open_ones} of the {len(ACES)} adverse childhood experiences: neither seen nor ruled out"
        yield "experiences.status", what, "ask children's services, the school and the health visitor"
    if not own["family"]:
        yield "family.relationship", "who cares for the child", "ask children's services and the school"
    elif loose := sum(r["verified"] != "yes" for r in own["family"]):
        yield (
            "family.verified",
            f"whether {of(loose, 'family tie')} on record {'is' if loose == 1 else 'are'} true",
            "check with registers",
        )
    if outstanding := interviews.count("outstanding"):
        what = f"what happened in {of(outstanding, 'missing episode')}"
        yield "missing.return_interview", what, "hold the return interview that is outstanding"
    if unclear := interviews.count("time of return not recorded"):
        what = f"when the child came back from {of(unclear, 'missing episode')}"
        yield "missing.found_at", what, "ask the missing persons coordinator"
    if alone := sum(r["in_company"] != "yes" for r in own["missing"]):
        what = f"whether anybody was with the child in {of(alone, 'missing episode')}"
        yield "missing.in_company", what, "ask in the return interview"
