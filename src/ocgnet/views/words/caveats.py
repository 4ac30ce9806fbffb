"""What a reader must know before acting: what the answer rests on, caveats, method and parameters (``analysis.j2``)."""

from __future__ import annotations

from ocgnet.english import counted
from ocgnet.results import Analysis
from ocgnet.settings import GRADE_FILTERS
from ocgnet.views.words import numbers
from ocgnet.views.words.numbers import count, losses_sentence, setting_text
from ocgnet.views.words.sentences import Words, pairs, sentences


def caveats(analysis: Analysis) -> list[str]:
    """Return the caveats of this run, then those of every run."""
    return _words(analysis)["caveats"]


def data_line(analysis: Analysis) -> list[tuple[str, str]]:
    """Return the one line of data as pairs of label and text: what this page rests on."""
    return pairs(_words(analysis)["data line"])


def method(analysis: Analysis) -> list[str]:
    """Return how the numbers were made, one paragraph a question."""
    return _words(analysis)["method"]


def parameters(analysis: Analysis) -> list[tuple[str, str]]:
    """Return every setting as a pair of name and text, in the order of declaration."""
    return [(name, setting_text(value)) for name, value in analysis.settings.to_dict().items()]


def band_rules(analysis: Analysis) -> str:
    """Return from how many points each band about the child and about the adults begins."""
    sides = (("the child", analysis.settings.child_bands), ("the adults", analysis.settings.adult_bands))
    return "; ".join(
        f"about {whom} {', '.join(f'{band} from {count(points)}' for band, points in bands)}" for whom, bands in sides
    )


def _words(analysis: Analysis) -> Words:
    s, children = analysis.settings, analysis.children.frame
    values = {
        "analysis": analysis,
        "s": s,
        "grades": GRADE_FILTERS[s.min_grade],
        "sources": ", ".join(f"{name.replace('_', ' ')} {count(n)}" for name, n in sorted(analysis.rows_in.items())),
        "gone": sum(x.count for x in analysis.left_out),
        "not_read": losses_sentence(analysis.losses, s.loss_limit),
        "withheld": int((analysis.ties.frame["events_withheld"].fillna(0) > 0).sum()),
        "late": int((children["overdue"].fillna("") != "").sum()) if len(children) else 0,
        "bands": band_rules(analysis),
    }
    functions = ("before_text", "count", "day", "network_text", "period_text", "share")
    return sentences(
        "analysis.j2", values | {"counted": counted} | {name: getattr(numbers, name) for name in functions}
    )
