"""As what people stand in the crimes that count: suspected, or victim, witness or otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.dataset import Dataset
from ocgnet.scope import Evidence
from ocgnet.settings import Settings

SUSPECTED = ("arrested", "suspect", "charged", "convicted")
"""Roles under which a crime speaks of a person as a suspect; every other role does not."""

STANDS = ("suspect", "victim", "witness", "other")
"""As what somebody stands in a crime. With several roles in one crime the first of these is given."""

STANDS_COLUMNS = ("nominal_id", "crime_id", "stands_as")


def stands_of(dataset: Dataset, evidence: Evidence, settings: Settings) -> pd.DataFrame:
    """Return as what each nominal stands in each crime that counts.

    Parameters
    ----------
    dataset : Dataset
        Checked records.
    evidence : Evidence
        What counts.
    settings : Settings
        Its link roles say which links count.

    Returns
    -------
    pandas.DataFrame
        One row per nominal and crime of ``evidence``, sorted by both: ``nominal_id``, ``crime_id`` and
        ``stands_as``, one of ``STANDS``. Without rows where only links as a suspect count, because then
        everybody in them stands so.

    Notes
    -----
    The role belongs to the link, never to the person: somebody may be a suspect of one crime and the victim
    of another. Links that the settings leave out have no say.
    """
    roles = set(settings.link_roles)
    crimes = evidence.crimes
    if roles <= set(SUSPECTED) or not len(crimes.events):
        return pd.DataFrame({c: [] for c in STANDS_COLUMNS}, dtype=object)
    links = dataset["crime_links"]
    links = links.filter(pc.is_in(links["link_role"], pa.array(sorted(roles), pa.string())))
    person = pc.index_in(links["person_id"], pa.array(evidence.nominals, pa.string()))
    crime = pc.index_in(links["crime_id"], pa.array(crimes.events, pa.string()))
    held = pc.and_(pc.is_valid(person), pc.is_valid(crime))
    order = {role: 0 if role in SUSPECTED else STANDS.index(role) for role in roles}
    frame = pd.DataFrame(
        {
            "person": person.filter(held).to_numpy(),
            "crime": crime.filter(held).to_numpy(),
            "order": [order[role] for role in links["link_role"].filter(held).to_pylist()],
        }
    )
    first = frame.groupby(["person", "crime"], sort=True)["order"].min().reset_index()
    return pd.DataFrame(
        {
            "nominal_id": evidence.nominals[first["person"].to_numpy(int)],
            "crime_id": crimes.events[first["crime"].to_numpy(int)],
            "stands_as": np.array(STANDS, object)[first["order"].to_numpy(int)],
        },
        columns=list(STANDS_COLUMNS),
    )
