"""Accounts and transfers: one that passes on what it gets, one that several people control, and ordinary ones."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ocgnet_demo.drawing import FIRST, stream
from ocgnet_demo.things.book import LAST, Book, at_hour, days_of


def draw_money(book: Book) -> None:
    """Draw accounts and transfers, with the planted accounts and their decoys."""
    for number in range(1, book.cases + 1):
        rng = stream(book.seed, f"things/money {number}")
        _passed_on(book, rng, number)
        _shared(book, rng, number)
        _ordinary(book, rng, number)


def _members(book: Book, rng: Random, count: int) -> tuple[str, list[str]]:
    fit = [g for g, members in book.cast.groups.items() if len(members) >= count]
    group = rng.choice(fit)
    return group, rng.sample(list(book.cast.groups[group]), count)


def _day(rng: Random, first: date = FIRST, last: date = LAST - timedelta(days=4)) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def _passed_on(book: Book, rng: Random, number: int) -> None:
    """Plant an account that is paid by several and hands nearly all of it on within two days."""
    group, (holder, boss) = _members(book, rng, 2)
    mule, payers = book.account(holder), [book.account(book.stranger()) for _ in range(4)]
    beyond, last = book.account(boss), book.account(label="Account abroad")
    days = sorted({_day(rng) for _ in range(14)})
    for day in days:
        paid = 0.0
        for payer in rng.sample(payers, rng.randint(1, 3)):
            amount = round(rng.uniform(300, 2400), 2)
            book.pay(payer, mule, at_hour(rng, day, 9, 17), amount)
            paid += amount
        handed = day + timedelta(days=rng.randint(1, 2))
        book.pay(mule, beyond, at_hour(rng, handed, 9, 17), round(paid * rng.uniform(0.94, 0.99), 2))
    for day in days[3::4]:
        book.pay(beyond, last, at_hour(rng, day + timedelta(days=3), 9, 17), round(rng.uniform(3000, 7000), 2))
    book.answer("pass-through account", number, "planted", (mule, beyond), (holder,), (group,), days[0], days[-1])


def _shared(book: Book, rng: Random, number: int) -> None:
    """Plant an account that three members control."""
    group, holders = _members(book, rng, 3)
    account = book.account(*holders, relation="controls")
    for day in days_of(rng, FIRST, LAST, 12):
        book.pay(book.account(), account, at_hour(rng, day, 9, 17), rng.uniform(50, 900))
    book.group(group, account)
    book.answer("shared account", number, "planted", (account,), holders, (group,))


def _ordinary(book: Book, rng: Random, number: int) -> None:
    def pays(a: str, b: str, day: date, amount: float) -> None:
        book.pay(a, b, at_hour(rng, min(day, LAST), 9, 17), amount)

    months = [FIRST + timedelta(days=27 + round(30.4 * m)) for m in range(12)]
    shop, landlord, employer = (book.account(label=label) for label in ("Shop", "Landlord", "Employer"))

    # Wages come in once a month and go out little by little.
    _, (member,) = _members(book, rng, 1)
    wages = book.account(member)
    for day in months:
        pays(employer, wages, day, 1810.40)
        for later in (2, 7, 12, 18, 24):
            pays(
                wages,
                landlord if later == 2 else shop,
                day + timedelta(days=later),
                520 if later == 2 else rng.uniform(60, 300),
            )
    book.answer("pass-through account", number, "a wage account", (wages,), (member,))

    # A business is paid by many, and pays its suppliers every week.
    firm, supplier = book.account(label="Business"), book.account(label="Supplier")
    customers = [book.account() for _ in range(12)]
    for _ in range(50):
        pays(rng.choice(customers), firm, _day(rng), rng.uniform(20, 400))
    for day in months:
        pays(firm, supplier, day, rng.uniform(300, 700))
    book.answer("pass-through account", number, "a business with many customers", (firm,))

    # One of a shared flat collects the rent and pays it the same week, part of it his own.
    collector = book.account(book.stranger())
    mates = [book.account(book.stranger()) for _ in range(2)]
    for day in months:
        for mate in mates:
            pays(mate, collector, day, 350)
        pays(employer, collector, day - timedelta(days=9), 1500)
        pays(collector, landlord, day + timedelta(days=2), 1050)
        pays(collector, shop, day + timedelta(days=12), rng.uniform(300, 700))
    book.answer("pass-through account", number, "collects the rent of a flat", (collector,))

    # A sale of a house: one large sum comes, and goes on to another house within days.
    mover = book.account(book.stranger())
    day = _day(rng)
    pays(book.account(label="Buyer"), mover, day, 180_000)
    pays(mover, book.account(label="Seller"), day + timedelta(days=2), 178_500)
    book.answer("pass-through account", number, "one house sold, one bought", (mover,))

    # A savings account gets a little every month and is emptied once.
    saver = book.account(book.stranger())
    for day in months:
        pays(employer, saver, day, 100)
    pays(saver, shop, LAST, 1100)
    book.answer("pass-through account", number, "savings", (saver,))

    for what, count in (("a couple's account", 2), ("a club's signatories", 3), ("a family's account", 3)):
        joint = book.account(*(book.stranger() for _ in range(count)))
        book.answer("shared account", number, what, (joint,))
    for what in ("one member's own account", "a member and a partner"):
        _, (member,) = _members(book, rng, 1)
        joint = book.account(member, *([book.stranger()] if "partner" in what else []))
        book.answer("shared account", number, what, (joint,), (member,))
