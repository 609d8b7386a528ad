"""The verb ``twin coating``, beside those of comparisons. What is heavy is imported inside it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from twin import cli_study
from twin.cli_study import (
    EXIT_FAILED,
    Json,
    Names,
    Resume,
    Sets,
    Uncertain,
    say_progress,
    writable,
    write_json,
)
from twin.errors import InputError, Problem

__all__ = ["add_verbs"]

Coats = Annotated[
    list[str] | None,
    typer.Option("--coating", metavar="A", help="A coating of 'twin parts coatings' or of the scenario's own; "
                                                "'bare' for none. "
                 "Repeatable; a few of each kind if left out."),
]
Vary = Annotated[
    list[str] | None,
    typer.Option("--vary", metavar="KEY=A,B", help="Setpoints to stand beside; supply air 1 K warmer if left "
                                                   "out. Repeatable."),
]
Claims = Annotated[
    list[str] | None,
    typer.Option("--claim", metavar="[NAME=]W_M2", help="A vendor's cooling power, held against the bound of "
                                                        "the site. Repeatable."),
]
Years = Annotated[
    int | None, typer.Option("--years", metavar="N", help="Weather years, each with every seed; one a seed if "
                                                          "left out.")
]
Baseline = Annotated[
    str | None,
    typer.Option("--baseline", metavar="NAME", help="bare, as-is or a coating; as it is where that is an "
                                                    "ordinary surface of the "
                 "library, else bare."),
]


def add_verbs(app: typer.Typer, guarded: Callable[[Callable[..., None]], Callable[..., None]]) -> None:
    """Put all verbs of studies on the command."""
    cli_study.add_verbs(app, guarded)
    app.command()(guarded(coating))


def coating(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command
    scenarios: Names,
    coats: Coats = None,
    ages: Annotated[str, typer.Option("--ages", metavar="A,B", help="Years outdoors; 0 is new.")] = "0,1,3",
    surface: Annotated[
        str | None,
        typer.Option("--surface", metavar="NAME", help="roof, wall, both or outdoors (pipes, ducts, casings); the "
                                                       "scenario says roof or both if left out.")
    ] = None,
    baseline: Baseline = None,
    vary: Vary = None,
    sets: Sets = None,
    seeds: Annotated[
        int, typer.Option("--seeds", metavar="N", help="Seeds, each with a weather year of its own.")
    ] = 10,
    years: Years = None,
    days: Annotated[float | None, typer.Option("--days", metavar="D", help="Length of every run.")] = None,
    start_day: Annotated[
        float | None, typer.Option("--start-day", metavar="D", help="Days after 1 January at which runs start.")
    ] = None,
    uncertain: Uncertain = None,
    draws: Annotated[int, typer.Option("--draws", metavar="N", help="Draws of uncertain parameters; 0 for none.")] = 4,
    cost_per_m2: Annotated[
        float | None, typer.Option("--cost-per-m2", metavar="X", help="Of a coating: gives payback of runs of a year.")
    ] = None,
    claims: Claims = None,
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", help="Processes; every core if left out.")] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the results.")] = Path("runs/coating"),
    resume: Resume = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is in --out.")] = False,
    json_path: Json = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="No report.html, no figures.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the findings only.")] = False,
) -> None:
    """What a coating on roof or walls is worth here: PUE, energy, peak, water, carbon, payback, beside a setpoint.

    Every coating at every age on the same seeds and weather as the bare hall. What is below the model's own error is
    said to be so. Several scenarios are judged one by one and drawn side by side. Exit code 3 says that a run failed.
    """
    writable(json_path, "twin coating")
    from twin.study.coating import coating as judged  # lazy: numba

    found = judged(
        *scenarios, coatings=coats or (), ages_years=_ages(ages), surface=surface, baseline=baseline, vary=vary,
        overrides=sets or (), seeds=seeds, years=years, days=days, start_day=start_day, uncertain=uncertain,
        draws=draws, cost_per_m2=cost_per_m2, claims=claims or (), jobs=jobs, out=out, resume=resume, force=force,
        progress=None if quiet or not sys.stderr.isatty() else say_progress,
    )
    write_json(json_path, found.data)
    typer.echo(found.verdict if quiet else found.text)
    if not no_report:
        path = found.to_html(out / "report.html")
        if not quiet:
            typer.echo(f"Report: {path}")
    if not found.is_whole:
        raise SystemExit(EXIT_FAILED)


def _ages(text: str) -> list[float]:
    """Ages of ``0,1,3``."""
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        what = "is not a list of years outdoors; write e.g. 0,1,3"
        raise InputError("twin coating", [Problem(f"--ages {text[:60]}", what)]) from None
