"""The investigators' questions: found by name, read with their header, bound to values, and run.

Each question is one file of the top-level folder ``cypher``; nothing here builds query text.
"""

from ocgnet.queries.binding import bind
from ocgnet.queries.header import read_query
from ocgnet.queries.pack import find, pack
from ocgnet.queries.query import Answer, Parameter, Query, ReturnColumn

__all__ = ["Answer", "Parameter", "Query", "ReturnColumn", "bind", "find", "pack", "read_query"]
