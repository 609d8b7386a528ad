"""``twin.compare``: run every side in every world, pair them, and say what came out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import InputError, Problem
from twin.record.place import why_not_folder
from twin.study.analysis import Pairing, limit_column, pairings, side_row
from twin.study.cases import DRAWS, Plan, Request, plan_of
from twin.study.one_run import Run, put
from twin.study.pool import default_jobs, run_all
from twin.study.table import remarks, table_lines
from twin.study.verdict import sentence
from twin.study.watch import DECISION_LIMIT_S

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "compare", "compared", "place_problems"]


@dataclass(frozen=True)
class Comparison:
    """What came out of a comparison.

    Attributes
    ----------
    plan : Plan
    runs : list of Run
        Of ``plan.tasks``, in that order.
    pairings : list of Pairing
        One a candidate.
    limit : str
        Of rack inlets, that degree-hours count over: "recommended" or "allowable".
    """

    plan: Plan
    runs: list[Run]
    pairings: list[Pairing]
    limit: str

    @property
    def verdict(self) -> str:
        """One line a candidate: warmth first, then energy."""
        base = self.plan.sides[0].label
        return "\n".join(sentence(pair.side.label, base, pair.finding) for pair in self.pairings)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table as plain data, the baseline first."""
        column = limit_column(self.limit)
        pairs: list[Pairing | None] = [None, *self.pairings]
        return [side_row(self.plan, self.runs, side, column, pair)
                for side, pair in zip(self.plan.sides, pairs, strict=True)]

    @property
    def table(self) -> pd.DataFrame:
        """One row a side."""
        import pandas as pd  # lazy: heavy

        rows = [{k: v for k, v in row.items() if not isinstance(v, (dict, list))} for row in self.rows]
        return pd.DataFrame(rows).set_index("side")

    @property
    def remarks(self) -> list[str]:
        """What has to be known to read the verdict: margin, limits, blocks, bands, failures."""
        return remarks(self.plan, self.runs, self.pairings, self.limit)

    @property
    def text(self) -> str:
        """Table, remarks and verdict, for a terminal."""
        lines = [*table_lines(self.rows, self.limit), "", *self.remarks, "", self.verdict]
        return "\n".join(lines)

    @property
    def data(self) -> dict[str, Any]:
        """All of it as plain data, as in compare.json."""
        plan = self.plan
        return {
            "verdict": self.verdict.split("\n"), "baseline": plan.sides[0].label, "limit": self.limit,
            "worlds": [world.name for world in plan.worlds], "rows": self.rows, "remarks": self.remarks,
            "uncertain": {p.key: [p.low, p.high] for p in plan.uncertain}, "draws": list(plan.draws),
            "failures": [{"run": task.key, "message": run.facts["message"]}
                         for task, run in zip(plan.tasks, self.runs, strict=True) if not run.is_done],
            "cpu_s": sum(run.facts["cpu_s"] for run in self.runs),
        }

    def to_html(self, path: str | Path) -> Path:
        """Write the report, self-contained.

        Parameters
        ----------
        path : str or Path
            The file, or a folder for ``report.html``.

        Returns
        -------
        Path
            The file.
        """
        from twin.report.compare_page import write_comparison  # lazy: matplotlib
        from twin.study.pictures import views

        shown = views(self.plan.sides[0], self.pairings, self.limit)
        return write_comparison(path, self.verdict, self.rows, self.remarks, shown)


def compare(  # noqa: PLR0913 - the one public door; every parameter but the scenarios is a keyword with a default
    *scenarios: Any,
    policies: Sequence[Any] = (),
    vary: Mapping[str, Sequence[object]] | Sequence[str] = (),
    overrides: Mapping[str, object] | Sequence[str] = (),
    seeds: int = 1,
    years: int = 1,
    days: float | None = None,
    start_day: float | Sequence[float] | None = None,
    baseline: str | None = None,
    limit: str = "recommended",
    margin_k_h: float | None = None,
    uncertain: Mapping[str, tuple[float, float]] | Sequence[str] = (),
    draws: int = DRAWS,
    guard: bool = False,
    decision_limit_s: float = DECISION_LIMIT_S,
    jobs: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Compare scenarios, setpoints or policies on the same seeds, weather years and parameters.

    Parameters
    ----------
    *scenarios : Scenario, str, Path or mapping
        The first is the baseline, unless ``baseline`` says otherwise.
    policies : sequence of str or Policy
        Names of the library, ``file.py:Class``, or objects; a single one is compared with the scenario's own.
    vary : mapping or sequence of str
        ``{"plant.chilled_water_temp_c": [16, 18]}`` or ``["plant.chilled_water_temp_c=16,18"]``.
    overrides : mapping or sequence of str
        Keys to change on every side.
    seeds, years : int
        Seeds of jobs and faults; weather years. Every seed of every year is a world of its own.
    days : float or None
        Length of every run, d, instead of the scenario's.
    start_day : float, sequence of float or None
        Start of every run, d after 1 January; several give each seed and year a run from each of them.
    baseline : str or None
        Label of the side the others are held against.
    limit : str
        Inlet limit that degree-hours count over: "recommended" or "allowable".
    margin_k_h : float or None
        Degree-hours a run, of the hottest inlet, that a candidate may be warmer by, K h; None: 1 K in 1 % of the hours.
    uncertain : mapping or sequence of str
        ``{"key": (low, high)}`` or ``["key=low:high"]``.
    draws : int
        Draws of the uncertain parameters, each run in every world.
    guard : bool
        Put the scenario's safety supervisor around every policy.
    decision_limit_s : float
        Longest time for one decision of a policy of your own, s.
    jobs : int or None
        Processes; None takes every core.
    out : str, Path or None
        Folder for the runs, ``compare.json`` and ``report.html``; None keeps all in memory.
    resume : bool
        Read runs that are finished in ``out`` and run the rest.
    force : bool
        Replace what is in ``out``.
    progress : callable or None
        Called with (finished, all) runs.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        With every problem of the request.
    SimulationError
        If a process was killed, or no day at all could be run.
    """
    request = Request(
        scenarios, policies, vary, overrides, seeds, years, days, start_day, baseline, uncertain, draws, guard,
        decision_limit_s,
    )
    folder = None if out is None else Path(out)
    problems = _check(limit, margin_k_h, jobs, folder, (resume, force))
    try:
        plan = plan_of(request)
    except InputError as error:
        raise InputError("twin compare", [*error.problems, *problems]) from None
    if problems:
        raise InputError("twin compare", problems)
    runs_folder = None if folder is None else folder / "runs"
    if force and runs_folder is not None:
        for record in runs_folder.glob("*/*/run.json"):
            record.unlink()
    runs = run_all(plan.tasks, runs_folder, jobs or default_jobs(), progress)
    found = compared(plan, runs, limit, margin_k_h)
    if folder is not None:
        text = json.dumps(found.data, indent=2, ensure_ascii=False, allow_nan=False)
        put(folder / "compare.json", text + "\n")
    return found


def compared(plan: Plan, runs: list[Run], limit: str = "recommended", margin_k_h: float | None = None) -> Comparison:
    """Pair runs and find the verdict.

    Parameters
    ----------
    plan : Plan
    runs : list of Run
        Of ``plan.tasks``.
    limit : str
    margin_k_h : float or None

    Returns
    -------
    Comparison
    """
    return Comparison(plan, runs, pairings(plan, runs, limit, margin_k_h), limit)


def _check(
    limit: str, margin_k_h: float | None, jobs: int | None, folder: Path | None, mode: tuple[bool, bool]
) -> list[Problem]:
    """Everything that is not about sides and worlds."""
    problems = []
    if limit not in {"recommended", "allowable"}:
        problems.append(Problem(f"--limit {limit}", "must be recommended or allowable"))
    if margin_k_h is not None and not 0.0 <= margin_k_h < 1e6:
        problems.append(Problem(f"--margin-kh {margin_k_h:g}", "must be 0 or more, in K·h a run"))
    return problems + place_problems(jobs, folder, *mode)


def place_problems(jobs: int | None, folder: Path | None, resume: bool, force: bool) -> list[Problem]:
    """What is wrong with the number of processes and with the folder of a study.

    Parameters
    ----------
    jobs : int or None
        Processes; None: every core.
    folder : Path or None
        None: all stays in memory.
    resume, force : bool
        Whether finished runs are read, or replaced.

    Returns
    -------
    list of Problem
    """
    problems = []
    if jobs is not None and (isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= 1024):
        problems.append(Problem(f"--jobs {jobs}", "must be a whole number in 1 … 1024"))
    if resume and force:
        problems.append(Problem("--resume with --force", "one keeps finished runs, the other replaces them"))
    if (resume or force) and folder is None:
        problems.append(Problem("resume, force", "need a folder; give out"))
    if folder is None:
        return problems
    if folder.exists() and not folder.is_dir():
        problems.append(Problem(f"--out {folder}", "is a file; give a folder"))
    elif folder.is_dir() and any(folder.iterdir()) and not (resume or force):
        what = "is not empty; go on with --resume (finished runs are read), or replace runs with --force"
        problems.append(Problem(f"--out {folder}", what))
    elif why := why_not_folder(folder):
        problems.append(Problem(f"--out {folder}", f"cannot be written: {why}; choose another folder"))
    return problems
