"""What each referral route is for, and what the other end needs. The one place where that is decided."""

from __future__ import annotations

from ocgnet.casework.audience import Audience, Need

_WHO = ("child_id", "name", "date_of_birth", "age", "sex", "district")
_RISK = ("cse_risk", "cse_risk_scheme", "cse_flagged_on", "cce_risk")
_CARE = ("child_id", "relationship", "adult_name", "verified", "recorded_on")
_UNKNOWN = ("child_id", "not_known", "find_out")

_ROUTES = (
    Audience(
        "mash",
        "the multi-agency safeguarding hub (MASH)",
        "To protect a child at risk of harm.",
        "Children Act 1989 section 47; Children Act 2004 sections 10 and 11.",
        (
            Need("children", _WHO, "to find the child"),
            Need("children", ("school", "social_worker"), "to reach the people who already know the child"),
            Need("children", _RISK, "to set the hub's own assessment beside the recorded one"),
            Need("concerns", ("child_id", "concern", "how_sure", "latest"), "to weigh why the child came to notice"),
            Need("family", _CARE, "to know who cares for the child, and which ties still need checking"),
            Need("experiences", ("child_id", "experience", "status", "recorded_on"), "to see what adds up over time"),
            Need(
                "missing",
                ("child_id", "missing_from", "found_at", "found_where", "in_company", "return_interview"),
                "to arrange interviews and see places that recur",
            ),
            Need(
                "crimes",
                ("child_id", "standing", "offence", "recorded_on", "flags"),
                "to see harm done to the child, and pressure that may stand behind offences",
            ),
            Need("referrals", ("child_id", "kind", "made_on", "outcome"), "to see what was tried before"),
            Need("unknown", _UNKNOWN, "to see what nobody has looked at yet"),
        ),
    ),
    Audience(
        "nrm",
        "the national referral mechanism (NRM)",
        "To have a possible victim of modern slavery identified and supported.",
        "Modern Slavery Act 2015 section 52; only a first responder may refer.",
        (
            Need("children", _WHO, "to identify the possible victim"),
            Need(
                "children",
                ("social_worker", *_RISK),
                "to reach whoever looks after the child, and the local assessment",
            ),
            Need("concerns", ("child_id", "concern", "how_sure", "latest"), "as indicators of trafficking"),
            Need(
                "missing",
                ("child_id", "missing_from", "found_at", "found_where", "in_company"),
                "as indicators of movement and control",
            ),
            Need(
                "crimes",
                ("child_id", "standing", "offence", "recorded_on", "flags"),
                "to see harm suffered, and offences that exploitation may stand behind",
            ),
            Need("referrals", ("child_id", "kind", "made_on"), "to know which other routes are open"),
            Need("unknown", _UNKNOWN, "because the decision rests on what is known"),
        ),
    ),
    Audience(
        "ictg",
        "the independent child trafficking guardian service (ICTG)",
        "To give a possibly trafficked child somebody independent who speaks for the child.",
        "Modern Slavery Act 2015 section 48; beside a referral to the NRM, never instead of it.",
        (
            Need("children", _WHO, "to reach the child"),
            Need("children", ("school", "social_worker"), "to work with those who look after the child"),
            Need("missing", ("child_id", "missing_from", "found_at", "in_company"), "to judge how urgent a visit is"),
            Need("referrals", ("child_id", "kind", "made_on"), "to see the NRM referral beside which this stands"),
            Need("unknown", _UNKNOWN, "to know what to ask the child and those who look after the child"),
        ),
    ),
    Audience(
        "cpi",
        "the force's intelligence team (CPI)",
        "To pass on information that is not urgent. It is intelligence and protects nobody by itself.",
        "Data Protection Act 2018 Part 3; police common law powers.",
        (Need("children", ("child_id", "name", "date_of_birth", "district"), "to know whom the information is about"),),
    ),
    Audience(
        "early_help",
        "the early help team",
        "To support a family before a need becomes a risk, with the family's agreement.",
        "Children Act 2004 section 10; the family agrees to it.",
        (
            Need("children", _WHO, "to find the child"),
            Need("children", ("school", "social_worker"), "to plan support with those who know the child"),
            Need("experiences", ("child_id", "experience", "status"), "to offer support that fits"),
            Need("missing", ("child_id", "missing_from", "found_at", "return_interview"), "to see absence from home"),
            Need("referrals", ("child_id", "kind", "made_on", "outcome"), "to see what was tried before"),
        ),
    ),
)

ROUTES: dict[str, Audience] = {a.name: a for a in _ROUTES}
"""Routes by the word after ``--kind``."""
