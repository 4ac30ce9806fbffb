"""Who calls whom: everyday calls of members, deal lines and their customers, and numbers that take over from others.

Numbers end and begin all the year round, and many share the line, the taxi firm and the takeaway, so that a number
that takes over stands among numbers that only seem to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from ocgnet_demo.drawing import AS_OF, FIRST, poisson, stream
from ocgnet_demo.things.book import LAST, Book, at_hour, days_of

LINE_FROM = date(2018, 5, 7)
CUSTOMERS = 34
"""Numbers that call a line over the year; about half of them at any one time."""


@dataclass
class Exchange:
    """The numbers that everybody may call, and the phones of members."""

    of: dict[str, str] = field(default_factory=dict)  # person -> phone
    popular: list[str] = field(default_factory=list)  # taxi firm, takeaway and the like, and the switchboard
    friends: list[tuple[str, date, date]] = field(default_factory=list)  # private numbers, and when they are in use


def draw_calls(book: Book, groups: int) -> None:
    """Draw all communications, with the planted numbers and their decoys.

    ``groups`` is how many of the largest groups have phones on record, besides those that run the lines.
    """
    exchange = _exchange(book)
    lines = list(book.cast.lines[: book.cases])
    disrupted = next((g for g in book.cast.lines[book.cases :] if _disrupted_on(book, g)), book.cast.lines[book.cases])
    lines.append(disrupted)
    others = [g for g in book.cast.groups if g not in lines]
    known = [*lines, *others[: max(groups, book.cases + 1)]]
    _everyday(book, exchange, known)
    for number, group in enumerate(lines[: book.cases], 1):
        _succeeded_line(book, exchange, number, group)
    _disrupted_line(book, exchange, lines[book.cases])
    for number, group in enumerate(others[: book.cases], 1):
        _central_number(book, exchange, number, group)


def _exchange(book: Book) -> Exchange:
    rng = stream(book.seed, "things/exchange")
    exchange = Exchange()
    for label in ("Estuary Cars", "Harbour Takeaway", "Surgery", "County switchboard", "Voicemail"):
        exchange.popular.append(book.phone(landline=True, label=label))
    for _ in range(60 + 20 * book.cases):
        first = FIRST if rng.random() < 0.6 else FIRST + timedelta(days=rng.randint(10, 300))
        last = LAST if rng.random() < 0.6 else first + timedelta(days=rng.randint(40, 300))
        last = min(last, LAST)
        phone = book.phone()
        exchange.friends.append((phone, first, last))
        if rng.random() < 0.3:
            book.link(book.stranger(), phone, "subscriber", None)
    return exchange


def _talk(
    book: Book,
    rng: Random,
    a: str,
    b: str,
    first: date,
    last: date,
    count: int,
    hours: tuple[float, float] = (8, 23),
) -> None:
    """Draw calls and messages between two numbers, either of which may begin."""
    for day in days_of(rng, first, last, count):
        caller, called = (a, b) if rng.random() < 0.55 else (b, a)
        spoken = rng.random() < 0.6
        book.call(
            caller, called, at_hour(rng, day, *hours), "call" if spoken else "sms",
            int(rng.lognormvariate(4, 1)) if spoken else None,
        )  # fmt: skip


def _everyday(book: Book, exchange: Exchange, groups: Sequence[str]) -> None:
    """Draw the calls of members with each other, as they deal with each other, with friends and with shops."""
    rng = stream(book.seed, "things/everyday")
    members = sorted({p for g in groups for p in book.cast.groups[g]})
    for person in members:
        exchange.of[person] = book.phone_of(person)
    switchboard = exchange.popular[3]
    for (a, b), times in book.cast.bonds.items():
        if a in exchange.of and b in exchange.of and times > 1:
            _talk(book, rng, exchange.of[a], exchange.of[b], FIRST, LAST, min(poisson(rng, 2.0 + times), 18))
    for phone in (exchange.of[p] for p in members):
        for friend, first, last in rng.sample(exchange.friends, rng.randint(2, 5)):
            if rng.random() < 0.3 and (last - first).days > 30:
                caller, called = (phone, friend) if rng.random() < 0.5 else (friend, phone)
                book.calls(caller, called, at_hour(rng, first, 9, 22), at_hour(rng, last, 9, 22), rng.randint(2, 30))
            else:
                _talk(book, rng, phone, friend, first, last, poisson(rng, 4))
        for shop in exchange.popular:
            # Everybody calls them; nobody is joined by them.
            _talk(book, rng, phone, shop, FIRST, LAST, poisson(rng, 4 if shop == switchboard else 2))


@dataclass
class Line:
    """A deal line: who has it in turn, who runs for it and who buys."""

    group: str
    number: str
    users: list[str]
    runners: list[str]
    customers: list[tuple[str, date, date]]
    wholesaler: str


def _line(book: Book, exchange: Exchange, rng: Random, group: str, last: date) -> Line:
    members = book.cast.groups[group]
    lower = list(members[-max(3, len(members) // 2) :])
    users = rng.sample(lower, min(3, len(lower)))
    number = book.phone(kind="line", label=f"Line of {group}")
    book.group(group, number, LINE_FROM, None if last == LAST else last)
    span = (last - LINE_FROM).days
    for i, user in enumerate(users):
        first = LINE_FROM + timedelta(days=span * i // len(users))
        ends = LINE_FROM + timedelta(days=span * (i + 1) // len(users) - 1) if i + 1 < len(users) else last
        book.link(user, number, "user", first, None if ends == LAST else ends, confidence="attributed")
    pool = [p for p in members if p not in users] or list(members)
    runners = rng.sample(pool, min(2, len(pool)))
    for runner in runners:
        book.link(runner, number, "runner", LINE_FROM, last if last < LAST else None, confidence="suspected")
    customers = []
    for i in range(CUSTOMERS):
        begins = LINE_FROM if i % 3 == 0 else LINE_FROM + timedelta(days=rng.randint(5, 240))
        ends = min(LAST, begins + timedelta(days=rng.randint(50, 330)))
        phone = book.phone()
        customers.append((phone, begins, ends))
        if rng.random() < 0.15:
            buyer = book.stranger()
            book.link(buyer, phone, "subscriber", None)
            book.link(buyer, number, "customer", begins, confidence="suspected")
        # A customer has a life besides: a taxi, a takeaway, a friend.
        for shop in rng.sample(exchange.popular, 2):
            _talk(book, rng, phone, shop, begins, ends, poisson(rng, 2))
        for friend, first, until in rng.sample(exchange.friends, rng.randint(0, 2)):
            if first < ends and until > begins:
                _talk(book, rng, phone, friend, max(first, begins), min(until, ends), poisson(rng, 3))
    return Line(group, number, users, runners, customers, book.phone())


@dataclass
class _Trade:
    """The trade of one number over one stretch of time; slow in ``slow``, when four of five calls do not happen."""

    book: Book
    rng: Random
    line: Line
    number: str
    first: date
    last: date
    slow: tuple[date, date] | None = None

    def draw(self, exchange: Exchange) -> None:
        """Draw it: customers call, the number tells them what there is, runners are sent, more is bought."""
        self._customers()
        self._offers()
        days = (self.last - self.first).days
        for runner in self.line.runners:
            if runner in exchange.of:
                self._sends(exchange.of[runner], days // 8, (14, 23), 90)
        self._sends(self.line.wholesaler, days // 20, (9, 14), 300)

    def _happens(self, day: date) -> bool:
        return self.slow is None or not self.slow[0] <= day <= self.slow[1] or self.rng.random() < 0.2

    def _customers(self) -> None:
        rng = self.rng
        for phone, begins, ends in self.line.customers:
            since, until = max(begins, self.first), min(ends, self.last)
            if since > until:
                continue
            for day in days_of(rng, since, until, poisson(rng, (until - since).days / 16)):
                if self._happens(day):
                    hour = min(max(rng.gauss(18.5, 2.5), 10), 23)
                    at = at_hour(rng, day, hour, hour + 0.9)
                    if rng.random() < 0.7:
                        self.book.call(phone, self.number, at, "call", rng.randint(5, 60))
                    else:
                        self.book.call(phone, self.number, at, "sms")

    def _offers(self) -> None:
        rng, day = self.rng, self.first
        while day <= self.last:
            if self._happens(day):
                hour = rng.uniform(15, 19)
                for phone, begins, ends in self.line.customers:
                    if begins <= day <= ends and rng.random() < 0.6:
                        self.book.call(self.number, phone, at_hour(rng, day, hour, hour + 0.3), "sms")
            day += timedelta(days=21)

    def _sends(self, phone: str, times: int, hours: tuple[float, float], longest: int) -> None:
        rng = self.rng
        for day in days_of(rng, self.first, self.last, times):
            if self._happens(day):
                self.book.call(self.number, phone, at_hour(rng, day, *hours), "call", rng.randint(10, longest))


def _succeeded_line(book: Book, exchange: Exchange, number: int, group: str) -> None:
    """Plant a line whose number falls silent, and the number that takes over its customers; and decoys of it."""
    rng = stream(book.seed, f"things/succession {number}")
    ends = date(2018, 10, 20) + timedelta(days=rng.randint(0, 60))
    line = _line(book, exchange, rng, group, ends)
    _Trade(book, rng, line, line.number, LINE_FROM, ends).draw(exchange)
    # The day on which the line still is heard of.
    book.call(line.number, line.customers[0][0], at_hour(rng, ends, 12, 20), "sms")
    begins = ends + timedelta(days=rng.randint(1, 6))
    heir = book.phone()
    loyal = rng.uniform(0.6, 0.9)
    kept = [c for c in line.customers if c[2] <= ends or rng.random() < loyal]
    after = Line(group, heir, line.users, line.runners, kept, line.wholesaler)
    for phone, since, until in kept:
        if since <= begins <= until:
            # A new number is told to everybody.
            book.call(heir, phone, at_hour(rng, begins, 15, 17), "sms")
    _Trade(book, rng, after, heir, begins, LAST).draw(exchange)
    book.answer("successor", number, "planted", (line.number, heir), line.users, (group,), ends, begins)
    book.answer("deal line", number, "planted", (line.number,), line.users, (group,), LINE_FROM, ends)
    _juvenile(book, rng, line, number, ends)
    _no_successors(book, exchange, rng, line, number, ends)


def _juvenile(book: Book, rng: Random, line: Line, number: int, ends: date) -> None:
    """Plant a child in touch with a line, and five children who only call friends and shops."""
    children = rng.sample(book.cast.children, min(6, len(book.cast.children)))
    for i, child in enumerate(children):
        phone = book.phone_of(child, confidence="recorded")
        first = ends - timedelta(days=70)
        if i == 0:
            _talk(book, rng, line.number, phone, first, ends, 24, (15, 23))
            book.answer(
                "juvenile in touch", number, "planted", (line.number, phone), (child,), (line.group,), first, ends
            )
            continue
        for other in rng.sample(children[i + 1 :], min(2, len(children) - i - 1)):
            own = next(k["thing_id"] for k in reversed(book.tables["thing_links"]) if k["person_id"] == child)
            theirs = [k["thing_id"] for k in book.tables["thing_links"] if k["person_id"] == other]
            if theirs:
                _talk(book, rng, str(own), str(theirs[0]), FIRST, LAST, 6)
        book.answer("juvenile in touch", number, "child with a phone", (phone,), (child,))


def _no_successors(book: Book, exchange: Exchange, rng: Random, line: Line, number: int, ends: date) -> None:
    """Add what looks like a succession and is none."""
    middle = line.customers[len(line.customers) // 2]

    def span(phone: str, others: Sequence[str], first: date, last: date, times: int) -> None:
        for other in others:
            # Nobody reaches the line any more once it is silent.
            _talk(book, rng, phone, other, first, min(last, ends) if other == line.number else last, times)

    # One customer stops and another begins: they share the line, the taxi and a friend.
    day = LINE_FROM + timedelta(days=rng.randint(70, 130))
    old, new = book.phone(), book.phone()
    shared = [line.number, *rng.sample(exchange.popular, 2), rng.choice(exchange.friends)[0]]
    span(old, [*shared, *(f[0] for f in rng.sample(exchange.friends, 6))], LINE_FROM, day, 5)
    span(new, [*shared, *(f[0] for f in rng.sample(exchange.friends, 6))], day + timedelta(days=3), LAST, 5)
    book.answer("successor", number, "another customer", (old, new))

    # Two customers of one line, the first of whom is only away for some weeks.
    away, new = book.phone(), book.phone()
    shared = [line.number, *rng.sample(exchange.popular, 2)]
    own = [f[0] for f in rng.sample(exchange.friends, 5)]
    span(away, [*shared, *own], LINE_FROM, day, 5)
    span(away, [*shared, *own], day + timedelta(days=25), LAST, 5)
    span(new, [*shared, *own[:1], *(f[0] for f in rng.sample(exchange.friends, 5))], day + timedelta(days=2), LAST, 5)
    book.answer("successor", number, "back from a holiday", (away, new))

    # A runner stops and another begins: the group's own numbers, and nobody else, are in touch with both.
    core = [exchange.of[p] for p in book.cast.groups[line.group][:3] if p in exchange.of]
    old, new = book.phone(), book.phone()
    span(old, [*core, *(f[0] for f in rng.sample(exchange.friends, 9))], LINE_FROM, day, 5)
    span(new, [*core, *(f[0] for f in rng.sample(exchange.friends, 9))], day + timedelta(days=4), LAST, 5)
    book.answer("successor", number, "another runner", (old, new))

    # Two partners share their contacts for two months before one stops.
    contacts = [f[0] for f in rng.sample(exchange.friends, 10)]
    old, new = book.phone(), book.phone()
    span(old, contacts, LINE_FROM, day, 5)
    span(new, contacts, day - timedelta(days=60), LAST, 6)
    book.answer("successor", number, "already in use", (old, new))

    # A shop closes and another opens: everybody calls either.
    old, new = book.phone(landline=True), book.phone(landline=True)
    everybody = [*exchange.of.values(), *(c[0] for c in line.customers), *(f[0] for f in exchange.friends)]
    for caller in rng.sample(everybody, min(30, len(everybody))):
        _talk(book, rng, caller, old, LINE_FROM, day, 2)
    for caller in rng.sample(everybody, min(30, len(everybody))):
        _talk(book, rng, caller, new, day + timedelta(days=2), LAST, 2)
    book.answer("successor", number, "a shop closes, another opens", (old, new))

    # A customer has a new handset and keeps the number.
    buyer = book.stranger()
    book.link(buyer, middle[0], "user", middle[1], confidence="attributed")
    handsets = []
    for first, last in ((LINE_FROM, day), (day + timedelta(days=1), None)):
        handset = book.thing(
            "DV", kind="device", imei=_imei(len([t for t in book.tables["things"] if t["kind"] == "device"]))
        )
        book.link(buyer, handset, "user", first, last)
        handsets.append(handset)
    book.answer("successor", number, "new handset, same number", handsets, (buyer,))


def _imei(serial: int) -> str:
    """Return an IMEI of the range for tests, with its check digit."""
    digits = f"00100000{serial + 1:06d}"
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


def _disrupted_on(book: Book, group: str) -> date | None:
    """Return the first disruption of a group with months of its line before and after it."""
    days = book.cast.disruptions.get(group, ())
    return next((d for d in days if date(2018, 8, 1) <= d <= date(2019, 2, 1)), None)


def _disrupted_line(book: Book, exchange: Exchange, group: str) -> None:
    """Plant a line whose calls fall away after a disruption of its group, and five that go on as before."""
    rng = stream(book.seed, "things/disrupted line")
    line = _line(book, exchange, rng, group, LAST)
    inner = _disrupted_on(book, group)
    slow = (inner + timedelta(days=1), inner + timedelta(days=35)) if inner else None
    _Trade(book, rng, line, line.number, LINE_FROM, LAST, slow).draw(exchange)
    number = book.cases + 1
    book.answer("deal line", number, "planted", (line.number,), line.users, (group,), LINE_FROM, AS_OF)
    if slow:
        book.answer("change after a disruption", 1, "planted", (line.number,), (), (group,), *slow)


def _central_number(book: Book, exchange: Exchange, number: int, group: str) -> None:
    """Plant a number of nobody that the leading members of a group are in touch with, and decoys."""
    rng = stream(book.seed, f"things/central number {number}")
    members = [exchange.of[p] for p in book.cast.groups[group] if p in exchange.of]
    first = FIRST + timedelta(days=rng.randint(20, 90))
    unknown = book.phone()
    for phone in members[:7]:
        _talk(book, rng, unknown, phone, first, LAST, rng.randint(7, 14))
    book.answer("central number", number, "planted", (unknown,), (), (group,), first, LAST)

    partner = book.phone()
    _talk(book, rng, partner, members[0], FIRST, LAST, 45, (7, 24))
    book.answer("central number", number, "one member's partner", (partner,), (), (group,))
    # It works through a list, all the year round.
    centre = book.phone(landline=True)
    others = [phone for phone, _, _ in rng.sample(exchange.friends, 30)]
    called = rng.sample([*members[:6], *others], len(members[:6]) + len(others))
    for phone, day in zip(called, days_of(rng, FIRST, LAST, len(called)), strict=True):
        book.call(centre, phone, at_hour(rng, day, 10, 17), "call", 12)
    book.answer("central number", number, "a call centre", (centre,), (), (group,))
    labels = ("a taxi firm", "a takeaway", "a surgery", "a switchboard", "voicemail")
    for label, shop in zip(labels, exchange.popular, strict=True):
        book.answer("central number", number, label, (shop,), (), (group,))
