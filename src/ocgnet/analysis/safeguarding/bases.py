"""On what a link between a child and an OCG nominal rests, and how one link reads."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

FAMILY = ("parent", "step_parent", "guardian")
"""Relationships that make the basis ``family``: the one that the profile's figures count."""

BASES: dict[str, str] = {
    "family": "parent, step-parent or guardian",
    "own_membership": "the child is recorded as a member of a group",
    "partner_of_parent": "partner of a parent",
    "household": "same household",
    "grandparent": "grandparent",
    "sibling": "sibling",
    "same_crime_as_victim": "victim in a crime that is linked to the nominal",
    "missing_with": "went missing together",
    "stopped_with": "stopped together",
    "arrested_with": "both arrested for the same crime, or on the same occasion",
    "same_crime_as_witness": "witness in a crime that is linked to the nominal",
    "same_crime_as_suspect": "arrested, suspect, charged or convicted in a crime that is linked to the nominal",
    "same_crime_as_other": "otherwise named in a crime that is linked to the nominal",
    "same_report": "named in the same report",
    "contact": "recorded contact of another kind",
}
"""Every basis with its meaning, in the order in which paths are shown: victim before suspect.

Only ``family`` is in the profile's figure.
"""

MENTION_ONLY = frozenset({"same_report", "same_crime_as_witness", "same_crime_as_other"})
"""Bases that only name two people together; the role of the adult adds nothing on them."""

COMPANY = ("missing_with", "stopped_with", "arrested_with")
"""Bases that say that a child was in the company of a nominal."""


def data_subject(basis: str) -> str:
    """Return as what a child stands on a link, in the categories of data protection law.

    Being linked to somebody makes nobody a suspect: only a crime or an arrest of the child's own does. Crimes
    of which a child was convicted count under suspect; ``crime_links`` holds the role of each.

    >>> [data_subject(b) for b in ("family", "same_crime_as_victim", "arrested_with", "stopped_with")]
    ['other', 'victim', 'suspect', 'other']
    """
    return _SUBJECTS.get(basis, "other")


_SUBJECTS = {
    "same_crime_as_victim": "victim",
    "same_crime_as_witness": "witness",
    "same_crime_as_suspect": "suspect",
    "arrested_with": "suspect",
}


class Link(NamedTuple):
    """A child, an OCG nominal of one group, a basis and a manner, with the records behind it.

    ``records`` counts them all; ``evidence`` holds the ids of those that may be named, separated by ``|``,
    and ``event`` the freshest crime or report among them. ``overdue`` says in words which of them, or of the
    people, are overdue for review; empty when none is.
    """

    child_id: str
    ocg_id: str
    nominal_id: str
    role: str
    basis: str
    how: str
    verified: str
    on: pd.Timestamp
    records: int
    event: str
    evidence: str
    withheld: int
    overdue: str = ""


def path_words(link: Link) -> str:
    """Return one path from group to child in words.

    >>> on = pd.Timestamp("2018-05-01")
    >>> path_words(Link("C1", "OCG012", "N045", "principal", "family", "parent", "yes", on, 1, "", "", 0))
    'OCG012 ← N045 (principal) — parent (verified, 2018-05-01)'
    """
    start = f"{link.ocg_id} ← {link.nominal_id} ({link.role or 'role not assessed'}) — "
    how = link.how.replace("_", " ")
    on = "undated" if pd.isna(link.on) else f"{link.on:%Y-%m-%d}"
    if link.basis == "own_membership":
        return f"{start}the child's own membership"
    if link.basis.startswith("same_"):
        # The event of a restricted report stays blank, so its id cannot slip into any text.
        event = link.event or "not named because of its handling code"
        as_what = f" as {link.basis.rpartition('_')[2]}" if link.basis != "same_report" else ""
        further = f", one of {link.records}" if link.records > 1 else ""
        return f"{start}{how}{as_what} ({event}{further}, latest {on})"
    if link.basis in (*COMPANY, "contact") or link.records > 1:
        times = f"{link.records} times, latest " if link.records > 1 else ""
        return f"{start}{how if link.basis != 'contact' else f'contact: {how}'} ({times}{on})"
    certain = {"yes": "verified", "no": "not verified", "unknown": "verification not recorded"}
    return f"{start}{how} ({certain[link.verified]}, {on})"
