"""Records in which every text a stranger could have written attacks whoever shows it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ocgnet.model import TABLES, Kind

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"

MARKUP = (
    "<script>window.hit='script'</script>",
    "<img src=x onerror=\"window.hit='img'\">",
    "<img src='http://192.0.2.1/leak.png'>",
    "\"><svg onload=window.hit='svg'><image href='http://192.0.2.1/a'/></svg>",
    "'><iframe src=\"javascript:parent.hit='frame'\"></iframe>",
    "<iframe srcdoc=\"<script>parent.hit='srcdoc'</script>\">",
    "</script><script>window.hit='closed'</script>",
    "</style><style>*{display:none}</style><link rel=stylesheet href=http://192.0.2.1/s.css>",
    "</title></textarea></noscript><body onload=window.hit='body'>",
    "<a href=\"javascript:window.hit='href'\">href</a>",
    "<a href=http://192.0.2.1/ ping=http://192.0.2.1/ping>outside</a>",
    "<meta http-equiv=refresh content='0;url=http://192.0.2.1/'>",
    "<base href=http://192.0.2.1/><form action=//192.0.2.1/><input name=q autofocus onfocus=window.hit='focus'>",
    "<object data=http://192.0.2.1/o></object><embed src=http://192.0.2.1/e>",
    "<video poster=http://192.0.2.1/p><source onerror=window.hit='source'></video>",
    "<math><mi//xlink:href=\"data:x,<script>window.hit='math'</script>\">",
    "<svg><style><img src=\"</style><img src=x onerror=window.hit='mutated'>\">",
    "<!-- <script> --><![CDATA[<script>window.hit='cdata'</script>]]>",
    "'; window.hit='quote'; //",
    "\\u003cscript\\u003ewindow.hit='escaped'\\u003c/script\\u003e",
    "${window.hit='literal'} {{window.hit='curly'}} {% raw %} <%= 7*7 %> #{7*7} {{7*7}}",
    "{{title}} {{data}} {{library}} {{policy}}",
    "&lt;b&gt;&amp;&#x3C;script&#x3E;&NewLine;",
    "url(http://192.0.2.1/x.png) @import '//192.0.2.1/x.css'; expression(window.hit=1)",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
)
FORMULAS = (
    "=1+41",
    "+1+41",
    "-1+43",
    "@SUM(41,1)",
    '=HYPERLINK("http://192.0.2.1/","click")',
    '=WEBSERVICE("http://192.0.2.1/")',
    "=cmd!A0",
    '=IMPORTXML("http://192.0.2.1/","//a")',
    '=DDE("soffice";"/etc/passwd";"A1")',
    "＝1+41",
    "%0A=1+41",
    ";=1+41",
    "{=1+41}",
    "'=1+41",
    '"=1+41',
    "-2+3+cmd!A0",
    "=1+41\t=1+41",
    "=1+41\r=1+41",
    "=1+41\n=1+41",
    "1e999",
    "00077",
    "1/2",
    "TRUE",
    "#REF!x",
)
ODD = (
    "\u202egnp.exe\u2066Zoë\u2069",
    "علي بن أحمد",
    "家族 👨‍👩‍👧 e\u0301",
    "a\u2028b\u2029c\u0085d",
    "\x1b]0;title\x07\x1b[31mred\x1b[2J",
    "a\x08\x08b\x7fc\x9bd",
    "\ufeffmark",
    "\ufffe\uffff",
    "[bold red]rich[/] [link=http://192.0.2.1]x[/link]",
    "%s %n {0} %(x)s",
    "NULL",
    "None",
    "nan",
    "NA",
    "undefined",
    "../../etc/passwd",
    "C:\\Windows\\..\\x",
    "CON",
    "x" * 5_000,
    "wide " * 400,
    "a\nb\r\nc",
    "\t tab inside\tx",
    "`rm -rf /` $(id)",
    "'}) DETACH DELETE n //",
    "'; DROP TABLE nominals; --",
    "\U0001f1ec\U0001f1e7\u200b\u00ad",
)
TEXTS = (*MARKUP, *FORMULAS, *ODD)
"""Every text that a CSV in UTF-8 can hold and the check lets through."""

IDS = (
    "'}) DETACH DELETE n //",
    "`) RETURN 1 //",
    "../../x",
    "..\\..\\x",
    "/etc/passwd",
    "CON",
    "$(id)",
    "%2e%2e%2f",
    "a:b",
    "-rf /",
    "--help",
    "=1+41",
    "@SUM(1)",
    "<b>bold</b>",
    "</script><script>window.hit=1</script>",
    '"quoted"',
    "it's",
    "a,b",
    "a;b",
    "#frag",
    "?q=1&r=2",
    "{{data}}",
    "ünï 家",
    "x" * 190,
    "null",
    "__proto__",
    "0",
    "00",
    "1e3",
    "N 1",
    "é",
    "e\u0301",
    "[red]",
    "100%",
    "~",
    "*.csv",
    "A>B",
    "&amp;",
)
"""Ids that the check lets through; they name files, fragments, query values and cells.

None of them is a bare sign that says that it is not known, as - and * do: no row is kept under one of those.
"""

JUDGED = {"offence_code", "source_grade", "intelligence_grade", "handling_code", "country"}
"""Texts that the check reads as more than a text."""

MARKING = 'OFFICIAL-SENSITIVE <i>&D</i> "/*" {{data}}'


def hostile_folder(out: Path) -> Path:
    """Write the tiny folder with every id and every text replaced by a hostile one, references kept."""
    out.mkdir(parents=True)
    ids, turn = new_ids(), count()

    for source in sorted(TINY.glob("*.csv")):
        declared = TABLES[source.stem]
        rows = _rows(source)
        names = [c.name for c in declared.columns]
        with (out / source.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            for row in rows:
                for column in declared.columns:
                    old = row.get(column.name) or ""
                    if column.kind is Kind.ID and old:
                        row[column.name] = "|".join(ids[part] for part in old.split("|"))
                    elif column.kind is Kind.TEXT and column.name not in JUDGED:
                        key = column.key or column.name in {"ward", "district"}
                        row[column.name] = (
                            f"{TEXTS[_place(old)]}{old}" if key and old else TEXTS[next(turn) % len(TEXTS)]
                        )
                writer.writerow(row)
    quoted = MARKING.replace("\\", "\\\\").replace('"', '\\"')
    (out / "about.toml").write_text(
        f'force = "<script>window.hit=\'force\'</script>"\nmarking = "{quoted}"\nsynthetic = true\n'
        "as_of = 2019-03-31\nperiod_from = 2018-04-01\nperiod_to = 2019-03-31\n",
        encoding="utf-8",
    )
    return out


def _place(text: str) -> int:
    """Return a place among the texts that stays from run to run."""
    return sum(text.encode()) % len(MARKUP)


def new_ids() -> dict[str, str]:
    """Return for every id of the tiny folder the hostile one that takes its place."""
    found: dict[str, str] = {}
    for source in sorted(TINY.glob("*.csv")):
        declared = TABLES[source.stem]
        for row in _rows(source):
            for column in declared.columns:
                for part in str(row.get(column.name) or "").split("|"):
                    if part and column.kind is Kind.ID:
                        place = len(found)
                        found.setdefault(part, f"{IDS[place % len(IDS)]}{'' if place < len(IDS) else part}")
    return found


def spoken(folder: Path, table: str, column: str) -> Iterator[str]:
    """Yield the texts of a column as they stand in the folder."""
    for row in _rows(folder / f"{table}.csv"):
        if row[column]:
            yield row[column]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
