"""Editions of a profile for others than the force: small counts of people, and what gives them away, are not in them.

A cell is hidden where the count is small, where it would follow from a sum, and where it is made of what is hidden. A
figure is hidden where it is, or follows from, such a count. Sums of weights keep three digits: weights are public, and
what others leave of an exact whole would tell which offences are hidden. Where one place of a table gives another one
away, the whole column, or the table, goes: rather too little leaves than one person too much. Every view is made of the
profile that is returned here, so none of them holds what another one hides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ocgnet.dataset import LeftOut
from ocgnet.local_profile.county_lines import EVERYWHERE
from ocgnet.local_profile.exploitation import FROM_ROWS
from ocgnet.local_profile.figures import ProfileFigure, ProfileTable, slug
from ocgnet.local_profile.profile import FORCE, Profile, figures_table, not_computed_table
from ocgnet.results import Figure, ResultColumn
from ocgnet.results.small_counts import hidden_rows, suppress
from ocgnet.settings import GRADE_FILTERS

EDITIONS = {
    FORCE: "the force itself: every count is printed, small ones too, and it does not leave the force",
    "partnership": "the community safety partnership",
    "public": "the public",
}
"""Whom an edition is for, by the word after ``--for``."""

NO_CURVES = "concentration"
"""Table that shows the harm of single people, one after another."""

_NOT_FOR_OTHERS = ("intelligence_gaps", "hidden_sets")
"""Tables that are in the force's own edition only: somebody's words, and sets of a few people each."""

_NAMED_GROUPS = "case studies"
"""Chapter whose figures name groups: not for the public."""

_OF_THINGS = re.compile(
    r"ocgs(_|$)|countries_abroad$|disruptions(_|$)|parents_ocgs$|priorities_"
    r"|line_(groups|threats|networks)(_|$)|lines_in_use$"
)
"""Figures that count groups, countries, acts of the police, and priorities."""

_OF_WEIGHTS = re.compile(r"(severity|ward|harm)_|.*_(few_harm|share_of_harm|gini)$")
"""Figures whose numerator and denominator are sums of weights; how many crimes are behind them says ``records``."""

_DIGIT = re.compile(r"\d")
_NOT_COUNTS = re.compile(
    r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}|under 18|aged? \d+ to \d+|(weight|severity) of [\d.]+( or more)?|3x5x2|5x5x5|95%"
    + "".join(f"|{re.escape(says)}" for says in GRADE_FILTERS.values())
)
"""What looks like a count in the words of a figure and is none."""


@dataclass(frozen=True)
class _Edition:
    """What hiding needs: the profile, whom it is for, and the least count that is shown."""

    profile: Profile
    audience: str
    least: int

    def small(self, *numbers: float | None) -> bool:
        """Tell whether any of these is a count above nought that is too small to be shown."""
        return any(n is not None and n == n and 0 < round(n) < self.least for n in numbers)  # noqa: PLR0124 (NaN)

    @property
    def reason(self) -> str:
        """Why something is not there."""
        return f"not shown: fewer than {self.least} people or records about people, or what would tell of so few"


def edition_of(profile: Profile, audience: str) -> Profile:
    """Return the edition of a profile for ``audience``, a word of ``EDITIONS``; the force's own is as it is.

    The least count that is shown is ``least_shown`` of the settings.
    """
    if audience == FORCE:
        return profile
    edition = _Edition(profile, audience, profile.settings.analysis.least_shown)
    tables = _tables(edition)
    figures = {name: _plain(_coarse(name, f)) for name, f in _figures(edition, tables).items()}
    figures = {n: f for n, f in figures.items() if not (audience == "public" and _chapter(f) == _NAMED_GROUPS)}
    tables["priorities"] = _priorities(edition, figures)
    if (tables["priorities"].frame["because"] == edition.reason).any():
        # How many stand better tells of the one that is hidden.
        figures |= {n: _withheld(edition, f) for n, f in figures.items() if n.startswith("priorities_")}
    for name in _NOT_FOR_OTHERS:
        tables[name] = tables[name].holding(tables[name].frame.iloc[:0])
    hidden = frozenset(n for n, t in tables.items() if _cells(t.frame) < _cells(profile.tables[n].frame))
    made = {"figures": figures_table(figures), "not_computed": not_computed_table(profile.figures)}
    dates = profile.record_dates
    seen = [not edition.small(r.dated, r.undated, r.later) for r in dates.itertuples()]
    return replace(
        profile,
        edition=audience,
        hidden=hidden,
        figures=figures,
        tables={name: _in_order(table) for name, table in (tables | made).items()},
        lorenz=dict.fromkeys(profile.lorenz),
        curves=(),
        rows_in={name: n for name, n in profile.rows_in.items() if not edition.small(n)},
        left_out=_left_out(edition),
        unweighted={code: n for code, n in profile.unweighted.items() if not edition.small(n)},
        record_dates=dates[np.array(seen, bool)],
        losses=tuple(x for x in profile.losses if not edition.small(x.lost, x.rows)),
        first=tuple(s for s in profile.first if not any(edition.small(float(n)) for n in re.findall(r"\b\d+\b", s))),
    )


def _cells(frame: pd.DataFrame) -> int:
    """Return how many cells say something."""
    return int((frame.notna() & (frame.astype(object) != "")).to_numpy().sum())


def _left_out(edition: _Edition) -> tuple[LeftOut, ...]:
    small = [x for x in edition.profile.left_out if edition.small(x.count)]
    rest = sum(x.count for x in small)
    others = [LeftOut("other rows", f"for reasons that hold for fewer than {edition.least} each", rest)]
    shown = [x for x in edition.profile.left_out if x not in small]
    return (*shown, *(others if len(small) > 1 and not edition.small(rest) else ()))


# Tables.


def _tables(edition: _Edition) -> dict[str, ProfileTable]:
    own = edition.profile.tables
    made = {name: table.holding(_hidden_cells(edition, table)) for name, table in own.items()}
    areas, wards = made["areas"].frame, made["wards"].frame
    # A sum of districts gives a hidden one away, and so do the wards of a hidden district.
    gone = areas["crimes"].isna() & own["areas"].frame["crimes"].notna()
    if gone.any():
        _blank(own["areas"], areas, (areas["level"] == "area").to_numpy())
        _blank(own["wards"], wards, wards["district"].isin(areas.loc[gone, "name"]).to_numpy())
    _relationships(edition, made["relationships"].frame)
    _homes(edition, made["dealer_homes"].frame, made["home_forces"].frame)
    shut = wards[wards["crimes"].isna()]
    threats = _threats(edition, set(zip(shut["ward"], shut["district"], strict=True)))
    made["ward_threats"] = made["ward_threats"].holding(threats)
    told = set(_wards(threats))
    wards["threats"] = wards["threats"].where(np.array([w in told for w in _wards(wards)], bool), "")
    # Districts by offence add up to both, and to what is hidden in either.
    crossed, offences = own["district_offences"].frame, made["offences"].frame["crimes"]
    if gone.any() or offences.isna().any() or any(edition.small(n) for n in crossed["crimes"]):
        made["district_offences"] = made["district_offences"].holding(crossed.iloc[:0])
    for name in (NO_CURVES, *(n for n, table in own.items() if table.declared.stays)):
        made[name] = own[name].holding(own[name].frame.iloc[:0])
    _of_the_bureau(own, made)
    for name, table in own.items():
        above = table.declared.adds_up_to
        if above and any(_hides(own[n], made[n]) for n in (name, *above)):
            made[name] = table.holding(table.frame.iloc[:0])
    for name, table in made.items():
        for column in (c.name for c in table.columns if c.kind in ("number", "share") and name != "figures"):
            table.frame[column] = table.frame[column].astype(float).map(_three)
    return made


def _of_the_bureau(own: Mapping[str, ProfileTable], made: dict[str, ProfileTable]) -> None:
    """Hide, in place, categories of fraud and computer misuse where the sum that they add up to is hidden."""
    before, after = own["offences"].frame, made["offences"].frame
    shut = set(before.loc[before["crimes"].notna() & after["crimes"].isna().to_numpy(), "offence_group"])
    for name in ("prosperity", "prosperity_victims"):
        _blank(own[name], made[name].frame, made[name].frame["kind"].isin(shut).to_numpy())


def _hides(own: ProfileTable, shown: ProfileTable) -> bool:
    """Tell whether an edition of a table hides any of its counts of people."""
    counts = [c.name for c in own.columns if c.people]
    return len(shown.frame) < len(own.frame) or bool(
        (shown.frame[counts].isna() & own.frame[counts].notna()).to_numpy().any()
    )


def _hidden_cells(edition: _Edition, table: ProfileTable) -> pd.DataFrame:
    """Return a table without the cells that are small, that follow from others, or that are made of such."""
    frame, declared = table.frame.copy(), table.declared
    if table.name in ("figures", "not_computed", *_NOT_FOR_OTHERS) or not len(frame):
        return frame
    totals = frame[declared.totals[0]].isin(declared.totals[1:]) if declared.totals else pd.Series(False, frame.index)
    leaves = ~totals.to_numpy()
    columns = {c.name: c for c in declared.columns}
    parted = {c.name for c in declared.columns if c.part_of}
    for group in declared.apart or (tuple(n for n, c in columns.items() if c.people or c.assessment),):
        counts = [n for n in group if columns[n].people and n not in parted]
        values = table.frame[counts].to_numpy(float, na_value=np.nan)
        small = np.array([edition.small(*row) for row in values], bool)
        if declared.whole is not None:
            for rows in _wholes(frame, declared.whole, leaves):
                small[rows] = hidden_rows(values[rows], edition.least)
        _blank(table, frame, small, group)
    if declared.of_several and declared.whole:
        gone = frame["children"].isna() & table.frame["children"].notna()
        keys = list(declared.whole)
        _blank(table, frame, gone.groupby([frame[k] for k in keys]).transform("any").to_numpy(), declared.of_several)
    for whole in dict.fromkeys(c.part_of for c in declared.columns if c.part_of and c.people):
        _hide_parts(edition, table, frame, whole, leaves)
    for name in (c.name for c in declared.columns if c.part_of and not c.people):
        _blank(table, frame, frame[columns[name].part_of].isna().to_numpy(), (name,))
    return frame


def _hide_parts(edition: _Edition, table: ProfileTable, frame: pd.DataFrame, whole: str, leaves: np.ndarray) -> None:
    """Hide the parts of a column, in place, where a part or its rest is small.

    One row of a part tells of another by their sum: all rows of it go, and the sum itself where it is small. Parts that
    make up the whole tell of each other: all of them go.
    """
    parts = [c.name for c in table.columns if c.part_of == whole and c.people]
    counts, total = table.frame[parts].astype(float), frame[whole].astype(float)
    rest = counts.rsub(total, axis=0)
    small = {n: np.array([edition.small(*x) for x in zip(counts[n], rest[n], strict=True)], bool) for n in parts}
    if len(parts) > 1 and (counts.sum(axis=1) == table.frame[whole].astype(float)).all():
        anywhere: np.ndarray = np.logical_or.reduce(list(small.values()))
        small = dict.fromkeys(parts, anywhere)
    for name, tells in small.items():
        _blank(table, frame, (leaves & (tells & leaves).any()) | tells | total.isna().to_numpy(), (name,))


def _in_order(table: ProfileTable) -> ProfileTable:
    """Return a table in whose order nothing is told of what is hidden.

    Where rows stand by their harm, a hidden one between two others, or a rank that is missing, says between what its
    harm lies, and the weight of an offence is public. So hidden rows stand last, by their names, and ranks are those
    of the rows that are shown.
    """
    declared, frame = table.declared, table.frame.copy()
    column, *within = declared.ordered_by or ("",)
    if not column or not frame[column].isna().any():
        return table
    for name in (n for n in frame if n.startswith("rank_by_")):
        frame[name] = frame[name].rank(method="min")
    hidden = frame[column].isna()
    names = [c.name for c in declared.columns if c.kind == "text" and not c.assessment]
    frame = pd.concat([frame[~hidden], frame[hidden].sort_values(names)])
    if within:
        places = {value: at for at, value in enumerate(table.frame[within[0]].unique())}
        frame = frame.sort_values(within[0], key=lambda values: values.map(places), kind="stable")
    return table.holding(frame.reset_index(drop=True))


def _wholes(frame: pd.DataFrame, by: tuple[str, ...], leaves: np.ndarray) -> Iterable[np.ndarray]:
    """Yield the places of the rows that add up to one whole."""
    if not by:
        yield np.flatnonzero(leaves)
        return
    for places in frame.reset_index(drop=True)[leaves].groupby(list(by), sort=False).indices.values():
        yield np.flatnonzero(leaves)[places]


def _blank(table: ProfileTable, frame: pd.DataFrame, rows: np.ndarray, columns: Iterable[str] | None = None) -> None:
    """Empty cells of a table in place: without ``columns`` all that are counted, or made of what is counted."""
    declared: dict[str, ResultColumn] = {c.name: c for c in table.columns}
    for column in columns or (n for n, c in declared.items() if c.people or c.assessment):
        if declared[column].kind in ("text", "id"):
            frame[column] = frame[column].where(~rows, "")
        elif rows.any():
            frame[column] = frame[column].astype(float).where(~rows)


def _relationships(edition: _Edition, frame: pd.DataFrame) -> None:
    """Hide what the force has less its area, where that is few."""
    own = edition.profile.tables["relationships"].frame
    places = own["place"].unique()
    whole = own[own["place"] == places[0]].set_index("relationship")["crimes"] if len(places) else own["crimes"]
    apart = (own["place"] != places[0]).to_numpy() if len(places) else np.zeros(0, bool)
    for _, inside in own[apart].groupby("place"):
        # What an area has none of has no row there.
        rest = whole.astype(float).sub(inside.set_index("relationship")["crimes"].astype(float), fill_value=0)
        if edition.small(*rest):
            _blank(edition.profile.tables["relationships"], frame, apart)


_MEASURED = (
    "value", "counts", "then", "then_counts", "difference", "difference_low", "difference_high", "verdict",
    "target_met", "because",
)  # fmt: skip


def _priorities(edition: _Edition, figures: Mapping[str, Figure]) -> ProfileTable:
    """Return the priorities without words and owners, and without what their measures do not show.

    What is now is as the figures are printed. What was then is told where a printed figure tells it, or where it is no
    count of people; otherwise the verdict alone is.
    """
    table = edition.profile.tables["priorities"]
    frame = table.frame.copy()
    frame[["priority", "owner"]] = ""
    # What is no figure was written by hand.
    frame["measure"] = frame["measure"].where(frame["says"] != "", None)
    for at in frame.index:
        row = frame.loc[at]
        measure = str(row["measure"])
        now = figures.get(measure)
        known = row["value"] is not None and row["value"] == row["value"]
        hidden = known and (now is None or now.value is None)
        if hidden or _few_then(edition, measure, row):
            _empty(frame, at, _MEASURED)
            frame.at[at, "because"] = edition.reason
            continue
        if now is None or now.value is None:
            continue
        coarse = bool(_OF_WEIGHTS.match(measure))
        frame.at[at, "value"] = now.value
        if coarse:
            # Sums of weights have three digits.
            _empty(frame, at, ("counts", "then_counts"))
            for name in ("then", "difference", "difference_low", "difference_high"):
                if row[name] == row[name] and row[name] is not None:
                    frame.at[at, name] = _three(float(row[name]))
        before = figures.get(f"{measure}_before")
        told = before is not None and before.value is not None and before.value == row["then"]
        if not (told or coarse or _OF_THINGS.match(measure)):
            _empty(frame, at, ("then", "then_counts", "difference", "difference_low", "difference_high"))
    return table.holding(frame)


def _empty(frame: pd.DataFrame, at: Any, columns: Iterable[str]) -> None:
    for name in columns:
        frame.at[at, name] = "" if frame[name].map(lambda v: isinstance(v, str)).any() else None


def _few_then(edition: _Edition, measure: str, row: Any) -> bool:
    """Tell whether what was then is, or follows from, a small count of people."""
    if _OF_THINGS.match(measure) or _OF_WEIGHTS.match(measure):
        return False
    numbers = [float(n.replace(",", "")) for n in str(row["then_counts"]).split(" of ")] if row["then_counts"] else []
    rest = numbers[1] - numbers[0] if len(numbers) == 2 else None
    return edition.small(*numbers, rest) or (row["unit"] == "count" and edition.small(row["then"]))


def _homes(edition: _Edition, homes: pd.DataFrame, forces: pd.DataFrame) -> None:
    """Hide, in place, what homes of dealers tell of each other: by district and by force they are the same stops."""
    own, dealers = (edition.profile.tables[n].frame for n in ("dealer_homes", "transient_dealers"))
    if not len(own):
        return
    # Those of other forces, of this one and of none on record add up to three sums that districts show.
    columns = [c.name for c in edition.profile.tables["dealer_homes"].columns if c.name not in _WHERE]
    if forces["stops"].isna().any():
        now = (own["period"] == str(own["period"].iloc[0])).to_numpy()
        _blank(edition.profile.tables["dealer_homes"], homes, now, columns)
    # Juveniles of all stops less those from elsewhere are those from here.
    young = own[[*_WHERE[:2]]].merge(dealers, on=[*_WHERE[:2]], how="left")["juveniles"].to_numpy(float)
    rest = young - own["out_juveniles"].to_numpy(float)
    few = np.array([edition.small(n) for n in rest], bool)
    leaves = (own["district"] != EVERYWHERE).to_numpy()
    for period in own["period"].unique():
        inside = (own["period"] == period).to_numpy()
        rows = inside & (few | (leaves & (few & leaves & inside).any()))
        _blank(edition.profile.tables["dealer_homes"], homes, rows, columns[columns.index("out_juveniles") :])


_WHERE = ("period", "district", "stops")


def _wards(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(frame["ward"], frame["district"], strict=True))


def _threats(edition: _Edition, shut: set[tuple[str, str]]) -> pd.DataFrame:
    """Return the threats of wards all of whose threats, and whose other crimes, are many enough."""
    threats, wards = (edition.profile.tables[name].frame for name in ("ward_threats", "wards"))
    crimes = dict(zip(_wards(wards), wards["crimes"], strict=True))
    for ward, rows in threats.groupby(["ward", "district"], sort=False):
        if edition.small(*rows["crimes"], crimes.get(ward, 0) - rows["crimes"].sum()):
            shut = shut | {ward}
    return threats[np.array([w not in shut for w in _wards(threats)], bool)].reset_index(drop=True)


# Figures.


def _figures(edition: _Edition, tables: Mapping[str, ProfileTable]) -> dict[str, Figure]:
    figures = edition.profile.figures
    shut = {name for name, figure in figures.items() if _tells_of_few(edition, name, figure)}
    shut |= set(_of_hidden_cells(edition, tables)) | set(_of_parts(edition, shut))
    return {
        name: _withheld(edition, f) if name in shut and f.value is not None else f
        for name, f in figures.items()
        # Its words hold the number itself.
        if not (name.startswith("top_nominals") and "top_nominals" in shut)
    }


def _withheld(edition: _Edition, figure: Figure) -> ProfileFigure:
    """Return a figure that is not shown, and why."""
    period = getattr(figure, "period", "")
    return ProfileFigure(
        None, figure.unit, figure.says, chapter=_chapter(figure), period=period, unknown=edition.reason
    )


def _tells_of_few(edition: _Edition, name: str, figure: Figure) -> bool:
    """Tell whether a figure is, or follows from, a small count; looking at nothing but itself."""
    if _OF_THINGS.match(name):
        return False
    part, whole = figure.numerator, figure.denominator
    if edition.small(getattr(figure, "records", None)):
        return True
    if _OF_WEIGHTS.match(name):
        return False
    if figure.unit == "count" and edition.small(figure.value):
        return True
    rest = whole - part if part is not None and whole is not None and figure.unit in ("share", "count") else None
    return edition.small(part, whole, rest)


def _of_hidden_cells(edition: _Edition, tables: Mapping[str, ProfileTable]) -> Iterable[str]:
    """Yield figures that are made of cells that are hidden."""
    own = edition.profile.tables

    def gone(name: str, column: str) -> pd.DataFrame:
        before, after = own[name].frame, tables[name].frame
        return before[before[column].notna() & after[column].isna()]

    yield from _of_places(edition, gone)
    yield from _of_events(edition, gone)


Gone = Callable[[str, str], pd.DataFrame]
"""Returns the rows, as they were, of a table of which a column is hidden."""


def _of_places(edition: _Edition, gone: Gone) -> Iterable[str]:
    """Yield figures of districts, wards and offences that are hidden."""
    figures = edition.profile.figures
    says = {figure.says: name for name, figure in figures.items()}
    districts = gone("areas", "crimes")["name"]
    yield from (says.get(f"Crime severity {name}", "") for name in districts)
    if len(districts):
        yield from (n for n in figures if n.startswith("severity_laa_") or n.endswith("_laa"))
    yield from (says.get(f"{w} ({d}): share of all harm", "") for w, d in _wards(gone("wards", "crimes")))
    for group in gone("offences", "crimes")["offence_group"]:
        yield from (says.get(f"Change in harm since the base period: {group}", ""), *(f"{group}_{x}" for x in _RAPE))
    yield from (f"harm_by_{slug(kind)}_laa" for kind in gone("relationships", "crimes")["relationship"])


def _of_events(edition: _Edition, gone: Gone) -> Iterable[str]:
    """Yield figures of stops, referrals, children, victims, forms and years that are hidden."""
    figures, own = edition.profile.figures, edition.profile.tables
    overlapping = {
        # A district's juveniles follow from the others'; ages overlap with the bands of victims.
        ("transient_dealers", "juveniles"): lambda n: (
            n.startswith("transient_juveniles_") and " in " in figures[n].says
        ),
        ("victim_ages", "victims"): lambda n: n.startswith("harm_age_"),
        ("cse_districts", "crimes"): lambda n: n == "cse_districts_up",
        ("aces_together", "children"): lambda n: n.startswith("aces_"),
        ("missing_links", "children"): lambda n: n in ("missing_children", "missing_often"),
        ("missing_interviews", "episodes"): lambda n: n == "missing_interviews_held",
        ("pillars", "members"): lambda n: n.startswith("pillar_") and n.endswith("_members"),
        ("pillars", "crimes"): lambda n: n.startswith("pillar_") and n.endswith("_crimes"),
        ("pillars", "children"): lambda n: n.startswith("pillar_") and n.endswith("_children"),
        ("group_years", "crimes"): lambda n: n.endswith("_per_nominal_change"),
        ("juveniles", "juveniles"): lambda n: n == "juveniles_many",
        # What is linked, and the rest that has nobody linked, are parts of the crimes that stand beside.
        ("weapon_links", "with_suspect"): lambda n: n.endswith(("_by_members", "_by_line_groups")),
        ("weapon_links", "by_members"): lambda n: n.endswith(("_by_members", "_by_line_groups")),
        ("weapon_links", "by_line_groups"): lambda n: n.endswith("_by_line_groups"),
    }
    for (name, column), made in overlapping.items():
        if len(gone(name, column)):
            yield from filter(made, figures)
    for column in ("home_known", "out_of_force", "out_juveniles"):
        # How many have no home force on record, or one here, follows from the figures of the whole.
        if EVERYWHERE in set(gone("dealer_homes", column)["district"]):
            kept = "out_of_force_juveniles" if column == "out_juveniles" else "out_of_force"
            yield from (n for n in figures if n.startswith(kept))
    for figure_id, name, values in FROM_ROWS:
        column = next(c.name for c in own[name].columns if c.people)
        rows = gone(name, column)
        if np.logical_and.reduce([np.ones(len(rows), bool), *(rows[n].isin(v) for n, v in values.items())]).any():
            yield figure_id
    for column, figure_id in (("referrals", "nrm_referrals"), ("referrals_before", "nrm_referrals_before")):
        if "nrm" in set(gone("referrals", column)["kind"]):
            yield figure_id
    if "cse_modal_age" in figures and str(figures["cse_modal_age"].value) in set(gone("cse_ages", "children")["age"]):
        yield "cse_modal_age"
    years = own["group_years"].frame["day"]
    if len(years) and years.iloc[-1] in set(gone("group_years", "crimes")["day"]):
        yield from (f"{kind}_per_nominal" for kind in ("crimes", "reports"))


_RAPE = ("share_of_crime", "share_of_harm", "private_space")


def _of_parts(edition: _Edition, shut: set[str]) -> Iterable[str]:
    """Yield figures that are parts of one whole with one that is hidden, or that are made of several."""
    figures = edition.profile.figures
    roles = {n: int(f.value) for n, f in figures.items() if n in _ROLES and f.value is not None}
    yield from (n for n, shown in suppress(roles, edition.least).items() if shown is None)
    flagged = figures.get("cse_flagged")
    for name in ("cse_female", "cse_modal_age"):
        figure = figures.get(name)
        # Those of neither sex, or of no known age, are the rest.
        if flagged and figure and edition.small((flagged.value or 0) - (figure.denominator or 0)):
            yield name
    for who in ("victims", "offenders"):
        figure = figures.get(f"{who}_few")
        if figure and edition.small(figure.numerator):
            yield from (f"{who}_few", f"{who}_few_harm")
    for kind, linked in (("crime", "linked_crimes"), ("intel", "linked_reports")):
        events = figures[linked].value if linked in figures else None
        family = [n for n in figures if re.search(rf"(^|_){kind}_", n)]
        family += ["crime_gini", "top_nominals_harm_share"] if kind == "crime" else ["report_gini"]
        if linked in shut or not events:
            yield from family
            continue
        shares = {n: f.value * events for n, f in figures.items() if n in family and f.unit == "share" and f.value}
        few = {n for n, covered in shares.items() if n in shut or edition.small(covered, events - covered)}
        # The ways of counting the same nominals differ little.
        ways = {n for n in family if n.startswith(f"top_nominals_{kind}_")}
        yield from few | (ways if few & ways else set())


_ROLES = ("parents_principal", "parents_significant", "parents_peripheral", "parents_not_assessed")


def _chapter(figure: Figure) -> str:
    return str(getattr(figure, "chapter", ""))


def _plain(figure: Figure) -> Figure:
    """Return a figure whose words hold no counts beside its own: what else was counted is not for others."""
    kept = []
    for clause in re.split(r"(?<=;)\s", figure.filter):
        parts = [clause] if not _counts(clause) else re.split(r"(?<=[,:])\s", clause)
        kept += [part for part in parts if not _counts(part)]
    return replace(figure, filter=" ".join(kept).rstrip(" ;,:"))


def _counts(words: str) -> bool:
    return bool(_DIGIT.search(_NOT_COUNTS.sub("", words)))


def _coarse(name: str, figure: Figure) -> Figure:
    """Return a figure whose sums of weights have three digits."""
    if not _OF_WEIGHTS.match(name):
        return figure
    numbers = {n: getattr(figure, n) for n in _NUMBERS if getattr(figure, n) is not None}
    return replace(figure, **{n: type(v)(_three(v)) for n, v in numbers.items()})


_NUMBERS = ("value", "numerator", "denominator", "low", "high", "null_low", "null_median", "null_high")


def _three(number: float) -> float:
    """Return a number with three digits.

    >>> _three(48873.66), _three(0.326700594), _three(0.0)
    (48900.0, 0.327, 0.0)
    """
    return float(f"{number:.3g}")


def edition_words(profile: Profile) -> str:
    """Return in one sentence whom the edition is for and what it does not show."""
    if profile.edition == FORCE:
        return f"For {EDITIONS[FORCE]}; ocgnet profile --for partnership or public makes one that may."
    least = profile.settings.analysis.least_shown
    return (
        f"For {EDITIONS[profile.edition]}: counts of people, and of records that are about somebody, from 1 to "
        f"{least - 1} are not shown, nor what would give them away. A table or sentence that would is left out."
    )
