"""The form that partners fill in, as one page that works by itself: it calls nothing, keeps nothing, gives a file."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files

from markupsafe import Markup

from ocgnet.casework.intake.forms import FORMS, PEOPLE, REPORTS
from ocgnet.dataset import DEFAULT_MARKING
from ocgnet.model import Column
from ocgnet.model.columns import TOPICS
from ocgnet.views.html.shell import content_policy, pages, style_sheet
from ocgnet.visible import visible

TOPIC_WORDS: dict[str, str] = {
    "cse": "sexual exploitation of a child",
    "cce": "criminal exploitation of a child",
    "county_line": "drugs run from another town (county line)",
    "modern_slavery": "modern slavery or trafficking",
    "debt_bondage": "somebody made to work off a debt",
    "cuckooing": "a home taken over by dealers",
    "drugs": "drugs",
    "drug_violence": "violence over drugs",
    "knife": "knives",
    "firearm_accessible": "a firearm that somebody can get",
    "firearm_present": "a firearm that was seen",
    "fraud": "fraud",
    "cyber": "crime online",
    "money_laundering": "money laundering",
}
"""What a partner reads beside each topic of the model."""

FORM = FORMS["cpi"]
_WRITE = (
    "What you saw, heard or were told; when and where.",
    "How you know: you saw it yourself, somebody told you, it was written somewhere.",
    "What is certain and what you only think; say which is which.",
    "Names, nicknames, vehicles, numbers and addresses of those it is about, as far as you know them.",
)
_LEAVE_OUT = (
    "The name of whoever told you: \u201ca pupil\u201d or \u201ca tenant\u201d is enough.",
    "What you guess, and what people are like.",
    "Records of your own organisation beyond what is needed to understand it.",
    "Anything that cannot wait: this form is not read at once.",
)


def form_html(force: str = "", hub: str = "") -> str:
    """Return the page.

    ``force`` is who receives it, ``hub`` how the multi-agency safeguarding hub is reached; both are printed.
    A filled page gives the JSON that ``ocgnet intake cpi`` takes. It has one script of its own; its policy lets in
    nothing else and sends nothing.
    """
    missing = set(TOPICS) ^ set(TOPIC_WORDS)
    if missing:
        raise KeyError(f"no words for {', '.join(sorted(missing))}")
    marking = f"{DEFAULT_MARKING} when filled in"
    css = style_sheet(marking, "ocgnet.casework", "pages/partner_form.css")
    script = files("ocgnet.casework").joinpath("pages/partner_form.js").read_text(encoding="utf-8")
    of_report = {c.name: c for c in FORM.reports}
    page: str = (
        pages("ocgnet.casework", "pages")
        .get_template("partner_form.html.j2")
        .render(
            policy=f"{content_policy(css)}; script-src '{_digest(script)}'",
            css=Markup(css),  # noqa: S704 (our own file; the marking in it is escaped for CSS)
            script=Markup(script),  # noqa: S704 (our own file)
            marking=marking,
            title=FORM.title,
            force=visible(" ".join(force.split())),
            hub=visible(" ".join(hub.split())),
            form=FORM.name,
            reports=REPORTS,
            people=PEOPLE,
            field=of_report,
            sectors=of_report["sector"].enum,
            topics=[(name, TOPIC_WORDS[name]) for name in TOPICS],
            person=[c for c in FORM.people if c.name not in ("form_ref", "known_id")],
            order=json.dumps([c.name for c in FORM.reports if _is_asked(c)]),
            write=_WRITE,
            leave_out=_LEAVE_OUT,
        )
    )
    return page


def _is_asked(column: Column) -> bool:
    """Whether the page asks for a field; grades are for the police to give."""
    return column.name not in ("grading_scheme", "source_grade", "intelligence_grade", "handling_code",
                               "handling_conditions")  # fmt: skip


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
