"""The sentences of a pack, each declared to the columns that it tells of, so that no other recipient reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from ocgnet.casework.concerns import MISSING_NOW
from ocgnet.casework.disclosure.pack import Pack, PackTable
from ocgnet.casework.recipients import REASONS
from ocgnet.dataset import LeftOut
from ocgnet.english import counted


class Sentence(NamedTuple):
    """A sentence, and the columns (``table.column``) of which the reader has to see every one.

    Without a column it tells of the pack and of nobody in it.
    """

    text: str
    of: tuple[str, ...] = ()


def for_reader(sentences: Iterable[Sentence], seen: Collection[str]) -> tuple[str, ...]:
    """Return the sentences that somebody may read who sees these columns.

    >>> for_reader((Sentence("Keep it."), Sentence("Named as a suspect.", ("crimes.standing",))), {"children.name"})
    ('Keep it.',)
    """
    return tuple(s.text for s in sentences if set(s.of) <= set(seen))


_USE = Sentence(
    "Use it for the purpose above only. Do not pass it on; ask the sender, who keeps a record of where it went."
)

DISCLOSED = (
    Sentence(
        "A child who is in danger now: call 999. A child at risk of harm: call the MASH today; this pack is no "
        "referral."
    ),
    _USE,
    Sentence("Tell the sender of anything that is wrong. Destroy the pack by the day above."),
)
"""What whoever receives a disclosure does before using it."""


def referred(tables: Collection[PackTable]) -> tuple[Sentence, ...]:
    """Return what whoever receives a referral does first, from nothing but what the pack shows."""
    cells = {f"{t.name}.{c.name}": {r[i] for r in t.rows} for t in tables for i, c in enumerate(t.columns)}
    first = [Sentence("A child who is in danger now: call 999.")]
    if MISSING_NOW in cells.get("missing.return_interview", ()):
        first.insert(
            0,
            Sentence(
                "The child is missing now: call the police's missing persons unit before anything else.",
                ("missing.return_interview",),
            ),
        )
    if {"suspect", "convicted"} & cells.get("crimes.standing", set()):
        first.append(
            Sentence(
                "The child is also named as a suspect: exploitation, and the defence of section 45 of the Modern "
                "Slavery Act, come before anything else.",
                ("crimes.standing",),
            )
        )
    last = Sentence(
        "Destroy this copy by the day above; what has become part of a case record is kept under your own rules."
    )
    return (*first, Sentence("Tell the sender what you decide, and of anything that is wrong."), _USE, last)


def caveats(pack: Pack) -> tuple[str, ...]:
    """Return how the pack is to be read, for its recipient."""
    tells_why = () if not pack.tells_why else tuple(pack.seen & REASONS)[:1]
    sentences = [
        Sentence(
            "A child linked to a group is a child to protect. Nothing a relative did makes a child a suspect.",
            tells_why,
        )
        if tells_why
        else Sentence("This is about a child to protect."),
        Sentence("Nothing recorded does not mean that nothing happened: records see little of a child's life."),
    ]
    rated = [name for name in ("children.cse_risk", "children.cce_risk", "risks.level") if name in pack.seen]
    if rated:
        sentences.append(
            Sentence(
                "CSE and CCE: the sexual and the criminal exploitation of children, as the local scheme rates it.",
                tuple(rated),
            )
        )
    judged = tuple(f"{t.name}.{c.name}" for t in pack.tables for c in t.columns if c.assessment)
    if judged:
        sentences.append(
            Sentence(
                "Columns headed 'assessment' repeat what a person judged; all others repeat what was recorded.", judged
            )
        )
    sentences.append(
        Sentence(
            "A child may be victim and suspect at once. Look at the harm done to the child first.",
            ("crimes.standing",),
        )
    )
    sentences += [Sentence(_stayed_behind(held), tells_why) for held in pack.withheld_said()]
    if pack.conditions_met and tells_why:
        reports = counted(pack.conditions_met, "report")
        sentences.append(Sentence(f"The sender confirmed the handling conditions of {reports} as met.", tells_why))
    if pack.pseudonymised:
        sentences.append(
            Sentence(
                "Ids are pseudonyms; only the sender can tell who is meant. These are still personal data: do not try "
                "to find out, and do not set them beside other records."
            )
        )
    return for_reader(sentences, pack.seen)


def _stayed_behind(held: LeftOut) -> str:
    if held.what == "people":
        whose = "1 person's record" if held.count == 1 else f"The records of {held.count} people"
        return f"{whose} stayed behind, with what rests on {'it' if held.count == 1 else 'them'}: {held.why}."
    return (
        f"{counted(held.count, 'report')} that {'names' if held.count == 1 else 'name'} them stayed behind: {held.why}."
    )


def nothing_recorded(pack: Pack, child: str) -> str:
    """Return the tables in which nothing is recorded of a child, in words; none of which something is kept back."""
    kept = pack.kept_from(child)
    return ", ".join(
        t.title.lower()
        for t in pack.tables
        if t.name not in {"unknown", *kept} and not any(r[0] == child for r in t.rows)
    )


def kept_back(pack: Pack, child: str) -> str:
    """Return what is kept back of a child by table, in words; empty when nothing is."""
    titles = {t.name: t.title.lower() for t in pack.tables}
    return "; ".join(
        f"{titles[table]}: "
        + ", ".join(f"{counted(count, what, _SEVERAL[what])} ({why})" for what, why, count in counts)
        for table, counts in pack.kept_from(child).items()
    )


_SEVERAL = {"entry": "entries", "report": "reports"}
