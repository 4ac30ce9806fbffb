"""Figures that such documents print and that a force's records cannot give, with the reason for each.

The one place where this is declared: the report prints it, and the test of every published figure reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

_NATIONAL = (
    "national literature: proven reoffending is measured on all offenders of the country over years of court records, "
    "which no table of a data folder holds"
)


@dataclass(frozen=True)
class NotComputed:
    """A figure that is not computed.

    Parameters
    ----------
    figure_id : str
        Id of the figure.
    says : str
        What it is.
    reason : str
        Why it is not computed.
    when_absent : bool
        True when it is computed after all where the records hold what it needs.
    """

    figure_id: str
    says: str
    reason: str
    when_absent: bool = False


NOT_COMPUTED: tuple[NotComputed, ...] = (
    NotComputed("reoffending_11_plus", "Reoffending of juveniles with many serious previous offences", _NATIONAL),
    NotComputed("reoffending_none", "Reoffending of juveniles without previous offences", _NATIONAL),
    NotComputed(
        "talon_nrm_children",
        "Children of one case study who were assessed by the National Referral Mechanism",
        "case study of one operation: computed, as <group>_nrm_children, only where the records link the children "
        "to the group and hold their referrals",
        when_absent=True,
    ),
)
