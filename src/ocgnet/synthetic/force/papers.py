"""Intelligence of the whole force that names nobody in a group: forms of partners by sector, and the police's own."""

from __future__ import annotations

from datetime import date
from random import Random

from ocgnet.synthetic.force.published import SEVERITY
from ocgnet_demo.drawing import AS_OF, Row, day_between, pick, stream

_REPORTS = {
    2016: {"police": 2600, "partner": 420, "app": 0, "cpi_form": 820},
    2017: {"police": 2900, "partner": 460, "app": 120, "cpi_form": 940},
    2018: {"police": 2750, "partner": 430, "app": 260, "cpi_form": 880},
}
"""Reports by year and origin at scale 1."""
_SECTORS = (("education", 38.0), ("housing", 21.0), ("social care", 18.0), ("health", 13.0), ("retail", 5.0),
            ("voluntary sector", 5.0))  # fmt: skip
_TITLES = (("Concern for a child", 22.0), ("Supply", 20.0), ("Address", 16.0), ("Vehicle", 12.0), ("Sighting", 12.0),
           ("Modern slavery", 9.0), ("Weapon", 5.0), ("Fraud", 4.0))  # fmt: skip
_SOURCES = (("1", 2.5), ("2", 7.0), ("3", 0.5))
_CONTENTS = (("A", 1.0), ("B", 2.0), ("C", 2.5), ("D", 4.2), ("E", 0.3))
_NAMED = 0.45
"""Share of reports that name a nominal."""


def paper_rows(seed: int, scale: float, nominals: int) -> tuple[list[Row], list[Row]]:
    """Return rows for ``intel_reports`` and ``intel_links``.

    Parameters
    ----------
    nominals : int
        How many nominals there are outside the organised part; some are named.
    """
    rng = stream(seed, "force papers")
    drafts = [
        (day_between(rng, date(year, 4, 1), min(date(year + 1, 3, 31), AS_OF)), origin)
        for year, origins in _REPORTS.items()
        for origin, count in origins.items()
        for _ in range(round(count * scale))
    ]
    reports: list[Row] = []
    links: list[Row] = []
    for number, (on, origin) in enumerate(sorted(drafts), 1):
        report = f"IR1{number:06d}"
        reports.append({"report_id": report} | _report(rng, on, origin))
        if nominals and rng.random() < _NAMED:
            links.append({"report_id": report, "person_id": f"N{1_000_001 + rng.randrange(nominals)}"})
    return reports, links


def _report(rng: Random, on: date, origin: str) -> Row:
    return {
        "reported_on": on,
        "grading_scheme": "3x5x2",
        "source_grade": pick(rng, _SOURCES),
        "intelligence_grade": pick(rng, _CONTENTS),
        "handling_code": "P",
        "origin": origin,
        "sector": None if origin == "police" else pick(rng, _SECTORS),
        "district": rng.choices(list(SEVERITY), list(SEVERITY.values()))[0],
        "title": pick(rng, _TITLES),
        "review_due": date(on.year + 6, on.month, min(on.day, 28)),
    }
