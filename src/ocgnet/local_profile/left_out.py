"""What the filters of a profile leave out, counted as an analysis counts it."""

from __future__ import annotations

import pyarrow.compute as pc

from ocgnet.dataset import LeftOut
from ocgnet.evidence.evidence import left_out_of
from ocgnet.local_profile.records import NOW, Material

DATED = {
    "stop_checks": "happened_on",
    "referrals": "made_on",
    "disruptions": "happened_on",
    "children": "cse_flagged_on",
}
"""Tables that only a profile counts by period, with the column that dates a row."""

NO_PLACE = "no district recorded: in the figures of the whole, in those of no district"


def left_out_of_profile(material: Material) -> tuple[LeftOut, ...]:
    """Return the rows that a profile does not count, or not everywhere, and why; sorted.

    Crimes, links, reports, contacts and nominals as ``scope.left_out_of`` counts them, but for links as victim,
    which are counted as victims. Then stops, referrals, disruptions and flags outside the period, stops that
    are not marked as of a transient dealer, and crimes and stops of the period without a district. A row of
    the period before is outside the period: it counts in changes only.
    """
    found = [
        x
        for x in left_out_of(material.dataset, material.settings.analysis, material.period)
        if not (x.what == "crime_links" and x.why.startswith("linked as victim"))
    ]
    cube = material.cube.of_period(NOW)
    nowhere = cube["district"].astype(str).to_numpy() == ""
    found.append(LeftOut("crimes", NO_PLACE, int(cube["crimes"].to_numpy()[nowhere].sum())))
    for name, column in DATED.items():
        t = material.dataset[name]
        if name == "stop_checks":
            dealers = t.filter(pc.fill_null(t["transient_dealer"], False))
            found.append(LeftOut(name, "not marked as a transient dealer", t.num_rows - dealers.num_rows))
            t = dealers
        inside = material.dated(t, column)
        if days := material.windows.days[NOW]:
            dated = t.num_rows - t[column].null_count
            found.append(LeftOut(name, f"outside {days[0]} to {days[1]}", dated - inside.num_rows))
        if name == "stop_checks":
            found.append(LeftOut(name, NO_PLACE, inside["district"].null_count))
    return tuple(sorted(x for x in found if x.count))
