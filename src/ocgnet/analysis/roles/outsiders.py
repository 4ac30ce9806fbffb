"""Who stands high in the network and in no group's records: prompts to look at a record, never a membership."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ocgnet.analysis.position import Position
from ocgnet.analysis.roles.stability import Stability, word_of
from ocgnet.analysis.roles.tiers import PRINCIPAL, seats_of, stand
from ocgnet.dataset import Dataset
from ocgnet.english import counted
from ocgnet.evidence.ages import children_on
from ocgnet.evidence.evidence import Evidence
from ocgnet.evidence.period import overdue
from ocgnet.network.ties import Ties
from ocgnet.results import ResultTable, not_computed
from ocgnet.settings import Settings

_ITS = {
    "suggested": "the highest of its principals by position",
    "recorded": "the highest of its recorded principals",
    "first": "its highest member, because it has no principal with ties",
}
"""Whom a score is compared with, in the words of ``because``."""

_LATE = " The review of this record is overdue."


@dataclass(frozen=True)
class Outsiders:
    """Two tables about people whom no group records, and what they leave out."""

    tied: ResultTable  # ``outside_but_tied``: without rows where no membership holds
    highest: ResultTable  # ``highest_positions``: without rows where any membership holds
    notes: tuple[str, ...]  # how many people under 18 stand as high and are not listed


def outsiders_of(
    dataset: Dataset,
    evidence: Evidence,
    ties: Ties,
    position: Position,
    stability: Stability,
    roles: ResultTable,
    settings: Settings,
) -> Outsiders:
    """Return who stands high and belongs to no group on the analysis date.

    ``dataset`` serves for ages and reviews. ``principal_share`` and ``principal_least`` count where no membership
    holds.

    Somebody without a group, tied to at least ``outsider_ties`` members of one, is listed for that group when the
    position score is above that of every suggested principal; where none is suggested, above every tied member who is
    recorded as principal; and where there is none, above every tied member.

    Where no membership holds at all, nobody can be principal of anything: the ``principal_share`` of the people with
    ties who stand highest are listed in their order, equal scores with one rank.

    Nothing is said of anybody under 18, or of unknown age and named by a table of children: they are left out of both
    tables and counted in a note. An overdue record takes no part unless it is asked for, and is marked then.
    """
    seats = seats_of(evidence)
    ages = children_on(dataset, evidence.period.as_of, [])
    young = np.isin(evidence.nominals.astype(str), ages.index.to_numpy().astype(str))
    frame = roles.frame
    if seats.whole:
        tier = stand(position.score[seats.person], position.connected[seats.person], seats.group, settings).tier
        high = tier == PRINCIPAL
        listed = high & ~young[seats.person]
        share, sure = stability.share[listed], stability.sure[listed]
        found = frame[listed].assign(stability=share, stability_word=word_of(share, sure, settings))
        found = found.sort_values(["position_score", "nominal_id"], ascending=[False, True], ignore_index=True)
        score = np.sort(position.score[position.connected])
        rank = len(score) - np.searchsorted(score, found["position_score"].to_numpy(), side="right") + 1
        columns = [c.name for c in not_computed("highest_positions").columns]
        highest = found.assign(rank=rank, of=len(score))[columns]
        return Outsiders(
            not_computed("outside_but_tied"),
            ResultTable("highest_positions", highest),
            _told(int((high & young[seats.person]).sum()), "among the highest positions"),
        )
    tied = _tied(evidence, ties, position, frame, settings)
    is_young = young[tied["person"].to_numpy(dtype=int)]
    people = tied.loc[is_young, "person"].nunique()
    tied = _worded(tied[~is_young], evidence, frame, _overdue(dataset, evidence))
    return Outsiders(
        ResultTable("outside_but_tied", tied),
        not_computed("highest_positions"),
        _told(int(people), "above the principals of a group whose members they are tied to"),
    )


def _tied(evidence: Evidence, ties: Ties, position: Position, roles: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return a row per person without a group and group that the person stands above, by falling score."""
    held = evidence.memberships
    score, inside = position.score, evidence.members
    ends = pd.DataFrame({"person": np.r_[ties.a, ties.b], "member": np.r_[ties.b, ties.a]})
    ends = ends[~inside[ends["person"]] & inside[ends["member"]]]
    members = pd.DataFrame({"member": held.person, "ocg_id": held.ocg, "recorded": held.role == "principal"})
    members["ocg_id"] = members["ocg_id"].astype(object)
    principal = roles[(roles["suggested_role"] == "principal") & (roles["ocg_id"] != "")]
    suggested = set(zip(principal["nominal_id"], principal["ocg_id"], strict=True))
    ids = evidence.nominals[held.person]
    members["suggested"] = [pair in suggested for pair in zip(ids, held.ocg, strict=True)]
    members = members[position.connected[members["member"]]].assign(first=True)
    members["score"] = score[members["member"]]
    bars = pd.DataFrame({name: members[members[name]].groupby("ocg_id")["score"].max() for name in _ITS})
    sizes = members.groupby("ocg_id").size()
    counted = ends.merge(members[["member", "ocg_id"]], on="member").sort_values(["person", "ocg_id", "member"])
    found = counted.groupby(["person", "ocg_id"])["member"].agg(list).rename("members").reset_index()
    found["ties"] = found["members"].map(len).astype("int64")
    found = found.join(bars, on="ocg_id")
    found["against"] = np.select(
        [found["suggested"].notna(), found["recorded"].notna()], ["suggested", "recorded"], "first"
    )
    found["principal_score"] = found["suggested"].fillna(found["recorded"]).fillna(found["first"]).astype(float)
    found["position_score"] = score[found["person"].to_numpy(dtype=int)]
    found["of"] = found["ocg_id"].map(sizes).fillna(0).astype("int64")
    above = (found["position_score"] > found["principal_score"]) & (found["ties"] >= settings.outsider_ties)
    order = ["position_score", "person", "ties", "ocg_id"]
    return found[above].sort_values(order, ascending=[False, True, False, True], ignore_index=True)


def _worded(tied: pd.DataFrame, evidence: Evidence, roles: pd.DataFrame, is_overdue: np.ndarray) -> pd.DataFrame:
    """Return the rows of ``outside_but_tied`` with names, volume and reasons."""
    person = tied["person"].to_numpy(dtype=int)
    own = roles.drop_duplicates("nominal_id").set_index("nominal_id").reindex(evidence.nominals[person])
    named = ["|".join(evidence.nominals[m]) for m in tied["members"]]
    because = [
        f"Not recorded in this group, nor in any on the date. Tied to {row.ties:,} of {row.of:,} members of "
        f"{row.ocg_id} that have ties. Position score {row.position_score:.3f}, above {row.principal_score:.3f} of "
        f"{_ITS[row.against]}.{_LATE if late else ''} A prompt to look at the records, no sign of membership."
        for row, late in zip(tied.itertuples(index=False), is_overdue[person], strict=True)
    ]
    return pd.DataFrame(
        {
            "nominal_id": own.index.to_numpy(dtype=object),
            "name": own["name"].to_numpy(),
            "ocg_id": tied["ocg_id"].to_numpy(dtype=object),
            "ties": tied["ties"].to_numpy(dtype=np.int64),
            "tied_to": np.array(named, object),
            "position_score": tied["position_score"].to_numpy(float),
            "principal_score": tied["principal_score"].to_numpy(float),
            "evidence_crimes": own["evidence_crimes"].to_numpy(),
            "evidence_reports": own["evidence_reports"].to_numpy(),
            "review_overdue": is_overdue[person],
            "because": np.array(because, object),
        }
    )


def _overdue(dataset: Dataset, evidence: Evidence) -> np.ndarray:
    """Return whether the review of each nominal's record has passed on the analysis date."""
    table = dataset["nominals"]
    late = pd.Series(np.asarray(overdue(table, evidence.period.as_of), bool), index=table["nominal_id"].to_pylist())
    return np.asarray(late[~late.index.duplicated()].reindex(evidence.nominals, fill_value=False), bool)


def _told(young: int, where: str) -> tuple[str, ...]:
    if not young:
        return ()
    who = counted(young, "person", "people")
    return (f"{who} under 18 (or of unknown age, named by a table of children) would stand {where}; not listed there.",)
