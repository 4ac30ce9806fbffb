"""Neo4j Browser as our own server offers it: pages of ours beside it, and what it does by itself after log-in."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = "browser/ocgnet"
"""Where pages of ours stand beside Browser, below the server's web address."""

LOOPBACK = {
    "browser.remote_content_hostname_whitelist": "127.0.0.1",
    "dbms.security.http_static_content_security_policy_header": "; ".join((
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "connect-src 'self' http://127.0.0.1:* ws://127.0.0.1:*",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )),
}  # fmt: skip
"""Settings by which Browser asks this machine and no other for anything; unset, it asks five hosts of other people."""


@dataclass(frozen=True)
class Welcome:
    """What somebody finds in Browser after log-in.

    ``files`` are served beside Browser, by name. Whoever can reach the port reads them without a log-in, and so may
    any page that the reader has open elsewhere: nothing of any record may stand in them. ``commands`` are Browser's
    own, without their colon, and are run after log-in; ``{here}`` in them stands for the address of the files.
    """

    files: Mapping[str, str]
    commands: tuple[str, ...]

    def setting(self, http: int) -> dict[str, str]:
        """Return the server's setting that makes Browser run the commands, on a server at this port."""
        here = f"http://127.0.0.1:{http}/{FOLDER}"
        return {"browser.post_connect_cmd": "; ".join(c.replace("{here}", here) for c in self.commands)}

    def write(self, file: Path) -> None:
        """Keep this for starts to come."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Welcome:
        """Return what was kept in a file; nothing to serve or run where none was, or it is not readable."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            return cls(dict(kept["files"]), tuple(kept["commands"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls({}, ())


def write_jar(library: Path, welcome: Welcome, jar: Path) -> None:
    """Write Browser, from the library's own jar, with the pages beside it into one jar.

    The server serves the first folder of that name which it finds, so ours must hold all of Browser and come first;
    the library's jars stay as they are pinned. Without Browser in the library there is no jar.
    """
    pinned = next(library.glob("neo4j-browser-*.jar"), None)
    if pinned is None:
        jar.unlink(missing_ok=True)
        return
    shutil.copyfile(pinned, jar)
    with zipfile.ZipFile(jar, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(welcome.files.items()):
            archive.writestr(f"{FOLDER}/{name}", text)
