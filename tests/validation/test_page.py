"""The page of results: every row on it, misses in sight, nothing fetched from elsewhere."""

from __future__ import annotations

import tomllib
from html.parser import HTMLParser
from pathlib import Path

from twin.validation import page as module
from twin.validation.page import page
from twin.validation.rows import Reference, as_json, judge, not_run

_VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Tags that are opened and closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.rows += tag == "tr"
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def rows():
    def reference(name, source="a <book>"):
        return Reference(name, "one", source, f"{name} [kW]", 1234.5, 0.5, "chosen & said")

    return as_json([judge(reference("good"), 1234.6), judge(reference("far"), 1240.0),
                    not_run(reference("absent", "another"), "no such program")])


def made():
    return page(rows(), {"one": "first things", "two": "second things"})


def test_every_row_with_its_numbers_and_reason():
    text = made()
    assert "3 comparisons: 1 within tolerance, 1 short, 1 not run." in text
    assert '<td class="n">1\N{NARROW NO-BREAK SPACE}234.60</td>' in text
    assert "+5.50 is outside ±0.50" in text
    assert "no such program" in text
    assert '<tr class="short">' in text


def test_text_is_escaped_and_tags_close():
    text = made()
    assert "a &lt;book&gt;" in text
    assert "chosen &amp; said" in text
    balance = Balance()
    balance.feed(text)
    assert balance.open == []


def test_a_suite_without_rows_is_named():
    assert 'id="two">two: second things</h2>\n<p>Not run for this page.' in made()


def test_what_is_not_validated_is_said_with_its_reason():
    gaps = tomllib.loads((Path(module.__file__).parent / "not_validated.toml").read_text(encoding="utf-8"))["gap"]
    assert len(gaps) >= 5
    assert all(gap["what"] and gap["reason"] for gap in gaps)
    balance = Balance()
    text = made()
    balance.feed(text)
    assert balance.rows == 3 + 2 + len(gaps) + 1  # rows and heads of two tables, gaps and their head
    assert "Liquid halls" in text


def test_it_needs_no_other_file():
    text = made()
    assert "src=" not in text
    assert "http" not in text
