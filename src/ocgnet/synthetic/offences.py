"""Offences of the county's crimes, under codes of the severity weights."""

from __future__ import annotations

OFFENCES = {
    "92A": "Trafficking in controlled drugs",
    "92D": "Possession of controlled drugs (excluding cannabis)",
    "92E": "Possession of cannabis",
    "8N": "Assault with injury",
    "105A": "Assault without injury",
    "5D": "Assault with intent to cause serious harm",
    "3B": "Threats to kill",
    "10B": "Possession of firearms offences",
    "10D": "Possession of article with blade or point",
    "34B": "Robbery of personal property",
    "28E": "Burglary - residential",
    "30C": "Burglary - business and community",
    "48": "Theft or unauthorised taking of a motor vehicle",
    "49": "Other theft",
    "46": "Shoplifting",
    "54": "Handling stolen goods",
    "38": "Profiting from or concealing proceeds of crime",
    "33A": "Making, supplying or possessing articles for use in fraud",
    "106": "Modern slavery",
    "36": "Kidnapping",
    "58D": "Other criminal damage",
    "8L": "Harassment",
    "71": "Abuse of children through sexual exploitation",
    "9A": "Public fear, alarm or distress",
}

GENERAL = {
    "8N": 14.0, "105A": 14.0, "9A": 8.0, "58D": 8.0, "8L": 6.0, "46": 10.0, "49": 8.0, "28E": 5.0, "30C": 3.0,
    "48": 4.0, "10D": 3.0, "3B": 2.0, "34B": 3.0, "5D": 1.0, "54": 2.0, "92D": 5.0, "92E": 6.0,
}  # fmt: skip
"""How often each code occurs outside organised crime."""

BY_TYPE: dict[str, dict[str, float]] = {
    "drug trafficking": {"92A": 34.0, "92D": 12.0, "92E": 4.0, "10D": 5.0, "34B": 3.0, "5D": 2.0, "38": 3.0, "36": 0.6},
    "money laundering": {"38": 30.0, "33A": 10.0, "54": 5.0},
    "fraud": {"33A": 30.0, "38": 10.0},
    "modern slavery": {"106": 20.0, "38": 5.0, "3B": 5.0},
    "organised immigration crime": {"106": 12.0, "33A": 8.0, "38": 5.0},
    "organised acquisitive crime": {"28E": 22.0, "30C": 16.0, "48": 12.0, "54": 10.0},
    "firearms": {"10B": 18.0, "3B": 5.0, "92A": 6.0},
    "child sexual exploitation": {"71": 14.0, "3B": 3.0},
}
"""What is added to that for a group of each primary crime type."""

PLAIN_VICTIM = frozenset({"8N", "105A", "5D", "3B", "34B", "28E", "48", "49", "8L", "36", "106", "71", "58D"})
"""Codes of offences that have a victim who is a person."""
