"""Write the files of ``cypher/`` that are rendered from the model and from the questions."""

from __future__ import annotations

from ocgnet.queries.pack import favourites_zip, folder, pack
from ocgnet.store.neo4j.enterprise import constraints_script, roles_script

if __name__ == "__main__":
    (folder() / "enterprise").mkdir(exist_ok=True)
    (folder() / "enterprise" / "constraints.cypher").write_text(constraints_script(), encoding="utf-8")
    (folder() / "enterprise" / "roles.cypher").write_text(roles_script(), encoding="utf-8")
    (folder() / "browser" / "favourites.zip").write_bytes(favourites_zip(pack()))
