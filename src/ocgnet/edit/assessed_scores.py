"""The one way in which an assessor's score is recorded: a row of its own, by its day; earlier ones are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ocgnet.edit.change import Change, Row, rows_of
from ocgnet.edit.place import Place
from ocgnet.errors import UsageError
from ocgnet.evidence.ages import DECLARING, children_on
from ocgnet.model import PERSON_TABLES, TABLES
from ocgnet.sources.cells import CellError, read_cell


@dataclass(frozen=True)
class Score:
    """What somebody judged of a subject on one component of a scheme."""

    scheme: str
    version: str
    subject_kind: str
    subject_id: str
    component: str
    score: float
    assessor: str
    reason: str
    scored_on: date

    @property
    def row(self) -> dict[str, str]:
        """Text by column, as the table ``scores`` holds it."""
        return {**vars(self), "score": f"{self.score:g}", "scored_on": self.scored_on.isoformat()}


def score_change(place: Place, score: Score) -> tuple[Row | None, Change]:
    """Return the latest score before it, None without any, and the change that records it.

    The very same score again changes nothing. Another by the same assessor on the same day takes its place.

    Raises
    ------
    UsageError
        When another assessor scored the component on that day, or the assessor or the reason is blank.
    """
    if not score.assessor.strip() or not score.reason.strip():
        raise UsageError("Say who scored and why: --by NAME --reason TEXT.")
    same = ("scheme", "version", "subject_kind", "subject_id", "component")
    new = score.row
    rows = [r for r in rows_of(place.look_up("scores", "subject_id", [score.subject_id]))
            if all(r[n].strip() == new[n] for n in same)]  # fmt: skip
    earlier = max((r for r in rows if _day(r) != score.scored_on), key=lambda r: _day(r) or date.min, default=None)
    of_day = next((r for r in rows if _day(r) == score.scored_on), None)
    if of_day is None:
        return earlier, Change(add={"scores": [new]})
    if of_day["assessor"] != score.assessor:
        raise UsageError(
            f"{of_day['assessor']} scored {score.component} of {score.subject_id} on {score.scored_on} already: "
            f"{of_day['score']}. One component has one score a day; agree on it, or score on another day. Nothing was "
            "changed."
        )
    judged = {"score": new["score"], "reason": score.reason}
    if float(of_day["score"]) == score.score and of_day["reason"] == score.reason:
        return earlier, Change()
    identity = {n: of_day[n] for n in TABLES["scores"].identity}
    return of_day, Change(edit={"scores": [(identity, judged)]})


def _day(row: Row) -> date | None:
    try:
        day: date | None = read_cell(TABLES["scores"].column("scored_on"), row["scored_on"])
    except CellError:
        return None
    return day


def refuse_child(place: Place, person: str, day: date) -> None:
    """Refuse somebody who is under 18 on the day, or stands among the children and whose age is not known.

    Raises
    ------
    UsageError
        A child is safeguarded, and never ranked as a threat.
    """
    part = place.part("children", "child_id", [person], **dict.fromkeys(("nominals", "people"), (person,)))
    ages = children_on(part, day, [])
    born = any(
        row["date_of_birth"] for t, key in PERSON_TABLES.items() for row in rows_of(place.look_up(t, key, [person]))
    )
    named = any(place.look_up(name, "child_id", [person]).num_rows for name in DECLARING)
    if person in ages.index or (named and not born):
        raise UsageError(
            f"{person} is a child: a child is safeguarded, not tasked, so no score is recorded. See ocgnet children, "
            "and refer what worries you with ocgnet refer. Nothing was changed."
        )
