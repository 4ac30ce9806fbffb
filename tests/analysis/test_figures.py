"""The profile's figures: by hand on a small case, and the published ones on the made-up county."""

from __future__ import annotations

import pytest
from made_records import ABOUT, FIXTURES, dataset, folder, profile, small_county

from ocgnet.analysis.children.linked_children import linked_children
from ocgnet.analysis.concentration.concentration import concentrate
from ocgnet.analysis.figures import figures_of
from ocgnet.dataset import Dataset
from ocgnet.evidence.evidence import evidence_of
from ocgnet.settings import Settings

QUICK = Settings(null_draws=100, bootstrap_draws=50)


def figures_in(data: Dataset, asked: Settings = QUICK):
    evidence = evidence_of(data, asked)
    children = linked_children(data, evidence, data.names, asked)
    return figures_of(data, evidence, asked, concentrate(evidence, data.names, asked), children)


def test_a_small_case_worked_by_hand():
    found = figures_in(small_county())
    assert {name: found[name].value for name in found if found[name].unit in ("count", "change")} == {
        "ocgs": 3,
        "ocgs_change": 1,  # G1 and OLD a year before
        "nominals": 3,
        "nominals_before": 2,  # A in G1, D in OLD
        "ocgs_abroad": 2,
        "countries_abroad": 2,  # Spain and the Netherlands; GB is home, France was the archived group's
        "ocgs_drug_trafficking": 2,
        "ocgs_powder_cocaine": 1,
        "disruptions": 2,
        "disruptions_before": 1,
        "disruptions_major": 1,
        "disruptions_moderate": 0,
        "disruptions_minor": 0,
        "disruptions_none": 1,
        "disruptions_negative": 0,
        "linked_crimes": 1,  # X2 links B as victim, X3 links D, who is no member any more
        "linked_reports": None,
        "top_nominals": 2,
        "top_nominals_overlap": None,
        "parents": 2,
        "parents_ocgs": 2,
        "parents_principal": 1,  # A, by the higher of two roles
        "parents_significant": 0,
        "parents_peripheral": 0,
        "parents_not_assessed": 1,
        "children": 2,
        "children_only_overdue": 0,
        "children_were_linked": 1,  # K3, by D in OLD until it was archived
        "children_other_bases": 1,
    }
    assert (found["parents"].numerator, found["parents"].denominator) == (2, 3)
    assert (found["ocgs_powder_cocaine"].numerator, found["ocgs_powder_cocaine"].denominator) == (1, 2)
    assert "2018-04-01 to 2019-03-31" in found["linked_crimes"].filter
    assert "arrested or suspect" in found["linked_crimes"].filter
    assert all(figure.filter for figure in found.values())


def test_a_limit_to_groups_holds_for_every_figure():
    found = figures_in(small_county(), Settings(ocgs=("G3",), null_draws=100, bootstrap_draws=50))
    values = {n: found[n].value for n in ("ocgs", "nominals", "nominals_before", "disruptions", "parents", "children")}
    assert values == {"ocgs": 1, "nominals": 1, "nominals_before": 0, "disruptions": 0, "parents": 0, "children": 0}
    assert found["ocgs"].filter.endswith("groups G3 only")


@pytest.mark.parametrize(
    ("absent", "unknown"),
    [
        ("ocgs", {"ocgs", "ocgs_change", "ocgs_abroad", "ocgs_drug_trafficking", "ocgs_powder_cocaine"}),
        (
            "memberships",
            {
                "nominals",
                "nominals_before",
                "parents",
                "parents_ocgs",
                "children",
                "children_other_bases",
                "children_were_linked",
            },
        ),
        ("ocg_countries", {"ocgs_abroad", "countries_abroad"}),
        ("disruptions", {"disruptions", "disruptions_before", "disruptions_major", "disruptions_none"}),
        ("family_links", {"parents", "parents_principal", "parents_not_assessed", "children", "children_only_overdue"}),
        ("crime_links", {"linked_crimes", "top_nominals_crime_share", "top_nominals_crime_full"}),
    ],
)
def test_unknown_is_never_zero(absent, unknown):
    data = small_county()
    found = figures_in(Dataset.of({n: data[n] for n in data.given - {absent}}, data.about))
    assert {name: found[name].value for name in unknown} == dict.fromkeys(unknown)


def test_types_that_nobody_recorded_are_unknown():
    groups = [{"ocg_id": "G1", "status": "active"}]
    found = figures_in(dataset(ABOUT, nominals=[{"nominal_id": "A"}], ocgs=groups))
    assert found["ocgs_drug_trafficking"].value is None
    assert found["ocgs_powder_cocaine"].value is None


def test_shares_hold_together():
    for figure in figures_in(folder(FIXTURES / "county")).values():
        if figure.unit == "share" and figure.value is not None and figure.numerator is not None:
            assert figure.value == figure.numerator / figure.denominator


def test_the_county_gives_the_published_figures():
    published = profile()
    found = figures_in(folder(FIXTURES / "county"), Settings())
    counts = {i: found[i].value for i in found if i in published and found[i].unit != "share"}
    assert counts.pop("countries_abroad") > published["countries_abroad"]  # "more than" 12
    assert counts == {i: published[i] for i in counts}
    assert {"ocgs", "nominals", "disruptions", "parents", "parents_peripheral", "children"} <= set(counts)
    assert found["parents_not_assessed"].value == 1
    for name in ("top_nominals_crime_share", "top_nominals_intel_share"):
        assert round(found[name].value, 2) == published[name]
        assert found[name].outside_chance is True
        assert found[name].low < found[name].value < found[name].high
        assert found[name].null_high < found[name].low
