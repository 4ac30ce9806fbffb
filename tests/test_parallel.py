"""Work on several cores: the same answers in the same order, and nothing left behind."""

from __future__ import annotations

import operator
import os
import signal
import time

import numpy as np
import pyarrow as pa
import pytest

from ocgnet.analysis.position import position_of
from ocgnet.analysis.roles.stability import stability_of
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.model import TABLES
from ocgnet.network.ties import ties_of
from ocgnet.parallel import WORTH, Cores
from ocgnet.settings import Settings

pytestmark = pytest.mark.long


def who(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def end_elsewhere(first: int) -> int:
    """Stand for a process that is ended from outside."""
    if os.getpid() != first:
        os._exit(3)
    return first


@pytest.mark.parametrize("count", [0, 1, WORTH - 1, WORTH, 40])
def test_answers_come_in_order_and_are_counted(count):
    told = []
    with Cores(lambda done, total: told.append((done, total)), cores=2) as cores:
        assert cores(operator.neg, range(count)) == [-i for i in range(count)]
    assert not count or told[-1] == (count, count)


def test_long_work_uses_another_process_and_short_work_does_not():
    with Cores(lambda _done, _total: None, cores=2) as cores:
        assert set(cores(who, [0.0] * (WORTH - 1))) == {os.getpid()}
        # A process takes a while to start; until then this one does the work.
        assert len(set(cores(who, [0.3] * 24))) == 2
    with Cores(lambda _done, _total: None, cores=1) as cores:
        assert set(cores(who, [0.0] * 24)) == {os.getpid()}


@pytest.mark.parametrize("cores", [1, 2])
def test_a_job_aside_is_done_once_wherever(cores):
    with Cores(lambda _done, _total: None, cores=cores) as some:
        assert some.aside(operator.add, 2, 3)() == 5
        some.begin()
        jobs = [some.aside(who, 0.2) for _ in range(8)]
        elsewhere = {job() for job in jobs} - {os.getpid()}
        assert len(elsewhere) <= cores - 1
        # Once others run, even little work is shared.
        assert some(operator.neg, [1, 2, 3]) == [-1, -2, -3]
        with pytest.raises(ZeroDivisionError):
            some.aside(operator.truediv, 1, 0)()


def test_a_job_aside_of_a_process_that_was_ended_is_done_here():
    with Cores(lambda _done, _total: None, cores=2) as cores:
        cores.begin()
        time.sleep(3)
        jobs = [cores.aside(end_elsewhere, os.getpid()) for _ in range(3)]
        assert [job() for job in jobs] == [os.getpid()] * 3
        assert cores.aside(operator.add, 1, 1)() == 2


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("cores", [2, 3])
def test_work_of_a_process_that_was_ended_is_done_here(cores, begun):
    """Whether the process ends before this one has taken work back, or after."""
    with Cores(lambda _done, _total: None, cores=cores) as some:
        if begun:
            some.begin()
            time.sleep(3)
        assert some(end_elsewhere, [os.getpid()] * 60) == [os.getpid()] * 60
        assert some(operator.neg, range(20)) == [-i for i in range(20)]


def end_elsewhere_after(first: int) -> int:
    time.sleep(0.2)
    return end_elsewhere(first)


def test_a_process_that_ends_among_work_taken_back_holds_nothing_up():
    with Cores(lambda _done, _total: None, cores=2) as cores:
        cores.begin()
        time.sleep(3)
        assert cores(end_elsewhere_after, [os.getpid()] * 10) == [os.getpid()] * 10


def ring(people: int) -> Dataset:
    """A ring with shortcuts, in groups of ten."""
    ids = [f"N{i:03}" for i in range(people)]
    tables = {
        "nominals": [{"nominal_id": i} for i in ids],
        "ocgs": [{"ocg_id": f"G{g}"} for g in range(people // 10)],
        "memberships": [{"nominal_id": i, "ocg_id": f"G{n // 10}"} for n, i in enumerate(ids)],
        "associations": [
            {"person_a": ids[i], "person_b": ids[(i + step) % people], "kind": "meeting", "times_observed": 1 + i % 3}
            for i in range(people)
            for step in ((1, 7) if i % 3 else (1, 2, 31))
        ],
    }
    return Dataset.of(
        {
            name: pa.Table.from_pylist(
                [dict.fromkeys(TABLES[name].schema.names) | r for r in rows], TABLES[name].schema
            )
            for name, rows in tables.items()
        }
    )


def test_the_number_of_cores_changes_no_stability():
    chosen = Settings(resamples=40)
    evidence = evidence_of(ring(100), chosen)
    ties = ties_of(evidence, chosen)
    position = position_of(ties, chosen)

    def in_small_parts(spread):
        def cut(function, parts):
            return spread(function, [(plan, work[i : i + 1]) for plan, work in parts for i in range(len(work))])

        return cut

    with Cores(lambda _done, _total: None, cores=3) as cores:
        many = stability_of(evidence, ties, position, chosen, in_small_parts(cores))
    one = stability_of(evidence, ties, position, chosen)
    for name in ("share", "by_kind", "otherwise"):
        np.testing.assert_array_equal(getattr(many, name), getattr(one, name))
    for name in ("on", "to", "same"):
        np.testing.assert_array_equal(getattr(many.turning, name), getattr(one.turning, name))


def _stopped_by_ctrl_c(_: object) -> bool:
    """Whether Ctrl-C reaches this process, in this thread or in one that begins."""
    return signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_ctrl_c_does_not_reach_another_process_even_while_it_starts():
    with Cores(lambda _done, _total: None, cores=2) as cores:
        cores.begin()
        assert cores._others is not None
        assert cores._others.ask(_stopped_by_ctrl_c, None).result() is False
