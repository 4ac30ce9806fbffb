"""Intelligence reports and who is named in them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ocgnet_demo.county.events import Incident
from ocgnet_demo.county.groups import Roster
from ocgnet_demo.drawing import AS_OF, BEFORE_AS_OF, BEFORE_FIRST, DISTRICTS, FIRST, Row, day_between, pick, stream

_USABLE = {
    "3x5x2": (
        (("1", 2.5), ("2", 7.5)),
        (("A", 1.5), ("B", 2.5), ("C", 2.0), ("D", 4.0)),
        (("P", 9.3), ("C", 0.7)),
    ),
    "5x5x5": (
        (("A", 1.5), ("B", 4.5), ("C", 2.5), ("E", 1.5)),
        (("1", 1.5), ("2", 3.0), ("3", 1.5), ("4", 4.0)),
        (("1", 8.6), ("2", 0.3), ("3", 0.6), ("4", 0.3), ("5", 0.2)),
    ),
}
_CONDITIONS = ("no action without the originator", "no further dissemination", "sanitise before sharing")
_ORIGINS = (("police", 80.0), ("cpi_form", 8.0), ("app", 5.0), ("partner", 7.0))
_SECTORS = (("housing", 4.0), ("education", 3.0), ("health", 2.0), ("social care", 3.0), ("retail", 1.0))
_TITLES = (
    ("Sighting", "Seen at a car park on the edge of town."),
    ("Vehicle", "Using a hired van, plate not seen."),
    ("Supply", "Said to be moving small packages in the evening."),
    ("Cash", "Spending well above any known income."),
    ("Address", "Coming and going at a flat at odd hours."),
    ("Phone", "Changed handset again this week."),
    ("Dispute", "Row over a debt, voices raised."),
    ("Travel", "Away for some days, luggage seen."),
    ("Meeting", "Sat together in a cafe for an hour."),
    ("Premises", "Unit used at night, shutters down."),
)


class ReportBook:
    """Collects reports and the people named in them.

    Parameters
    ----------
    rng : Random
        Stream of this table.
    home : dict of str to str
        District by nominal.
    """

    def __init__(self, rng: Random, home: dict[str, str]) -> None:
        self._rng = rng
        self._home = home
        self._drafts: list[tuple[Row, list[str]]] = []
        self._sources = 0

    def add(self, first: date, last: date, named: list[str], *, quality: str = "usable", times: int = 1) -> None:
        """Add a report between two days, ``times`` over from one source.

        ``quality`` is ``usable``, ``unusable``, ``overdue`` or ``undated``.
        """
        rng = self._rng
        on = day_between(rng, first, last)
        scheme = "5x5x5" if rng.random() < (0.03 if on >= FIRST else 0.2) else "3x5x2"
        source, content, handling = (pick(rng, choices) for choices in _USABLE[scheme])
        if quality == "unusable":
            poor_source, false_content = ("3", "E") if scheme == "3x5x2" else ("D", "5")
            which = rng.random()
            source = poor_source if which < 0.6 else source
            content = false_content if which > 0.5 else content
        restricted = handling == "C" or (scheme == "5x5x5" and handling in "345")
        origin = pick(rng, _ORIGINS)
        self._sources += 1
        title, text = rng.choice(_TITLES)
        review = day_between(rng, max(on, FIRST), AS_OF - timedelta(days=1)) if quality == "overdue" else None
        report: Row = {
            "reported_on": None if quality == "undated" else on,
            "grading_scheme": scheme,
            "source_grade": source,
            "intelligence_grade": content,
            "handling_code": handling,
            "handling_conditions": rng.choice(_CONDITIONS) if restricted else None,
            "origin": origin,
            "sector": None if origin == "police" else pick(rng, _SECTORS),
            "source_ref": f"S{self._sources:05d}" if times > 1 or rng.random() < 0.6 else None,
            "district": self._home.get(named[0]) if rng.random() < 0.7 else rng.choice(DISTRICTS),
            "title": title,
            "text": text if rng.random() < 0.5 else None,
            "review_due": review or date(on.year + 6, on.month, min(on.day, 28)),
        }
        for _ in range(times):
            self._drafts.append((report, list(named)))
            report = {**report, "reported_on": min(on + timedelta(days=rng.randint(0, 9)), last)}

    def rows(self) -> tuple[list[Row], list[Row]]:
        """Return the rows of ``intel_reports`` and ``intel_links``, numbered by date."""
        order = sorted(range(len(self._drafts)), key=lambda i: (str(self._drafts[i][0]["reported_on"] or "9"), i))
        reports: list[Row] = []
        links: list[Row] = []
        for number, i in enumerate(order, 1):
            report, named = self._drafts[i]
            report_id = f"IR{number:05d}"
            reports.append({"report_id": report_id, **report})
            links.extend({"report_id": report_id, "person_id": p} for p in named)
        return reports, links


def fill(
    book: ReportBook,
    rng: Random,
    now: list[Incident],
    before: list[Incident],
    outside: list[Incident],
    public: list[str],
) -> None:
    """Put everybody's reports into ``book``: usable ones, repeats, and such as the filters leave out.

    Parameters
    ----------
    now, before, outside : list of Incident
        Who is named together in the year, in the year before, and outside the groups.
    public : list of str
        People of table ``people``, some of whom are named too.
    """
    for incidents, first, last in ((now, FIRST, AS_OF), (before, BEFORE_FIRST, BEFORE_AS_OF)):
        for people, times in incidents:
            named = [*people, *(rng.sample(public, 1) if rng.random() < 0.03 else [])]
            book.add(first, last, named, times=times)
    for people, _ in outside:
        book.add(BEFORE_FIRST, AS_OF, people)
    for i, (people, _) in enumerate(rng.sample(now, 620)):
        book.add(FIRST, AS_OF, people, quality="unusable" if i < 430 else "overdue" if i < 590 else "undated")
    for people, _ in rng.sample(before, 160):
        book.add(BEFORE_FIRST, BEFORE_AS_OF, people, quality="unusable")
    for people, _ in rng.sample(now, 40):
        book.add(date(2016, 9, 1), date(2017, 3, 31), people)


# What was done about the groups: disruptions, plans and stop checks.

DISRUPTIONS, DISRUPTIONS_BEFORE = 65, 42

_LEVELS = (("major", 9.0), ("moderate", 22.0), ("minor", 26.0), ("none", 6.0), ("negative", 2.0))
_STRANDS = (("pursue", 38.0), ("prevent", 9.0), ("protect", 10.0), ("prepare", 8.0))
_DONE = {
    "pursue": ("Warrant at a storage unit", "Cash seized", "Arrest on the road", "Account frozen", "Vehicle seized"),
    "prevent": ("Civil order applied for", "Youth worker met two runners", "Licence reviewed"),
    "protect": ("Tenant moved out of a used address", "Schools briefed", "Shop staff trained"),
    "prepare": ("Partners' exercise held", "Community meeting after a raid", "Information agreement signed"),
}
_PARTNERS = ("housing", "trading standards", "border agency", "tax office", "council", "fire service", "probation")


def disruption_rows(roster: Roster, seed: int) -> list[Row]:
    """Return the rows of ``disruptions``: 65 in the year, 42 in the year before, some earlier."""
    rng = stream(seed, "disruptions")
    drafts = []
    for count, first, last in (
        (DISRUPTIONS, FIRST, AS_OF),
        (DISRUPTIONS_BEFORE, BEFORE_FIRST, BEFORE_AS_OF),
        (7, BEFORE_FIRST - timedelta(days=300), BEFORE_FIRST - timedelta(days=1)),
    ):
        size = {
            g: float(len(people)) for g, people in roster.ever.items() if roster.mapped[g] < last - timedelta(days=40)
        }
        for _ in range(count):
            open_until = {g: min(last, roster.archived.get(g, last)) for g in size}
            fit = [g for g in size if open_until[g] > max(first, roster.mapped[g])]
            group = rng.choices(fit, [size[g] for g in fit])[0]
            on = day_between(rng, max(first, roster.mapped[group]), open_until[group])
            drafts.append((on, group))
    rows: list[Row] = []
    for number, (on, group) in enumerate(sorted(drafts), 1):
        strand = pick(rng, _STRANDS)
        partners = sorted(rng.sample(_PARTNERS, rng.choice((0, 0, 1, 1, 2, 3))))
        rows.append(
            {
                "disruption_id": f"D{number:04d}",
                "ocg_id": group,
                "happened_on": on,
                "level": pick(rng, _LEVELS),
                "strand": strand,
                "lead_agency": "police" if rng.random() < 0.8 else rng.choice(_PARTNERS),
                "partners": "|".join(partners),
                "description": rng.choice(_DONE[strand]),
            }
        )
    return rows


def plan_rows(roster: Roster, seed: int) -> list[Row]:
    """Return the rows of ``plan_actions``: against groups and single nominals; open, overdue, done and dropped."""
    rng = stream(seed, "plans")
    now = roster.on(AS_OF)
    rows: list[Row] = []
    for number in range(1, 121):
        group = rng.choice(sorted(now))
        person = rng.choice(sorted(now[group])) if rng.random() < 0.25 else None
        strand = pick(rng, _STRANDS)
        status = rng.choice(("open", "open", "done", "done", "done", "dropped"))
        due = day_between(rng, FIRST, AS_OF + timedelta(days=180))
        done = min(due + timedelta(days=rng.randint(-40, 30)), AS_OF)
        rows.append(
            {
                "action_id": f"A{number:04d}",
                "ocg_id": None if person and rng.random() < 0.5 else group,
                "nominal_id": person,
                "strand": strand,
                "action": f"Plan: {rng.choice(_DONE[strand]).lower()}",
                "owner": f"Sgt {rng.choice('KLMNPQRT')}{rng.randint(10, 99)}",
                "agency": "police" if rng.random() < 0.7 else rng.choice(_PARTNERS),
                "due_on": due,
                "status": status,
                "done_on": done if status == "done" else None,
            }
        )
    return rows


def stop_rows(roster: Roster, seed: int) -> list[Row]:
    """Return the rows of ``stop_checks``: transient dealers from elsewhere, most of them nobody on record."""
    rng = stream(seed, "stops")
    known = sorted(roster.associates)
    rows: list[Row] = []
    for number in range(1, 181):
        on = day_between(rng, BEFORE_FIRST, AS_OF)
        person = rng.choice(known) if rng.random() < 0.2 else None
        age = rng.triangular(14.2, 40, 19)
        born = roster.people[person].born if person else on - timedelta(days=int(age * 365.25))
        away = rng.random() < 0.7
        rows.append(
            {
                "stop_id": f"SC{number:04d}",
                "person_id": person,
                "date_of_birth": born if rng.random() < 0.95 else None,
                "happened_on": on,
                "district": rng.choice(DISTRICTS),
                "outcome": "arrested" if rng.random() < 0.4 else "stopped",
                "transient_dealer": away or rng.random() < 0.3,
                "home_force": rng.choice(("Northreach Police", "Estuary Constabulary")) if away else None,
            }
        )
    return rows
