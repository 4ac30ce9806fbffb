"""What a folder may say of itself in ``about.toml``; the fields of ``dataset.About``, for whoever fills them in."""

from __future__ import annotations

from ocgnet.model.kinds import Column, Kind

ABOUT_FIELDS: tuple[Column, ...] = (
    Column("force", Kind.TEXT, "Name of the force."),
    Column("marking", Kind.TEXT, "Protective marking, printed on every output."),
    Column("synthetic", Kind.FLAG, "true when the people are made up; prints SYNTHETIC DATA on every output."),
    Column("as_of", Kind.DATE, "Day on which ages, reviews and memberships are judged."),
    Column("period_from", Kind.DATE, "First day of the period of the figures."),
    Column("period_to", Kind.DATE, "Last day of that period."),
)
"""Every key, in the order of the template."""
