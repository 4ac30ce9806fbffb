"""Words that columns of several tables allow, declared once."""

from __future__ import annotations

ROLES = ("principal", "significant", "peripheral")
LINK_ROLES = ("arrested", "suspect", "charged", "convicted", "victim", "witness", "other")
ASSOCIATIONS = ("meeting", "phone", "household", "co_offending", "contact", "family", "financial", "online")
RELATIONSHIPS = ("parent", "step_parent", "guardian", "sibling", "grandparent", "partner_of_parent", "household")
STRANDS = ("pursue", "prevent", "protect", "prepare")
ACES = (
    "physical_abuse", "sexual_abuse", "emotional_abuse", "physical_neglect", "emotional_neglect",
    "domestic_violence", "substance_misuse", "mental_illness", "parental_separation", "parent_in_prison",
)  # fmt: skip
