"""The ``twin`` command. Everything heavy is imported inside the verb that needs it, so that help is instant."""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from twin.cli_coating import add_verbs
from twin.cli_study import writable
from twin.errors import InputError, Problem, TwinError

if TYPE_CHECKING:
    from twin.scenario.schema import Scenario

__all__ = ["app", "main"]

P = ParamSpec("P")

EXIT_BAD_INPUT = 2
EXIT_FAILED = 3
EXIT_INTERRUPTED = 130

_EPILOG = "Exit codes: 0 done, 1 validate found something short, 2 bad input, 3 the simulation failed, 130 interrupted."

app = typer.Typer(
    name="twin",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    epilog=_EPILOG,
    help="Digital twin of a data centre's cooling: run a scenario, get PUE, pictures and numbers.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _folder(text: str) -> Path:
    if not text:  # of an unset shell variable; Path("") would quietly be the current folder
        raise typer.BadParameter("is empty; name a folder")
    return Path(text)


ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a TOML file.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key, e.g. plant.chilled_water_temp_c=16. Repeatable."),
]
Weather = Annotated[
    str | None,
    typer.Option(
        "--weather",
        metavar="EPW|NAME",
        help="Another weather: an EPW, TMY3 or TMY2 file, or a name of 'twin parts weather'.",
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Seed of all random streams.")]
RunName = Annotated[
    str | None,
    typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario, or a TOML file.", show_default=False),
]
Resume = Annotated[
    Path | None,
    typer.Option("--resume", metavar="DIR", parser=_folder, help="Continue an interrupted run in DIR instead."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", parser=_folder, help="Folder of the results; runs/<scenario name> if left out."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace results that are already there.")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Numbers only: no report.html, no figures.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")]


def main() -> None:
    """Entry of the ``twin`` command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a terminal that cannot show '°' must not end a run
            reconfigure(errors="replace")
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None


def _guarded(verb: Callable[P, None]) -> Callable[P, None]:
    """Turn every way a verb can fail into one message and its exit code."""

    @functools.wraps(verb)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            verb(*args, **kwargs)
        except TwinError as error:
            _fail(str(error), error.exit_code)
        except BrokenPipeError:  # 'twin schema | head': the reader has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None
        except KeyboardInterrupt:
            _fail("Interrupted.", EXIT_INTERRUPTED)
        except MemoryError:
            _fail("Out of memory. Fewer racks, a longer step or a shorter run need less.", EXIT_FAILED)
        except OSError as error:
            _unless_debugging()
            where = f" '{error.filename}'" if error.filename else ""
            reason = error.strerror or str(error)
            _fail(f"Cannot read or write{where}: {reason}. What was already written is kept.", EXIT_FAILED)
        except Exception as error:
            _unless_debugging()
            _fail(
                f"Internal error ({type(error).__name__}: {error}). This is a fault of the twin, not of your "
                "input: please report it "
                "with the command you ran; TWIN_DEBUG=1 shows where it happened.",
                EXIT_FAILED,
            )

    return guarded


def _unless_debugging() -> None:
    if os.environ.get("TWIN_DEBUG") == "1":
        raise  # noqa: PLE0704 - only called from an except clause


def _fail(message: str, code: int) -> None:
    typer.echo(message, err=True)
    raise SystemExit(code)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # lazy: 20 ms that help need not pay

        typer.echo(f"cooling-twin {version('cooling-twin')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Digital twin of a data centre's cooling: run a scenario, get PUE, pictures and numbers."""


def _load(scenario: str, sets: list[str] | None, weather: str | None, seed: int | None) -> Scenario:
    """Read a scenario with what the command line changes in it."""
    import json

    from twin.scenario.read import load_scenario  # lazy: pydantic

    overrides = list(sets or [])
    if weather is not None:
        overrides.append(f"site.weather={json.dumps(weather)}")
    if seed is not None:
        overrides.append(f"run.seed={seed}")
    return load_scenario(scenario, overrides)


@app.command()
@_guarded
def run(  # noqa: PLR0913 - each parameter is an option of the command
    scenario: RunName = None,
    resume: Resume = None,
    out: Out = None,
    force: Force = False,
    weather: Weather = None,
    seed: Seed = None,
    sets: Sets = None,
    no_report: NoReport = False,
    quiet: Quiet = False,
) -> None:
    """Run one scenario and write its results."""
    options = {"--set": sets, "--weather": weather, "--seed": seed, "--out": out}
    _one_source(scenario, resume, [name for name, value in options.items() if value is not None])
    checked = _load(scenario, sets, weather, seed) if scenario is not None else None
    folder = resume or out or Path("runs") / (checked.name if checked else "")
    from twin.simulate import run as simulate  # lazy: numba

    began_s = time.time()
    try:
        result = simulate(
            checked,
            out=None if resume else folder,
            resume=resume,
            force=force,
            report=not no_report,
            progress=not quiet and sys.stderr.isatty(),
        )
    except KeyboardInterrupt:
        from twin.report.closing_lines import how_to_go_on

        _fail(how_to_go_on(scenario, folder, began_s), EXIT_INTERRUPTED)
    if not quiet:
        from twin.report.closing_lines import closing_lines

        for line in closing_lines(result.summary, folder):
            typer.echo(line)


def _one_source(scenario: str | None, resume: Path | None, changed: list[str]) -> None:
    """Refuse neither and both of a scenario and a run to resume, and changes to the latter."""
    if (scenario is None) == (resume is None):
        what = "give exactly one of the two, e.g. twin run chilled-water-greensboro"
        raise InputError("twin run", [Problem("SCENARIO or --resume DIR", what)])
    if resume is not None and changed:
        what = "a resumed run goes on as it was; leave them out or start anew"
        raise InputError("twin run", [Problem(f"--resume with {', '.join(changed)}", what)])


@app.command()
@_guarded
def check(
    scenario: ScenarioName,
    weather: Weather = None,
    seed: Seed = None,
    sets: Sets = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave the control-authority table out.")] = False,
    json_path: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write the control-authority table as JSON.")
    ] = None,
) -> None:
    """Read, check and build a scenario without running it, and step every actuator at design and part load.

    The control-authority table says what each step does to temperatures and power, and marks actuators that are
    ignored, saturated, undersized or not in use; the words are explained under it.
    """
    _one_json(json_path, quick)
    checked = _load(scenario, sets, weather, seed)
    from twin.facility.build import build_facility  # lazy: numba
    from twin.scenario.dx_checks import dx_outdoor_warnings
    from twin.scenario.outline import outline
    from twin.simulate import site_weather

    year = site_weather(checked)
    facility = build_facility(checked, year.altitude_m)
    summary = outline(checked)
    place = (
        f"{year.name} ({year.latitude_deg:.2f}°, {year.longitude_deg:.2f}°, {year.altitude_m:.0f} m, {year.hours} h)"
    )
    rows = [("scenario", checked.name), *summary.lines, ("weather", place)]
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        typer.echo(f"{name:<{width}}   {text}")
    warnings = [*year.warnings, *summary.warnings, *dx_outdoor_warnings(checked.hall, year.dry_bulb_c)]
    if not quick:
        import json

        from twin.engine.authority import control_authority
        from twin.engine.authority_table import authority_data, authority_lines, authority_warnings

        points = control_authority(checked, facility, year)
        for line in [*authority_lines(points), ""]:
            typer.echo(line)
        warnings += authority_warnings(points)
        if json_path is not None:
            data = {"scenario": checked.name, **authority_data(points)}
            json_path.write_text(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    for text in warnings:
        typer.echo(f"warning: {text}")
    typer.echo("ok")


def _one_json(json_path: Path | None, quick: bool) -> None:
    """Refuse a table that is asked for and left out, and a place where it cannot be written."""
    if json_path is not None and quick:
        raise InputError("twin check", [Problem("--json with --quick", "there is no table then; leave one out")])
    writable(json_path, "twin check")


@app.command()
@_guarded
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Shipped scenario to start from.")],
    path: Annotated[
        Path | None,
        typer.Argument(metavar="PATH", help="File to write; NAME.toml here if left out.", show_default=False),
    ] = None,
) -> None:
    """Copy a shipped scenario, to change it."""
    from twin.scenario.shipped import copy_of, extended_by

    target = path or Path(f"{name}.toml")
    if target.is_dir():
        target = target / f"{name}.toml"
    text = copy_of(name, target.stem)
    if not target.parent.is_dir():
        raise InputError("twin new", [Problem(str(target.parent), "no such folder; make it first")])
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(
            "twin new", [Problem(str(target), "exists already and is not overwritten; give another PATH")]
        ) from None
    typer.echo(f"Wrote {target}. Run it with: twin run {target}")
    base = extended_by(text)
    if base:
        typer.echo(f"It changes {base}, which holds all the rest: 'twin new {base}' copies that too.")


@app.command()
@_guarded
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from twin.scenario.read import schema_json

    typer.echo(json.dumps(schema_json(), indent=2, ensure_ascii=False))


@app.command()
@_guarded
def parts(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help="chillers, dx, ups, fans, coatings, weather or all.", show_default=False),
    ] = None,
) -> None:
    """List what the library holds, with sources."""
    from twin.scenario.library import KINDS, list_parts, part_lines

    if kind is None:
        for each in KINDS:
            count = len(list_parts(each))
            typer.echo(f"{each:<10} {count} part{'s' if count != 1 else ''}")
        climates = sum(row.is_climate for row in _weather())
        measured = len(_weather()) - climates
        typer.echo(f"{'weather':<10} {measured} measured years, {climates} climates with a year for every seed")
        typer.echo("'twin parts KIND' lists them")
    elif kind in {"weather", "climates"}:
        for row in _weather():
            typer.echo(f"{row.name:<22} {row.description}; {row.source}")
    else:
        for line in part_lines(kind, also=("weather",)):
            typer.echo(line)


def _weather() -> list[Any]:
    from twin.weather.library import list_weather

    return list(list_weather())


@app.command()
@_guarded
def report(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished run.")]) -> None:
    """Rebuild report.html and the figures of a finished run."""
    if not folder.is_dir():
        raise InputError("twin report", [Problem(str(folder), "no such folder; give the --out of a finished run")])
    from twin.record.result import Result  # lazy: pandas
    from twin.report import write_report  # lazy: matplotlib

    path = folder / "report.html"
    write_report(Result.load(folder), path)
    typer.echo(f"Report: {path}")


@app.command()
@_guarded
def validate(
    suites: Annotated[
        list[str] | None,
        typer.Argument(metavar="SUITE...", help="e.g. energyplus; all if left out.", show_default=False),
    ] = None,
    json_path: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write the rows as JSON.")
    ] = None,
    html_path: Annotated[
        Path | None, typer.Option("--html", metavar="FILE.html", help="Also write a page (name ends in .html).")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Run the other programs too and compare hour by hour.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 also if something could not be run.")] = False,
    weather: Weather = None,
    sets: Sets = None,
) -> None:
    """Put other people's published numbers beside ours."""
    if html_path is not None and html_path.suffix != ".html":
        raise InputError("twin validate", [Problem(f"--html {html_path}", "must end in .html")])
    files = [path for path in (json_path, html_path) if path is not None]
    for path in files:
        writable(path, "twin validate")
    from twin.validation import validate as compare  # lazy: numba

    code = compare(suites or [], live, strict, files, typer.echo, weather=weather, overrides=sets or [])
    raise SystemExit(code)


add_verbs(app, _guarded)
