"""The financial year that the county is about, and the year before."""

from __future__ import annotations

from datetime import date

AS_OF = date(2019, 3, 31)
FIRST = date(2018, 4, 1)
BEFORE_AS_OF = date(2018, 3, 31)
BEFORE_FIRST = date(2017, 4, 1)
