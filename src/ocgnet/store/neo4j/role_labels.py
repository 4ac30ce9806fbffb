"""Labels by which a picture tells recorded roles apart: Principal, Significant and Peripheral.

A style sheet of Neo4j Browser, and a perspective of Bloom, goes by labels, but a role stands on the membership. So a
person bears the highest role that any membership of the day records, on the day on which the records are judged; the
line to each group still says the role in that group. They are for the eye: no question goes by them, and they are
never read back as records.
"""

from __future__ import annotations

from typing import Any, Protocol

from ocgnet.model.columns import ROLES
from ocgnet.model.graph import LOAD, OCG, PERSON

ROLE_LABELS = tuple(role.capitalize() for role in ROLES)
"""The labels, the highest role first."""


class Asks(Protocol):
    """A connection, or one transaction of it."""

    def run(self, query: str, **parameters: Any) -> Any:
        """Run one statement."""


def _statement() -> str:
    tiers = " ".join(f"WHEN '{role}' THEN {tier}" for tier, role in enumerate(ROLES))
    changes = " ".join(
        f"FOREACH (x IN CASE WHEN {tier} = tier AND NOT p:{label} THEN [1] ELSE [] END | SET p:{label}) "
        f"FOREACH (x IN CASE WHEN {tier} <> coalesce(tier, -1) AND p:{label} THEN [1] ELSE [] END | REMOVE p:{label})"
        for tier, label in enumerate(ROLE_LABELS)
    )
    return (
        f"MATCH (l:{LOAD.label}) WITH l ORDER BY l.number WITH l.prefix AS prefix, last(collect(l)) AS l "
        "WITH coalesce(max(l.as_of), max(l.latest_event), date()) AS as_of CALL (as_of) { "
        f"MATCH (p:{PERSON.label})-[m:MEMBER_OF]->(g:{OCG.label}) "
        "WHERE coalesce(m.from_date <= as_of, true) AND coalesce(m.to_date >= as_of, true) "
        "AND coalesce(g.mapped_on <= as_of, true) "
        "AND coalesce(g.archived_on > as_of, coalesce(g.status, '') <> 'archived') AND p.restricted_on IS NULL "
        f"RETURN p, CASE m.role {tiers} END AS tier "
        f"UNION ALL MATCH (p:{'|'.join(ROLE_LABELS)}) RETURN p, null AS tier }} "
        f"WITH p, min(tier) AS tier {changes}"
    )


def mark_roles(connection: Asks) -> None:
    """Give everybody the label of the highest role that is recorded on the day of judgement, and take others away.

    Nobody whose label is right already is written.
    """
    connection.run(_statement())
