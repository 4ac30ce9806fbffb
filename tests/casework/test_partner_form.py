"""The form that partners fill in: opened, filled and saved in a real browser, and taken in as it was written."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path

import pytest
from filled_forms import CPI, as_json, checked
from typer.testing import CliRunner

from ocgnet.audit.read import acts
from ocgnet.casework.intake.form_checks import receipt_of
from ocgnet.casework.intake.form_page import FORM, TOPIC_WORDS, form_html
from ocgnet.casework.intake.forms import SECTORS
from ocgnet.checks.check import read_dataset
from ocgnet.cli.app import app
from ocgnet.model.columns import TOPICS

TINY = Path(__file__).parent.parent.parent / "fixtures" / "tiny"
HOSTILE = (
    '<script>window.hit=1</script><img src=x onerror="window.hit=1"> =1+1 "quoted" \\ \u202eright\u202c £ é \U0001f600'
)
SET = """
const [id, text] = arguments, field = document.getElementById(id);
field.value = text;
for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}));
"""


def run(*words: object) -> str:
    done = CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "form.html"
    run("intake", "form", "--out", path, "--force", "Made-up <b>force</b>", "--mash", "01632 960001")
    return path


def fill(browser, **texts: str) -> None:
    for field, text in texts.items():
        browser.run(SET, field, text)


def test_the_page_holds_every_word_of_the_model_and_lets_nothing_out(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert set(TOPIC_WORDS) == set(TOPICS)
    assert all(f'value="{name}"' in text for name in (*TOPICS, *SECTORS))
    policy = text.partition('Content-Security-Policy" content="')[2].partition('"')[0].replace("&#39;", "'")
    parts = [part.strip() for part in policy.split(";")]
    assert "default-src 'none'" in parts
    assert "form-action 'none'" in parts
    assert not any(p.startswith(("connect-src", "img-src", "frame-src")) for p in parts)
    assert "http://" not in text
    assert "https://" not in text
    assert not any(word in text for word in ("localStorage", "sessionStorage", "indexedDB", "cookie", "fetch("))
    assert "Made-up &lt;b&gt;force&lt;/b&gt;" in text
    assert form_html() == form_html()
    assert "call the safeguarding hub (MASH) today." in form_html()


@pytest.mark.browser
def test_filled_saved_and_taken_in_with_the_same_receipt(page: Path, browser, tmp_path: Path, log_file: Path) -> None:
    browser.open(page)
    run_js, records = browser.run, shutil.copytree(TINY, tmp_path / "records")
    run_js("document.getElementById('risk-no').click()")
    fill(browser, sector="education", organisation="Made-up School", submitter=f"T 7 {HOSTILE}", title=HOSTILE,
         text=f"Two lines\n{HOSTILE}", district="Kelburn", submitted_on="2019-03-20")  # fmt: skip
    for topic in ("cce", "firearm_present"):
        run_js("document.getElementById(arguments[0]).click()", f"topic-{topic}")
    run_js("document.getElementById('add').click()")
    fill(browser, **{"person-1-name": f"Ann {HOSTILE}", "person-1-date_of_birth": "2004-02-29"})
    run_js("document.getElementById('make').click()")
    shown = _receipt(browser)
    file = _downloaded(browser, shown["file"])
    assert shown["hash"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert run_js("return [window.hit || null, window.length, document.querySelectorAll('img').length]") == [None, 0, 0]
    assert browser.left() == []
    assert browser.complaints() == []
    # The way into the records.
    said = run("intake", "cpi", file, "--folder", records, "--by", "DC Test", "--candidates", tmp_path / "c.csv")
    dataset = read_dataset(records)[0]
    (report,) = [r for r in dataset["intel_reports"].to_pylist() if str(r["report_id"]).startswith("CPI-")]
    assert f"receipt {shown['receipt']}: {report['report_id']}" in said
    assert report["topics"] == "cce|firearm_present"
    assert (report["sector"], report["origin"], report["district"]) == ("education", "cpi_form", "Kelburn")
    assert report["title"] == HOSTILE
    assert report["text"].startswith(f"Two lines\n{HOSTILE}")
    assert f"People named on the form: Ann {HOSTILE}, born 2004-02-29." in report["text"]
    (act,) = acts(log_file)[-1:]
    assert act.facts["receipts"] == {shown["receipt"]: report["report_id"]}
    # The same file again is on record, under the same receipt.
    again = run("intake", "cpi", file, "--folder", records, "--by", "DC Test", "--candidates", tmp_path / "d.csv")
    assert f"receipt {shown['receipt']}: {report['report_id']}" in again
    assert "0 taken in, 1 on record already" in again


def _receipt(browser) -> dict[str, str]:
    for _ in range(100):
        if not browser.run("return document.getElementById('done').hidden"):
            break
        time.sleep(0.05)
    names = ("receipt", "file", "hash")
    shown = {name: browser.run("return document.getElementById(arguments[0]).textContent", name) for name in names}
    assert all(shown.values()), browser.run("return document.getElementById('problems').textContent")
    return shown


def _downloaded(browser, name: str) -> Path:
    for _ in range(200):
        if (path := browser.downloads / name).exists() and path.stat().st_size:
            return path
        time.sleep(0.05)
    raise AssertionError(f"{name} was not saved")


@pytest.mark.browser
def test_a_child_at_risk_is_called_about_first_and_nothing_blank_is_made(page: Path, browser) -> None:
    browser.open(page)
    said = "return document.getElementById('problems').innerText"
    hidden = "return document.getElementById(arguments[0]).hidden"
    browser.run("document.getElementById('make').click()")
    assert "Say whether a child is at risk." in browser.run(said)
    assert browser.run("return document.querySelectorAll('#problems a').length") == 6
    assert browser.run("return document.activeElement.id") == "problems"
    assert browser.run(hidden, "call")
    browser.run("document.getElementById('risk-yes').click()")
    assert not browser.run(hidden, "call")
    assert "999" in browser.run("return document.getElementById('call').innerText")
    assert "01632 960001" in browser.run("return document.getElementById('call').innerText")
    fill(browser, sector="health", organisation="o", submitter="s", title="t", text="x")
    browser.run("document.getElementById('make').click()")
    assert browser.run(said).count("call 999 or the MASH first") == 1
    assert browser.run("return document.querySelectorAll('#problems a').length") == 1
    assert browser.run(hidden, "done")
    browser.run("document.getElementById('called').click(); document.getElementById('make').click()")
    first = _receipt(browser)
    assert not browser.run(hidden, "reminder")
    assert (
        json.loads(_downloaded(browser, first["file"]).read_text(encoding="utf-8"))["reports"][0]["child_at_risk"]
        == "yes"
    )
    # A changed form has no receipt until its file is made again, and then another one.
    fill(browser, text="y")
    assert browser.run(hidden, "done")
    browser.run("document.getElementById('make').click()")
    assert _receipt(browser)["receipt"] != first["receipt"]
    browser.run("window.onbeforeunload = null")


@pytest.mark.browser
def test_every_field_is_named_for_whoever_hears_the_page(page: Path, browser) -> None:
    browser.open(page)
    browser.run("document.getElementById('add').click(); document.getElementById('add').click()")
    unnamed = browser.run(
        "return [...document.querySelectorAll('input,select,textarea,button')]"
        ".filter(e => !(e.labels && [...e.labels].some(l => l.textContent.trim())) && !e.textContent.trim())"
        ".map(e => e.outerHTML)"
    )
    assert unnamed == []
    ids = browser.run("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert browser.run("return document.querySelectorAll('h1').length") == 1
    assert browser.run("return document.documentElement.lang") == "en-GB"


def test_a_receipt_is_the_number_and_the_file(tmp_path: Path) -> None:
    one = as_json(tmp_path / "one.json", "cpi", [CPI, CPI | {"form_ref": "2", "title": "Other"}])
    sha = hashlib.sha256(one.read_bytes()).hexdigest()
    assert [f.receipt for f in checked("cpi", one).forms] == [f"1-{sha[:16]}", f"2-{sha[:16]}"]
    assert receipt_of("1", sha) == f"1-{sha[:16]}"
    one.write_bytes(one.read_bytes() + b"\n")
    assert not {f.receipt for f in checked("cpi", one).forms} & {f"1-{sha[:16]}", f"2-{sha[:16]}"}


def test_topics_of_any_form_are_checked(tmp_path: Path) -> None:
    good = as_json(tmp_path / "good.json", "cpi", [CPI | {"topics": ["knife", "cse"]}])
    assert checked("cpi", good).forms[0].fields["topics"] == "knife|cse"
    bad = as_json(tmp_path / "bad.json", "cpi", [CPI | {"topics": "knives"}])
    (problem,) = checked("cpi", bad).problems
    assert problem.column == "topics"
    assert {c.name for c in FORM.reports} >= {"topics", "form_ref"}
