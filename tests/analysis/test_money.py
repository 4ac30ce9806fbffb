"""Money: what is handed on, on paper and against a queue; chains against brute force; chances against shuffles."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from made_calls import AS_OF, records, used

from ocgnet.analysis.things.money import (
    Payments,
    handed_on,
    money_chains_of,
    pass_through_of,
    shared_accounts_of,
)
from ocgnet.analysis.things.traffic import traffic_of
from ocgnet.dataset import Dataset, LeftOut
from ocgnet.evidence.membership import memberships_on
from ocgnet.evidence.period import period_of
from ocgnet.evidence.thing_use import ThingUse, thing_use
from ocgnet.settings import Settings


def pay(one: str, two: str, day: int, amount: float | None, currency: str = "GBP") -> dict:
    at = datetime(2019, 1, 1, 12) + timedelta(days=day)
    return {"from_account": one, "to_account": two, "at": at, "amount": amount, "currency": currency}


def paid(transfers: list[dict], links: list[dict] = (), **tables: list[dict]) -> tuple[Dataset, Payments, ThingUse]:
    accounts = sorted(
        {t[c] for t in transfers for c in ("from_account", "to_account")} | {x["thing_id"] for x in links}
    )
    things = [{"thing_id": a, "kind": "account", "label": f"account {a}"} for a in accounts]
    made = records([], links, things=things, transfers=transfers, **tables)
    settings = Settings()
    period = period_of(made, settings)
    use = thing_use(made, settings, period)
    return made, Payments.of(made, traffic_of(made, use, settings, period, "transfers")), use


def test_an_account_that_hands_on_is_found_among_wages_a_house_and_savings_on_paper():
    mule = [pay(f"P{d // 30 % 3}", "M", d, 1000) for d in (0, 30, 60, 90)]
    mule += [pay("M", "B", d + 1, 950) for d in (0, 30, 60, 90)]
    wages = [pay("E", "W", d, 1800) for d in (0, 30, 60, 90)]
    wages += [pay("W", "S", d + n, 350) for d in (0, 30, 60, 90) for n in (2, 8, 14, 20)]
    house = [pay("buyer", "mover", 5, 180_000), pay("mover", "seller", 7, 178_500)]
    savings = [pay("E", "saver", d, 100) for d in (0, 30, 60, 90)] + [pay("saver", "S", 91, 400)]
    _, payments, use = paid(mule + wages + house + savings, [used("N1", "M", relation="owner")])
    frame = pass_through_of(payments, use, Settings()).frame
    assert frame["account"].tolist() == ["M"]
    row = frame.iloc[0]
    numbers = ["amount_in", "amount_passed", "amount_out", "share", "occasions", "times", "days_between", "payers"]
    assert row[numbers].tolist() == [4000, 3800, 3800, 0.95, 4, 4, 1, 3]
    assert (row["person_ids"], row["currency"]) == ("N1", "GBP")
    assert row["chance"] <= 0.002
    assert row["because"].startswith("M may hand on what it gets: of 4,000.00 GBP from 3 accounts, 3,800.00 (95%)")


def test_currencies_are_never_added_and_a_payment_without_an_amount_is_counted():
    transfers = [pay("P", "M", d, 100, "GBP") for d in (0, 10, 20)] + [
        pay("M", "B", d, 100, "EUR") for d in (1, 11, 21)
    ]
    _, payments, use = paid([*transfers, pay("P", "M", 5, None)])
    assert pass_through_of(payments, use, Settings()).frame.empty
    assert money_chains_of(payments, Settings())[0].frame.empty
    assert payments.left_out == (LeftOut("transfers", "no amount, or an amount of 0", 1),)
    same = [t | {"currency": "GBP"} for t in transfers]
    _, payments, use = paid(same)
    assert len(pass_through_of(payments, use, Settings()).frame) == 1
    assert len(money_chains_of(payments, Settings())[0].frame) == 1


AMOUNTS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 9)), min_size=1, max_size=8)


@examples(max_examples=60, deadline=None)
@given(AMOUNTS, AMOUNTS, st.integers(0, 4))
def test_what_is_handed_on_is_that_of_a_plain_queue(ins, outs, reach):
    grid = np.zeros((2, 13))
    for row, amounts in enumerate((ins, outs)):
        for day, amount in amounts:
            grid[row, day] += amount
    passed, waited, left = handed_on(grid[:1], grid[1:], reach)
    queue: deque[list[float]] = deque()
    total = delay = 0.0
    for day in range(13):
        if grid[0, day]:
            queue.append([day, grid[0, day]])
        out = grid[1, day]
        while out and queue:
            if queue[0][0] < day - reach:
                queue.popleft()
                continue
            taken = min(out, queue[0][1])
            total, delay, out = total + taken, delay + taken * (day - queue[0][0]), out - taken
            queue[0][1] -= taken
            if not queue[0][1]:
                queue.popleft()
    assert (passed[0], waited[0]) == (total, delay)
    assert left.sum() == pytest.approx(grid[0].sum() - total)


@examples(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.integers(0, 9), st.sampled_from([100, 105, 120])),
        max_size=16,
    )
)
def test_chains_are_those_of_brute_force(drawn):
    drawn = [t for t in drawn if t[0] != t[1]]
    _, payments, _ = paid([pay(*t) for t in drawn])
    frame = money_chains_of(payments, Settings(money_times=1))[0].frame
    followed = defaultdict(set)
    for n, (a, b, day, amount) in enumerate(drawn):
        for source, c, later, passed in drawn:
            if source == b and 0 <= later - day <= 3 and abs(passed - amount) <= 0.1 * amount:
                followed[a, b, c].add(n)
    mine = frame[["from_account", "through_account", "to_account", "times"]].itertuples(index=False)
    assert {tuple(r[:3]): r[3] for r in mine} == {k: len(v) for k, v in followed.items()}


def test_the_chances_are_those_of_a_shuffle_of_days():
    rng = np.random.default_rng(11)
    ins = [pay("A", "M", int(d), 100) for d in rng.choice(40, 9, replace=False)]
    outs = [pay("M", "C", int(d), 100) for d in rng.choice(40, 9, replace=False)]
    ends = [pay("X", "Y", 0, 1), pay("X", "Y", 39, 1)]
    _, payments, use = paid(ins + outs + ends)
    settings = Settings(money_times=1, money_share=0.0, money_draws=4000)
    chain = money_chains_of(payments, settings)[0].frame.iloc[0]
    days_in = np.array([(t["at"] - datetime(2019, 1, 1)).days for t in ins])
    drawn = rng.integers(0, 40, (4000, 9))
    after = drawn[:, None, :] - days_in[None, :, None]
    followed = ((after >= 0) & (after <= 3)).any(axis=2).sum(axis=1)
    assert chain["chance"] == pytest.approx((followed >= chain["times"]).mean(), abs=0.02)
    row = pass_through_of(payments, use, settings).frame.set_index("account").loc["M"]
    low = min(*days_in, *((t["at"] - datetime(2019, 1, 1)).days for t in outs))
    high = max(*days_in, *((t["at"] - datetime(2019, 1, 1)).days for t in outs))
    as_much = 0
    for _ in range(3000):
        rest, total = dict.fromkeys(days_in.tolist(), 100.0), 0.0
        for day in np.sort(rng.choice(np.arange(low, high + 1), 9, replace=False)).tolist():
            for earlier in sorted(rest):
                if day - 3 <= earlier <= day and rest[earlier]:
                    total += 100
                    rest[earlier] = 0
                    break
        as_much += total >= row["amount_passed"]
    assert row["chance"] == pytest.approx(as_much / 3000, abs=0.02)


def test_accounts_of_several_people_on_paper():
    links = [
        used("A", "joint", 0, 50, relation="controls"),
        used("B", "joint", 20, 80, relation="controls"),
        used("X", "joint", 90, relation="signatory", confidence="suspected"),
        used("A", "own", relation="owner"),
        used("B", "shop", relation="employee"),
        used("A", "shop", relation="employee"),
    ]
    made, payments, use = paid(
        [pay("joint", "own", 3, 5)],
        links,
        nominals=[{"nominal_id": p} for p in "AB"],
        ocgs=[{"ocg_id": g, "status": "active"} for g in ("G", "H")],
        memberships=[{"nominal_id": "A", "ocg_id": "G"}, {"nominal_id": "B", "ocg_id": "H"}],
    )
    members = memberships_on(made, AS_OF, made["nominals"]["nominal_id"].combine_chunks())
    frame = shared_accounts_of(made, use, members, payments, Settings()).frame
    assert len(frame) == 1
    row = frame.iloc[0]
    assert (row["account"], row["person_ids"], row["nominals"], row["at_once"]) == ("joint", "A|B|X", 2, 2)
    assert (row["across_groups"], row["confidence"], row["payments_out"]) == (True, "suspected", 1)
    assert pd.isna(row["last_day"])
    assert shared_accounts_of(made, use, members, payments, Settings(thing_cap=2)).frame.empty
