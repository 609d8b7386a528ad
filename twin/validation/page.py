"""The page of results: every comparison, suite by suite, and what is not compared, as one HTML file."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from twin.validation.rows import numbers_text

__all__ = ["page"]

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 76rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: .3rem; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .2rem; }
h3 { font-size: 1rem; font-weight: 600; color: #3d4650; margin: 1.3rem 0 .3rem; }
nav a { margin-right: 1rem; white-space: nowrap; } a { color: #0b5cad; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th { text-align: left; font-weight: 600; border-bottom: 2px solid #8a94a0; padding: .25rem .6rem;
  vertical-align: bottom; }
td { border-bottom: 1px solid #e2e6ea; padding: .25rem .6rem; vertical-align: top; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.q { min-width: 16rem; } td.b { color: #56606b; min-width: 14rem; } td.s { white-space: nowrap; font-weight: 600; }
.pass { color: #0b6b3a; } .short { color: #a8320a; } .not-run { color: #56606b; }
tr.short td { background: #fdf0ea; } .why { color: #a8320a; font-weight: 400; }
tr.not-run .why { color: #56606b; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } h2, h3 { break-after: avoid; } }
"""
_HEADS = ("quantity", "theirs", "ours", "difference", "tolerance", "status", "where the tolerance comes from")
_NUMBERS = {"theirs", "ours", "difference", "tolerance"}


def page(rows: Sequence[dict[str, Any]], titles: dict[str, str]) -> str:
    """The whole page.

    Parameters
    ----------
    rows : sequence of dict
        As ``twin.validation.rows.as_json`` gives them.
    titles : dict of str to str
        Suites in the order to show them, and what each compares; one without rows is named as not run.

    Returns
    -------
    str
        HTML that needs no other file.
    """
    suites = {**titles, **{row["suite"]: row["suite"] for row in rows if row["suite"] not in titles}}
    links = " ".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in suites)
    head = (f"<p>{_counted(rows)} A miss stays on the page until its cause is found; what could not be run here says "
            f"why.</p>\n<nav>{links} <a href=\"#not-validated\">what is not validated</a></nav>")
    body = "\n".join(_suite(name, title, [row for row in rows if row["suite"] == name])
                     for name, title in suites.items())
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Validation</title>\n'
            f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>Beside other people's numbers</h1>\n{head}\n{body}\n"
            f"{_gaps()}\n</body>\n</html>\n")


def _suite(name: str, title: str, rows: list[dict[str, Any]]) -> str:
    lines = [f'<h2 id="{escape(name)}">{escape(name)}: {escape(title)}</h2>']
    if not rows:
        return "\n".join([*lines, "<p>Not run for this page.</p>"])
    lines.append(f"<p>{_counted(rows)}</p>")
    for source in dict.fromkeys(row["source"] for row in rows):
        lines.append(f"<h3>{escape(source)}</h3>")
        lines.append(_table([row for row in rows if row["source"] == source]))
    return "\n".join(lines)


def _table(rows: list[dict[str, Any]]) -> str:
    heads = "".join(f'<th{" class=n" if head in _NUMBERS else ""}>{head}</th>' for head in _HEADS)
    lines = ['<div class="wide"><table>', f"<thead><tr>{heads}</tr></thead>", "<tbody>"]
    for row in rows:
        kind = row["status"].replace(" ", "-")
        why = f'<br><span class="why">{escape(row["reason"])}</span>' if row["reason"] else ""
        numbers = "".join(f'<td class="n">{escape(text)}</td>' for text in numbers_text(row))
        lines.append(f'<tr class="{kind}"><td class="q">{escape(row["quantity"])}{why}</td>{numbers}'
                     f'<td class="s {kind}">{escape(row["status"])}</td>'
                     f'<td class="b">{escape(row["tolerance_source"])}</td></tr>')
    return "\n".join([*lines, "</tbody></table></div>"])


def _gaps() -> str:
    gaps = tomllib.loads(Path(__file__).with_name("not_validated.toml").read_text(encoding="utf-8"))["gap"]
    items = "\n".join(f'<tr><td class="q">{escape(gap["what"])}</td><td>{escape(gap["reason"])}</td></tr>'
                      for gap in gaps)
    return (f'<h2 id="not-validated">What is not validated</h2>\n<div class="wide"><table>\n<thead><tr><th>part</th>'
            f"<th>why</th></tr></thead>\n<tbody>\n{items}\n</tbody></table></div>")


def _counted(rows: Sequence[dict[str, Any]]) -> str:
    count = Counter(row["status"] for row in rows)
    found = f"{count['pass']} within tolerance, {count['short']} short, {count['not run']} not run"
    return f"{len(rows)} comparisons: {found}."
