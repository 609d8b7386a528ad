"""The suites of ``twin validate``, and the run over them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InputError, Problem
from twin.scenario.read import load_scenario
from twin.validation import analytic, components, dh1, oracles
from twin.validation.lazily import rows_of
from twin.validation.page import page
from twin.validation.rows import Reference, Row, as_json, short, table, tally

__all__ = ["SUITES", "Suite", "validate"]


@dataclass(frozen=True)
class Suite:
    """A group of comparisons.

    Attributes
    ----------
    title : str
        One line.
    rows : callable
        Takes ``Options``, gives the rows.
    """

    title: str
    rows: Callable[[dh1.Options], list[Row]]


def _elsewhere(suite: str, title: str, *modules: str) -> Suite:
    """A suite of modules that are imported when it is asked for."""
    return Suite(title, lambda _: [row for module in modules for row in rows_of(module, suite, title)])


SUITES: dict[str, Suite] = {
    oracles.SUITE: Suite("laws beside independent libraries, and our own ledger", lambda _: oracles.rows()),
    components.SUITE: Suite("single machines beside recorded runs of other programs", lambda _: components.rows()),
    "ashrae140": _elsewhere("ashrae140", "cases of ASHRAE 140 for air conditioners", "twin.validation.ashrae140"),
    "plants": _elsewhere("plants", "whole plants beside recorded runs of other programs and published years",
                         "twin.validation.plants", "twin.validation.golden_split"),
    dh1.SUITE: Suite("reference hall DH1 beside EnergyPlus 25.2", dh1.rows),
    analytic.SUITE: Suite("limits and closures, where nobody else's number exists", lambda _: analytic.rows()),
}


def validate(suites: Sequence[str] = (), live: bool = False, strict: bool = False, files: Sequence[Path] = (),
             echo: Callable[[str], None] = print, *, weather: str | None = None, overrides: Sequence[str] = ()) -> int:
    """Put other people's numbers beside ours and say which are short.

    Parameters
    ----------
    suites : sequence of str
        Names out of ``SUITES``; all of them if empty.
    live : bool
        Also run the other program where it is installed, and compare hour by hour.
    strict : bool
        Count what could not be run as a failure.
    files : sequence of Path
        Also write the rows there: as a page if the name ends in ``.html``, else as JSON.
    echo : callable
        Takes one line of text.
    weather : str or None
        With ``live``: another climate for both programs.
    overrides : sequence of str
        With ``live``: ``key=value`` changes of the scenarios for both programs.

    Returns
    -------
    int
        0 when all pass, 1 when a row is short (with ``strict`` also when one was not run).

    Raises
    ------
    InputError
        Unknown suite, a wrong key or value, or a file that cannot be written.
    """
    names = _known(suites)
    if (weather is not None or overrides) and not live:
        raise InputError("twin validate", [Problem("--weather, --set", "change a live comparison only; add --live")])
    changes = tuple((key.strip(), _value(text)) for key, _, text in (item.partition("=") for item in overrides))
    if changes or weather is not None:
        wanted = {"site.weather": weather} if weather is not None else {}
        load_scenario("dh1-none", {**dict(changes), **wanted})  # a wrong key or value is bad input, not a short row
    options = dh1.Options(live=live, weather=weather, overrides=changes, echo=echo)
    rows = [row for name in names for row in _rows(name, options)]
    for path in files:
        _write(rows, path)
    for line in table(rows):
        echo(line)
    echo(tally(rows))
    failing = {"short", "not run"} if strict else {"short"}
    return 1 if any(row.status in failing for row in rows) else 0


def _known(suites: Sequence[str]) -> list[str]:
    problems = []
    for name in suites:
        if name not in SUITES:
            close = difflib.get_close_matches(name[:200], SUITES, n=1, cutoff=0.5)
            hint = f"did you mean '{close[0]}'? " if close else ""
            problems.append(Problem(f"suite '{name[:60]}'", f"no such suite; {hint}known: {', '.join(SUITES)}"))
    if problems:
        raise InputError("twin validate", problems)
    return list(dict.fromkeys(suites)) or list(SUITES)


def _rows(name: str, options: dh1.Options) -> list[Row]:
    try:
        return SUITES[name].rows(options)
    except Exception as error:  # a suite that breaks is short and says why; it never hides the others
        broken = Reference(f"{name}.suite", name, "this program", "the suite itself", 0.0, 0.0, "must run")
        return [short(broken, f"{type(error).__name__}: {error}")]


def _value(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.strip(), text.strip())


def _write(rows: list[Row], path: Path) -> None:
    plain = as_json(rows)
    if path.suffix == ".html":
        text = page(plain, {name: suite.title for name, suite in SUITES.items()})
    else:
        text = json.dumps(plain, indent=2, ensure_ascii=False) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = Problem(str(path), f"cannot be written: {error.strerror}")
        raise InputError("twin validate", [problem]) from error
