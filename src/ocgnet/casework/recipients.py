"""What each recipient of a disclosure needs. This is the one place where that is decided."""

from __future__ import annotations

from ocgnet.casework.audience import Audience, Need

_WHO = ("child_id", "name", "date_of_birth", "age")

_RECIPIENTS = (
    Audience(
        "childrens-services",
        "children's services",
        "To decide whether a child is in need or at risk of significant harm, and to protect the child.",
        "Children Act 1989 sections 17 and 47; Children Act 2004 sections 10 and 11.",
        (
            Need("children", (*_WHO, "sex", "district"), "to find the child in their own records"),
            Need("children", ("school", "social_worker"), "to reach the people who already know the child"),
            Need(
                "children",
                ("cse_risk_scheme", "cse_risk", "cse_flagged_on", "cce_risk"),
                "to set their own assessment beside the recorded one",
            ),
            Need("concerns", ("child_id", "concern", "how_sure", "latest"), "to weigh why the child came to notice"),
            Need(
                "family",
                ("child_id", "relationship", "adult_name", "verified", "recorded_on"),
                "to know who cares for the child and which ties still need checking",
            ),
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
            Need("referrals", ("child_id", "kind", "made_on", "outcome"), "to avoid asking twice"),
            Need("unknown", ("child_id", "not_known", "find_out"), "to see what nobody has looked at yet"),
        ),
    ),
    Audience(
        "education",
        "the child's school",
        "To notice absence and change, and to keep the child safe at school.",
        "Education Act 2002 section 175; Keeping Children Safe in Education.",
        (
            Need("children", (*_WHO, "school"), "to find the pupil"),
            Need("children", ("social_worker",), "to know whom the safeguarding lead calls"),
            Need("missing", ("child_id", "missing_from", "found_at"), "to set absence beside missing episodes"),
        ),
    ),
    Audience(
        "health",
        "health services",
        "To offer the child physical, sexual and mental health care that fits what happened.",
        "Children Act 2004 sections 10 and 11.",
        (
            Need("children", (*_WHO, "sex"), "to find the patient"),
            Need("children", ("social_worker",), "to know whom to call"),
            Need(
                "children",
                ("cse_risk_scheme", "cse_risk", "cse_flagged_on", "cce_risk"),
                "to ask the right questions in private",
            ),
            Need("experiences", ("child_id", "experience", "status"), "to offer care that knows about trauma"),
            Need("missing", ("child_id", "missing_from", "found_at"), "to offer a check after a return"),
        ),
    ),
    Audience(
        "housing",
        "the housing provider",
        "To judge whether a home is safe for the child, and to move the household where it is not.",
        "Crime and Disorder Act 1998 section 115; Housing Act 1996 Part 7.",
        (
            Need("children", ("child_id", "name", "age", "district"), "to know who lives in the home"),
            Need("children", ("social_worker",), "to agree any step with the social worker first"),
            Need("family", ("child_id", "relationship", "adult_name"), "to find the tenancy of the household"),
        ),
    ),
    Audience(
        "youth-justice",
        "the youth justice service",
        "To turn the child away from offending, with exploitation considered first.",
        "Crime and Disorder Act 1998 sections 37 and 38.",
        (
            Need("children", (*_WHO, "sex", "district"), "to find the child in their own records"),
            Need("children", ("social_worker", "cce_risk"), "to plan with the social worker, exploitation in mind"),
            Need(
                "crimes",
                ("child_id", "standing", "offence", "recorded_on", "flags"),
                "to see offences beside harm suffered: a child may be both",
            ),
            Need("missing", ("child_id", "missing_from", "found_at", "in_company"), "to see pressure around offences"),
            Need("referrals", ("child_id", "kind", "made_on"), "to know of a modern slavery referral and its defence"),
        ),
    ),
    Audience(
        "police",
        "another police force",
        "To protect the child across force borders and to pursue those who exploit children.",
        "Data Protection Act 2018 Part 3; police common law powers to protect life.",
        (
            Need("children", (*_WHO, "sex", "district", "social_worker"), "to recognise the child"),
            Need(
                "children",
                ("cse_risk_scheme", "cse_risk", "cse_flagged_on", "cce_risk"),
                "to treat the child as one who may be exploited",
            ),
            Need(
                "concerns",
                ("child_id", "concern", "how_sure", "latest", "adult_id", "ocg_id", "recorded_role"),
                "to know which group and which member stand behind the risk",
            ),
            Need(
                "family",
                ("child_id", "relationship", "adult_id", "adult_name", "verified", "recorded_on"),
                "to know who cares for the child",
            ),
            Need(
                "missing",
                (
                    "child_id", "missing_from", "found_at", "found_where",
                    "in_company", "companions", "return_interview",
                ),
                "to search and to see who recurs",
            ),
            Need(
                "crimes",
                ("child_id", "standing", "offence", "recorded_on", "flags", "crime_id"),
                "to keep victims apart from suspects",
            ),
            Need("referrals", ("child_id", "kind", "made_on", "outcome"), "to know who is already involved"),
            Need("reports", ("child_id", "report_id", "reported_on", "grading"), "to ask for a report by its number"),
            Need("unknown", ("child_id", "not_known", "find_out"), "to see what nobody has looked at yet"),
        ),
    ),
    Audience(
        "partnership",
        "the community safety partnership",
        "To plan services from numbers; no row is about one child.",
        "Crime and Disorder Act 1998 section 115.",
        (),
    ),
)  # fmt: skip

RECIPIENTS: dict[str, Audience] = {a.name: a for a in _RECIPIENTS}
"""Recipients by the word after ``--to``."""
