"""Accounts that several people control, money that goes on from account to account, and accounts that hand it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ocgnet.analysis.things.shared import days, stretches_of
from ocgnet.analysis.things.traffic import Traffic
from ocgnet.analysis.things.travelled import authorities_of, chance_words, labels_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.english import counted
from ocgnet.evidence.independent_trials import at_least
from ocgnet.evidence.membership import Memberships
from ocgnet.evidence.spans import group_starts
from ocgnet.evidence.thing_use import USERS, ThingUse
from ocgnet.results import ResultTable
from ocgnet.settings import Settings

_NO_CURRENCY = ""
_PENCE = 0.005
_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Payments:
    """Transfers with an amount, sorted by time; amounts of different currencies are never added."""

    things: np.ndarray  # str (object): ids of accounts
    label: np.ndarray  # str (object) per account
    linked: np.ndarray  # int64 per account: position in ``ThingUse.things``, -1 where nobody has to do with it
    hidden: np.ndarray  # bool per account: whether only people who take no part use it
    source: np.ndarray  # source and target (int64): positions in ``things``
    target: np.ndarray
    day: np.ndarray  # int64: day on the clock of Europe/London
    amount: np.ndarray  # float, above 0
    currency: np.ndarray  # int64: position in ``currencies``
    currencies: np.ndarray  # str (object), sorted; empty where none is recorded
    authority: np.ndarray  # str (object)
    left_out: tuple[LeftOut, ...]

    @classmethod
    def of(cls, dataset: Dataset, transfers: Traffic) -> Payments:
        """Return the payments of the traffic of transfers; those without an amount are counted and left out."""
        rows = transfers.rows
        amount = rows["amount"].to_numpy().astype(float)
        source = np.where(transfers.forward, transfers.one[transfers.place], transfers.two[transfers.place])
        target = np.where(transfers.forward, transfers.two[transfers.place], transfers.one[transfers.place])
        day = transfers.day[transfers.place].astype(np.int64)
        known = amount > 0
        gone = () if known.all() else (LeftOut("transfers", "no amount, or an amount of 0", int((~known).sum())),)
        words = pc.fill_null(rows["currency"], _NO_CURRENCY).to_numpy(zero_copy_only=False).astype(str)
        currencies, currency = np.unique(words, return_inverse=True)
        refs = authorities_of(dataset.about, rows, "transfers")
        order = np.flatnonzero(known)
        order = order[np.lexsort((target[order], source[order], day[order]))]
        return cls(
            transfers.things, transfers.label, transfers.linked, transfers.withheld,
            source[order].astype(np.int64), target[order].astype(np.int64), day[order], amount[order],
            currency[order].astype(np.int64), currencies.astype(object), refs[order], gone,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.amount)


def shared_accounts_of(
    dataset: Dataset, use: ThingUse, members: Memberships, payments: Payments, settings: Settings
) -> ResultTable:
    """Return accounts that at least two people use, control or sign for, most nominals first.

    Accounts with more people than ``settings.thing_cap``, as of a large club, are in ``crowded_things``.
    """
    control = (use.kind[use.thing] == "account") & np.isin(use.relation, USERS)
    spans = stretches_of(use, control)
    begins = group_starts(spans.thing, spans.person) if len(spans.thing) else np.zeros(0, bool)
    several = np.bincount(spans.thing[begins], minlength=len(use.things))
    accounts = np.flatnonzero((several >= 2) & (several <= settings.thing_cap))
    ids = dataset["nominals"]["nominal_id"].to_pylist()
    groups: dict[str, set[str]] = {}
    for person, ocg in zip(members.person.tolist(), members.ocg.tolist(), strict=True):
        groups.setdefault(ids[person], set()).add(ocg)
    at = {thing: k for k, thing in enumerate(payments.things)}
    labels = labels_of(dataset, use)[accounts]
    nominals = frozenset(ids)
    rows = []
    for account, label in zip(accounts.tolist(), labels, strict=True):
        own = np.flatnonzero(control & (use.thing == account))
        part = slice(*np.searchsorted(spans.thing, (account, account + 1)))
        people = [str(use.people[p]) for p in np.unique(use.person[own])]
        k = at.get(use.things[account], -1)
        row: dict[str, Any] = {
            "account": use.things[account],
            "account_label": label,
            "people": len(people),
            "person_ids": "|".join(people),
            "person_names": "|".join(filter(None, (dataset.shown_names.get(p, "") for p in people))),
            "relations": "|".join(sorted(set(use.relation[own]))),
            "nominals": sum(p in nominals for p in people),
            "person_groups": "|".join(sorted(set().union(*(groups.get(p, set()) for p in people)))),
            "at_once": _most_at_once(spans.first[part], spans.last[part]),
            "first_day": days([int(spans.first[part].min())])[0],
            "last_day": days([int(spans.last[part].max())])[0],
            "confidence": "suspected" if use.suspected[own].any() else "confirmed",
            "payments_in": int((payments.target == k).sum()),
            "payments_out": int((payments.source == k).sum()),
        }
        row["across_groups"] = _across([groups[p] for p in people if p in groups])
        rows.append(row | {"because": _why_shared(row)})
    frame = pd.DataFrame(rows)
    if len(frame):
        frame = frame.sort_values(["nominals", "people", "account"], ascending=[False, False, True])
    return ResultTable.of("shared_accounts", frame if len(frame) else ())


def _across(groups: list[set[str]]) -> bool:
    """Whether two of them have no group in common."""
    return any(not a & b for n, a in enumerate(groups) for b in groups[:n])


def _most_at_once(first: np.ndarray, last: np.ndarray) -> int:
    starts, ends = np.sort(first), np.sort(last)
    return int((np.arange(1, len(starts) + 1) - np.searchsorted(ends, starts, "left")).max())


def _why_shared(row: Mapping[str, Any]) -> str:
    said = (
        f"{counted(row['people'], 'person', 'people')} have account {row['account']} "
        f"({row['relations'].replace('_', ' ').replace('|', ', ')}), {row['nominals']:,} of them "
        f"{'a nominal' if row['nominals'] == 1 else 'nominals'}; at most {row['at_once']:,} at once"
    )
    if row["across_groups"]:
        said += f". Two of them belong to groups and to none in common: {row['person_groups'].replace('|', ', ')}"
    if row["confidence"] == "suspected":
        said += ". Some of this is suspected and not confirmed"
    return f"{said}."


# What goes on from account to account.


def money_chains_of(payments: Payments, settings: Settings) -> tuple[ResultTable, tuple[LeftOut, ...]]:
    """Return chains A to B to C in which what comes into B goes on within days, in about the same amount.

    A payment goes on in each payment out of B in the same currency, on the same day or up to ``settings.money_days``
    later, that is as large within ``settings.money_tolerance``. Payments followed by more than
    ``settings.money_crowd`` others out of the account within the days say nothing and are counted. A chain needs
    ``settings.money_times`` payments that went on.

    The chance keeps every payment and its amount, and draws the days of what goes out anew from the days from the
    first payment of the records to the last.
    """
    p = payments
    if not len(p):
        return ResultTable.of("money_chains", ()), ()
    low, width = int(p.day.min()), int(p.day.max() - p.day.min()) + 1
    reach = settings.money_days
    span = width + reach + 1
    out = np.lexsort((p.day, p.source * len(p.currencies) + p.currency))
    key = (p.source[out] * len(p.currencies) + p.currency[out]) * span + (p.day[out] - low)
    into = (p.target * len(p.currencies) + p.currency) * span + (p.day - low)
    begin, end = np.searchsorted(key, into), np.searchsorted(key, into + reach, "right")
    busy = end - begin > settings.money_crowd
    gone: tuple[LeftOut, ...] = ()
    if busy.any():
        gone = (
            LeftOut(
                "transfers",
                f"followed by more than {settings.money_crowd:,} payments out of the account within {reach} days",
                int(busy.sum()),
            ),
        )
    many = np.where(busy, 0, end - begin)
    first = np.repeat(np.arange(len(p)), many)
    second = out[np.arange(len(first)) - np.repeat(np.cumsum(many) - many - begin, many)]
    fits = np.abs(p.amount[second] - p.amount[first]) <= settings.money_tolerance * p.amount[first] + _PENCE
    fits &= ~(p.hidden[p.source[first]] | p.hidden[p.target[first]] | p.hidden[p.target[second]])
    first, second = first[fits], second[fits]
    order = np.lexsort((p.day[second], first, p.currency[first], p.target[second], p.target[first], p.source[first]))
    first, second = first[order], second[order]
    if not len(first):
        return ResultTable.of("money_chains", ()), gone
    # A payment counts once in a chain, with the first that fits.
    once = group_starts(p.source[first], p.target[first], p.target[second], p.currency[first], first)
    first, second = first[once], second[once]
    starts = np.flatnonzero(group_starts(p.source[first], p.target[first], p.target[second], p.currency[first]))
    times = np.diff(np.append(starts, len(first)))
    rows = []
    for begin_row, number in zip(
        starts[times >= settings.money_times], times[times >= settings.money_times], strict=True
    ):
        ins, outs = first[begin_row : begin_row + number], second[begin_row : begin_row + number]
        row = _chain(p, ins, outs)
        row["chance"] = _chance_of_chain(p, ins[0], outs[0], int(number), settings, width)
        rows.append(row | {"because": _why_chain(row)})
    frame = pd.DataFrame(rows)
    if len(frame):
        frame = frame.sort_values(["chance", "times", "from_account"], ascending=[True, False, True], kind="stable")
    return ResultTable.of("money_chains", frame if len(frame) else ()), gone


def _chain(p: Payments, ins: np.ndarray, outs: np.ndarray) -> dict[str, Any]:
    a, b, c = p.source[ins[0]], p.target[ins[0]], p.target[outs[0]]
    between = p.day[outs] - p.day[ins]
    paid, passed = float(p.amount[ins].sum()), float(p.amount[outs].sum())
    return {
        "from_account": p.things[a],
        "from_label": p.label[a],
        "through_account": p.things[b],
        "through_label": p.label[b],
        "to_account": p.things[c],
        "to_label": p.label[c],
        "returns": bool(a == c),
        "currency": p.currencies[p.currency[ins[0]]],
        "times": len(ins),
        "amount_in": paid,
        "amount_out": passed,
        "share": passed / paid,
        "days_between": float(np.median(between)),
        "first_day": np.datetime64(int(p.day[ins].min()), "D"),
        "last_day": np.datetime64(int(p.day[outs].max()), "D"),
        "authority_refs": "|".join(sorted({r for r in (*p.authority[ins], *p.authority[outs]) if r})),
    }


def _chance_of_chain(p: Payments, one: int, other: int, times: int, settings: Settings, width: int) -> float:
    """Return how often as many payments go on when the days of those out are drawn anew."""
    a, b, c, currency = p.source[one], p.target[one], p.target[other], p.currency[one]
    ins = np.flatnonzero((p.source == a) & (p.target == b) & (p.currency == currency))
    outs = np.flatnonzero((p.source == b) & (p.target == c) & (p.currency == currency))
    apart = np.abs(p.amount[outs][None, :] - p.amount[ins][:, None])
    fit = (apart <= settings.money_tolerance * p.amount[ins][:, None] + _PENCE).sum(axis=1)
    left = np.minimum(p.day.max() - p.day[ins], settings.money_days) + 1
    each = 1 - (1 - left / width) ** fit
    return float(at_least(each, np.array([0, len(each)]), np.array([times]))[0])


def _why_chain(row: Mapping[str, Any]) -> str:
    end = "back to where it came from" if row["returns"] else f"to {row['to_account']}"
    return (
        f"{row['amount_in']:,.2f} {row['currency'] or '(no currency)'} from {row['from_account']} came into "
        f"{row['through_account']} in {counted(row['times'], 'payment')} that may have gone on {end}: "
        f"{row['amount_out']:,.2f}, {counted(row['days_between'], 'day')} later at the median. Had the payments out "
        f"been made on other days, as many would fit {chance_words(row['chance'])}."
    )


# Accounts that hand on what they get.


def pass_through_of(payments: Payments, use: ThingUse, settings: Settings) -> ResultTable:
    """Return accounts of which at least ``settings.money_share`` of what comes in goes out within days.

    Currency by currency. Money is taken to go out in the order in which it came in; what is older than
    ``settings.money_days`` has stayed. An occasion is a day of payments of which, within ``settings.money_tolerance``,
    all went out in time; it takes ``settings.money_times`` of them. The chance is that of as large a share when the
    days of payments out are drawn anew from the days of the account, in ``settings.money_draws`` draws.
    """
    p = payments
    if not len(p):
        return ResultTable.of("pass_through", ())
    kinds = len(p.currencies)
    rows = []
    keys = np.intersect1d(p.target * kinds + p.currency, p.source * kinds + p.currency)
    ins, outs = _by_key(p.target * kinds + p.currency, p), _by_key(p.source * kinds + p.currency, p)
    for key in keys[_may_pass(keys, ins, outs, settings)]:
        account, currency = divmod(int(key), kinds)
        if p.hidden[account]:
            continue
        (day_in, sum_in), (day_out, sum_out) = ins.of(key), outs.of(key)
        low = int(min(day_in[0], day_out[0]))
        grid = np.zeros((2, int(max(day_in[-1], day_out[-1])) - low + 1))
        grid[0, day_in - low], grid[1, day_out - low] = sum_in, sum_out
        passed, waited, left = handed_on(grid[:1], grid[1:], settings.money_days)
        total = float(sum_in.sum())
        share = float(passed[0]) / total
        full = left[0, day_in - low] <= settings.money_tolerance * sum_in + _PENCE
        if share < settings.money_share or full.sum() < settings.money_times:
            continue
        row: dict[str, Any] = {
            "account": p.things[account],
            "account_label": p.label[account],
            "person_ids": _people(use, int(p.linked[account])),
            "currency": p.currencies[currency],
            "amount_in": total,
            "amount_passed": float(passed[0]),
            "amount_out": float(sum_out.sum()),
            "share": share,
            "occasions": len(day_in),
            "times": int(full.sum()),
            "days_between": float(waited[0] / passed[0]) if passed[0] else 0.0,
            "first_day": np.datetime64(int(day_in[0]), "D"),
            "last_day": np.datetime64(int(day_out[-1]), "D"),
            "payers": len(np.unique(p.source[(p.target == account) & (p.currency == currency)])),
            "payees": len(np.unique(p.target[(p.source == account) & (p.currency == currency)])),
            "chance": _chance_of_share(grid, float(passed[0]), settings),
        }
        mine = ((p.target == account) | (p.source == account)) & (p.currency == currency)
        row["authority_refs"] = "|".join(sorted({r for r in p.authority[mine] if r}))
        rows.append(row | {"because": _why_passed(row, settings)})
    frame = pd.DataFrame(rows)
    if len(frame):
        frame = frame.sort_values(["chance", "share", "account"], ascending=[True, False, True], kind="stable")
    return ResultTable.of("pass_through", frame if len(frame) else ())


@dataclass(frozen=True)
class _ByKey:
    """Sums per account and currency, and day, sorted by them."""

    key: np.ndarray
    day: np.ndarray
    total: np.ndarray

    def of(self, key: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(*np.searchsorted(self.key, (key, key + 1)))
        return self.day[rows], self.total[rows]


def _by_key(key: np.ndarray, p: Payments) -> _ByKey:
    order = np.lexsort((p.day, key))
    starts = np.flatnonzero(group_starts(key[order], p.day[order]))
    return _ByKey(key[order][starts], p.day[order][starts], np.add.reduceat(p.amount[order], starts))


def _may_pass(keys: np.ndarray, ins: _ByKey, outs: _ByKey, settings: Settings) -> np.ndarray:
    """Return of which accounts so much goes out in the days after what comes in that they have to be looked at."""
    span = int(max(ins.day.max(), outs.day.max())) + settings.money_days + 2
    low = int(min(ins.day.min(), outs.day.min()))
    at = outs.key * (span - low) + (outs.day - low)
    whole = np.concatenate(([0.0], np.cumsum(outs.total)))
    into = ins.key * (span - low) + (ins.day - low)
    after = whole[np.searchsorted(at, into + settings.money_days, "right")] - whole[np.searchsorted(at, into)]
    place = np.searchsorted(keys, ins.key)
    known = (
        (place < len(keys)) & (keys[np.minimum(place, max(len(keys) - 1, 0))] == ins.key) if len(keys) else place < 0
    )
    most = np.bincount(place[known], np.minimum(after, ins.total)[known], len(keys))
    total = np.bincount(place[known], ins.total[known], len(keys))
    often = np.bincount(place[known], minlength=len(keys))
    return np.asarray((most >= (settings.money_share - 1e-9) * total) & (often >= settings.money_times))


def handed_on(ins: np.ndarray, outs: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how much of what comes in goes out in time, first in first out.

    Parameters
    ----------
    ins, outs : float array, shape (cases, days)
        What comes in and goes out on each day; what comes in may go out the same day.
    reach : int
        Days after which what is left has stayed.

    Returns
    -------
    passed : float array, shape (cases,)
        How much went out in time.
    waited : float array, shape (cases,)
        The same multiplied by the days it took.
    left : float array, shape (cases, days)
        How much of what came in on each day has stayed.

    Examples
    --------
    >>> passed, waited, left = handed_on(np.array([[100.0, 0, 50, 0]]), np.array([[0, 80.0, 0, 60]]), 2)
    >>> passed.tolist(), waited.tolist(), left.tolist()
    ([130.0], [130.0], [[20.0, 0.0, 0.0, 0.0]])
    """
    left = np.broadcast_to(ins, (len(outs), ins.shape[1])).astype(float)
    passed, waited = np.zeros(len(left)), np.zeros(len(left))
    for day in np.flatnonzero((outs > 0).any(axis=0)).tolist():
        rest = outs[:, day].astype(float)
        for earlier in range(max(0, day - reach), day + 1):
            taken = np.minimum(rest, left[:, earlier])
            left[:, earlier] -= taken
            rest = rest - taken
            passed += taken
            waited += taken * (day - earlier)
    return passed, waited, left


def _chance_of_share(grid: np.ndarray, passed: float, settings: Settings) -> float:
    """Return how often as much is handed on when the days of payments out are drawn anew, none twice."""
    rng = np.random.default_rng(settings.seed)
    sums = grid[1][grid[1] > 0]
    draws, length = settings.money_draws, grid.shape[1]
    reached = done = 0
    while done < draws:
        some = min(draws - done, max(1, _CELLS_AT_ONCE // length))
        outs = rng.permuted(np.tile(np.append(sums, np.zeros(length - len(sums))), (some, 1)), axis=1)
        reached += int((handed_on(grid[:1], outs, settings.money_days)[0] >= passed - _PENCE).sum())
        done += some
    return (1 + reached) / (1 + draws)


def _people(use: ThingUse, thing: int) -> str:
    rows = np.flatnonzero((use.thing == thing) & np.isin(use.relation, USERS) & (thing >= 0))
    return "|".join(sorted({str(use.people[p]) for p in use.person[rows]}))


def _why_passed(row: Mapping[str, Any], settings: Settings) -> str:
    return (
        f"{row['account']} may hand on what it gets: of {row['amount_in']:,.2f} {row['currency'] or '(no currency)'} "
        f"from {counted(row['payers'], 'account')}, {row['amount_passed']:,.2f} ({row['share']:.0%}) went out within "
        f"{counted(settings.money_days, 'day')}, to {counted(row['payees'], 'account')}, after "
        f"{row['days_between']:.1f} days on average; so on {row['times']:,} of {counted(row['occasions'], 'day')} on "
        f"which it was paid. Had the payments out been made on other days, as much would be handed on "
        f"{chance_words(row['chance'])}."
    )
