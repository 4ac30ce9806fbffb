"""A pack as files: one page to read and print, the tables, and a receipt."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ocgnet.casework.disclosure.pack import RECEIPT, Pack, needs_of
from ocgnet.casework.disclosure.sentences import caveats, kept_back, nothing_recorded
from ocgnet.errors import OutputError
from ocgnet.files.writing import MARKING_FILE, csv_text, marking_text, result_folder
from ocgnet.views.html.shell import pages, rendered, style_sheet
from ocgnet.views.words.numbers import day, printed
from ocgnet.visible import visible

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})")
_HEADS = {
    "child_id": "id",
    "adult_id": "adult",
    "ocg_id": "group",
    "cse_risk_scheme": "CSE scheme",
    "cse_risk": "CSE risk",
    "cse_flagged_on": "CSE flagged on",
    "cce_risk": "CCE risk",
}


@contextmanager
def pack_folder(out: Path) -> Iterator[Path]:
    """Give a private folder to fill, which becomes ``out`` on success.

    Raises OutputError when ``out`` holds anything: a pack is kept as it left, never written over.
    """
    if out.is_dir() and any(out.iterdir()):
        raise OutputError(f"{out} is not empty, and a pack is kept as it left. Name a new folder with --out.")
    with result_folder(out, "") as partial:
        yield partial


def write_pack(folder: Path, pack: Pack, *, page: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Write the files of a pack into a folder and return its receipt.

    Files of the folder are replaced; ``page`` names the page without its ending and heads it, ``disclosure`` or
    ``referral``; ``more`` are further entries of the receipt. Its number is made of all that the receipt says, so the
    same pack has the same number.
    """
    texts = {f"tables/{name}.csv": text for name, text in _csv_files(pack)}
    receipt = _receipt(pack, texts) | dict(more or {})
    receipt["receipt"] = _number(receipt)
    texts[f"{page}.html"] = pack_html(pack, page.capitalize(), receipt["receipt"])
    receipt["files"][f"{page}.html"] = _sha(texts[f"{page}.html"])
    texts[MARKING_FILE] = marking_text(pack.marking, "every file of this folder")
    texts[RECEIPT] = json.dumps(receipt, ensure_ascii=False, indent=2) + "\n"
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    return receipt


def _csv_files(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield name and text of each table; each row carries the marking, because rows are cut out and pasted."""
    for t in pack.tables:
        header = [*(c.name for c in t.columns), "marking"]
        yield t.name, "\ufeff" + csv_text(header, [(*row, pack.marking) for row in t.rows])
    if counts := _counts(pack):
        rows = [(*row, pack.marking) for row in counts]
        yield "summary", "\ufeff" + csv_text(("breakdown", "category", "children", "marking"), rows)


def _counts(pack: Pack) -> list[tuple[str, str, str]]:
    """Return the rows of the summary, which only a pack of numbers has."""
    return pack.summary.rows() if pack.summary is not None else []


def _receipt(pack: Pack, texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "receipt": "",
        "recipient": pack.audience.name,
        "title": pack.title,
        "purpose": pack.audience.purpose,
        "basis": pack.audience.basis,
        "agreement": pack.agreement,
        "destroy_by": pack.destroy_by.isoformat() if pack.destroy_by else "",
        "reason": pack.reason,
        "by": pack.by,
        "on": pack.on.isoformat() if pack.on else "",
        "force": pack.about.force,
        "marking": pack.marking,
        "pseudonymised": pack.pseudonymised,
        "children": len(pack.children),
        "tables": {t.name: {"rows": len(t.rows), "columns": [c.name for c in t.columns]} for t in pack.tables},
        "withheld": [{"what": w.what, "why": w.why, "count": w.count} for w in pack.withheld_said()],
        "handling_conditions_confirmed": pack.conditions_met if pack.tells_why else 0,
        "steps": list(pack.steps),
        "files": {name: _sha(text) for name, text in sorted(texts.items())},
    }


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _number(receipt: Mapping[str, Any]) -> str:
    return _sha(json.dumps(receipt, ensure_ascii=False, sort_keys=True))[:16]


def pack_html(pack: Pack, kicker: str, receipt: str) -> str:
    """Return the page of a pack: no script, no outside address, the marking at both ends and on every printed page.

    ``kicker`` stands over the title.
    """
    css = style_sheet(pack.marking, "ocgnet.casework", "pages/pack.css")
    environment = pages("ocgnet.casework", "pages")
    environment.filters |= {"as_printed": _as_printed, "head": _head, "whole": _whole, "of_child": _of_child}
    return rendered(
        environment,
        "pack.html.j2",
        css,
        pack=pack,
        kicker=kicker if pack.audience.name != "cpi" else "Information",
        data=[*_data(pack), ("Receipt", f"{receipt}; the sender's log holds the same number")],
        headings=_headings(pack),
        empty={child: nothing_recorded(pack, child) for child in pack.children},
        kept={child: kept_back(pack, child) for child in pack.children},
        counts=_counts(pack),
        caveats=caveats(pack),
        needs=needs_of(pack.audience, pseudonymised=pack.pseudonymised),
    )


def _data(pack: Pack) -> list[tuple[str, str]]:
    lines = [
        ("To", pack.audience.title),
        ("From", pack.by),
        ("Day", day(pack.on)),
        *pack.facts,
        ("Reason", pack.reason),
        ("Purpose", pack.audience.purpose),
        ("Duty or power", f"{pack.audience.basis} The sender confirms it for this pack."),
        ("Sharing agreement", pack.agreement or "none named: it rests on the duty or power above"),
        ("Destroy by", f"{day(pack.destroy_by)}, or when the purpose is met before" if pack.destroy_by else _WHEN_MET),
        ("Records", printed(pack.period)),
    ]
    return [(name, visible(text)) for name, text in lines]


_WHEN_MET = "when the purpose is met"


def _headings(pack: Pack) -> dict[str, str]:
    who = next((t for t in pack.tables if t.name == "children"), None)
    names = {}
    if who is not None:
        columns = [c.name for c in who.columns]
        if "name" in columns:
            names = {r[0]: r[columns.index("name")] for r in who.rows}
    return {c: visible(f"{names[c]} ({c})" if names.get(c) else c) for c in pack.children}


def _of_child(rows: Sequence[Sequence[str]], child: str) -> list[Sequence[str]]:
    return [r for r in rows if r[0] == child]


def _as_printed(text: str) -> str:
    """Return a cell as print shows it: a moment as day and time, a date as its day."""
    moment = _MOMENT.fullmatch(text)
    return visible(printed(f"{moment[1]} {moment[2]}" if moment else text))


def _whole(text: str) -> bool:
    """Whether a cell stays on one line: dates and short words."""
    return len(text) <= 16


def _head(name: str) -> str:
    return _HEADS.get(name, name.replace("_", " "))
