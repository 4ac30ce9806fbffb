"""The smallest of forces: one ward, a few crimes, some without a known harm."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocgnet.analysis.intervals import weighted_share_interval
from ocgnet.dataset import About, Dataset
from ocgnet.errors import UsageError
from ocgnet.local_profile.profile import MOST_DISTRICTS, profile_of

pytestmark = pytest.mark.long

ABOUT = About("Small force", as_of=date(2019, 3, 31), period_from=date(2018, 4, 1), period_to=date(2019, 3, 31))
CRIMES = st.lists(
    st.tuples(
        st.sampled_from(["41", "44", "46", "21", "8N", None]),
        st.integers(0, 729),
        st.sampled_from(["Harbour", "Hill", None]),
        st.sampled_from(["suspect", "victim", None]),
    ),
    min_size=1,
    max_size=12,
)


def small_force(crimes, wards) -> Dataset:
    start = date(2017, 4, 1)
    ids = [f"K{n}" for n in range(len(crimes))]
    linked = [(f"N{n % 3}", k, role) for n, (k, (_, _, _, role)) in enumerate(zip(ids, crimes, strict=True)) if role]
    tables = {
        "nominals": pa.table({"nominal_id": ["N0", "N1", "N2"]}),
        "crimes": pa.table(
            {
                "crime_id": ids,
                "offence_code": pa.array([code for code, *_ in crimes], pa.string()),
                "recorded_on": [start + timedelta(days) for _, days, *_ in crimes],
                "ward": pa.array([ward for _, _, ward, _ in crimes], pa.string()),
                "district": pa.array(["Easter" if ward else None for _, _, ward, _ in crimes], pa.string()),
            }
        ),
        "wards": pa.table({"ward": wards, "district": ["Easter"] * len(wards), "population": [10_000] * len(wards)}),
    }
    if linked:
        person, crime, role = zip(*linked, strict=True)
        tables["crime_links"] = pa.table({"person_id": person, "crime_id": crime, "link_role": role})
    return Dataset.of(tables, ABOUT)


@settings(max_examples=40, deadline=None)
@given(CRIMES, st.sampled_from([["Harbour"], ["Harbour", "Hill"]]))
def test_every_figure_of_a_small_force_is_possible(crimes, wards) -> None:
    """No figure breaks, every share lies from 0 to 1 within its own interval, and the shares of the wards add up."""
    profile = profile_of(small_force(crimes, wards))
    for name, figure in profile.figures.items():
        if figure.unit == "share" and figure.value is not None:
            assert 0 <= figure.value <= 1, name
            if figure.low is not None and figure.high is not None:
                assert 0 <= figure.low <= figure.value + 1e-9, name
                assert figure.value - 1e-9 <= figure.high <= 1, name
    shares = [f.value for n, f in profile.figures.items() if n.startswith("ward_") and f.value is not None]
    assert sum(shares) <= 1 + 1e-6


def test_the_only_ward_has_all_of_the_harm() -> None:
    crimes = [(code, 400 + n, "Harbour", "suspect") for n, code in enumerate(["41", "44", "46", "21"])]
    ward = profile_of(small_force(crimes, ["Harbour"])).figures["ward_harbour"]
    assert (ward.value, ward.low, ward.high) == (1.0, pytest.approx(1.0), 1.0)


def test_a_rest_a_hair_below_nothing_is_nothing() -> None:
    """0.1 + 0.2 squared and summed in another order: the difference is -1.7e-18, and its root no number."""
    assert weighted_share_interval(0.3, 0.05, -5.6e-17, -6.9e-18) == (1.0, 1.0)


def test_districts_without_end_are_refused_before_anything_is_computed() -> None:
    """Each would be a row, a bar and a comparison: 100,000 addresses in the column of districts ran for hours."""
    for many in (MOST_DISTRICTS + 1, 100_000):
        crimes = pa.table({"crime_id": [f"K{k}" for k in range(many)], "district": [f"D{k}" for k in range(many)]})
        steps: list[str] = []
        with pytest.raises(UsageError, match=f"name {many:,} districts, and a profile sets at most 5,000"):
            profile_of(Dataset.of({"crimes": crimes}), None, steps.append)
        assert steps == []
