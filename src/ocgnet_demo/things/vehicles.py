"""Vehicles and the cameras that see them: two that travel together several times, and many that only meet."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ocgnet_demo.drawing import FIRST, poisson, stream
from ocgnet_demo.things.book import LAST, Book, at_hour, days_of

CAMERAS = tuple(f"CAMERA{n:02d}" for n in range(1, 25))


def draw_vehicles(book: Book, vehicles: int) -> None:
    """Draw vehicles and sightings; ``vehicles`` is how many members of the largest groups keep one."""
    rng = stream(book.seed, "things/traffic")
    members = list(dict.fromkeys(p for group in book.cast.groups.values() for p in group))
    kept = {p: book.vehicle(p) for p in members[:vehicles]}
    for vehicle in (*kept.values(), *(book.vehicle(book.stranger()) for _ in range(25 * book.cases))):
        _drives(book, rng, vehicle, poisson(rng, 9))
    for number in range(1, book.cases + 1):
        rng = stream(book.seed, f"things/convoy {number}")
        _together(book, rng, number)
        _not_together(book, rng, number)


def _drives(book: Book, rng: Random, vehicle: str, times: int) -> None:
    """Draw drives on days of the year, each past one camera or two."""
    for day in days_of(rng, FIRST, LAST, times):
        at = at_hour(rng, day, 6, 22)
        for camera in rng.sample(CAMERAS, rng.randint(1, 2)):
            book.sight(vehicle, at, camera)
            at += timedelta(minutes=rng.randint(5, 25))


def _together(book: Book, rng: Random, number: int) -> None:
    """Plant two vehicles of one group that drive together on several days."""
    fit = [g for g, members in book.cast.groups.items() if len(members) >= 3]
    group = fit[(number * 3) % len(fit)]
    drivers = rng.sample(list(book.cast.groups[group]), 2)
    pair = [book.vehicle(p) for p in drivers]
    for vehicle in pair:
        _drives(book, rng, vehicle, 8)
    first, last = date(2018, 6, 1), date(2019, 3, 1)
    days = sorted(set(days_of(rng, first, last, rng.randint(5, 9))))
    for day in days:
        at = at_hour(rng, day, 9, 22)
        for camera in rng.sample(CAMERAS, rng.randint(1, 3)):
            book.sight(pair[0], at, camera)
            book.sight(pair[1], at + timedelta(minutes=rng.randint(0, 5)), camera)
            at += timedelta(minutes=rng.randint(6, 20))
    book.answer("travelled together", number, "planted", pair, drivers, (group,), days[0], days[-1])


def _not_together(book: Book, rng: Random, number: int) -> None:
    for draw in (_commuters, _vans, _one_day, _football, _neighbours, _market):
        draw(book, rng, number)


def _strangers(book: Book, count: int) -> list[str]:
    return [book.vehicle(book.stranger()) for _ in range(count)]


def _commuters(book: Book, rng: Random, number: int) -> None:
    """Draw three that pass one camera on working days, at about the same time."""
    camera = rng.choice(CAMERAS)
    commuters = _strangers(book, 3)
    for vehicle in commuters:
        for day in sorted(set(days_of(rng, FIRST, LAST, 45))):
            if day.weekday() < 5:
                hour = min(max(rng.gauss(8.2, 0.4), 6.5), 10)
                book.sight(vehicle, at_hour(rng, day, hour, hour + 0.05), camera)
    for i in range(3):
        book.answer("travelled together", number, "commuters at one camera", (commuters[i - 1], commuters[i]))


def _vans(book: Book, rng: Random, number: int) -> None:
    """Draw two vans of one firm that are seen all over the county."""
    vans = [book.vehicle() for _ in range(2)]
    firm = book.organisation(f"Estuary Parcels {number} Limited")
    for van in vans:
        book.link(book.stranger(), firm, "employee", FIRST)
        _drives(book, rng, van, 70)
    book.answer("travelled together", number, "vans seen everywhere", vans)


def _one_day(book: Book, rng: Random, number: int) -> None:
    """Draw one long way together, past several cameras on one day."""
    pair = _strangers(book, 2)
    for vehicle in pair:
        _drives(book, rng, vehicle, 9)
    at = at_hour(rng, next(days_of(rng, FIRST, LAST, 1)), 9, 18)
    for camera in rng.sample(CAMERAS, 5):
        for vehicle in pair:
            book.sight(vehicle, at + timedelta(minutes=rng.randint(0, 3)), camera)
        at += timedelta(minutes=12)
    book.answer("travelled together", number, "one day only", pair)


def _football(book: Book, rng: Random, number: int) -> None:
    """Draw five that come to the same matches, within the same two hours."""
    ground = rng.choice(CAMERAS)
    fans = _strangers(book, 5)
    for day in sorted(set(days_of(rng, FIRST, LAST, 10))):
        for vehicle in fans:
            if rng.random() < 0.7:
                book.sight(vehicle, at_hour(rng, day, 18, 20), ground)
    for i in range(len(fans)):
        book.answer("travelled together", number, "at the football ground", (fans[i - 1], fans[i]))


def _neighbours(book: Book, rng: Random, number: int) -> None:
    """Draw two that an officer notes at one kerb on two nights."""
    pair = _strangers(book, 2)
    kerb = book.place("Lyonmere City")
    for day in sorted(set(days_of(rng, FIRST, LAST, 2))):
        at = at_hour(rng, day, 20, 23)
        for vehicle in pair:
            book.sight(vehicle, at, kerb, "officer")
    book.answer("travelled together", number, "neighbours at the kerb", pair)


def _market(book: Book, rng: Random, number: int) -> None:
    """Draw two stallholders who come by the same two cameras on market days, not at the same minute."""
    pair = _strangers(book, 2)
    way = rng.sample(CAMERAS, 2)
    for week in range(0, 40, 2):
        day = FIRST + timedelta(days=6 + 7 * week)
        for vehicle in pair:
            at = at_hour(rng, day, 5.5, 7)
            for camera in way:
                book.sight(vehicle, at, camera)
                at += timedelta(minutes=rng.randint(8, 11))
    book.answer("travelled together", number, "on market days", pair)
