"""The property graph, declared once: which table becomes which nodes and relationships.

Constraints, load statements, the reading back and the bulk import are all rendered from here. Names of
properties are the names of columns, and of what is derived from them (:data:`DERIVED`). Instants are kept as local
date and time in UTC. Three rules hold throughout:

- a node has one key property. Where a table's key is several columns, or its columns may be blank, the
  key joins them with ``|`` (see :func:`ocgnet.store.neo4j.property_graph.joined`);
- a node that is only named by a link and stands in no table carries ``unlisted: true``;
- a person in more than one table of people carries each table's own columns with that table's prefix
  (``child_name``), and under the plain name the first that is not blank, in the order of ``PERSON_ROWS``; the plain
  ``review_due`` of a nominal is that of the nominal's record, blank or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ocgnet.model.columns import Column, Kind
from ocgnet.model.tables import TABLES
from ocgnet.model.things import RELATIONS, THING_KINDS

DATA_SUBJECTS: dict[str, str] = {
    "arrested": "suspect",
    "suspect": "suspect",
    "charged": "suspect",
    "convicted": "convicted",
    "victim": "victim",
    "witness": "witness",
    "other": "other",
}
"""Category of data subject by link role (Data Protection Act 2018, section 38(3))."""


@dataclass(frozen=True)
class Node:
    """A kind of node; no two share the value of their ``key``.

    ``parts`` are the columns of which the key is made, also kept as properties; empty when it is one column's text.
    """

    label: str
    key: str
    says: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class NodeRows:
    """How the rows of a table become nodes; ``key`` are the columns of the node's key, in the order of ``node.parts``.

    Where a node may stand in several tables, ``label`` is a further label that says in which, and ``prefix`` stands
    before the names of this table's own columns. Where the words of a column (``word_column``) are labels as well,
    ``word_labels`` says which.
    """

    table: str
    node: Node
    key: tuple[str, ...]
    label: str = ""
    prefix: str = ""
    word_column: str = ""
    word_labels: tuple[tuple[str, str], ...] = ()

    @property
    def properties(self) -> tuple[Column, ...]:
        """Columns that become properties of the same name; a key of one column goes by the node's name for it."""
        skip = () if self.node.parts else self.key
        return tuple(c for c in TABLES[self.table].columns if c.name not in skip)


@dataclass(frozen=True)
class End:
    """One end of a relationship: the columns of its node's key, and those without which there is no relationship.

    Where the column may also hold something else (``recorded``), only what stands in the node's own table is meant.
    """

    node: Node
    columns: tuple[str, ...]
    needs: tuple[str, ...]
    recorded: bool = False


@dataclass(frozen=True)
class Tie:
    """How the rows of a table become relationships.

    A ``derived`` one repeats what a property already says, for walking along, and is not read back. Of a column of
    several ids (``many``) each makes a relationship of its own. Where a word of the row decides which type it becomes,
    ``word`` is the column and the word of this type.
    """

    type: str
    table: str
    start: End
    end: End
    derived: bool = False
    many: str = ""
    word: tuple[str, str] | None = None

    @property
    def apart(self) -> tuple[str, ...]:
        """Columns that tell apart several relationships between the same two nodes."""
        ends = (*self.start.columns, *self.end.columns)
        return () if self.derived else tuple(c for c in TABLES[self.table].identity if c not in ends)

    @property
    def merge_key(self) -> str:
        """Property by which several relationships between the same two nodes are told apart; empty for at most one.

        A single column that is never blank is used itself; else ``row_key`` joins the columns.
        """
        if not self.apart:
            return ""
        if len(self.apart) == 1 and TABLES[self.table].column(self.apart[0]).never_blank:
            return self.apart[0]
        return "row_key"

    @property
    def properties(self) -> tuple[Column, ...]:
        """Columns that become properties of the same name."""
        ends = (*self.start.columns, *self.end.columns)
        return () if self.derived else tuple(c for c in TABLES[self.table].columns if c.name not in ends)


PERSON = Node("Person", "person_id", "Somebody on record, as a nominal, a child, or named by a link.")
OCG = Node("OCG", "ocg_id", "Organised crime group.")
CRIME = Node("Crime", "crime_id", "Recorded crime.")
REPORT = Node("IntelReport", "report_id", "Intelligence report with its grading.")
WARD = Node("Ward", "ward_key", "Ward of a district.", ("district", "ward"))
DISTRICT = Node("District", "district", "District.")
COUNTRY = Node("Country", "country", "Country outside the UK, two letters.")
ACE = Node("Ace", "ace", "Kind of adverse childhood experience.")
EPISODE = Node("MissingEpisode", "episode_id", "Time a child went missing.", ("child_id", "missing_from"))
REFERRAL = Node("Referral", "referral_id", "Referral that was made.", ("person_id", "kind", "made_on"))
DISRUPTION = Node("Disruption", "disruption_id", "Action that hurt a group.")
ACTION = Node("PlanAction", "action_id", "Action in a plan against a group or a nominal.")
STOP = Node("StopCheck", "stop_id", "Stop check of somebody who may deal.")
THING = Node("Thing", "thing_id", "Phone, vehicle, address, account or another thing that may join people.")
THREAT = Node("Threat", "threat_id", "Threat without a group, such as a county line or a place.")
PLAN = Node("Plan", "plan_id", "Plan against a group or a threat, or about a person.")
CHANGE = Node("PlanChange", "change_id", "What was done with an action of a plan, by whom and why.")
SERVICE = Node("Service", "service_id", "Team or service that looks after people.")
MEETING = Node("CaseMeeting", "meeting_id", "Meeting about a person's case.", ("person_id", "held_on", "kind"))
ORDER = Node("Order", "order_id", "Order or notice on a person or on premises.")
STAGE = Node(
    "NrmStage",
    "nrm_stage_id",
    "Stage of the national referral mechanism that a person has come to.",
    ("person_id", "stage", "decided_on"),
)
ACTIVITY = Node("Activity", "activity_id", "Operation or day of action.")
SCORE = Node(
    "Score",
    "score_id",
    "Score of a group, a person or a threat on one component of a scheme.",
    ("subject_id", "subject_kind", "scheme", "version", "component", "scored_on"),
)
OCG_ACTIVITY = Node(
    "OcgActivity",
    "ocg_activity_id",
    "What a group does, and where.",
    ("ocg_id", "activity", "district", "from_date"),
)
CHILD_RISK = Node(
    "ChildRisk",
    "child_risk_id",
    "Risk of exploitation of a child, as assessed on a day.",
    ("child_id", "exploitation", "assessed_on"),
)
PRIORITY = Node("Priority", "priority_id", "What the partnership set itself for a period.")
GAP = Node("IntelligenceGap", "gap_id", "What is not known and should be.")
SIGHTING = Node(
    "Sighting",
    "sighting_id",
    "When and where a thing was seen.",
    ("thing_id", "at", "place", "latitude", "longitude", "source"),
)

NODES: tuple[Node, ...] = (
    PERSON, OCG, CRIME, REPORT, WARD, DISTRICT, COUNTRY, ACE, EPISODE, REFERRAL, DISRUPTION, ACTION, STOP, THING,
    SIGHTING, THREAT, PLAN, CHANGE, SERVICE, MEETING, ORDER, STAGE, ACTIVITY, SCORE, OCG_ACTIVITY,
    CHILD_RISK, PRIORITY, GAP,
)  # fmt: skip
"""All kinds of node that hold records, in the order in which they are loaded."""

PERSON_ROWS: tuple[NodeRows, ...] = (
    NodeRows("nominals", PERSON, ("nominal_id",), "Nominal", "nominal_"),
    NodeRows("children", PERSON, ("child_id",), "Child", "child_"),
    NodeRows("people", PERSON, ("person_id",), "OtherPerson", "other_"),
)
"""Tables of people, the one whose columns come first at the front."""

KIND_LABELS: tuple[tuple[str, str], ...] = tuple(
    (kind, "OtherThing" if kind == "other" else "".join(word.title() for word in kind.split("_")))
    for kind in THING_KINDS
)
"""Second label of a thing by its kind: ``online_handle`` → ``OnlineHandle``."""

NODE_ROWS: tuple[NodeRows, ...] = (
    *PERSON_ROWS,
    NodeRows("ocgs", OCG, ("ocg_id",)),
    NodeRows("crimes", CRIME, ("crime_id",)),
    NodeRows("intel_reports", REPORT, ("report_id",)),
    NodeRows("wards", WARD, ("district", "ward")),
    NodeRows("missing_episodes", EPISODE, ("child_id", "missing_from")),
    NodeRows("referrals", REFERRAL, ("person_id", "kind", "made_on")),
    NodeRows("disruptions", DISRUPTION, ("disruption_id",)),
    NodeRows("plan_actions", ACTION, ("action_id",)),
    NodeRows("stop_checks", STOP, ("stop_id",)),
    NodeRows("things", THING, ("thing_id",), word_column="kind", word_labels=KIND_LABELS),
    NodeRows("sightings", SIGHTING, SIGHTING.parts),
    NodeRows("threats", THREAT, ("threat_id",)),
    NodeRows("plans", PLAN, ("plan_id",)),
    NodeRows("plan_changes", CHANGE, ("change_id",)),
    NodeRows("services", SERVICE, ("service_id",)),
    NodeRows("case_meetings", MEETING, MEETING.parts),
    NodeRows("orders", ORDER, ("order_id",)),
    NodeRows("nrm_stages", STAGE, STAGE.parts),
    NodeRows("activities", ACTIVITY, ("activity_id",)),
    NodeRows("scores", SCORE, SCORE.parts),
    NodeRows("ocg_activities", OCG_ACTIVITY, OCG_ACTIVITY.parts),
    NodeRows("child_risks", CHILD_RISK, CHILD_RISK.parts),
    NodeRows("priorities", PRIORITY, ("priority_id",)),
    NodeRows("intelligence_gaps", GAP, ("gap_id",)),
)
"""All tables whose rows become nodes."""


def further_labels(node: Node) -> tuple[str, ...]:
    """Return the labels that a node may carry beside its own, in the order of the declaration."""
    own = [rows for rows in NODE_ROWS if rows.node is node]
    return (*(rows.label for rows in own if rows.label), *(label for rows in own for _, label in rows.word_labels))


def _end(node: Node, *columns: str, needs: tuple[str, ...] = (), recorded: bool = False) -> End:
    return End(node, columns, needs or columns, recorded)


_SUBJECTS_OF: tuple[tuple[str, Node], ...] = (("group", OCG), ("person", PERSON), ("thing", THING), ("threat", THREAT))
"""Node of each kind of subject."""


def _subjects(table: str, start: End, types: str) -> tuple[Tie, ...]:
    """Return the relationships from a plan, an action or a score to its subject, a type for each kind."""
    return tuple(
        Tie(f"{types}_{kind.upper()}", table, start, _end(node, "subject_id"), True, word=("subject_kind", kind))
        for kind, node in _SUBJECTS_OF
    )


_STAGED = _end(STAGE, *STAGE.parts, needs=("person_id", "stage"))
_ACTS = _end(OCG_ACTIVITY, *OCG_ACTIVITY.parts, needs=("ocg_id", "activity"))
_AT_RISK = _end(CHILD_RISK, *CHILD_RISK.parts, needs=("child_id", "exploitation"))
_SIGHTED = _end(SIGHTING, *SIGHTING.parts, needs=("thing_id", "at"))


TIES: tuple[Tie, ...] = (
    Tie("MEMBER_OF", "memberships", _end(PERSON, "nominal_id"), _end(OCG, "ocg_id")),
    Tie("LINKED_TO", "crime_links", _end(PERSON, "person_id"), _end(CRIME, "crime_id")),
    Tie("MENTIONED_IN", "intel_links", _end(PERSON, "person_id"), _end(REPORT, "report_id")),
    Tie("ASSOCIATES_WITH", "associations", _end(PERSON, "person_a"), _end(PERSON, "person_b")),
    Tie("FAMILY_OF", "family_links", _end(PERSON, "adult_id"), _end(PERSON, "child_id")),
    Tie("HAS_ACE", "child_aces", _end(PERSON, "child_id"), _end(ACE, "ace")),
    Tie("OPERATES_IN", "ocg_countries", _end(OCG, "ocg_id"), _end(COUNTRY, "country")),
    Tie("OCCURRED_IN", "crimes", _end(CRIME, "crime_id"), _end(WARD, "district", "ward", needs=("ward",)), True),
    Tie("PART_OF", "wards", _end(WARD, "district", "ward"), _end(DISTRICT, "district"), True),
    Tie("WENT_MISSING", "missing_episodes", _end(PERSON, "child_id"), _end(EPISODE, "child_id", "missing_from"), True),
    Tie(
        "COMPANION_IN",
        "missing_episodes",
        _end(PERSON, "companions"),
        _end(EPISODE, "child_id", "missing_from"),
        True,
        "companions",
    ),
    Tie("REFERRED", "referrals", _end(PERSON, "person_id"), _end(REFERRAL, "person_id", "kind", "made_on"), True),
    Tie("AGAINST", "disruptions", _end(DISRUPTION, "disruption_id"), _end(OCG, "ocg_id"), True),
    Tie("PART_OF_PLAN", "plan_actions", _end(ACTION, "action_id"), _end(OCG, "ocg_id"), True),
    Tie("ABOUT", "plan_actions", _end(ACTION, "action_id"), _end(PERSON, "nominal_id"), True),
    Tie("STOPPED_IN", "stop_checks", _end(PERSON, "person_id"), _end(STOP, "stop_id"), True),
    *(
        Tie(name, "thing_links", _end(PERSON, "person_id"), _end(THING, "thing_id"), word=("relation", relation))
        for relation, name in RELATIONS.items()
    ),
    Tie("COMMUNICATED_WITH", "communications", _end(THING, "from_thing"), _end(THING, "to_thing")),
    Tie("TRANSFERRED_TO", "transfers", _end(THING, "from_account"), _end(THING, "to_account")),
    Tie("SEEN_IN", "sightings", _end(THING, "thing_id"), _SIGHTED, True),
    Tie("AT_PLACE", "sightings", _SIGHTED, _end(THING, "place", recorded=True), True),
    Tie("HAS_THING", "group_things", _end(OCG, "ocg_id"), _end(THING, "thing_id")),
    Tie("INVOLVES", "crime_things", _end(CRIME, "crime_id"), _end(THING, "thing_id")),
    Tie("THREAT_OF", "threats", _end(THREAT, "threat_id"), _end(THING, "thing_id"), True),
    *_subjects("plans", _end(PLAN, "plan_id"), "PLAN_FOR"),
    Tie("ACTION_OF", "plan_actions", _end(ACTION, "action_id"), _end(PLAN, "plan_id"), True),
    *_subjects("plan_actions", _end(ACTION, "action_id"), "ACTION_ON"),
    Tie("CHANGE_OF", "plan_changes", _end(CHANGE, "change_id"), _end(ACTION, "action_id"), True),
    Tie("LOOKED_AFTER_BY", "assignments", _end(PERSON, "person_id"), _end(SERVICE, "service_id")),
    Tie("DISCUSSED_IN", "case_meetings", _end(PERSON, "person_id"), _end(MEETING, *MEETING.parts), True),
    Tie("ORDER_ON", "orders", _end(ORDER, "order_id"), _end(PERSON, "person_id"), True),
    Tie("ORDER_FOR_PLACE", "orders", _end(ORDER, "order_id"), _end(THING, "thing_id"), True),
    Tie("PROTECTS", "orders", _end(ORDER, "order_id"), _end(PERSON, "protects"), True),
    Tie("CAME_TO", "nrm_stages", _end(PERSON, "person_id"), _STAGED, True),
    Tie("ACTIVITY_OF", "activities", _end(ACTIVITY, "activity_id"), _end(PLAN, "plan_id"), True),
    Tie("ACTIVITY_AGAINST", "activities", _end(ACTIVITY, "activity_id"), _end(OCG, "ocg_id"), True),
    Tie("ACTIVITY_AT", "activities", _end(ACTIVITY, "activity_id"), _end(THING, "thing_id"), True),
    *_subjects("scores", _end(SCORE, *SCORE.parts), "SCORE_OF"),
    Tie("DOES", "ocg_activities", _end(OCG, "ocg_id"), _ACTS, True),
    Tie("DONE_IN", "ocg_activities", _ACTS, _end(DISTRICT, "district"), True),
    Tie("AT_RISK", "child_risks", _end(PERSON, "child_id"), _AT_RISK, True),
    Tie("GAP_OF", "intelligence_gaps", _end(GAP, "gap_id"), _end(PRIORITY, "priority_id"), True),
    *_subjects("intelligence_gaps", _end(GAP, "gap_id"), "GAP_ABOUT"),
)
"""All relationships that hold records, in the order in which they are loaded.

Every crime's ward is a :data:`WARD` node even without a row in ``wards``, so ``PART_OF`` is made for
those as well.
"""


@dataclass(frozen=True)
class Derived:
    """A property that a load works out of a row, so that no question has to; it is never read back as a record.

    ``sql`` is over the columns of the one row, named ``this``, as it stands in the graph: its properties, the key of a
    node as ``_key``, its further labels joined by ``|`` as ``_labels``; beside it there is ``weighed``, which has
    ``offence_code`` as recorded, ``code`` as the severity weights write it, ``weight`` and ``scheme``, and ``forces``,
    which has the ``prefix`` of each force's ids and what the ``force`` is called. A blank result is no property.
    """

    name: str
    type: pa.DataType
    sql: str
    says: str


_FORCE = Derived(
    "force",
    pa.string(),
    "(SELECT arg_max(f.force, length(f.prefix)) FROM forces f WHERE starts_with(this._key, f.prefix))",
    "Whose record it is: the force's prefix where it has one, else its name. What all share (wards) has none.",
)

EARLIEST, LATEST = "DATE '0001-01-01'", "DATE '9999-12-31'"
"""Days that stand for no beginning and no end, so that a question compares days and nothing else."""

_NAMED = "CASE WHEN name IS NULL THEN _key ELSE name || ' (' || _key || ')' END"


def _caption(sql: str, says: str) -> Derived:
    return Derived("caption", pa.string(), sql, f"What a picture shows: {says}.")


def _valid(first: str, last: str, *, of: str) -> tuple[Derived, Derived]:
    return (
        Derived("valid_from", pa.date32(), f"coalesce({first}, {EARLIEST})", f"First day of {of}; 0001-01-01 if open."),
        Derived(
            "valid_to", pa.date32(), f"coalesce({last}, {LATEST})", f"Last day of {of}; 9999-12-31 while it lasts."
        ),
    )


def _day(sql: str, says: str) -> Derived:
    return Derived("day", pa.date32(), sql, says)


POINT = pa.list_(pa.float64(), 2)
"""Type of a place on earth (WGS-84) in a graph of ours: longitude, then latitude, in degrees."""

_LOCATION = Derived(
    "location",
    POINT,
    # Neo4j turns a longitude round the earth by steps, for ever where it is beyond all counting.
    "CASE WHEN latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180 "
    "THEN [longitude, latitude]::DOUBLE[2] END",
    "Latitude and longitude as one point (WGS-84), for distances.",
)

_BORN = Derived(
    "born",
    pa.int64(),
    "year(date_of_birth) * 10000 + month(date_of_birth) * 100 + day(date_of_birth)",
    "Date of birth as a number such as 20010331, of which a difference divided by 10,000 is an age in years.",
)

_OVERDUE_AFTER = Derived(
    "overdue_after", pa.date32(), f"coalesce(review_due, {LATEST})", "Last day before the review is overdue."
)


def _grading(name: str, grade: str, says: str) -> Derived:
    return Derived(name, pa.string(), f"coalesce(grading_scheme || ' ' || {grade}, '')", f"{says} after its scheme.")


def _weighed(column: str) -> str:
    return f"(SELECT any_value(w.{column}) FROM weighed w WHERE w.offence_code = this.offence_code)"


_THING_NAME = "coalesce(label, number, registration, imei, postcode)"
_SUBJECTS = " ".join(f"WHEN '{role}' THEN '{subject}'" for role, subject in DATA_SUBJECTS.items())
_OF_LINK = _valid("from_date", "to_date", of="the link")

DERIVED: dict[str, tuple[Derived, ...]] = {
    "Person": (
        _caption(_NAMED, "name and id; of somebody in no table of people the id"),
        _BORN,
        Derived(
            "overdue_after",
            pa.date32(),
            f"CASE WHEN contains(_labels, 'Nominal') THEN coalesce(review_due, {LATEST}) ELSE {LATEST} END",
            "Last day before the review of the nominal's record is overdue; of nobody else does a review decide.",
        ),
    ),
    "OCG": (
        _caption(_NAMED, "name and id"),
        Derived(
            "valid_from", pa.date32(), f"coalesce(mapped_on, {EARLIEST})", "Day of mapping; 0001-01-01 if not recorded."
        ),
        Derived(
            "valid_to",
            pa.date32(),
            f"CASE WHEN archived_on IS NOT NULL THEN greatest(archived_on, DATE '0001-01-02') - 1 "
            f"WHEN status = 'archived' THEN {EARLIEST} ELSE {LATEST} END",
            "Last day before the group was archived; 0001-01-01 if archived on a day not recorded.",
        ),
    ),
    "Crime": (
        _caption("concat_ws(' ', offence_code, '(' || _key || ')')", "offence code and id"),
        _day("coalesce(recorded_on, occurred_on)", "Day by which the crime counts: recorded, else occurred."),
        Derived(
            "severity_code",
            pa.string(),
            _weighed("code"),
            "Offence code as the severity weights write it.",
        ),
        Derived(
            "severity",
            pa.float64(),
            _weighed("weight"),
            "Severity weight of the offence; absent when unknown.",
        ),
        Derived(
            "severity_scheme",
            pa.string(),
            _weighed("scheme"),
            "Scheme of that weight, with its year; absent without one.",
        ),
        _LOCATION,
    ),
    "IntelReport": (
        _caption("concat_ws(' ', strftime(reported_on, '%Y-%m-%d'), '(' || _key || ')')", "date and id"),
        _day("reported_on", "Day by which the report counts."),
        _OVERDUE_AFTER,
        _grading("source_grading", "source_grade", "Source evaluation"),
        _grading("content_grading", "intelligence_grade", "Assessment of the information"),
        _grading("handling_grading", "handling_code", "Handling code"),
    ),
    "Ward": (_caption("ward || ' (' || district || ')'", "ward and district"),),
    "District": (_caption("_key", "name"),),
    "Country": (_caption("_key", "two letters"),),
    "Ace": (_caption("replace(_key, '_', ' ')", "kind"),),
    "MissingEpisode": (
        _caption("strftime(missing_from, '%Y-%m-%d') || ' (' || child_id || ')'", "day and child"),
        _day("CAST(missing_from AS DATE)", "Day on which the episode began."),
    ),
    "Referral": (
        _caption("kind || ' ' || strftime(made_on, '%Y-%m-%d') || ' (' || person_id || ')'", "route, day and person"),
        _day("made_on", "Day on which it was made."),
    ),
    "Disruption": (
        _caption("level || ' (' || _key || ')'", "level and id"),
        _day("happened_on", "Day by which it counts."),
    ),
    "PlanAction": (_caption("strand || ' (' || _key || ')'", "strand and id"),),
    "StopCheck": (
        _caption("strftime(happened_on, '%Y-%m-%d') || ' (' || _key || ')'", "day and id"),
        _day("happened_on", "Day by which it counts."),
        _BORN,
    ),
    "Thing": (
        Derived(
            "name",
            pa.string(),
            _THING_NAME,
            "Label, number, registration, IMEI or postcode: the first that is recorded.",
        ),
        _caption(
            f"CASE WHEN {_THING_NAME} IS NULL THEN _key ELSE {_THING_NAME} || ' (' || _key || ')' END",
            "name and id",
        ),
        _OVERDUE_AFTER,
        _LOCATION,
    ),
    "Sighting": (
        _caption("strftime(this.at, '%Y-%m-%d %H:%M') || ' (' || thing_id || ')'", "time and thing"),
        _day("CAST(this.at AS DATE)", "Day of the sighting, in UTC."),
    ),
    "Threat": (_caption(_NAMED, "name and id"),),
    "Plan": (
        _caption("subject_kind || ' (' || _key || ')'", "kind of subject and id"),
        *_valid("from_date", "to_date", of="the plan"),
    ),
    "PlanChange": (
        _caption("change || ' ' || strftime(changed_on, '%Y-%m-%d') || ' (' || _key || ')'", "change, day and id"),
        _day("changed_on", "Day of the change."),
    ),
    "Service": (_caption(_NAMED, "name and id"),),
    "CaseMeeting": (
        _caption(
            "replace(kind, '_', ' ') || ' ' || strftime(held_on, '%Y-%m-%d') || ' (' || person_id || ')'",
            "kind, day and person",
        ),
        _day("held_on", "Day on which it was held, or is to be."),
    ),
    "Order": (
        _caption("replace(kind, '_', ' ') || ' (' || _key || ')'", "kind and id"),
        *_valid("from_date", "to_date", of="the order"),
    ),
    "NrmStage": (
        _caption("replace(stage, '_', ' ') || ' (' || person_id || ')'", "stage and person"),
        _day("decided_on", "Day of the decision or referral."),
    ),
    "Activity": (
        _caption("strftime(happened_on, '%Y-%m-%d') || ' (' || _key || ')'", "day and id"),
        _day("happened_on", "Day by which it counts."),
    ),
    "Score": (
        _caption("component || ' ' || score || ' (' || subject_id || ')'", "component, score and subject"),
        _day("scored_on", "Day of the scoring."),
    ),
    "OcgActivity": (
        _caption("activity || ' (' || ocg_id || ')'", "activity and group"),
        *_valid("from_date", "to_date", of="the activity"),
    ),
    "ChildRisk": (
        _caption("level || ' ' || exploitation || ' (' || child_id || ')'", "level, kind and child"),
        _day("assessed_on", "Day of the assessment."),
    ),
    "Priority": (
        _caption("'priority ' || _key", "id"),
        *_valid("from_date", "to_date", of="the priority"),
    ),
    "IntelligenceGap": (_caption("'gap ' || _key", "id"),),
    "LOOKED_AFTER_BY": _valid("from_date", "to_date", of="the service"),
    "MEMBER_OF": _valid("from_date", "to_date", of="the membership in this role"),
    "LINKED_TO": (
        Derived(
            "data_subject",
            pa.string(),
            f"CASE link_role {_SUBJECTS} ELSE 'other' END",
            "Category of data subject.",
        ),
    ),
    "ASSOCIATES_WITH": _valid("coalesce(first_seen, last_seen)", "coalesce(last_seen, first_seen)", of="the contact"),
    "FAMILY_OF": _valid("recorded_on", "NULL::DATE", of="the record")[:1],
    "HAS_ACE": _valid("recorded_on", "NULL::DATE", of="the record")[:1],
    "HAS_THING": _OF_LINK,
    "COMMUNICATED_WITH": (_day("CAST(this.at AS DATE)", "Day of the communication, in UTC."),),
    "TRANSFERRED_TO": (_day("CAST(this.at AS DATE)", "Day of the transfer, in UTC."),),
    **dict.fromkeys(RELATIONS.values(), _OF_LINK),
}
"""What is derived, by label and by type, beside the year of every date and instant."""


def derived_of(of: Node | Tie) -> tuple[Derived, ...]:
    """Return the properties that are derived for a kind of node or a type of relationship, the years first.

    A node has a year for each date that says when something happened (``recorded_on``, ``recorded_year``), a
    relationship for each instant, in UTC. A node whose key begins with an id has the force whose it is.
    """
    own: tuple[Derived, ...] = ()
    if isinstance(of, Node):
        own = (_FORCE,) if is_of_a_force(of) else ()
        name, dated = of.label, [c for rows in NODE_ROWS if rows.node is of for c in rows.properties if c.event]
    else:
        name, dated = of.type, [c for c in of.properties if c.event and c.kind is Kind.INSTANT]
    years = (
        Derived(f"{c.name.rsplit('_', 1)[0]}_year", pa.int64(), f'year("{c.name}")', f"Year of {c.name}.")
        for c in dated
    )
    return (*years, *own, *DERIVED.get(name, ()))


def is_of_a_force(node: Node) -> bool:
    """Tell whether a node is one force's own: its key begins with an id, before which a prefix may stand."""
    return any(TABLES[rows.table].column(rows.key[0]).kind is Kind.ID for rows in NODE_ROWS if rows.node is node)


PEOPLE_INDEX = "ocgnet_people"
"""Full-text index of every name under which somebody is recorded; it folds accents."""

PLACED = (CRIME, THING)
"""Kinds of node that have a location."""

LOOKED_UP: tuple[tuple[Node, str], ...] = ((SIGHTING, "place"), (THING, "normalised"))
"""Properties beside the keys by which a load looks nodes up."""

NAME_PROPERTIES = ("name", *(f"{rows.prefix}name" for rows in PERSON_ROWS), "aliases")
"""Properties of a person that hold a name."""

LOAD = Node("Load", "load_id", "What one load brought: who, when, which files, how many rows, what was left out.")
LEASE = Node("LoadLease", "lease_id", "The load that is under way: whose, since when; gone when it ends.")
RUN = Node("AnalysisRun", "run_id", "One analysis that was written back.")
SUGGESTION = Node("Suggestion", "suggestion_id", "Role in a group that a run suggests for somebody; never a record.")
MEASURES = Node("Measures", "measures_id", "What a run measured of one person's position in the network.")
COMMUNITY = Node("Community", "community_id", "People who hold together by their ties in a run; no group on record.")
RUN_NODES: tuple[Node, ...] = (RUN, SUGGESTION, MEASURES, COMMUNITY)
"""Kinds of node that hold what an analysis found; none is read back as a record."""

HAS_SUGGESTION, IN_GROUP, OF_RUN = "HAS_SUGGESTION", "IN_GROUP", "OF_RUN"
"""From a person to a suggestion, from it to its group, and from whatever a run found to the run."""

HAS_MEASURES, IN_COMMUNITY = "HAS_MEASURES", "IN_COMMUNITY"
"""From a person to the measures of a run, and to the community in which it places them."""

TIED_WITH = "TIED_WITH"
"""Between two people whom a run counts as tied, from the smaller id to the other; with ``weight`` and ``kinds``."""

OUTSIDE = "OUTSIDE_BUT_TIED"
"""From a person of no group to a group above whose principals a run places them; never a membership."""

RUN_TIES = (HAS_SUGGESTION, IN_GROUP, OF_RUN, HAS_MEASURES, IN_COMMUNITY, TIED_WITH, OUTSIDE)
"""Types of relationship of what an analysis found."""

ASSESSED_AS = "ASSESSED_AS"
"""From a person to the run that suggested a role, as an earlier version kept it; carried over into suggestions."""
