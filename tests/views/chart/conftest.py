"""Charts that several tests open."""

import pytest
from chart_sample import sample_analysis

from ocgnet.views.chart import write_chart


@pytest.fixture(scope="session")
def small():
    """Sixty people in six groups, eight children."""
    return sample_analysis(60, 6, 8, seed=3)


@pytest.fixture(scope="session")
def large():
    """Two hundred people in 38 groups, forty children."""
    return sample_analysis()


@pytest.fixture(scope="session")
def small_page(small, tmp_path_factory):
    """The chart of ``small`` as a file."""
    path = tmp_path_factory.mktemp("chart") / "small.html"
    write_chart(path, small)
    return path


@pytest.fixture(scope="session")
def large_page(large, tmp_path_factory):
    """The chart of ``large`` as a file."""
    path = tmp_path_factory.mktemp("chart") / "large.html"
    write_chart(path, large)
    return path
