"""Render the report. No script, no outside address; the one style sheet is allowed by its hash."""

from __future__ import annotations

from pathlib import Path

from ocgnet.english import counted
from ocgnet.files.writing import sealed, write_text
from ocgnet.results import Analysis
from ocgnet.views.html import grids
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.report.children import children_section
from ocgnet.views.report.thing_leads import PROMPT, things_section
from ocgnet.views.svg import children_chart, concentration_chart, roles_chart
from ocgnet.views.svg.analysis import standings
from ocgnet.views.words import caveats, findings
from ocgnet.views.words.numbers import day, printed


def write_report(path: Path, analysis: Analysis) -> None:
    """Write the report as UTF-8, whole or not at all.

    Raises
    ------
    OutputError
        When the file cannot be written; an older one is as before.
    """
    write_text(path, sealed(report_html(analysis)))


def report_html(analysis: Analysis) -> str:
    """Return the report as one self-contained page; sections without data say so in one sentence.

    The same analysis gives the same text: no clock, no path, no hash of an input. Everything from the data is escaped,
    control and direction characters are spelled out, and the content policy allows no script at all.
    """
    css = style_sheet(analysis.marking)
    environment = pages("ocgnet.views.report")
    principals = findings.suggested_principals(analysis)
    rows = standings(principals)
    return rendered(
        environment,
        "report.html.j2",
        css,
        marking=analysis.marking,
        force=analysis.about.force,
        title=findings.title(analysis),
        data_line=caveats.data_line(analysis),
        dates_note=printed(analysis.dates_note),
        findings=findings.findings(analysis),
        groups=grids.groups_grid(analysis),
        groups_text=grids.group_sentences(analysis),
        concentration_svg=concentration_chart(analysis.curves, analysis.settings.top_k),
        curve_grid=grids.curve_grid(analysis),
        top_grid=grids.top_grid(analysis),
        roles_svg=roles_chart(rows, analysis.settings.resamples),
        standings=rows,
        principals=grids.principals_grid(analysis, principals),
        outside=grids.outside_grid(analysis),
        highest=grids.highest_grid(analysis),
        agreement=grids.agreement_grid(analysis),
        compared=counted(analysis.agreement.compared, "membership"),
        kappa=analysis.agreement.kappa,
        children_svg=children_chart(analysis.groups),
        young=children_section(analysis),
        things=things_section(analysis),
        things_prompt=PROMPT,
        network=grids.network_grid(analysis),
        caveats=[printed(c) for c in caveats.caveats(analysis)],
        left_out=grids.left_out_grid(analysis),
        dates=grids.dates_grid(analysis.record_dates),
        figures=grids.figures_grid(analysis),
        method=caveats.method(analysis),
        parameters=caveats.parameters(analysis),
        resamples=analysis.settings.resamples,
        as_of=day(analysis.as_of),
        run_id=analysis.run_id,
    )
