"""What the list of juveniles with many serious offences says beside its rows."""

from __future__ import annotations

from ocgnet.english import counted
from ocgnet.local_profile.juveniles import Listing
from ocgnet.settings import Settings


def listing_lines(listing: Listing, settings: Settings) -> list[str]:
    """Return the finding, then what it rests on and who is not on the list."""
    roles, least = " or ".join(settings.link_roles), listing.least
    if listing.linked is None:
        return [
            "Not known: these records have no crimes with links to people, or no dates.",
            f"Listed would be who is linked as {roles} to {least} or more serious offences.",
        ]
    frame, sure = listing.table.frame, listing.sure
    could, children = len(frame) - sure, int(frame["linked_child"].sum())
    finding = (
        f"{sure:,} of {counted(len(listing.linked.frame), 'juvenile')} linked to a crime of {listing.period} "
        f"{'is' if sure == 1 else 'are'} linked to {least} or more serious offences"
    )
    if could:
        finding += f"; {could:,} more could be, by crimes whose offence is not known"
    ageless, aside = listing.linked.ageless, listing.linked.aside
    meaning = (
        f"Linked means recorded as {roles}: no finding of guilt, and whoever offends young may be exploited. "
        f"{children:,} of them {'is' if children == 1 else 'are'} among the children linked to members of groups."
    )
    counted_as = (
        "Juvenile is under 18 on the day of the latest crime of the period. Serious are the offence groups "
        f"{', '.join(settings.serious_groups)} (serious_groups in the file of --rules)."
    )
    missing = (
        f"Not on the list: {counted(ageless, 'person', 'people')} so linked whose age is not known, "
        f"{listing.linked.ageless_many:,} of them with as many offences; and {counted(aside, 'person', 'people')} of "
        "whatever age whose processing is restricted or whose review is overdue."
    )
    return [f"{finding}.", meaning, counted_as, missing]
