"""What an offence code means to the profile: its group and family."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from ocgnet.harm import look_up, normal_code

NO_GROUP = "not grouped"
"""Group of a code that the table of offence groups does not hold."""

NO_CODE = "offence not known"
"""Group of a crime without an offence code."""

RAPE = "rape"


FRAUD, COMPUTER_MISUSE, MONEY_LAUNDERING = "fraud", "computer misuse", "money laundering"
"""Kinds of offences against prosperity."""


@cache
def groups() -> dict[str, tuple[str, str]]:
    """Return offence group and family by normal offence code.

    The groups follow the offence groups under which the Home Office counts recorded crime; arson stands
    apart from criminal damage, and robbery and burglary are split by their target.
    """
    text = (files("ocgnet") / "data" / "offence_groups.csv").read_text(encoding="utf-8")
    return {normal_code(r["code"]): (r["group"], r["family"]) for r in csv.DictReader(text.splitlines())}


@cache
def prosperity() -> dict[str, tuple[str, str]]:
    """Return kind and category of the offences against prosperity by normal offence code.

    The codes that begin with NFIB, and their categories, are those under which the National Fraud Intelligence Bureau
    counts what is reported to it (Home Office Counting Rules for Recorded Crime, Fraud); the others are what a force
    itself records: proceeds of crime, forgery and articles for fraud.
    """
    text = (files("ocgnet") / "data" / "prosperity_offences.csv").read_text(encoding="utf-8")
    return {normal_code(r["code"]): (r["kind"], r["category"]) for r in csv.DictReader(text.splitlines())}


def prosperity_of(code: str | None) -> tuple[str, str] | tuple[None, None]:
    """Return kind and category of an offence code as recorded; None twice where it is no offence of this chapter.

    >>> prosperity_of("nfib 3a"), prosperity_of("038"), prosperity_of("8N"), prosperity_of(None)
    (('fraud', 'consumer fraud'), ('money laundering', 'proceeds of crime'), (None, None), (None, None))
    """
    return (look_up(prosperity(), code) if code else None) or (None, None)


def group_of(code: str | None) -> tuple[str, str]:
    """Return group and family of an offence code as recorded.

    >>> group_of("008N"), group_of(None)
    (('violence with injury', 'violence against the person'), ('offence not known', 'offence not known'))
    """
    if not code:
        return NO_CODE, NO_CODE
    return look_up(groups(), code) or (NO_GROUP, NO_GROUP)


def family_of(group: str) -> str:
    """Return the family of an offence group; the group itself where it has none."""
    return dict(groups().values()).get(group, group)
