"""Render the report. No script, no outside address; the one style sheet is allowed by its hash."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ocgnet.files.writing import sealed, write_text
from ocgnet.results import Analysis
from ocgnet.views.html import grids
from ocgnet.views.report.children import children_section
from ocgnet.views.svg import children_chart, concentration_chart, roles_chart
from ocgnet.views.svg.analysis import standings
from ocgnet.views.words import findings
from ocgnet.views.words import findings as caveats
from ocgnet.views.words.numbers import day, of, printed


def write_report(path: Path, analysis: Analysis) -> None:
    """Write the report as UTF-8, whole or not at all.

    Raises
    ------
    OutputError
        When the file cannot be written; an older one is as before.
    """
    write_text(path, sealed(report_html(analysis)))


def report_html(analysis: Analysis) -> str:
    """Return the report as one self-contained page.

    Parameters
    ----------
    analysis : Analysis
        Any run; sections without data say so in one sentence.

    Returns
    -------
    str
        HTML. The same analysis gives the same text: no clock, no path, no hash of an input.

    Notes
    -----
    Everything from the data is escaped, control and direction characters are spelled out, and the
    content policy allows no script at all.
    """
    css = style_sheet(analysis.marking)
    environment = pages("ocgnet.views.report")
    principals = findings.suggested_principals(analysis)
    rows = standings(principals)
    page: str = environment.get_template("report.html.j2").render(
        policy=content_policy(css),
        css=Markup(css),  # noqa: S704 (our own file; the marking in it is escaped for CSS)
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
        compared=of(analysis.agreement.compared, "membership", "memberships"),
        kappa=analysis.agreement.kappa,
        children_svg=children_chart(analysis.groups),
        young=children_section(analysis),
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
    return page


def pages(package: str, folder: str = "templates") -> Environment:
    """Return the templates of a package, which escape whatever comes from the data and refuse a name without value."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style_sheet(marking: str, package: str = "ocgnet.views.report", file: str = "templates/report.css") -> str:
    """Return a style sheet with the marking for the margins of every printed page."""
    css = files(package).joinpath(file).read_text(encoding="utf-8")
    return css.replace('"MARKING"', css_string(marking))


def css_string(text: str) -> str:
    r"""Return text as a quoted CSS string in which nothing but letters and digits stands as itself.

    A space is written out too: one that follows an escape belongs to the escape and would vanish.

    >>> print(css_string('A-1"</style>'))
    "A\00002d1\000022\00003c\00002fstyle\00003e"
    """
    plain = (c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text)
    return f'"{"".join(plain)}"'


def content_policy(css: str) -> str:
    """Return a policy that allows this style sheet and nothing else."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
