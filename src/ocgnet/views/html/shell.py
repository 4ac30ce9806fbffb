"""Of every page: templates that escape, one style sheet with the marking, and a policy that lets in nothing else."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def pages(package: str, folder: str = "templates") -> Environment:
    """Return the templates of a package, which escape whatever comes from the data and refuse a name without value."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(templates: Environment, name: str, css: str, **shown: object) -> str:
    """Return a page with its style sheet, from :func:`style_sheet`, and a policy that lets in nothing but that.

    The template prints ``policy`` and ``css``; the rest is what it shows.
    """
    page: str = templates.get_template(name).render(
        policy=content_policy(css),
        css=Markup(css),  # noqa: S704 (our own files; the marking in them is escaped for CSS)
        **shown,
    )
    return page


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
