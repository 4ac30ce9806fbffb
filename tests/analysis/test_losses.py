"""One thing left out at a time: sources, ties and people, against records that never held them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import network, rows, star

from ocgnet.analysis.position import position_of
from ocgnet.analysis.roles.losses import of_person, of_sources
from ocgnet.analysis.roles.resampling import in_parts
from ocgnet.analysis.roles.roles import suggest_roles
from ocgnet.analysis.roles.stability import SOURCE, stability_of
from ocgnet.analysis.roles.tiers import NONE, TIERS, stand
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.network import WeightedGraph
from ocgnet.network.ties import ties_of
from ocgnet.settings import Settings

MEMBERS = "ABCDEFGH"
DAY = date(2019, 1, 1)
company = st.sets(st.sampled_from(MEMBERS), min_size=2, max_size=3).map(lambda s: "".join(sorted(s)))
source = st.sampled_from(["", "S1", "S2", "S3"])
told = st.lists(st.tuples(company, source), min_size=2, max_size=9)
contacts = st.lists(
    st.tuples(
        st.sampled_from(["AB", "AC", "BD", "EF"]), st.sampled_from(["phone", "meeting"]), st.integers(1, 9), source
    ),
    max_size=6,
)


def records(crimes: list[str], reports: list[tuple[str, str]], seen: list[tuple[str, str, int, str]]) -> Dataset:
    """Crimes as people, reports as (people, source), contacts as (pair, kind, times, source of their report)."""
    every = [*reports, *(("", s) for _, _, _, s in seen)]
    linked = [(f"R{i:03}", p) for i, (ps, _) in enumerate(reports) for p in ps]
    return Dataset.of(
        {
            "nominals": rows("nominals", ({"nominal_id": p} for p in MEMBERS)),
            "ocgs": rows("ocgs", [{"ocg_id": "G"}]),
            "memberships": rows("memberships", ({"nominal_id": p, "ocg_id": "G"} for p in MEMBERS)),
            "crimes": rows("crimes", ({"crime_id": f"K{i:03}", "recorded_on": DAY} for i in range(len(crimes)))),
            "crime_links": rows(
                "crime_links",
                (
                    {"crime_id": f"K{i:03}", "person_id": p, "link_role": "suspect"}
                    for i, ps in enumerate(crimes)
                    for p in ps
                ),
            ),
            "intel_reports": rows(
                "intel_reports",
                (
                    {"report_id": f"R{i:03}", "reported_on": DAY + timedelta(i), "source_ref": s or None}
                    for i, (_, s) in enumerate(every)
                ),
            ),
            "intel_links": rows("intel_links", ({"report_id": r, "person_id": p} for r, p in linked)),
            "associations": rows(
                "associations",
                (
                    {"person_a": pair[0], "person_b": pair[1], "kind": kind, "times_observed": times}
                    | {"report_id": f"R{len(reports) + i:03}"}
                    for i, (pair, kind, times, _) in enumerate(seen)
                ),
            ),
        }
    )


def without_source(data: Dataset, name: str) -> Dataset:
    """The same records as if the source had never spoken; the analysis date stays."""
    reports = data["intel_reports"]
    gone = pc.equal(pc.fill_null(reports["source_ref"], ""), name)
    ids = reports.filter(gone)["report_id"].combine_chunks()
    tables = {n: data[n] for n in sorted(data.given)}
    tables["intel_reports"] = reports.filter(pc.invert(gone))
    for n in ("intel_links", "associations"):
        tables[n] = data[n].filter(pc.invert(pc.is_in(data[n]["report_id"], ids)))
    return Dataset.of(tables)


def judged(data: Dataset, chosen: Settings):
    evidence = evidence_of(data, chosen)
    ties = ties_of(evidence, chosen)
    position = position_of(ties, chosen)
    return evidence, ties, position


WHOLE = Settings(as_of=DAY + timedelta(60), period_from=DAY, period_to=DAY + timedelta(60), half_life_days=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(company, min_size=2, max_size=6), told, contacts)
def test_the_loss_of_a_source_is_the_network_without_its_records(crimes, reports, seen):
    data = records(crimes, reports, seen)
    evidence, ties, _ = judged(data, WHOLE)
    found = of_sources(evidence, ties)
    assert sorted(found.source.tolist()) == sorted(set(ties.source[ties.source >= 0].tolist()))
    for loss, which in ((found.losses[i], s) for i, s in zip(found.of.tolist(), found.source.tolist(), strict=True)):
        _, rest, _ = judged(without_source(data, ties.sources[which]), WHOLE)
        weight = ties.weight.copy()
        weight[loss.ties] = loss.weight
        keep = np.ones(len(ties), bool)
        keep[loss.ties[loss.gone]] = False
        assert ties.a[keep].tolist() == rest.a.tolist()
        assert ties.b[keep].tolist() == rest.b.tolist()
        np.testing.assert_allclose(weight[keep], rest.weight, rtol=0, atol=2e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(company, min_size=3, max_size=7), told, contacts)
def test_every_source_is_left_out_and_counted(crimes, reports, seen):
    """Roles without each source, computed from records without it, give the counts and the share."""
    chosen = Settings(resamples=2, drop_ties=0.0, drop_people=(0.0, 0.0), as_of=WHOLE.as_of, period_from=DAY)
    data = records(crimes, reports, seen)
    evidence, ties, position = judged(data, chosen)
    stability = stability_of(evidence, ties, position, chosen)
    frame = suggest_roles(evidence, ties, position, chosen, stability, {}).frame
    base = frame["suggested_role"].to_numpy()
    if not (base != TIERS[NONE]).any():
        return
    changes, kept, counted = (np.zeros(len(base), int) for _ in range(3))
    for which in sorted(set(ties.source[ties.source >= 0].tolist())):
        other = judged(without_source(data, ties.sources[which]), chosen)
        role = suggest_roles(*other, chosen, None, {}).frame["suggested_role"].to_numpy()
        own = np.isin(ties.tie, ties.tie[ties.source == which])
        touched = np.isin(np.arange(ties.people), np.r_[ties.a[ties.tie[own]], ties.b[ties.tie[own]]])
        changes += role != base
        counted += touched | (role != base)
        kept += touched & (role == base)
    said = base != TIERS[NONE]
    assert stability.source_changes[said].tolist() == changes[said].tolist()
    assert stability.sources == len(set(ties.source[ties.source >= 0].tolist()))
    expected = np.where(counted > 0, kept / np.maximum(counted, 1), np.nan)
    np.testing.assert_allclose(stability.by_kind[SOURCE][said], expected[said])
    # Two resamples that leave nothing out always keep the role.
    np.testing.assert_allclose(stability.share[said], ((kept + 2) / (counted + 2))[said])


def test_the_points_that_are_said_to_change_a_role_do():
    """Raising every scored percentile by the points said gives the tier said."""
    rng = np.random.default_rng(1)
    for _ in range(60):
        n = int(rng.integers(4, 12))
        edges = {tuple(sorted(rng.choice(n, 2, replace=False).tolist())) for _ in range(2 * n)}
        people = "ABCDEFGHIJKL"[:n]
        data = network([(people[a], people[b]) for a, b in sorted(edges)], {"G": people})
        chosen = Settings()
        evidence, ties, position = judged(data, chosen)
        frame = suggest_roles(evidence, ties, position, chosen, None, {}).frame
        for seat, because in enumerate(frame["because"]):
            if "in each measure" not in because:
                continue
            text = because.split("What would change it: ")[1]
            points, to = int(text.split()[0]) / 100, text.split(": ")[1].split(";")[0].rstrip(".").split(". ")[0]
            score = position.score.copy()
            score[seat] += -points if frame["suggested_role"][seat] == "principal" else points
            tier = stand(score, position.connected, np.zeros(n, int), chosen).tier[seat]
            now = TIERS.index(frame["suggested_role"][seat])
            assert (tier < now) if frame["suggested_role"][seat] == "principal" else (tier > now), because
            # Whoever passes equals passes all of them, and so may come out higher still.
            assert TIERS[tier] == to or tier > TIERS.index(to) > now or tier < TIERS.index(to) < now, because


def test_parts_of_the_work_change_nothing():
    data = records(["AB", "BC", "CD", "ADE"], [("AB", "S1"), ("FG", "S2"), ("GH", "S2"), ("AH", "S3")], [])
    evidence, ties, position = judged(data, Settings())
    chosen = Settings(resamples=30)

    def one_by_one(function, parts):
        cut = [(plan, work[i : i + 1]) for plan, work in parts for i in range(len(work))]
        return [function(part) for part in cut]

    whole = stability_of(evidence, ties, position, chosen)
    pieces = stability_of(evidence, ties, position, chosen, one_by_one)
    for name in ("share", "by_kind", "otherwise", "source_changes"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(pieces, name))
    for name in ("on", "to", "same", "silent", "goes", "weakens", "cut", "ids", "untried"):
        np.testing.assert_array_equal(getattr(whole.turning, name), getattr(pieces.turning, name))


@given(st.integers(0, 50), st.floats(0.001, 3))
def test_parts_hold_everything_once_in_order(count, cost):
    parts = in_parts(range(count), cost)
    assert [i for part in parts for i in part] == list(range(count))
    assert 1 <= len(parts) <= max(count, 1)


def test_losses_of_a_person_are_all_ties_of_the_person():
    edges = [("A", "B"), *star("A", "CDE"), *star("B", "FGHIJ"), ("F", "G"), ("H", "I")]
    ties = ties_of(evidence_of(network(edges), Settings()), Settings())
    for person in range(ties.people):
        loss = of_person(ties, person)
        graph = WeightedGraph.of(ties, ~np.isin(np.arange(len(ties)), loss.ties))
        assert not graph.connected[person]
        assert len(loss.ties) == int(((ties.a == person) | (ties.b == person)).sum())
