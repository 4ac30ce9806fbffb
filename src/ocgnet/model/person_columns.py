"""Columns about people that several tables share, declared once."""

from __future__ import annotations

from ocgnet.model.kinds import Column, Kind, Sensitivity

ID, TEXT, DATE = Kind.ID, Kind.TEXT, Kind.DATE
PERSONAL, SENSITIVE = Sensitivity.PERSONAL, Sensitivity.SENSITIVE


def person_columns(*, says: str = "Name as recorded.") -> tuple[Column, ...]:
    """Columns that describe anybody; declared once for all tables of people."""
    return (
        Column("name", TEXT, says, sensitivity=PERSONAL),
        Column("date_of_birth", DATE, "Date of birth; blank when not known.", sensitivity=PERSONAL),
        Column("sex", TEXT, "Sex as recorded.", sensitivity=PERSONAL),
        Column("ethnicity", TEXT, "Ethnicity as recorded.", sensitivity=SENSITIVE),
        Column("district", TEXT, "District where the person lives."),
    )


def person_ref(name: str, says: str, *, key: bool = True, lenient: bool = False) -> Column:
    """Return a column that names anybody, whichever table holds the person."""
    return Column(name, ID, says, key=key, refers="person", lenient=lenient, sensitivity=PERSONAL)
