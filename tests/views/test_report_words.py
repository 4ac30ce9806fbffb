"""Findings, numbers in words, and run.json."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from report_sample import bare_analysis, sample_analysis

from ocgnet.results import Figure
from ocgnet.views.folder import run_document
from ocgnet.views.words import findings
from ocgnet.views.words.caveats import caveats, data_line, method, parameters
from ocgnet.views.words.numbers import measured, printed, share


def test_the_headline_carries_counts_interval_and_chance_of_both_kinds() -> None:
    said = findings.findings(sample_analysis())
    assert said[0] == (
        "13 of 207 OCG nominals (6%) are linked to 440 of 2,000 crimes (22%, 95% interval 20–24%; 10–12% expected by "
        "chance) and named in 2,040 of 6,000 intelligence reports (34%, 95% interval 33–35%; 11–13% expected by "
        "chance). The shares of crimes and intelligence reports are above the 99.9th percentile of random allocation."
    )
    assert said[1] == (
        "38 groups were active on 31/03/2019 (42 on 31/03/2018), with 207 nominals (137 then); 25 of 38 groups (66%) "
        "have drug trafficking as primary crime type, of which 22 powder cocaine."
    )
    assert said[2] == (
        "41 children under 18 have a parent, step-parent or guardian among 25 of 207 OCG nominals (12%), in 12 of 38 "
        "groups. Of 41 children linked on any basis: by what is known about the child 6 urgent, 14 high, 21 standard; "
        "by what is known about the adults 41 standard."
    )
    assert len(said) == 5


def test_a_share_within_chance_is_said_to_be_so() -> None:
    analysis = sample_analysis()
    figures = dict(analysis.figures)
    for key in ("top_nominals_crime_share", "top_nominals_intel_share"):
        figures[key] = replace(figures[key], outside_chance=key.endswith("intel_share"))
    said = findings.concentration(replace(analysis, figures=figures))
    assert "The share of intelligence reports is above the 99.9th percentile" in said
    assert "The share of crimes does not pass the 99.9th percentile" in said
    assert "chance alone may explain it" in said


def test_the_headline_says_how_little_last_years_list_holds_now() -> None:
    analysis = sample_analysis()
    held = {
        "holdout_crime_share": Figure(0.0996, "share", "", 201, 2018),
        "holdout_intel_share": Figure(0.131, "share", "", 789, 6004),
        "top_nominals_new": Figure(9 / 13, "share", "", 9, 13),
    }
    said = findings.concentration(replace(analysis, figures={**analysis.figures, **held}))
    assert said.endswith(
        "The set chosen in the same way on 01/04/2017 to 31/03/2018 relates to 10% of crimes and 13% of intelligence "
        "reports of this period; 9 of the 13 chosen on this one are new."
    )
    unknown = {key: replace(figure, value=None, numerator=None) for key, figure in held.items()}
    assert "01/04/2017" not in findings.concentration(replace(analysis, figures={**analysis.figures, **unknown}))


def test_what_is_not_known_is_not_said_as_nought() -> None:
    analysis = sample_analysis()
    figures = {**analysis.figures, "children": Figure(None, "count", "Children"), "parents": Figure(None, "count", "")}
    said = findings.children(replace(analysis, figures=figures))
    assert "not known" in said
    assert "0" not in said
    assert measured(Figure(None, "share", ""), "crimes") == "a share of crimes that is not known"


def test_a_run_of_ties_alone_speaks_of_ties() -> None:
    analysis = bare_analysis()
    assert findings.title(analysis) == "No tie joins any of 2 people"
    assert findings.findings(analysis) == [
        "No membership holds on the date, so nobody is called principal; no position stands out either.",
        "No tie joins any of 2 people.",
        "Concentration cannot be known: no crime or report in the period is linked to a nominal that counts.",
    ]


def test_people_without_a_group_are_no_principals_of_one() -> None:
    analysis = sample_analysis()
    frame = analysis.roles.frame.copy()
    frame.loc[frame["nominal_id"] == "N0000", ["ocg_id", "suggested_role"]] = ["", "principal"]
    changed = replace(analysis, tables={**analysis.tables, "roles": replace(analysis.roles, frame=frame)})
    assert "N0000" not in set(findings.suggested_principals(changed)["nominal_id"])
    nobody = frame.assign(ocg_id="")
    everybody = replace(analysis, tables={**analysis.tables, "roles": replace(analysis.roles, frame=nobody)})
    assert findings.suggested_principals(everybody).empty


@pytest.mark.parametrize(("value", "text"), [(0.0, "0%"), (1.0, "100%"), (0.0949, "9%"), (1 / 3000, "under 0.1%")])
def test_shares_never_round_to_nothing_or_all(value: float, text: str) -> None:
    assert share(value) == text


def test_every_setting_and_every_caveat_is_printed() -> None:
    analysis = sample_analysis()
    assert [name for name, _ in parameters(analysis)] == list(analysis.settings.to_dict())
    assert caveats(analysis)[0] == analysis.notes[0]
    assert any(c.startswith("7 ties rest in part on reports") for c in caveats(analysis))
    assert dict(data_line(analysis))["Left out"] == "815 rows, listed below"
    assert "2,000 random allocations" in " ".join(method(analysis))
    assert printed("from 2018-04-01") == "from 01/04/2018"


def test_run_json_is_flat_plain_and_complete() -> None:
    analysis = sample_analysis()
    figures = {
        **analysis.figures,
        "odd": Figure(np.float64("nan"), "share", ""),
        "whole": Figure(np.int64(3), "count", ""),
    }
    analysis = replace(analysis, figures=figures)
    inputs = [{"file": "nominals.csv", "sha256": "00ff", "rows": 344}]
    document = run_document(analysis, inputs, {"ties": 0.12345})
    read = json.loads(json.dumps(document, allow_nan=False))
    assert read["figures"]["top_nominals_crime_share"] == 0.22
    assert read["figures"]["disruptions"] is None
    assert read["figures"]["odd"] is None
    assert read["figures"]["whole"] == 3
    assert read["figure_details"]["top_nominals_crime_share"]["numerator"] == 440
    assert set(read["network"]) >= {"nodes", "edges", "density", "mean_degree", "transitivity", "average_distance"}
    assert read["rows_in"]["crimes"] == 2100
    left_out = {"what": "crime_links", "why": "link role is not arrested or suspect", "count": 812, "refused": False}
    assert read["left_out"][0] == left_out
    assert read["parameters"]["seed"] == 1
    assert read["inputs"] == inputs
    assert read["timing"] == {"ties": 0.123}
    assert read["agreement"]["compared"] == analysis.agreement.compared
    assert "ocgnet" in read["versions"]


def test_no_record_ends_a_sentence_or_begins_a_heading():
    analysis = sample_analysis()
    force = "North\n\n# caveats\n\nNothing to\tsee  here."
    hostile = replace(analysis, about=replace(analysis.about, force=force))
    assert data_line(hostile) == [("Force", force), *data_line(analysis)[1:]]
    assert caveats(hostile) == caveats(analysis)
