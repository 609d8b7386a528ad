"""The verbs ``twin compare``, ``twin shadow``. What is heavy is imported inside the verb that needs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "EXIT_FAILED", "Json", "Names", "Resume", "Sets", "Uncertain", "add_verbs", "say_progress", "writable",
    "write_json",
]

EXIT_FAILED = 3

Names = Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Names of shipped scenarios, or TOML files.")]
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="POLICY", help="A name, or my_policy.py:MyPolicy. Repeatable; one alone is "
                 "compared with the scenario's own."),
]
Vary = Annotated[
    list[str] | None, typer.Option("--vary", metavar="KEY=A,B", help="A side for every value of a key. Repeatable.")
]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key on every side. Repeatable.")
]
StartDays = Annotated[
    list[float] | None,
    typer.Option("--start-day", metavar="D", help="Days after 1 January at which runs start. Repeatable: runs from "
                 "each of them."),
]
Uncertain = Annotated[
    list[str] | None,
    typer.Option("--uncertain", metavar="KEY=LOW:HIGH", help="A parameter known to a range only: every side is run "
                 "with draws of it too. Repeatable."),
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Also write the outcome as JSON.")]
Guard = Annotated[bool, typer.Option("--guard", help="The scenario's safety supervisor around every policy.")]
Resume = Annotated[bool, typer.Option("--resume", help="Read runs that are finished in --out, run the rest.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the results.")]
Limit = Annotated[
    float, typer.Option("--decision-limit", metavar="S", help="Longest time for a decision of your own policy.")
]


def add_verbs(app: typer.Typer, guarded: Callable[[Callable[..., None]], Callable[..., None]]) -> None:
    """Put the verbs on the command, each behind what turns failures into messages."""
    app.command()(guarded(compare))
    app.command()(guarded(shadow))


def compare(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command
    scenarios: Names,
    policies: Policies = None,
    vary: Vary = None,
    sets: Sets = None,
    seeds: Annotated[int, typer.Option("--seeds", metavar="N", help="Seeds of jobs and faults.")] = 1,
    years: Annotated[int, typer.Option("--years", metavar="N", help="Weather years.")] = 1,
    days: Annotated[float | None, typer.Option("--days", metavar="D", help="Length of every run.")] = None,
    start_days: StartDays = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="NAME", help="Side to hold the others against; the first if left out."),
    ] = None,
    limit: Annotated[
        str, typer.Option("--limit", metavar="NAME", help="Inlet limit that counts: recommended or allowable.")
    ] = "recommended",
    margin_kh: Annotated[
        float | None,
        typer.Option("--margin-kh", metavar="X", help="Degree-hours a run that a candidate may be warmer by; 1 K in "
                     "1 % of the hours if left out."),
    ] = None,
    uncertain: Uncertain = None,
    draws: Annotated[int, typer.Option("--draws", metavar="N", help="Draws of the uncertain parameters.")] = 8,
    guard: Guard = False,
    decision_limit: Limit = 5.0,
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", help="Processes; every core if left out.")] = None,
    out: Out = Path("runs/compare"),
    resume: Resume = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is in --out.")] = False,
    json_path: Json = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="No report.html, no figures.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the verdict only.")] = False,
) -> None:
    """Compare scenarios, setpoints or policies on the same seeds, weather years and parameters.

    Warmth comes first, energy second: a candidate that does not show that it keeps racks as cool as the baseline,
    within the margin, gets no credit for what it saves. Exit code 3 says that a run failed; the others are kept.
    """
    writable(json_path, "twin compare")
    from twin.study.compare import compare as compared  # lazy: numba

    found = compared(
        *scenarios, policies=policies or (), vary=vary or (), overrides=sets or (), seeds=seeds, years=years, days=days,
        start_day=start_days, baseline=baseline, limit=limit, margin_k_h=margin_kh, uncertain=uncertain or (),
        draws=draws, guard=guard, decision_limit_s=decision_limit, jobs=jobs, out=out, resume=resume, force=force,
        progress=None if quiet or not sys.stderr.isatty() else say_progress,
    )
    write_json(json_path, found.data)
    typer.echo(found.verdict if quiet else found.text)
    if not no_report:
        path = found.to_html(out / "report.html")
        if not quiet:
            typer.echo(f"Report: {path}")
    if any(not run.is_done for run in found.runs):
        raise SystemExit(EXIT_FAILED)


def shadow(  # noqa: PLR0913 - each parameter is an option of the command
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="The hall: a shipped scenario, or a TOML file.")],
    telemetry: Annotated[
        Path, typer.Option("--telemetry", metavar="FILE", help="CSV or Parquet: time_s or time, and channels by name.")
    ],
    policy: Annotated[str, typer.Option("--policy", metavar="POLICY", help="A name, or my_policy.py:MyPolicy.")],
    sets: Sets = None,
    decision_limit: Limit = 5.0,
    csv_path: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Also write every proposal as CSV.")
    ] = None,
    html_path: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write a report with pictures.")
    ] = None,
    json_path: Json = None,
) -> None:
    """Let a candidate policy propose beside recorded telemetry; nothing it proposes acts.

    Says what it would have done, against what was in force, and what the safety supervisor would have vetoed.
    """
    writable(json_path, "twin shadow")
    writable(csv_path, "twin shadow")
    writable(html_path, "twin shadow")
    from twin.study.shadow import shadow as beside  # lazy: numba

    found = beside(scenario, telemetry, policy, overrides=sets or [], decision_limit_s=decision_limit)
    write_json(json_path, found.data)
    if csv_path is not None:
        found.table.to_csv(csv_path, index=False)
    typer.echo(found.text)
    if html_path is not None:
        typer.echo(f"Report: {found.to_html(html_path)}")
    if found.all_failed:
        raise SystemExit(EXIT_FAILED)


def writable(path: Path | None, verb: str) -> None:
    """Refuse a file that cannot be written before hours are spent."""
    if path is not None:
        from twin.record.place import check_file  # lazy: as all else

        check_file(path, verb)


def write_json(path: Path | None, data: dict[str, Any]) -> None:
    """Write an outcome, if a file is asked for."""
    if path is not None:
        path.write_text(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def say_progress(done: int, count: int) -> None:
    """One line that is written over."""
    end = "\n" if done == count else ""
    typer.echo(f"\r{done} of {count} runs{end}", nl=False, err=True)
