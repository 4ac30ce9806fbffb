"""Harm and violence of each group, and harm of each adult: the crimes in the period that are linked to them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.analysis.safeguarding.link_sources import text
from ocgnet.analysis.safeguarding.recorded import WEAPONS, flagged
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import Evidence
from ocgnet.harm import look_up, offence_groups
from ocgnet.settings import Settings


class GroupHarm(NamedTuple):
    """Crimes of a group: how many, their harm, how many are violent, and of how many either is not known."""

    crimes: int = 0
    harm: float = 0.0
    harm_unknown: int = 0
    violent: int = 0
    violent_unknown: int = 0


def harm_of_groups(dataset: Dataset, evidence: Evidence, settings: Settings) -> dict[str, GroupHarm]:
    """Return harm and violence by group.

    A group's crimes are those in the period that link at least one member on the analysis date under the
    chosen link roles, each once. Harm is the sum of their severity weights. A crime is violent when its
    offence group is one of ``violent_offences`` or it is flagged knife or firearm.

    Returns
    -------
    dict of str to GroupHarm
        By ``ocg_id``: ``harm`` is the sum of the known weights, ``harm_unknown`` counts crimes without one,
        ``violent_unknown`` crimes without a known offence code and without a weapon flag. A group without a crime is
        absent.
    """
    m = evidence.memberships
    members = pd.DataFrame({"person": m.person, "ocg_id": m.ocg})
    links = pd.DataFrame({"person": evidence.crimes.person, "event": evidence.crimes.event})
    pairs = links.merge(members, on="person")[["ocg_id", "event"]].drop_duplicates()
    t = dataset["crimes"]
    at = pc.fill_null(pc.index_in(pa.array(evidence.crimes.events, pa.string()), t["crime_id"]), -1)
    place = at.to_numpy(zero_copy_only=False).astype(np.int64)
    code = np.append(text(pc.fill_null(t["offence_code"], "")), "")[place]
    weapon = flagged(pd.Series(np.append(text(pc.fill_null(t["flags"], "")), "")[place]), WEAPONS)
    groups, violent = offence_groups(), frozenset(settings.violent_offences)
    by_code = {c: look_up(groups, c) if c else None for c in set(code.tolist())}
    hit = np.array([by_code[c] in violent for c in code.tolist()], bool) | weapon
    ungrouped = np.array([by_code[c] is None for c in code.tolist()], bool) & ~weapon
    event = pairs["event"].to_numpy(dtype=np.int64)
    harm = evidence.crimes.harm[event]
    frame = pairs.assign(
        crimes=1,
        harm=np.nan_to_num(harm),
        harm_unknown=np.isnan(harm),
        violent=hit[event],
        violent_unknown=ungrouped[event],
    ).drop(columns="event")
    sums = frame.groupby("ocg_id").sum()
    return {
        str(row.Index): GroupHarm(int(row.crimes), float(row.harm), *map(int, row[3:]))
        for row in sums[list(GroupHarm._fields)].itertuples()
    }


def harm_of_adults(evidence: Evidence, nominals: Collection[str]) -> dict[str, GroupHarm]:
    """Return the harm of the crimes in the period that link each of some nominals, each crime once per nominal.

    Returns
    -------
    dict of str to GroupHarm
        By ``nominal_id``, without violence; somebody without a crime is absent.
    """
    wanted = pd.Index(sorted(nominals), dtype=object)
    person, harm = evidence.crimes.person, evidence.crimes.harm[evidence.crimes.event]
    frame = pd.DataFrame({"nominal_id": evidence.nominals[person], "harm": np.nan_to_num(harm), "open": np.isnan(harm)})
    frame = frame[frame["nominal_id"].isin(wanted)]
    sums = frame.groupby("nominal_id").agg(crimes=("harm", "size"), harm=("harm", "sum"), open=("open", "sum"))
    return {str(r.Index): GroupHarm(int(r.crimes), float(r.harm), int(r.open)) for r in sums.itertuples()}
