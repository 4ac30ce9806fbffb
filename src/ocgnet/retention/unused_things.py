"""Which things go when links to them go: those that nobody uses any more, with what is recorded of them.

A thing is used by whoever is linked to it, by a group it belongs to and by a crime it is part of; premises and lines
also by an order on them, an activity there, and a threat, plan, action or score about them, which tell what was done
about the place and not about somebody. What was only in touch with a thing, or seen there, does not use it:
communications, transfers and sightings go with the thing. A number that was only ever called, and stands in no other
row once they are gone, goes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ocgnet.evidence.written_identifiers import IDENTIFYING, identifiers_in, is_telephone, squeezed
from ocgnet.model import TABLES, THING_USES, ids_of_kind
from ocgnet.model.things import CALLING

RECORDED_OF: dict[str, tuple[str, ...]] = {
    "communications": ("from_thing", "to_thing"),
    "transfers": ("from_account", "to_account"),
    "sightings": ("thing_id", "place"),
}
"""Tables of what happened with a thing, with their columns of things; a row goes with any of them."""

_ENDS: dict[str, tuple[str, ...]] = {"communications": CALLING, "transfers": ("account",)}
"""Tables that may name a thing by its number, with or without a row in things, and the kinds of it."""

_OWN = ("imei", "registration", "postcode", "uprn", "company_number", "ward", "district", "authority_ref", "review_due")
"""What a thing that was only called, and got its row when the records were read, has none of."""

Texts = Mapping[str, pa.Table]
Masks = dict[str, np.ndarray]


@dataclass(frozen=True)
class Unused:
    """Things that go, and where they stand."""

    ids: tuple[str, ...] = ()  # as the records name them: a thing_id, or the number of a thing that has no row
    identifiers: tuple[str, ...] = ()  # what identifies them and nothing that stays, as it is written
    rows: Mapping[str, np.ndarray] = field(default_factory=dict)  # bool per row of a table: whether it goes


def unused_things(texts: Texts, gone: Mapping[str, np.ndarray]) -> Unused:
    """Return which things nobody uses once some rows are gone, and all rows that go with them.

    Parameters
    ----------
    texts : mapping of str to pyarrow.Table
        Every table of the model as text.
    gone : mapping of str to bool array
        By table: which rows go anyway. Only things that one of them names are looked at; of one that was merely
        called, paid or seen only a number without a row of its own goes, once nothing names it any more.
    """
    named = NamedThings(texts)
    masks = {name: gone.get(name, np.zeros(texts[name].num_rows, bool)) for name in (*THING_USES, *RECORDED_OF)}
    lost = named.ids(masks, THING_USES, at=True)
    going = lost - named.ids(masks, THING_USES, at=False)
    for name, columns in RECORDED_OF.items():
        for column in columns:
            masks[name] = masks[name] | named.where(name, column, going)
    met = named.ids(masks, _ENDS, at=True)
    going |= {i for i in met - going if named.is_number(i)} - named.ids(masks, (*THING_USES, *RECORDED_OF), at=False)
    going.discard("")
    things = texts["things"]
    here = np.asarray(pc.is_in(things["thing_id"], pa.array(sorted(going), pa.string())), bool)
    rows = {name: mask for name, mask in {"things": here, **masks}.items() if mask.any()}
    return Unused(tuple(sorted(going)), tuple(sorted(named.only(going, here, masks))), rows)


def things_in_no_row(texts: Texts, gone: Mapping[str, np.ndarray]) -> tuple[Unused, np.ndarray]:
    """Return things that no row names once some rows are gone, and which rows of things lose all but id and kind.

    A thing whose own row goes (``gone["things"]``) goes where no other row names it; otherwise what the row said of it
    goes. So does a number without a row of its own that only rows named which go. No further row goes.
    """
    named = NamedThings(texts)
    masks = {name: gone.get(name, np.zeros(texts[name].num_rows, bool)) for name in (*THING_USES, *RECORDED_OF)}
    things = texts["things"]
    left = named.ids(masks, (*THING_USES, *RECORDED_OF), at=False)
    own = set(things.filter(pa.array(gone["things"]))["thing_id"].to_pylist())
    going = (own | {i for i in named.ids(masks, _ENDS, at=True) if named.is_number(i)}) - left
    here = np.asarray(pc.is_in(things["thing_id"], pa.array(sorted(going), pa.string())), bool)
    rows = {name: mask for name, mask in {**masks, "things": here}.items() if mask.any()}
    identifiers = named.only(going, here | gone["things"], masks)
    return Unused(tuple(sorted(going)), tuple(sorted(identifiers)), rows), gone["things"] & ~here


class NamedThings:
    """What the records name things by: ids, and numbers read as the things they are numbers of."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        things = texts["things"]
        self.listed = set(things["thing_id"].to_pylist())
        # In a store of several forces theirs stands before every id.
        pairs = zip(things["thing_id"].to_pylist(), things["normalised"].to_pylist(), strict=True)
        made = pa.chunked_array([pa.array([bool(form) and thing.endswith(form) for thing, form in pairs], pa.bool_())])
        for name in _OWN:
            made = pc.and_(made, pc.equal(things[name], ""))
        self._made = set(things.filter(made)["thing_id"].to_pylist())
        self._of_form = {name: self._identified(kinds) for name, kinds in _ENDS.items()}
        self._columns: dict[tuple[str, str], pa.ChunkedArray] = {}

    def is_number(self, thing: str) -> bool:
        """Tell whether a thing is a number of which no row says more."""
        return thing not in self.listed or thing in self._made

    def column(self, name: str, column: str) -> pa.ChunkedArray:
        """Return what each row of a column names: a thing_id, or a number in one form."""
        given = ids_of_kind(self.texts[name], TABLES[name].column(column), "thing")
        if name not in _ENDS:
            return given
        if (name, column) not in self._columns:
            coded = given.combine_chunks().dictionary_encode()
            named = [self._thing(text, self._of_form[name]) for text in coded.dictionary.to_pylist()]
            self._columns[name, column] = pa.chunked_array([pa.array(named, pa.string()).take(coded.indices)])
        return self._columns[name, column]

    def _thing(self, text: str, of_form: Mapping[str, str]) -> str:
        """Return the thing that a text of a column of things means, as the check reads it."""
        if text in self.listed:
            return text
        return of_form.get(squeezed(text)) or (squeezed(text) if is_telephone(text) else text)

    def _identified(self, kinds: tuple[str, ...]) -> dict[str, str]:
        """Return things of some kinds by what identifies them, where that is one thing."""
        things = self.texts["things"]
        things = things.filter(pc.is_in(things["kind"], pa.array(kinds)))
        by_form: dict[str, set[str]] = {}
        for name in IDENTIFYING:
            for thing, text in zip(things["thing_id"].to_pylist(), things[name].to_pylist(), strict=True):
                by_form.setdefault(squeezed(text), set()).add(thing)
        return {form: next(iter(ids)) for form, ids in by_form.items() if form and len(ids) == 1}

    def where(self, name: str, column: str, ids: Iterable[str]) -> np.ndarray:
        """Tell of each row whether it names one of some things."""
        return np.asarray(pc.is_in(self.column(name, column), pa.array(sorted(ids), pa.string())), bool)

    def ids(self, masks: Mapping[str, np.ndarray], tables: Iterable[str], *, at: bool) -> set[str]:
        """Return what the rows of some tables name: those of the masks (``at``), or all others."""
        ids: set[str] = set()
        for name in tables:
            rows = pa.array(masks[name] if at else ~masks[name])
            for column in RECORDED_OF.get(name) or (THING_USES[name],):
                ids.update(pc.unique(self.column(name, column).filter(rows)).to_pylist())
        return ids - {"", None}

    def only(self, going: set[str], here: np.ndarray, masks: Mapping[str, np.ndarray]) -> set[str]:
        """Return what identifies things that go and nothing that stays, in every way in which it is written."""
        things = self.texts["things"]
        stays = identifiers_in(things.filter(pa.array(~here)))
        own = identifiers_in(things.filter(pa.array(here)))
        for name in _ENDS:
            for column in RECORDED_OF[name]:
                written = self.texts[name][column]
                mine = self.where(name, column, going)
                own |= set(pc.unique(written.filter(pa.array(mine))).to_pylist())
                stays |= set(pc.unique(written.filter(pa.array(~mine & ~masks[name]))).to_pylist())
        own |= {i for i in going if i not in self.listed}
        others = {squeezed(i) for i in stays}
        return {i for i in own - self.listed if squeezed(i) and squeezed(i) not in others}
