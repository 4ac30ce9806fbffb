"""What became of referrals, in sentences and on a page to print."""

from __future__ import annotations

from collections.abc import Iterator

from ocgnet.casework.cases.cases import long_day
from ocgnet.casework.cases.one_case import ROUTES
from ocgnet.casework.referral.outcomes import DECIDED, LEAST, WAITS, Followed, Outcomes, RouteCounts, knows_time
from ocgnet.dataset import About
from ocgnet.english import counted
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.words.numbers import day as day_text
from ocgnet.visible import visible

LISTED = 60
"""Referrals in a table of the page, at most; all of them are in the CSV."""


def title(found: Outcomes) -> str:
    """Say in one sentence who waits."""
    if not found.recorded:
        return "These records hold no table of referrals, so what became of any is not known"
    if not found.routes:
        return "No referral is recorded"
    whole = found.routes[0]
    if not whole.waiting:
        return f"None of {counted(whole.made, 'referral')} waits for an outcome"
    longest = found.referrals[0]
    waits = f"{whole.waiting:,} of {counted(whole.made, 'referral')} wait" + ("s" if whole.waiting == 1 else "")
    return f"{waits} for an outcome, the longest since {long_day(longest.made_on, found.day)}"


def sentences(found: Outcomes) -> Iterator[str]:
    """Yield what the numbers come to."""
    if not found.routes:
        return
    whole = found.routes[0]
    if whole.waiting:
        yield (
            f"Waiting: {whole.waiting:,} ({whole.late:,} for more than {counted(found.late_after, 'day')}), so far "
            f"{_days(whole.median_wait)} in the middle and {_days(whole.longest_wait)} at the longest."
        )
    if whole.decided:
        undated = whole.decided - whole.dated
        more = f" Of {undated:,} the day is not recorded." if undated else ""
        took = f"Half of the {whole.dated:,} whose day is recorded took {_days(whole.median_days)} or less."
        if whole.dated < LEAST:
            took = f"The day is recorded of {whole.dated:,}: too few to say how long an outcome takes."
        yield f"Decided: {whole.decided:,}. {took}{more}"
    if whole.waiting and knows_time(whole.dated, whole.decided):
        half = (
            "not yet half are decided"
            if whole.half_within is None
            else f"half are decided within {_days(whole.half_within)}"
        )
        yield f"Those decided are the quick ones. Counting those that wait, for as long as they have waited: {half}."
    yield (
        f"Referred again: {whole.again:,} of {whole.made:,} within {counted(found.again_days, 'day')} after an earlier "
        "referral of the same person by the same route."
    )


def caveats(found: Outcomes) -> Iterator[str]:
    """Yield what has to be known beside them."""
    if found.unseen and found.first:
        yield (
            f"{counted(found.unseen, 'referral')} were made within {counted(found.again_days, 'day')} of the first on "
            f"record ({day_text(found.first)}): an earlier one may stand in no record, so more may be referred again."
        )
    whole = found.routes[0] if found.routes else None
    if whole and whole.none_due:
        yield f"{counted(whole.none_due, 'CPI form')} among them: intelligence, for which no outcome is due."
    if found.later:
        yield f"{counted(found.later, 'referral')} dated after {day_text(found.day)} not counted."
    if found.restricted:
        yield f"{counted(found.restricted, 'referral')} about people whose processing is restricted not counted."
    if found.review_overdue:
        yield (
            f"{counted(found.review_overdue, 'referral')} of people whose own record is overdue for review, counted "
            "all the same: a child waits for no review."
        )
    yield "An outcome that nobody recorded may have come all the same: ask the team that has the referral."


METHOD = (
    "The days up to an outcome end with its day; of an NRM referral without one with the first stage decided since. "
    "Counting those that wait: Kaplan and Meier (1958). No figure says whether an outcome was right."
)


def _days(number: float | None) -> str:
    return "an unknown time" if number is None else f"{number:g} day{'' if number == 1 else 's'}"


_ROUTE_HEADS = (
    "Route", "Made", "Waiting", "Longest wait, days", "Decided", "Of these dated", "Half of these took, days",
    "Half of all, days", "Again",
)  # fmt: skip


def _route_row(counts: RouteCounts) -> tuple[str, ...]:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:,g}"

    name = "All" if not counts.route else ROUTES[counts.route]
    return (
        name[:1].upper() + name[1:], f"{counts.made:,}", f"{counts.waiting:,}", number(counts.longest_wait),
        f"{counts.decided:,}", f"{counts.dated:,}", number(counts.median_days), number(counts.half_within),
        f"{counts.again:,}",
    )  # fmt: skip


def _waiting_row(one: Followed) -> tuple[str, ...]:
    again = "" if one.again_after is None else f"{one.again_after} days after an earlier one"
    return one.person_id, ROUTES[one.route], day_text(one.made_on), f"{one.days:,}", again


def _again_row(one: Followed) -> tuple[str, ...]:
    came = one.outcome if one.state == DECIDED else one.state
    return one.person_id, ROUTES[one.route], day_text(one.made_on), f"{one.again_after:,}", came


def outcomes_html(found: Outcomes, about: About) -> str:
    """Return the page: no script, no outside address, the marking on every printed page."""
    waiting = [f for f in found.referrals if f.state == WAITS]
    again = [f for f in found.referrals if f.again_after is not None]
    tables = [
        ("By route", _ROUTE_HEADS, [_route_row(r) for r in found.routes], ""),
        (
            "Who waits", ("Person", "Route", "Made on", "Days so far", "Again"),
            [_waiting_row(f) for f in waiting[:LISTED]], _rest(len(waiting)),
        ),
        (
            "Referred again", ("Person", "Route", "Made on", "Days after the earlier one", "Outcome"),
            [_again_row(f) for f in again[:LISTED]], _rest(len(again)),
        ),
    ]  # fmt: skip
    shown = [
        (head, heads, [tuple(visible(cell) for cell in row) for row in rows], rest)
        for head, heads, rows, rest in tables
        if rows
    ]
    css = style_sheet(about.marked, "ocgnet.casework", "pages/pack.css")
    return rendered(
        pages("ocgnet.casework", "pages"),
        "referrals.html.j2",
        css,
        marking=about.marked,
        force=about.force,
        title=title(found),
        data=[("Judged on", day_text(found.day)), ("Referrals", f"{len(found.referrals):,}")],
        sentences=list(sentences(found)),
        tables=shown,
        caveats=list(caveats(found)),
        method=METHOD,
    )


def _rest(number: int) -> str:
    return f"{number - LISTED:,} more: ocgnet referrals show --format csv" if number > LISTED else ""
