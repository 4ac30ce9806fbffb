"""Words that columns of several tables allow, declared once."""

from __future__ import annotations

ROLES = ("principal", "significant", "peripheral")
SUSPECT_ROLES = ("arrested", "suspect", "charged", "convicted")
"""Link roles under which a crime speaks of a person as a suspect; whoever was charged or convicted was one."""

PUBLISHED_ROLES = ("arrested", "suspect")
"""Link roles that the footnote of a published profile names; a figure that counts these alone says so."""

LINK_ROLES = (*SUSPECT_ROLES, "victim", "witness", "other")
ASSOCIATIONS = ("meeting", "phone", "household", "co_offending", "contact", "family", "financial", "online")
FROM_ONE_TO_THE_OTHER = ("phone", "financial", "online")
"""Kinds of contact that run from one person to the other by nature, as a call does; the others are mutual."""
RELATIONSHIPS = ("parent", "step_parent", "guardian", "sibling", "grandparent", "partner_of_parent", "household")
STRANDS = ("pursue", "prevent", "protect", "prepare")
ACES = (
    "physical_abuse", "sexual_abuse", "emotional_abuse", "physical_neglect", "emotional_neglect",
    "domestic_violence", "substance_misuse", "mental_illness", "parental_separation", "parent_in_prison",
)  # fmt: skip

CRIME_TYPES = (
    "drug trafficking", "drug possession", "drug supply", "drug production", "drugs", "county lines",
    "cannabis cultivation",
    "money laundering", "fraud", "cyber crime", "cybercrime", "economic crime", "bribery and corruption",
    "counterfeiting", "intellectual property crime", "modern slavery", "human trafficking", "labour exploitation",
    "sexual exploitation", "child sexual exploitation", "child criminal exploitation", "child sexual abuse",
    "organised immigration crime", "people smuggling", "firearms", "violence", "serious violence", "robbery",
    "homicide", "kidnap and extortion", "extortion", "organised acquisitive crime", "acquisitive crime", "burglary",
    "theft", "vehicle crime", "plant theft", "cash machine crime", "rural crime", "wildlife crime", "waste crime",
    "environmental crime", "prison crime", "prostitution",
)  # fmt: skip
"""Primary crime types under which groups are counted; written without hyphens and underscores."""

COMMODITIES = (
    "powder cocaine", "crack cocaine", "crack", "cocaine", "heroin", "cannabis", "amphetamine", "methamphetamine",
    "mdma", "ecstasy", "ketamine", "new psychoactive substances", "synthetic cannabinoids", "spice", "fentanyl",
    "nitazenes", "benzodiazepines", "prescription drugs", "steroids", "class a drugs", "class b drugs",
    "class c drugs", "firearms", "ammunition", "explosives", "people", "cash", "tobacco", "cigarettes", "alcohol",
    "fuel", "counterfeit goods", "counterfeit currency", "counterfeit documents", "identity documents", "vehicles",
    "vehicle parts", "plant", "metal", "jewellery", "gold", "waste", "data",
)  # fmt: skip

SECTORS = (
    "education", "early years", "health", "mental health", "ambulance", "fire and rescue", "housing", "social care",
    "children's services", "adult social care", "local authority", "council", "licensing", "environmental health",
    "trading standards", "youth justice", "youth services", "probation", "prisons", "prison", "police",
    "immigration", "border force", "revenue and customs", "work and pensions", "charity", "voluntary",
    "voluntary sector", "faith", "community", "business", "retail", "hospitality", "hotels", "transport", "taxi",
    "banking", "finance", "security", "private", "public", "courts", "government", "defence", "other",
)  # fmt: skip
"""Sectors of those who send partnership information."""

TO_VICTIM = (
    "stranger", "acquaintance", "friend", "partner", "ex partner", "spouse", "ex spouse", "husband", "wife",
    "boyfriend", "girlfriend", "ex boyfriend", "ex girlfriend", "intimate partner", "family", "family member",
    "relative", "parent", "mother", "father", "step parent", "guardian", "child", "son", "daughter", "sibling",
    "brother", "sister", "grandparent", "grandchild", "other family", "neighbour", "flatmate", "lodger",
    "colleague", "business", "employer", "employee", "customer", "client", "teacher", "pupil", "carer", "patient",
    "professional", "police officer", "gang member", "rival", "associate", "online", "known", "known to victim",
    "none", "unknown", "not known", "other",
)  # fmt: skip
"""What a suspect is to the victim."""

_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
)

COUNTRIES = frozenset(_COUNTRIES.split())
"""Assigned codes of ISO 3166, and XK, under which Kosovo is recorded though ISO has no code for it."""
