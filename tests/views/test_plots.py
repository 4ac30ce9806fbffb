"""Texts of pictures lie inside them, whatever face the machine has."""

from __future__ import annotations

import re
import string
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.views.svg.svg import chart, label, width_of

WIDTH = 760.0
TEXT = re.compile(r'<text x="([^"]+)"[^>]*text-anchor="(\w+)"[^>]*>([^<]*)</text>')


@given(
    st.text(string.ascii_letters + string.digits + " %.,-", max_size=140),
    st.floats(-50, WIDTH + 50),
    st.sampled_from(["start", "middle", "end"]),
    st.booleans(),
)
def test_a_text_lies_inside_its_picture(words: str, x: float, anchor: str, bold: bool) -> None:
    picture = chart("p", WIDTH, 100, "title", "what it shows", label(x, 20, words, anchor=anchor, bold=bold))
    [(at, side, shown)] = TEXT.findall(picture)
    needed = width_of(shown, bold=bold)
    left = float(at) - {"start": 0, "middle": needed / 2, "end": needed}[side]
    assert left >= -0.01
    assert left + needed <= WIDTH + 0.01
    # What fits where it was put stays there, whole.
    if x - {"start": 0, "middle": needed / 2, "end": needed}[anchor] >= 0 and shown == words and side == anchor:
        assert float(at) in (pytest.approx(x, abs=0.01), 0.0, WIDTH)
    if shown != words:
        assert words.startswith(shown.removesuffix("…").rstrip())


def test_what_is_too_long_for_its_room_is_cut_and_says_so() -> None:
    picture = chart("p", WIDTH, 100, "title", "what it shows", label(100, 20, "A group of a long name", anchor="end"))
    [(at, side, shown)] = TEXT.findall(picture)
    assert (at, side) == ("100", "end")
    assert shown.endswith("…")
    assert "A group of a long name".startswith(shown.removesuffix("…"))


@pytest.mark.browser
def test_no_text_is_wider_than_it_is_taken_for(browser, tmp_path) -> None:
    """Every sign of a keyboard, and words of pictures, in the face that this machine draws them with."""
    words = [*string.printable.strip(), "29% of harm", "violence with injury", "not assessed", "Émeric Ødegård", "WWWW"]
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><canvas></canvas>", encoding="utf-8")
    browser.open(page)
    for weight, bold in (("", False), ("bold ", True)):
        widths = browser.run(
            "const pen = document.querySelector('canvas').getContext('2d'); pen.font = arguments[0];"
            "return arguments[1].map((w) => pen.measureText(w).width)",
            f"{weight}14px Arial, Helvetica, sans-serif",
            words,
        )
        for said, width in zip(words, widths, strict=True):
            assert width <= width_of(said, bold=bold) + 0.01, said


def test_control_characters_in_a_name_leave_a_picture_that_can_be_read() -> None:
    """XML has no sign for most of them, so a picture that holds one is no picture to any program."""
    every = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0xFFFE, 0xFFFF]))
    picture = chart("k", 300, 100, f"t{every}", f"d{every}", label(1, 50, f"Group {every}"))
    read = ET.fromstring(str(picture))
    [words] = read.iter("{http://www.w3.org/2000/svg}text")
    assert words.text.startswith("Group \\x00\\x01")
    assert "\\u202e" in read.find("{http://www.w3.org/2000/svg}title").text
