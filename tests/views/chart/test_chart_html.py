"""The page: one file, the same bytes each time, and nothing in it that could run or load."""

import json
import re
import subprocess
import sys
from dataclasses import replace

from chart_sample import sample_analysis
from hostile_texts import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.dataset import About
from ocgnet.views.chart import chart_html, chart_payload, write_chart
from ocgnet.views.chart.html import json_for_html


def data_of(page):
    found = re.findall(r'<script type="application/json" id="chart-data">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_equal_input_gives_equal_bytes(tmp_path):
    for name in ("one.html", "two.html"):
        write_chart(tmp_path / name, sample_analysis(80, 6, 5))
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_hostile_text_is_data_and_comes_back_whole():
    page = chart_html(chart_payload(sample_analysis(40, 4, 3, names=HOSTILE)))
    assert data_of(page)["people"]["name"][: len(HOSTILE)] == list(HOSTILE)
    assert page.count("<script") - page.count('"<script>"') == 3
    assert page.count("</script>") == 3


def test_hostile_force_and_marking_are_escaped():
    about = About(force="</title><script>1</script>", marking='"><script>2</script>')
    page = chart_html(chart_payload(replace(sample_analysis(5, 1, 0), about=about)))
    assert "<script>1" not in page
    assert "<script>2" not in page


@given(st.text())
def test_any_text_survives_the_json_in_the_page(text):
    written = json_for_html({"name": text})
    assert json.loads(written) == {"name": text}
    assert not re.search("[<>&\u2028\u2029]", written)
    written.encode("utf-8")


def test_no_address_but_namespaces_and_licences(small_page):
    page = small_page.read_text("utf-8")
    assert not re.search(r'(?:src|href|action|srcset)\s*=\s*["\']?(?:https?:)?//', page)
    assert "@import" not in page
    assert "sourceMappingURL" not in page


def test_writing_a_chart_does_not_import_pyvis():
    code = """import sys, ocgnet.views.chart.html as h; h._library()
print('pyvis' in sys.modules, 'IPython' in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
