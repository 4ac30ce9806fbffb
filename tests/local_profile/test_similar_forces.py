"""Ranks among several forces: on paper, against brute force over all orders, and through the command."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ocgnet.analysis.intervals import count_interval, share_interval
from ocgnet.cli.app import app
from ocgnet.errors import OcgnetError
from ocgnet.local_profile.similar_forces import Other, rank_of, similar_forces

HOME = Path(__file__).parents[2]
YEAR = (date(2018, 4, 1), date(2019, 3, 31))


def share(part, whole):
    low, high = share_interval(part, whole)
    return {"says": "Shared", "unit": "share", "value": part / whole, "numerator": part, "denominator": whole,
            "low": low, "high": high, "records": whole, "chapter": "x"}  # fmt: skip


def force(name, days=YEAR, weights="w", **details):
    return Other(name, details, days, weights, name)


def row_of(here, others, name="a", least=20):
    frame = similar_forces(here, others, least).frame
    return frame[frame["figure_id"] == name].iloc[0]


def test_on_paper():
    """Here 30 of 100. 80 of 100 is above and 5 of 100 below beyond chance; 32 and 27 of 100 are not told apart from it.

    So two stand above, 80 and 32: third. Chance leaves 2nd (80 alone is above) to 4th (5 alone is below) of five.
    """
    here = force("here", a=share(30, 100))
    others = [force(str(n), a=share(n, 100)) for n in (80, 32, 27, 5)]
    row = row_of(here, others)
    assert (row["rank"], row["rank_best"], row["rank_worst"], row["forces"]) == (3, 2, 4, 5)
    assert row["stands"] == "3rd of 5, could be 2nd to 4th"
    assert (row["lowest"], row["middle"], row["highest"]) == (0.05, 0.3, 0.8)
    assert row["counts"] == "30 of 100"
    # The difference to 32 of 100, by hand: Newcombe's interval holds 0.
    (low, high), (other_low, other_high) = share_interval(30, 100), share_interval(32, 100)
    ends = -0.02 - math.hypot(0.3 - low, other_high - 0.32), -0.02 + math.hypot(high - 0.3, 0.32 - other_low)
    assert ends[0] < 0 < ends[1]


def test_equal_values_share_a_rank_and_one_force_far_above_is_first():
    here = force("here", a=share(30, 100))
    assert row_of(here, [force("b", a=share(30, 100)), force("c", a=share(30, 100))])["rank"] == 1
    above = force("here", a=share(90, 100))
    row = row_of(above, [force("b", a=share(30, 100)), force("c", a=share(20, 100))])
    assert row["stands"] == "1st of 3"


def test_what_cannot_be_ranked_is_said():
    count = share(30, 100) | {"unit": "count", "value": 30}
    here = force("here", a=share(30, 100), b=count, c=share(3, 9), harm_x=share(30, 100),
                 alone=share(1, 100), d=share(30, 100) | {"unit": "ratio"}, ward_x=share(30, 100),
                 e=share(30, 100) | {"low": None})  # fmt: skip
    few = force("few", a=share(4, 10), b=count, c=share(30, 100), harm_x=share(30, 100), ward_x=share(30, 100))
    heavy = force("heavy", weights="other", a=share(40, 100), harm_x=share(30, 100), c=share(30, 100))
    quarter = force("quarter", (date(2019, 1, 1), date(2019, 3, 31)), d=share(30, 100) | {"unit": "ratio"},
                    a=share(30, 100) | {"says": "Another"}, e=share(30, 100))  # fmt: skip
    others = [few, heavy, quarter]
    a = row_of(here, others, "a")
    assert a["forces"] == 2
    assert "few: it rests on fewer than 20 records" in a["because"]
    assert "quarter: it counts something else there" in a["because"]
    assert "grows with the size of a force" in row_of(here, others, "b")["because"]
    assert row_of(here, others, "c")["stands"] == "too few to say"
    assert "heavy: other weights" in row_of(here, others, "harm_x")["because"]
    assert row_of(here, others, "harm_x")["forces"] == 2
    assert "quarter: a period of another length" in row_of(here, others, "d")["because"]
    assert row_of(here, others, "d")["stands"] == "not ranked"
    assert row_of(here, others, "e")["because"] == "here no interval"
    assert {"alone", "ward_x"}.isdisjoint(similar_forces(here, others, 20).frame["figure_id"])


@given(st.lists(st.integers(0, 60), min_size=2, max_size=7))
def test_the_ranks_that_are_open_hold_the_rank_and_turn_round_with_the_order(parts):
    """Seen from the other end, by the shares of the rest, first is last and the open ranks are mirrored."""
    figures = [share(n, 60) for n in parts]
    mirrored = [share(60 - n, 60) for n in parts]
    for at, mine in enumerate(figures):
        rest = [*figures[:at], *figures[at + 1 :]]
        rank, best, worst = rank_of(mine, rest)
        assert 1 <= best <= rank <= worst <= len(parts)
        assert rank == 1 + sum(n > parts[at] for n in parts)
        _, other_best, other_worst = rank_of(mirrored[at], [*mirrored[:at], *mirrored[at + 1 :]])
        assert (other_best, other_worst) == (len(parts) + 1 - worst, len(parts) + 1 - best)
    # A higher value never has worse ranks open.
    ranked = sorted(zip(parts, figures, strict=True), key=lambda pair: pair[0])
    spans = [rank_of(f, [g for m, g in ranked if g is not f]) for _, f in ranked]
    assert all(low[2] >= high[2] and low[1] >= high[1] for low, high in pairwise(spans))


def test_a_count_without_an_interval_has_the_poisson_limits():
    ratio = {"unit": "ratio", "value": 2.0, "low": 1.0, "high": 3.0}
    assert rank_of(ratio, [ratio | {"value": 9.0, "low": 8.0, "high": 10.0}]) == (2, 2, 2)
    assert count_interval(9)[0] > 4


@pytest.mark.long
def test_the_command_ranks_among_several_and_refuses_what_would_count_twice(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tiny = HOME / "fixtures" / "tiny"

    def profile(*words):
        done = CliRunner().invoke(app, ["profile", str(tiny), *map(str, words)])
        assert done.exit_code == 0 or isinstance(done.exception, OcgnetError | SystemExit), done.exception
        return done.output + str(done.exception or "")

    profile("--out", "year", "--from", "2017-04-01", "--to", "2018-03-31")
    profile("--out", "half", "--from", "2018-10-01", "--to", "2019-03-31")
    told = profile("--out", "out", "--compare", "year", "--compare", "half")
    assert "Ranked among 3 forces" in told
    with Path("out/tables/similar_forces.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["figure_id"]: row for row in csv.DictReader(file)}
    assert rows["crimes_per_nominal"]["stands"] == "too few to say"
    assert rows["nominals"]["because"].startswith("a count grows with the size")
    document = json.loads(Path("out/run.json").read_text(encoding="utf-8"))
    assert [b["force"] for b in document["beside"]] == [
        "Tiny example, 01/04/2017 to 31/03/2018",
        "Tiny example, 01/10/2018 to 31/03/2019",
    ]
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "Among 3 forces" in page
    assert "1st is the highest value, which is not the best or the worst" in page
    assert not Path("out/tables/comparison.csv").exists()
    assert "more than once" in profile("--out", "x", "--compare", "year", "--compare", "year")
    assert "equal run ids" in profile("--out", "x", "--compare", "year", "--compare", tiny)
    days = ("--compare-from", "2017-04-01", "--compare-to", "2018-03-31")
    assert "whose period is fixed" in profile("--out", "x", "--compare", tiny, "--compare", "year", *days)
    assert "force's own edition" in profile("--out", "x", "--for", "public", "--compare", tiny, "--compare", "year")
    assert not Path("x").exists()


def test_an_edition_for_others_ranks_what_it_shows_only():
    """A figure that is not shown has no value: here it is not ranked, and elsewhere that force takes no part."""
    hidden = share(30, 100) | {"value": None, "low": None, "high": None, "records": None}
    here = force("here", a=share(30, 100), b=hidden)
    other = force("other", a=hidden, b=share(30, 100))
    assert row_of(here, [other, replace(other, name="third", details={"a": share(5, 100)})])["forces"] == 2
    assert row_of(here, [other, force("third", b=share(1, 100))], "b")["because"] == "here not known"
