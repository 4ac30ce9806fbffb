"""Columns of every table that things answer, declared once, as ``columns`` declares those of an analysis.

A column is a recorded *fact* or our *assessment*, never both. Every share has the columns that it is made of, and every
lead says how often chance alone would give it.
"""

from __future__ import annotations

from ocgnet.results.columns import BECAUSE, ResultColumn, fact


def _c(name: str, kind: str, says: str, part_of: str = "") -> ResultColumn:
    return ResultColumn(name, kind, says, part_of=part_of)


_TIMES = fact(
    "times", "count", "Calls, messages or transfers between the two; a row that stands for several is several."
)
_DAYS = fact("days", "count", "Different days on which the two were in touch.")
_TO_CONTACT = fact("to_contact", "count", "Of the times, those from the first to the second.")
_FROM_CONTACT = fact("from_contact", "count", "Of the times, those from the second to the first.")
_FIRST = fact("first_day", "date", "First day on which the two were in touch; days are those of Europe/London.")
_LAST = fact("last_day", "date", "Last day on which they were.")
_AUTHORITIES = fact("authority_refs", "text", "Authorities under which the records behind the row were obtained, by |.")

THING_RESULTS: dict[str, tuple[ResultColumn, ...]] = {
    "shared_things": (
        fact("thing", "id", "The thing that is shared."),
        fact("kind", "text", "What it is."),
        fact("label", "text", "Its label, mark or number as recorded."),
        *(
            column
            for side, which in (("one", "first"), ("other", "second"))
            for column in (
                fact(side, "id", f"The {which} of two people who had it."),
                fact(f"{side}_name", "text", "Name as recorded."),
                fact(f"{side}_relations", "text", f"As what the {which} had it, by |."),
                fact(f"{side}_first", "date", f"First day on which the {which} had it; blank when not recorded."),
                fact(f"{side}_last", "date", f"Last day on which the {which} had it; blank while it lasts."),
                fact(f"{side}_groups", "text", f"Groups of the {which} on the day of judgement, by |."),
            )
        ),
        _c("how", "text", "at the same time, where both had it on some day; otherwise in turn."),
        _c("together_from", "date", "First day on which both had it; blank in turn, and when not recorded."),
        _c("together_to", "date", "Last day on which both had it; blank in turn, and while it lasts."),
        _c("confidence", "text", "confirmed, where links that are more than suspected say it; otherwise suspected."),
        _c("across_groups", "flag", "Whether both belong to groups, and to none in common."),
        ResultColumn("users", "count", "People who had the thing, at whatever time.", people=True),
        fact("reports", "count", "Reports behind it that may be named."),
        fact("report_ids", "text", "These reports, by |."),
        BECAUSE,
    ),
    "crowded_things": (
        fact("thing", "id", "The thing."),
        fact("kind", "text", "What it is."),
        fact("label", "text", "Its label, mark or number as recorded."),
        ResultColumn("users", "count", "People who had it, at whatever time.", people=True),
        ResultColumn("nominals", "count", "Nominals among them.", people=True, part_of="users"),
        BECAUSE,
    ),
    "unattributed": (
        fact("ocg_id", "id", "The group."),
        _c("rank", "count", "Place in the group by score, communications and transfers apart; equal scores share one."),
        fact("thing_id", "id", "The number or account that nobody is known to use."),
        fact("kind", "text", "What it is."),
        fact("label", "text", "Name or number as recorded."),
        fact("by", "text", "communications or transfers: what the row is about."),
        _c("score", "number", "Sum over members of log2(1 + times in touch), times members / people."),
        _c("members", "count", "Members of the group in touch with it, over numbers attributed to them that day."),
        fact("people", "count", "People in touch with it, over numbers attributed to them: voicemail has many."),
        fact("of_members", "count", "Members of the group."),
        _c("chance", "share", "How often as many of its contacts were members if they were drawn at random (exact)."),
        fact("times", "count", "Times in touch with members."),
        _c("share", "share", "Share of all its recorded times that are with members."),
        fact("of_times", "count", "All its recorded times: what the share is of."),
        fact("to_members", "count", "Of the times with members, those to them."),
        fact("days", "count", "Different days in touch with members."),
        _FIRST,
        _LAST,
        _c("pairs_apart", "count", "Pairs of these members who are not recorded as in touch with each other."),
        _c("of_pairs", "count", "Pairs of these members."),
        _c("stays", "count", "Members without whom, left out in turn, it would still rank as high."),
        _c("left_out_in_turn", "count", "How many members were left out in turn."),
        _c("best_rank", "count", "Best rank when one member is left out."),
        _c("worst_rank", "count", "Worst rank when one member is left out."),
        fact("most_in_touch", "text", "Members most in touch with it, most first, by |."),
        fact("most_in_touch_times", "text", "How often each of these was, by |."),
        fact("other_groups", "text", "Other groups with members in touch with it, by |."),
        fact("suspected_users", "text", "Who is suspected to use it; never known to; by |."),
        _AUTHORITIES,
        BECAUSE,
    ),
    "successors": (
        fact("old_thing", "id", "The number that fell silent."),
        fact("old_label", "text", "Name or number as recorded."),
        _c("rank", "count", "Place among the candidates of the old number, by weighted overlap."),
        _c("new_thing", "id", "The number that may have taken over its contacts."),
        fact("new_label", "text", "Name or number as recorded."),
        fact("shared", "count", "Contacts of the old number's last days that are among those of the new one's first."),
        fact("of_contacts", "count", "Contacts of the old number's last days, those in touch with very many left out."),
        _c("overlap", "share", "Share of these that are shared."),
        _c("weighted_overlap", "share", "The same when each contact counts 1/log2(1 + numbers in touch with it)."),
        fact("old_last", "date", "Last day of the old number."),
        fact("new_first", "date", "First day of the new number."),
        fact("gap_days", "count", "Days from the one to the other."),
        fact("silent_days", "count", "Days from the old number's last day to the end of the records."),
        fact("longest_gap", "count", "Most days between two days in use of the old number before."),
        fact("candidates", "count", "Numbers that began in the window and could have been its successor."),
        _c("chance", "share", "How often chance alone would let any of them share as many contacts."),
        fact("old_user", "id", "Who is recorded as user of the old number on its last day; blank when nobody is."),
        fact("new_user", "id", "Who is recorded as user of the new number on its first day; blank when nobody is."),
        fact("with_each_other", "count", "Times the two were in touch with each other, which speaks against it."),
        _c("chain", "text", "Chain of numbers, each the best candidate of the one before, by |; blank: not the best."),
        _AUTHORITIES,
        BECAUSE,
    ),
    "deal_lines": (
        fact("line", "id", "The line: a thing of that kind, or a number that a group holds."),
        fact("label", "text", "Name or number as recorded."),
        fact("ocgs", "text", "Groups that hold it, by |."),
        ResultColumn("children", "count", "Children who hold it or are in touch: safeguarding first.", people=True),
        _c("child_ids", "text", "Those children, by |."),
        fact("users", "count", "People recorded as its users."),
        fact("users_in_turn", "text", "Its recorded users in the order of their first days, by |."),
        fact("times", "count", "Calls and messages over it."),
        fact("days", "count", "Days on which it was in use."),
        fact("first_day", "date", "First of these days."),
        fact("last_day", "date", "Last of these days."),
        fact("contacts", "count", "People in touch with it, and numbers that no one person is known to have used."),
        _c("customers", "count", "Of these, those recorded as customers or like customers; see deal_line_users."),
        _c("runners", "count", "Of these, those recorded as runners or like runners."),
        fact("districts", "text", "Districts of those in touch, each with how many, by |."),
        fact("district_unknown", "count", "How many of those in touch have no recorded district."),
        fact("busiest_hours", "text", "The three hours in which most passed, with how much, Europe/London; by |."),
        fact("no_hour", "count", "Times of which only the day is recorded."),
        fact("disruptions", "count", "Disruptions that can be compared; see deal_line_disruptions."),
        BECAUSE,
    ),
    "deal_line_users": (
        fact("line", "id", "The line."),
        fact("ocgs", "text", "Groups that hold it, by |."),
        _c("part", "text", "child, user, runner, customer or contact; who was under 18 is a child and nothing else."),
        _c("child", "flag", "Whether the person was under 18 on the first day, or is a child of unknown age."),
        _c("age", "count", "Age in whole years on that day; blank when not known."),
        fact("contact_kind", "text", "person, or the kind of a thing that no one person is known to have used."),
        fact("contact", "id", "The person or thing."),
        fact("contact_name", "text", "Name or label as recorded."),
        fact("district", "text", "District as recorded."),
        fact("recorded", "text", "What the person is recorded as to the line, by |."),
        fact("from_date", "date", "First day of a recorded user."),
        fact("to_date", "date", "Last day of a recorded user."),
        _TIMES,
        _DAYS,
        _TO_CONTACT,
        _FROM_CONTACT,
        _c("with_others", "count", "Other contacts of the line with whom the contact is in touch."),
        _c("short", "count", "Of the single calls with a duration, those that were short."),
        fact("timed", "count", "Single calls with a duration."),
        _FIRST,
        _LAST,
        _AUTHORITIES,
        BECAUSE,
    ),
    "deal_line_hours": (
        fact("line", "id", "The line."),
        fact("hour", "count", "Hour of the day in Europe/London, from 0; blank where only the day is recorded."),
        fact("times", "count", "Calls and messages in it."),
        _c("share", "share", "Share of all over the line."),
        fact("of_times", "count", "All over the line: what the share is of."),
    ),
    "deal_line_disruptions": (
        fact("line", "id", "The line."),
        fact("ocg_id", "id", "Group that holds it and was disrupted."),
        fact("disruption_id", "id", "The disruption."),
        fact("level", "text", "Its level as recorded."),
        fact("happened_on", "date", "Its day, which counts for neither stretch."),
        fact("window_days", "count", "Days of either stretch: fewer where the records do not reach further."),
        *(
            fact(f"{name}_{end}", kind, f"{says} in that many days {end} it.")
            for name, kind, says in (
                ("times", "count", "Calls and messages over the line"),
                ("per_day", "number", "The same a day"),
                ("days", "count", "Days in use"),
                ("contacts", "count", "People and numbers in touch"),
            )
            for end in ("before", "after")
        ),
        fact("contacts_kept", "count", "Those in touch both before and after."),
        fact("contacts_new", "count", "Those in touch after and not before."),
        BECAUSE,
    ),
    "silences": (
        fact("thing_id", "id", "The number."),
        fact("label", "text", "Name or number as recorded."),
        fact("person", "id", "Who is recorded as its user on the day; blank for a number that a group holds."),
        fact("person_name", "text", "Name as recorded."),
        fact("ocg_id", "id", "Group that was disrupted; blank for a crime or an arrest."),
        fact("event", "text", "crime, arrest or disruption."),
        fact("event_id", "id", "The crime or disruption."),
        fact("event_day", "date", "Day of a crime, its recording where that day is not known, or of a disruption."),
        fact("active_on_day", "flag", "Whether the number was in use on that day."),
        *(
            column
            for side in ("before", "after")
            for column in (
                fact(f"silent_{side}", "count", f"Whole days without traffic {side} that day; blank: not in use yet."),
                _c(f"chance_{side}", "share", f"Share of the days of its life {side} which it was silent as long."),
                fact(f"days_as_long_{side}", "count", "Those days."),
                fact(f"gaps_as_long_{side}", "count", "Of its gaps, those at least as long."),
            )
        ),
        fact("of_days", "count", "Days of its life: what the chances are shares of."),
        fact("gaps", "count", "Its gaps: stretches between two days in use, of no day or more."),
        fact("longest_gap", "count", "Whole days without traffic of the longest of them."),
        fact("still_silent", "flag", "Whether it was not in use again, so that the silence after is at least that."),
        BECAUSE,
    ),
    "top_contacts": (
        fact("subject_kind", "text", "person, or the kind of the thing, of which the contacts are listed."),
        fact("subject", "id", "The person or thing."),
        fact("subject_name", "text", "Name or label as recorded."),
        _c("rank", "count", "Place among the contacts of the subject: by times, then days, then id."),
        fact("contact_kind", "text", "person, or the kind of a thing that nobody is known to have used that day."),
        fact("contact", "id", "The person or thing that the subject was in touch with."),
        fact("contact_name", "text", "Name or label as recorded."),
        _TIMES,
        _c("share", "share", "Share of all times of the subject that are with this contact."),
        fact("of_times", "count", "All times of the subject: what the share is of."),
        _DAYS,
        _TO_CONTACT,
        _FROM_CONTACT,
        _FIRST,
        _LAST,
        _AUTHORITIES,
    ),
    "common_contacts": (
        fact("subjects", "text", "Whether the two are people or things."),
        fact("one", "id", "The first person or thing."),
        fact("one_name", "text", "Name or label as recorded."),
        fact("other", "id", "The second."),
        fact("other_name", "text", "Name or label as recorded."),
        fact("contact_kind", "text", "person, or the kind of a thing that nobody is known to have used that day."),
        fact("contact", "id", "Whom both were in touch with."),
        fact("contact_name", "text", "Name or label as recorded."),
        fact("in_touch_with", "count", "With how many people and things the contact was in touch; rare ones first."),
        *(
            fact(f"{name}_{end}", kind, f"{says} the {which} and the contact.")
            for end, which in (("one", "first"), ("other", "second"))
            for name, kind, says in (
                ("times", "count", "Calls or messages between"),
                ("days", "count", "Different days of contact between"),
                ("first_day", "date", "First day of contact between"),
                ("last_day", "date", "Last day of contact between"),
            )
        ),
        BECAUSE,
    ),
    "travelled_together": (
        fact("one", "id", "The first vehicle."),
        fact("one_label", "text", "Its mark or label as recorded."),
        fact("one_users", "text", "Who is recorded to have used it on a day on which the two were together, by |."),
        fact("one_user_names", "text", "Their names as recorded, by |."),
        fact("other", "id", "The second vehicle."),
        fact("other_label", "text", "Its mark or label as recorded."),
        fact("other_users", "text", "Who is recorded to have used it on a day on which the two were together, by |."),
        fact("other_user_names", "text", "Their names as recorded, by |."),
        fact("days", "count", "Different days on which they were seen within minutes at one place."),
        fact("times", "count", "Occasions on which they were."),
        fact("places", "count", "Different places of these."),
        fact("at_places", "text", "The places, by |."),
        fact("common_days", "count", "Days on which both were seen at one place, within minutes or hours apart."),
        _c("share", "share", "Share of the common days on which they were together.", "days"),
        _c("expected", "number", "Days together that chance gives, had each come at one of its own usual hours."),
        _c("chance", "share", "How often chance alone gives as many days together or more."),
        fact("first_day", "date", "First day on which they were together; days are those of Europe/London."),
        fact("last_day", "date", "Last day on which they were."),
        _AUTHORITIES,
        BECAUSE,
    ),
}  # fmt: skip
"""Tables by name, in the order in which they are shown."""

QUESTIONS: dict[str, tuple[str, str]] = {
    "shared_things": (
        "Shared things",
        "Which phones, vehicles, addresses and accounts do several people share, and when?",
    ),
    "crowded_things": ("Crowded things", "Which things have so many users that they make no tie, and by which rule?"),
    "unattributed": ("Unattributed", "Which numbers that nobody is known to use matter most to a group, and why?"),
    "top_contacts": ("Top contacts", "Who is most in touch with whom, by phone?"),
    "common_contacts": ("Common contacts", "With whom are two people or numbers both in touch?"),
    "silences": ("Silences", "Which numbers fell silent around an event, and is that unlike them?"),
    "successors": ("Successors", "Which number may have taken over from one that fell silent? A lead, never a fact."),
    "deal_lines": ("Deal lines", "What passes over each line, where and when, and what changed after a disruption?"),
    "deal_line_hours": ("Deal line hours", "At which hours of the day is each line in use?"),
    "deal_line_disruptions": ("Deal line disruptions", "What changed on a line after its group was disrupted?"),
    "deal_line_users": ("Deal line users", "Who has to do with each line, since when, and who is a child?"),
    "travelled_together": ("Travelled together", "Which vehicles were seen together more often than chance gives?"),
    "possible_cuckooing": (
        "Possible cuckooing",
        "At which addresses may a resident be used by others? A prompt to safeguard, never a suspicion.",
    ),
    "shared_accounts": ("Shared accounts", "Which accounts do several people control?"),
    "pass_through": ("Pass-through", "Through which accounts does money only pass?"),
    "money_chains": ("Money chains", "Along which accounts did sums move on within days?"),
}
"""Sheet and question of each table, in the order of the questions."""
