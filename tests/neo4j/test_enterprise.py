"""Scripts for the Enterprise edition: rendered from the model, and understood by the only server that is here."""

from __future__ import annotations

import re

import pytest
from neo4j.exceptions import ClientError

from ocgnet.model.graph import NODES, TIES
from ocgnet.queries.pack import folder
from ocgnet.store.neo4j.connection import connected
from ocgnet.store.neo4j.enterprise import constraints_script, hidden_properties, roles_script
from ocgnet.store.neo4j.property_graph import node_schema, tie_schema

VALUES = {"database": "neo4j", "reader": "ocgnet_neo4j", "without_words": "ocgnet_neo4j_without_words"}


def statements(script: str) -> list[str]:
    text = "".join(line for line in script.splitlines(keepends=True) if not line.startswith("//"))
    return [s for s in text.split(";\n") if s.strip()]


@pytest.mark.parametrize(("name", "script"), [("constraints", constraints_script()), ("roles", roles_script())])
def test_the_files_are_those_of_the_model(name, script) -> None:
    assert (folder() / "enterprise" / f"{name}.cypher").read_text(encoding="utf-8") == script, (
        "render them anew: python tools/rendered.py"
    )


def test_who_may_not_read_words_reads_no_text_of_a_report_and_no_source() -> None:
    hidden = {getattr(of, "label", None) or of.type: set(hidden_properties(of)) for of in (*NODES, *TIES)}
    assert hidden["IntelReport"] == {"title", "text", "source_ref", "handling_conditions"}
    assert hidden["PlanAction"] == {"action"}
    assert hidden["USES"] == {"source", "authority_ref"}
    # That a camera saw it is no source; the reference to an authority is withheld all the same.
    assert hidden["Sighting"] == {"authority_ref"}
    assert hidden["OCG"] == hidden["MEMBER_OF"] == set()
    for of in NODES:
        assert hidden[of.label] <= {of.key, *node_schema(of).names}
    for of in TIES:
        assert hidden[of.type] <= set(tie_schema(of).names)
    denied = dict(re.findall(r"DENY READ \{(.*?)\} ON GRAPH \$database \w+ (\w+) TO \$without_words", roles_script()))
    assert {label: set(names.split(", ")) for names, label in denied.items()}.items() <= hidden.items()
    assert {label for _, label in re.findall(r"DENY READ \{(.*?)\} .* (\w+) TO", roles_script())} == {
        label for label, names in hidden.items() if names
    }


def test_every_statement_is_understood_here_and_takes_the_enterprise_edition(neo4j) -> None:
    def refusal(statement: str, database: str) -> str:
        with connected(neo4j.address) as connection, connection.driver.session(database=database) as session:
            try:
                session.run(f"EXPLAIN {statement}", VALUES).consume()
            except ClientError as error:
                return error.code
        return ""

    made = statements(constraints_script()), statements(roles_script())
    said = [{refusal(s, database) for s in part} for part, database in zip(made, ("neo4j", "system"), strict=True)]
    assert len(made[0]) == len(set(made[0])) > 200
    # A constraint is planned, and refused when it is to be made; of roles nothing at all is done.
    assert said == [{""}, {"Neo.ClientError.Statement.UnsupportedAdministrationCommand"}]
    syntax = "Neo.ClientError.Statement.SyntaxError"
    for wrong, database in ((made[0][0].replace("NOT NULL", "NOT NOTHING"), "neo4j"), (f"{made[1][-1]} NOW", "system")):
        assert refusal(wrong, database) == syntax
