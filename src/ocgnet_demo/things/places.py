"""Where people live and are seen: a house of two groups, a resident whose home is taken over, and decoys of both."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ocgnet_demo.drawing import FIRST, stream
from ocgnet_demo.things.book import LAST, Book, days_of

_LONG_AGO = date(2012, 4, 1)


def draw_places(book: Book, homes: int) -> None:
    """Draw addresses and premises; ``homes`` is how many members of the largest groups have one on record."""
    rng = stream(book.seed, "things/homes")
    members = [p for group in book.cast.groups.values() for p in group]
    for person in list(dict.fromkeys(members))[:homes]:
        home = book.place(book.cast.home[person])
        book.link(person, home, "resident", _some_day(rng, date(2014, 1, 1), FIRST))
    for number in range(1, book.cases + 1):
        rng = stream(book.seed, f"things/houses {number}")
        _shared_house(book, rng, number)
        _no_shared_houses(book, rng, number)
        rng = stream(book.seed, f"things/cuckooing {number}")
        _cuckooing(book, rng, number)
        _no_cuckooing(book, rng, number)
    _group_places(book)


def _some_day(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def _two_groups(book: Book, rng: Random) -> tuple[str, str]:
    """Return two groups that share no member, of four members at least."""
    fit = [g for g, members in book.cast.groups.items() if len(members) >= 4]
    while True:
        a, b = rng.sample(fit, 2)
        if not set(book.cast.groups[a]) & set(book.cast.groups[b]):
            return a, b


def _in_one_group(book: Book, rng: Random, count: int) -> list[str]:
    """Return members of one group, among whom nobody is in a second."""
    fit = [g for g, members in book.cast.groups.items() if len(members) >= count]
    return rng.sample(list(book.cast.groups[rng.choice(fit)]), count)


def _seen(book: Book, rng: Random, person: str, place: str, first: date, last: date, times: int) -> None:
    for day in sorted(set(days_of(rng, first, last, times))):
        book.link(person, place, "seen_at", day)


def _shared_house(book: Book, rng: Random, number: int) -> None:
    """Plant a house that two members each of two groups use for some weeks."""
    a, b = _two_groups(book, rng)
    users = [*rng.sample(list(book.cast.groups[a]), 2), *rng.sample(list(book.cast.groups[b]), 2)]
    house = book.place(book.cast.home[users[0]])
    first = _some_day(rng, date(2018, 7, 1), date(2018, 11, 1))
    last = first + timedelta(days=rng.randint(60, 120))
    if rng.random() < 0.5:
        book.link(users[0], house, "tenant", first - timedelta(days=30), last, confidence="attributed")
    # Who watches a house notes everybody who is there; each is there once at least.
    for i, day in enumerate(sorted(set(days_of(rng, first, last, rng.randint(5, 8))))):
        for person in sorted({users[i % 4], *rng.sample(users, rng.randint(1, 3))}):
            book.link(person, house, "seen_at", day)
    book.answer("shared house", number, "planted", (house,), users, (a, b), first, last)


def _no_shared_houses(book: Book, rng: Random, number: int) -> None:
    groups = list(book.cast.groups)

    def anybody(count: int) -> list[str]:
        return [rng.choice(book.cast.groups[g]) for g in rng.sample(groups, count)]

    hostel = book.place("Lyonmere City", "premises", "Quayside Hostel")
    for person in [*anybody(4), *(book.stranger() for _ in range(14))]:
        first = _some_day(rng, FIRST, date(2019, 1, 15))
        book.link(person, hostel, "resident", first, first + timedelta(days=rng.randint(20, 150)))
    book.answer("shared house", number, "a hostel", (hostel,))

    gym = book.place("Lyonmere City", "premises", "Ropewalk Gym")
    for person in [*anybody(6), *(book.stranger() for _ in range(12))]:
        _seen(book, rng, person, gym, FIRST, LAST, rng.randint(1, 3))
    book.answer("shared house", number, "a gym", (gym,))

    family = book.place(rng.choice(sorted(set(book.cast.home.values()))))
    member = anybody(1)[0]
    for person in (member, book.stranger(), book.stranger()):
        book.link(person, family, "resident", _some_day(rng, _LONG_AGO, date(2017, 1, 1)))
    book.answer("shared house", number, "a family house", (family,), (member,))

    lodgers = book.place(rng.choice(sorted(set(book.cast.home.values()))))
    for person in (*_in_one_group(book, rng, 2), book.stranger(), book.stranger()):
        book.link(person, lodgers, "tenant", _some_day(rng, date(2017, 6, 1), FIRST), LAST)
    book.answer("shared house", number, "lodgers of one group", (lodgers,))

    flat = book.place(rng.choice(sorted(set(book.cast.home.values()))))
    before, after = anybody(2)
    moved = _some_day(rng, date(2018, 6, 1), date(2018, 12, 1))
    book.link(before, flat, "tenant", date(2016, 5, 1), moved)
    book.link(after, flat, "tenant", moved + timedelta(days=20), None)
    book.answer("shared house", number, "one tenant after another", (flat,), (before, after))

    cafe = book.place("Lyonmere City", "premises", "Harbour Cafe")
    for person in anybody(3):
        book.link(person, cafe, "seen_at", _some_day(rng, FIRST, LAST))
    book.answer("shared house", number, "a cafe, each once", (cafe,))


def _cuckooing(book: Book, rng: Random, number: int) -> None:
    """Plant the home of a resident whom several members of a group come to for some weeks."""
    line = book.cast.lines[(number - 1) % len(book.cast.lines)]
    users = rng.sample(list(book.cast.groups[line]), min(4, len(book.cast.groups[line])))
    resident = book.victim()
    home = book.place(book.cast.home[resident])
    book.link(resident, home, "resident", _some_day(rng, _LONG_AGO, date(2017, 1, 1)))
    first = _some_day(rng, date(2018, 6, 1), date(2018, 12, 15))
    last = first + timedelta(days=rng.randint(40, 80))
    for person in users:
        _seen(book, rng, person, home, first, last, rng.randint(3, 6))
    book.answer("cuckooing", number, "planted", (home,), [resident, *users], (line,), first, last)


def _no_cuckooing(book: Book, rng: Random, number: int) -> None:
    def dwelling(resident: str) -> str:
        home = book.place(book.cast.home[resident])
        book.link(resident, home, "resident", _some_day(rng, _LONG_AGO, date(2017, 1, 1)))
        return home

    first = _some_day(rng, date(2018, 6, 1), date(2018, 12, 15))
    last = first + timedelta(days=60)

    host = book.stranger()
    home = dwelling(host)
    for person in _in_one_group(book, rng, 4):
        book.link(person, home, "seen_at", first)
    book.answer("cuckooing", number, "a party, one evening", (home,), (host,))

    parent, member = book.stranger(), _in_one_group(book, rng, 1)[0]
    home = dwelling(parent)
    book.link(member, home, "resident", _LONG_AGO)
    _seen(book, rng, member, home, first, last, 5)
    book.answer("cuckooing", number, "a son at his parent's", (home,), (parent, member))

    partner, member = book.stranger(), _in_one_group(book, rng, 1)[0]
    home = dwelling(partner)
    _seen(book, rng, member, home, FIRST, LAST, 9)
    book.answer("cuckooing", number, "one member's partner", (home,), (partner, member))

    host, *visitors = _in_one_group(book, rng, 4)
    home = dwelling(host)
    for person in visitors:
        _seen(book, rng, person, home, first, last, 4)
    book.answer("cuckooing", number, "a member's own home", (home,), (host, *visitors))

    later = book.victim()
    home = book.place(book.cast.home[later])
    book.link(later, home, "resident", last + timedelta(days=rng.randint(20, 60)))
    for person in _in_one_group(book, rng, 3):
        _seen(book, rng, person, home, first, last, 4)
    book.answer("cuckooing", number, "before the resident moved in", (home,), (later,))

    care = book.place("Lyonmere City", "premises", "Lantern Care Home")
    for _ in range(14):
        resident = book.stranger()
        book.link(resident, care, "resident", _some_day(rng, date(2015, 1, 1), FIRST))
    for person in _in_one_group(book, rng, 3):
        _seen(book, rng, person, care, FIRST, LAST, 2)
    book.answer("cuckooing", number, "a care home with visitors", (care,))


def _group_places(book: Book) -> None:
    """Draw premises that groups of the county hold, and where and with what some crimes were done."""
    rng = stream(book.seed, "things/premises")
    for group in list(book.cast.groups)[: 5 + book.cases]:
        members = list(book.cast.groups[group])
        yard = f"Unit {rng.randint(1, 40)}, {rng.choice(('Old Yard', 'Quay Yard'))}"
        unit = book.place(book.cast.home[members[0]], "premises", yard)
        book.group(group, unit, _some_day(rng, date(2016, 1, 1), FIRST))
        for person in members[:2]:
            book.link(person, unit, "tenant", _some_day(rng, date(2016, 1, 1), FIRST))
        firm = book.organisation(f"Firm {group} Trading Limited")
        for person in members[:2]:
            book.link(person, firm, "director", _some_day(rng, date(2015, 1, 1), FIRST))
        for person in (members[-1], book.stranger(), book.stranger()):
            book.link(person, firm, "employee", _some_day(rng, date(2016, 1, 1), FIRST))
    homes = {str(k["person_id"]): str(k["thing_id"]) for k in book.tables["thing_links"] if k["relation"] == "resident"}
    cars = {str(k["person_id"]): str(k["thing_id"]) for k in book.tables["thing_links"] if k["relation"] == "keeper"}
    taken = 0
    for crime, person in rng.sample(list(book.cast.crimes), len(book.cast.crimes)):
        thing, involvement = (cars.get(person), "used") if taken % 2 else (homes.get(person), "scene")
        if thing and taken < 30:
            book.tables["crime_things"].append({"crime_id": crime, "thing_id": thing, "involvement": involvement})
            taken += 1
