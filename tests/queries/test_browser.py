"""Neo4j Browser of our own server in real Chromium: log in, and draw six pictures of the guide.

With OCGNET_SCREENSHOTS set to a folder the pictures of the guide are written there.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from ocgnet.queries import bind, find, pack
from ocgnet.queries.ask import ask, written_out
from ocgnet.queries.guide import asked, set_values
from ocgnet.queries.pack import VALUES, favourites, favourites_zip
from ocgnet.queries.parameters import plain

FOLDER = Path(__file__).parent.parent.parent / "cypher" / "browser"
PICTURES = (
    "picture-group", "picture-linked-children", "picture-shortest-link", "picture-line", "picture-plan", "picture-case",
)  # fmt: skip
DROP = """
const raw = atob(arguments[1]), bytes = Uint8Array.from(raw, c => c.charCodeAt(0)), moved = new DataTransfer();
moved.items.add(new File([bytes], arguments[0]));
const there = document.querySelector('[data-testid=main]');
for (const kind of ['dragenter', 'dragover', 'drop'])
  there.dispatchEvent(new DragEvent(kind, {dataTransfer: moved, bubbles: true, cancelable: true}));
"""
PASTE = """
const pasted = new DataTransfer();
pasted.setData('text/plain', arguments[1]);
arguments[0].dispatchEvent(new ClipboardEvent('paste', {clipboardData: pasted, bubbles: true, cancelable: true}));
"""


def test_the_favourites_file_holds_the_pack() -> None:
    assert (FOLDER / "favourites.zip").read_bytes() == favourites_zip(pack())


def test_one_favourite_sets_what_all_others_need() -> None:
    texts = favourites(pack())
    values = texts.pop(VALUES)
    for place, text in texts.items():
        assert text.startswith("// "), place
        for name in re.findall(r"\$(\w+)", text):
            assert f":param {name} => " in values


class Desk:
    """Neo4j Browser as an investigator uses it."""

    def __init__(self, driver) -> None:
        from selenium.common import exceptions
        from selenium.webdriver.support.ui import WebDriverWait

        self.driver = driver
        # Browser puts a new form in the place of the old one while it looks for the server: what was found is asked
        # for again, as a person would.
        again = ("ElementClickIntercepted", "ElementNotInteractable", "NoSuchElement", "StaleElementReference")
        errors = tuple(getattr(exceptions, f"{name}Exception") for name in again)
        self.wait = WebDriverWait(driver, 60, ignored_exceptions=errors)

    def all(self, css: str) -> list:
        return self.driver.find_elements("css selector", css)

    def part(self, name: str):
        return self.wait.until(lambda d: d.find_element("css selector", f"[data-testid={name}]"))

    def log_in(self, address: str, password: str) -> None:
        # An earlier test may have logged in; what the browser kept of it goes, so that this one begins as anybody does.
        self.driver.get(address)
        self.driver.execute_script("localStorage.clear(); sessionStorage.clear()")
        self.driver.get("about:blank")
        self.driver.get(address)
        self.wait.until(lambda _: self.part("boltaddress").get_attribute("value"))
        self.wait.until(lambda _: self._asked_in(password))
        self.wait.until(lambda _: not self.all("[data-testid=connect]"))

    def _asked_in(self, password: str) -> bool:
        fields = {"username": "neo4j", "password": password}
        for name, text in fields.items():
            field = self.part(name)
            if field.get_attribute("value") != text:
                field.clear()
                field.send_keys(text)
        if any(self.part(name).get_attribute("value") != text for name, text in fields.items()):
            return False
        self.part("connect").click()
        return True

    def slide(self):
        """The slide of the guide that is shown."""
        return self.wait.until(lambda d: d.find_element("css selector", "[data-testid=guidesDrawer]"))

    def turn_to(self, text: str) -> None:
        """Turn the guide's slides until there is a button for a query."""
        while not self.button(text):
            self.part("guideNextSlide").click()
            time.sleep(0.2)

    def button(self, text: str):
        return next((b for b in self.all("a.ocg") if b.get_attribute("data-populate") == text), None)

    def click_in_guide(self, text: str):
        """Click a button of the guide and return the frame that appears."""
        before = [f.id for f in self.all("[data-testid=frame]")]
        self.button(text).find_element("css selector", "i").click()
        return self.wait.until(lambda _: next((f for f in self.all("[data-testid=frame]") if f.id not in before), None))

    def drop(self, file: Path) -> None:
        self.driver.execute_script(DROP, file.name, base64.b64encode(file.read_bytes()).decode())

    def run(self, text: str):
        """Paste, press Ctrl+Enter, and return the frame that appears."""
        before = [f.id for f in self.all("[data-testid=frame]")]
        editor = self.wait.until(lambda d: d.find_element("css selector", ".monaco-editor textarea"))
        editor.send_keys(Keys.CONTROL, "a")
        self.driver.execute_script(PASTE, editor, text)
        self.wait.until(lambda _: self.all("[data-testid=activeEditor] .view-line"))
        time.sleep(0.5)
        editor.send_keys(Keys.CONTROL, Keys.ENTER)
        return self.wait.until(lambda _: next((f for f in self.all("[data-testid=frame]") if f.id not in before), None))

    def answer(self, text: str) -> str:
        """Run a query and return what its frame says once it is done."""
        frame = self.run(text)
        self.wait.until(lambda _: "Completed" in frame.text or "Started" in frame.text or "ERROR" in frame.text)
        return frame.text

    def fill_the_window(self) -> None:
        for button in self.all("[data-testid=frame] [title]"):
            if "full" in (button.get_attribute("title") or "").lower():
                button.click()
                return

    def picture(self, name: str) -> None:
        if folder := os.environ.get("OCGNET_SCREENSHOTS"):
            self.driver.save_screenshot(str(Path(folder) / f"browser-{name}.png"))


def chosen_values(connection) -> dict:
    """What the command of the guide sets, asked of the server as Browser asks it."""
    body = set_values().partition("=> {")[2].rpartition("}")[0]
    [record] = connection.rows(body)
    return {name: plain(value) for name, value in record.items()}


def marks(connection, query, values) -> set[str]:
    wanted = {p.name: values.get(p.name, p.default) for p in query.parameters}
    return {s["node"] for (path,) in ask(connection, query, wanted).rows for s in path["path"] if "node" in s}


@pytest.mark.browser
def test_after_log_in_style_settings_and_guide_are_there_without_a_hand(county, browser) -> None:
    """No request leaves this machine; a click in the guide draws the picture, in our colours and without other ties."""
    browser.driver.get_log("performance")
    desk = Desk(browser.driver)
    desk.log_in(county.server.running.browser, county.server.password)
    desk.wait.until(lambda _: "Begin here" in desk.slide().text)
    desk.wait.until(lambda _: any("Successfully set" in f.text for f in desk.all("[data-testid=frame]")))
    kept = browser.run("return JSON.parse(localStorage.getItem('neo4j.settings'))")
    assert (kept["autoComplete"], kept["allowUserStats"], kept["allowCrashReports"]) == (False, False, False)
    values = chosen_values(county.connection)
    for name in PICTURES:
        query = find(name)
        desk.turn_to(asked(query))
        frame = desk.click_in_guide(asked(query))
        desk.wait.until(lambda _, frame=frame: "Displaying" in frame.text or "ERROR" in frame.text)
        assert f"Displaying {len(marks(county.connection, query, values))} nodes" in frame.text, name
        if name == "picture-group":
            fills = {c.value_of_css_property("fill") for c in frame.find_elements("css selector", "circle.b-outline")}
            assert {"rgb(230, 159, 0)", "rgb(0, 114, 178)"} <= fills
        desk.picture(name.removeprefix("picture-"))
    # On a server of somebody else's the two files are dropped on the window.
    desk.drop(FOLDER / "ocgnet.grass")
    desk.wait.until(lambda _: any("#E69F00" in f.text for f in desk.all("[data-testid=frame]")))
    desk.drop(FOLDER / "favourites.zip")
    desk.part("navigationFavorites").click()
    desk.wait.until(lambda d: "ocgnet pictures" in d.find_element("tag name", "body").text)
    desk.picture("favourites")
    assert browser.left_this_machine() == []


@pytest.mark.browser
def test_a_link_opens_one_group(county, browser, monkeypatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(county.server.server.home.parent.parent))
    group = ("picture-group", "--param", "ocg_id=OCG03")
    done = subprocess.run(
        [sys.executable, "-m", "ocgnet", "query", *group, "--browser"], capture_output=True, text=True, check=True
    )
    assert "marks" not in done.stderr
    many = ("picture-reports-on-a-group", "--param", "ocg_id=OCG03")
    large = subprocess.run(
        [sys.executable, "-m", "ocgnet", "query", *many, "--browser"], capture_output=True, text=True, check=True
    )
    assert "It draws 271 marks, more than can be read at once. Ask for less: --param period_from=…" in large.stderr
    desk = Desk(browser.driver)
    desk.log_in(done.stdout.strip(), county.server.password)
    query = find("picture-group")
    wanted = ask(county.connection, query, bind(query, ("ocg_id=OCG03",)))
    nodes = {s["node"] for (path,) in wanted.rows for s in path["path"] if "node" in s}
    desk.wait.until(lambda _: any("You are connected" in f.text for f in desk.all("[data-testid=frame]")))
    before = [f.id for f in desk.all("[data-testid=frame]")]
    desk.wait.until(lambda _: "OCG03" in "".join(x.text for x in desk.all("[data-testid=activeEditor] .view-line")))
    editor = desk.driver.find_element("css selector", ".monaco-editor textarea")
    editor.send_keys(Keys.CONTROL, Keys.ENTER)
    frame = desk.wait.until(lambda _: next((f for f in desk.all("[data-testid=frame]") if f.id not in before), None))
    desk.wait.until(lambda _: "Displaying" in frame.text or "ERROR" in frame.text)
    assert f"Displaying {len(nodes)} nodes" in frame.text


@pytest.mark.browser
def test_the_newer_interface_draws_a_question_and_asks_nobody_else(county, browser) -> None:
    """It takes neither style nor guide (docs/browser.md); the policy that our server sends holds for it too."""
    browser.driver.get_log("performance")
    desk = Desk(browser.driver)
    desk.driver.get(f"{county.server.running.browser}preview/")
    fields = {"hostname": county.server.uri.removeprefix("bolt://"), "password": county.server.password}
    for name, text in fields.items():
        field = desk.wait.until(lambda d, name=name: d.find_element("css selector", f"input[name={name}]"))
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text)
    desk.wait.until(lambda _: desk.part("connection-form-submit").is_enabled())
    desk.part("connection-form-submit").click()
    desk.wait.until(lambda _: not desk.all("[data-testid=connection-form-submit]"))
    query = find("picture-group")
    values = bind(query, ("ocg_id=OCG03",))
    editor = desk.wait.until(lambda d: d.find_element("css selector", ".cm-content"))
    editor.click()
    browser.run(PASTE, editor, written_out(query, values))
    desk.wait.until(lambda _: "OCG03" in editor.text)
    editor.send_keys(Keys.CONTROL, Keys.ENTER)
    wanted = f"Nodes ({len(marks(county.connection, query, values))})"
    desk.wait.until(lambda d: wanted in d.find_element("tag name", "body").text)
    assert browser.left_this_machine() == []
