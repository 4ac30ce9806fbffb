"""Under what authority records of things were obtained: of the row, or once for the file in about.toml."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ocgnet.checks.table import CheckedTable, always
from ocgnet.dataset import About
from ocgnet.english import counted
from ocgnet.model.things import UNDER_AUTHORITY
from ocgnet.sources import Rule
from ocgnet.sources.arrays import strings
from ocgnet.sources.problems import one


def check_authority(tables: Mapping[str, CheckedTable], about: About) -> list[str]:
    """Give rows that name no authority that of ``about.toml``; refuse those that need one and have none.

    Return a sentence for each table of which some rows name their own and others took it. A table none of whose rows
    has an authority that it needs is one fault of the file, not one of every row.
    """
    sentences = []
    for name in UNDER_AUTHORITY:
        table = tables.get(name)
        if table is None or not len(table.raw.lines):
            continue
        column = table.columns["authority_ref"]
        blank = column.blank
        key = f"{name}_authority"
        if given := getattr(about, key):
            if blank.any():
                texts = [*column.texts.to_pylist(), given]
                column.put(np.where(blank, np.int32(len(texts) - 1), column.codes), strings(texts))
                if not blank.all():
                    rows = counted(int(blank.sum()), "row")
                    sentences.append(f"{table.raw.file}, authority_ref: {rows} read as {key} of about.toml says.")
        elif column.declared.required and blank.any():
            remedy = (
                f"Fill in authority_ref with the reference of the authority under which this was obtained, or write "
                f'{key} = "..." once for the whole file into about.toml (in an import: as a constant of the mapping).'
            )
            if blank.all():
                remedy = f"No row says under what authority it was obtained. {remedy}"
                file = table.raw.file
                table.findings.append(one(file, Rule.AUTHORITY, remedy, column="authority_ref", whole_file=True))
            else:
                table.report_text("authority_ref", Rule.AUTHORITY, np.flatnonzero(blank), always(remedy))
    return sentences
