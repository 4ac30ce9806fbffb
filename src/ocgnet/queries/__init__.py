"""The investigators' questions: found by name, read with their header, bound to values, and run.

Each question is one file of the top-level folder ``cypher``; nothing here builds query text.
"""

from ocgnet.queries.pack import find, pack
from ocgnet.queries.parameters import bind
from ocgnet.queries.query import Answer, Parameter, Query, ReturnColumn, read_query

__all__ = ["Answer", "Parameter", "Query", "ReturnColumn", "bind", "find", "pack", "read_query"]
