"""A case as people read it: the same sections on the terminal and on a page to print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocgnet.casework.cases.case_records import CaseRecords
from ocgnet.casework.cases.cases import Case, first_words, long_day
from ocgnet.casework.cases.one_case import BESIDE, GUIDANCE, PARTS, Entry, Part, assigned
from ocgnet.casework.cases.overdue import Overdue, begun_as_child
from ocgnet.casework.child_records import ChildRecords
from ocgnet.english import counted
from ocgnet.files.writing import sealed
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.words.numbers import day as day_text
from ocgnet.views.words.numbers import printed
from ocgnet.visible import shortened, visible

SHOWN = 3
"""Entries of a part on the page and the terminal, those that hold or lie ahead first; the rest is counted."""

LONGEST = 130
"""Characters of what a record says in its own words that are shown; csv and json hold the whole."""

MOST_NAMED = 3
"""Things overdue of one kind that are named; the rest is counted, so that no kind hides another."""

_STATES = {
    "referrals": "waits", "services": "now", "meetings": "ahead", "orders": "in force", "missing": "missing",
    "plans": "to do",
}  # fmt: skip
"""What stands beside an entry that holds, waits or lies ahead, by part."""

_OF_PERSON = {
    "sex": "Sex", "district": "District", "school": "School", "social_worker": "Social worker",
    "cse_risk": "Risk of sexual exploitation", "cce_risk": "Risk of criminal exploitation",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a section."""

    on: str
    state: str
    what: str
    more: str


@dataclass(frozen=True)
class Section:
    """One part of a case in words."""

    title: str
    says: str
    lines: tuple[Line, ...]
    rest: str  # how many rows are not shown; empty when all are


@dataclass(frozen=True)
class CaseView:
    """A case in words, in the order in which it is read."""

    title: str
    force: str
    marking: str
    danger: str  # that a child is missing now; empty otherwise
    data: tuple[tuple[str, str], ...]
    overdue: tuple[tuple[str, str], ...]  # what is overdue with its days, and why
    nothing_overdue: str
    hand_over: str
    sections: tuple[Section, ...]
    unknown: tuple[str, ...]
    caveats: tuple[str, ...]
    method: str


def view_of(records: CaseRecords, case: Case, beside: ChildRecords) -> CaseView:
    """Return a case in words; what a record says for itself is cut at ``LONGEST`` and cannot act."""
    about = records.dataset.about
    return CaseView(
        title=_shown(case.title),
        force=_shown(about.force),
        marking=about.marked,
        danger=_danger(case),
        data=tuple((name, _shown(text)) for name, text in _data(records, case, beside)),
        overdue=tuple(_overdue_words(case, what) for what in dict.fromkeys(o.what for o in case.overdue)),
        nothing_overdue=_nothing_overdue(case),
        hand_over=_shown(case.hand_over),
        sections=(
            *(_section(part) for part in case.parts if part.name not in BESIDE),
            _adults(records, case, beside),
        ),
        unknown=_unknown(case, beside),
        caveats=tuple(_caveats(records, case)),
        method=_method(records, case),
    )


def _shown(text: str) -> str:
    return visible(printed(text))


def _cut(text: str) -> str:
    return _shown(shortened(text, LONGEST))


def _danger(case: Case) -> str:
    if case.missing_since is None:
        return ""
    return (
        f"{case.person.id} is missing since {long_day(case.missing_since, case.day)}, as far as is recorded: call the "
        "police's missing persons unit before anything else."
    )


def _data(records: CaseRecords, case: Case, beside: ChildRecords) -> list[tuple[str, str]]:
    who = beside.rows["children"][0]
    age = "age not known" if case.person.age is None else f"{case.person.age}"
    born = f"{case.person.born}, {age}" if case.person.born else age
    lines = [("Name", case.person.name or "not recorded"), ("Born", born)]
    lines += [(label, who[column] or "not recorded") for column, label in _OF_PERSON.items()
              if case.person.child or case.person.in_children or who[column]]  # fmt: skip
    # The words of a gap are intelligence, and a page goes round a table: csv and json hold them.
    lines += [(PARTS[part.name][0], part.says) for part in case.parts if part.name in BESIDE and part.entries]
    because = ", ".join(case.open_because).replace("nrm", "NRM")
    lines.append(("Open because of", because or "nothing: nothing recorded makes an open case"))
    owned = sorted({owner for _, owner in assigned(records, case.person.id) if owner})
    known = not records.without("assignments")
    nobody = "nobody" if known else "not known: these records hold no table assignments"
    lines.append(("Owned by", ", ".join(owned) or nobody))
    lines.append(("Judged on", _judged(records, case)))
    return lines


def _judged(records: CaseRecords, case: Case) -> str:
    later = f"; {counted(case.later, 'row')} dated later not counted" if case.later else ""
    lost = "".join(f"; {loss}" for loss in records.dataset.losses)
    return f"{case.day}{later}{lost}"


def _overdue_words(case: Case, kind: str) -> tuple[str, str]:
    """Return what is overdue of one kind, the longest first, and why the first is."""
    items = [o for o in case.overdue if o.what == kind]
    named: dict[str, list[Overdue]] = {}
    for item in items[:MOST_NAMED]:
        named.setdefault(item.of, []).append(item)
    what = "; ".join(", ".join((_cut(first_words(same[0], case.day)), *_further(same[1:], case)))
                     for same in named.values())  # fmt: skip
    more = f" and {len(items) - MOST_NAMED} more" if len(items) > MOST_NAMED else ""
    days = max(o.days(case.day) for o in items)
    late = f"{'up to ' if len(items) > 1 else ''}{counted(days, 'day')} overdue" if days else "due today"
    return f"{what[:1].upper()}{what[1:]}{more}: {late}", _cut(items[0].why)


def _further(items: list[Overdue], case: Case) -> list[str]:
    return [long_day(item.on, case.day) for item in items if item.on]


def _nothing_overdue(case: Case) -> str:
    missing = sorted({table for part in case.parts if part.name not in BESIDE for table in part.without})
    if not missing:
        return "Nothing that is recorded is overdue."
    return f"Nothing that is recorded is overdue. Not known: these records hold no table {', '.join(missing)}."


def _section(part: Part) -> Section:
    standing = [e for e in part.entries if e.state != "past"]
    ordered = [*standing, *(e for e in part.entries if e.state == "past")]
    lines = tuple(_line(e) for e in ordered[:SHOWN])
    more = len(ordered) - len(lines)
    rest = f"{more} more: --format json" if more else ""
    return Section(PARTS[part.name][0], _shown(part.says), lines, rest)


def _line(entry: Entry) -> Line:
    state = "" if entry.state == "past" else _STATES.get(entry.part, "")
    state = "going on" if state and entry.records[0].startswith("plans/") else state
    return Line(day_text(entry.on) if entry.on else "no date", state, _cut(entry.what), _cut(entry.more))


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _adults(records: CaseRecords, case: Case, beside: ChildRecords) -> Section:
    title = "Adults linked"
    if not (case.person.child or case.person.in_children or begun_as_child(records, case.person)):
        return Section(title, "Worked out for children only: which members of groups are linked to a child.", (), "")
    names, withheld = records.dataset.shown_names, records.dataset.withheld or frozenset()
    lines = [
        Line(
            printed(c.latest) or "no date",
            "",
            _cut(c.concern),
            _shown(
                _joined(
                    f"{c.adult_id} {names.get(c.adult_id, '')}".strip(),
                    "name withheld, because processing is restricted" if c.adult_id in withheld else "",
                    f"recorded {c.recorded_role} in {c.ocg_id}",
                    c.how_sure,
                    c.overdue,
                )
            ),
        )
        for c in beside.concerns
    ]
    linked = {row["adult_id"] for row in beside.rows["concerns"]}
    family = [
        Line(
            printed(row["recorded_on"]) or "no date",
            "",
            _cut(row["relationship"]),
            _cut(
                _joined(
                    f"{row['adult_id']} {row['adult_name']}".strip(),
                    f"verified: {row['verified']}",
                    "links to no group that counts",
                )
            ),
        )
        for row in beside.rows["family"]
        if row["adult_id"] not in linked
    ]
    groups = {row["ocg_id"] for row in beside.rows["concerns"]}
    if lines:
        says = (
            f"{counted(len(linked - {''}), 'adult')} in {counted(len(groups), 'group')}, as ocgnet children counts "
            "links in the period. What an adult did is no part of the child's case."
        )
    else:
        says = "No member of a group is linked to this person in the period, as ocgnet children counts links."
    if missing := records.without("memberships", "family_links"):
        says += f" Not known: these records hold no table {' and no table '.join(missing)}."
    if case.person.age is not None and not case.person.child:
        says += f" {case.person.id} is {case.person.age}, so ocgnet children counts no link any more."
    every = [*lines, *family]
    rest = f"{len(every) - SHOWN} more: --format json" if len(every) > SHOWN else ""
    return Section(title, _shown(says), tuple(every[:SHOWN]), rest)


def _unknown(case: Case, beside: ChildRecords) -> tuple[str, ...]:
    missing = [
        f"{PARTS[part.name][0].lower()}: these records hold no table {' and no table '.join(part.without)}"
        for part in case.parts
        if part.without
    ]
    if not (case.person.child or case.person.in_children):
        return tuple(missing)
    asks = [f"{row['not_known']} ({row['find_out']})" for row in beside.rows["unknown"]]
    return tuple(map(_cut, (*missing, *asks)))


def _caveats(records: CaseRecords, case: Case) -> Iterator[str]:
    rule = records.settings
    yield (
        "What is not recorded may have happened all the same: ask each service for its own records before you rely on "
        "a gap."
    )
    yield (
        f"A return interview is due within {rule.interview_hours} hours ({GUIDANCE}). One that was refused is none "
        "that is outstanding; offer it again."
    )
    yield (
        f"Repeat missing: {rule.repeat_case_episodes} or more episodes in {rule.repeat_case_days} days, a rule of the "
        "settings (--rules). The guidance lays down none."
    )
    yield (
        f"An outcome of a referral is due within {counted(rule.referral_days, 'day')}; of an NRM referral it is the "
        "next stage, and of partnership information none."
    )
    if any(row["stage"] == "negative" for row in records.of("nrm_stages", case.person.id)):
        yield (
            "A negative decision of the national referral mechanism is about being a victim of modern slavery; it says "
            "nothing about whether somebody is safe."
        )


def _method(records: CaseRecords, case: Case) -> str:
    return (
        f"ocgnet case {visible(case.person.id)}, judged on {day_text(case.day)}; records "
        f"{records.dataset.fingerprint[:12]}. All rows, with the record of each: --format json."
    )


def case_html(view: CaseView) -> str:
    """Return the page of a case: no script, no outside address, the marking at both ends and on every printed page."""
    css = style_sheet(view.marking, "ocgnet.casework", "pages/pack.css")
    return sealed(
        rendered(
            pages("ocgnet.casework", "pages"),
            "case.html.j2",
            css,
            view=view,
        )
    )


def plain_lines(view: CaseView) -> list[tuple[str, str]]:
    """Return a case as lines for a terminal, each with how it is set: "bold", "head", "line" or "more"."""
    lines = [("bold", view.marking), ("bold", f"{view.title}.")]
    lines += [("bold", view.danger)] if view.danger else []
    lines += [("line", f"{name}: {text}") for name, text in view.data]
    lines.append(("head", "Overdue"))
    lines += [("line", f"· {what}; {why}") for what, why in view.overdue] or [("line", view.nothing_overdue)]
    if view.hand_over:
        lines += [("head", "Hand-over"), ("line", view.hand_over)]
    for section in view.sections:
        lines += [("head", section.title), ("line", section.says)]
        lines += [("more", _on_one_line(line)) for line in section.lines]
        lines += [("more", section.rest)] if section.rest else []
    if view.unknown:
        lines.append(("head", "Not known"))
        lines += [("more", text) for text in view.unknown]
    lines.append(("head", "How to read this"))
    lines += [("line", text) for text in (*view.caveats, view.method)]
    return [*lines, ("bold", view.marking)]


def _on_one_line(line: Line) -> str:
    when = f"{line.on} ({line.state})" if line.state else line.on
    return f"{when}  {line.what}{f': {line.more}' if line.more else ''}"
