"""One run of a study: a scenario under a policy, reduced to days, in a folder of its own.

A folder holds ``days.npz`` and, written last, ``run.json``: a run counts when the latter is there and its fingerprint
is that of the task. A run that fails says so in ``run.json``, and its finished days are kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from twin_kernels.jit import SOURCE_HASH

from twin.engine.account import run_facts
from twin.errors import SimulationError, TwinError
from twin.policies.contract import Policy
from twin.policies.facts import Facts
from twin.policies.library import dress, make_policy
from twin.scenario.schema import Scenario
from twin.scenario.toml import scenario_text
from twin.simulate import build_simulation
from twin.study.daily import Days, DayTable
from twin.study.sources import PolicySource
from twin.study.tally import Tally, tallied
from twin.study.watch import Watched

__all__ = ["Run", "Task", "code_hash", "execute", "lost_run", "policy_of", "put", "stored", "supervised"]

#: Goes up when the content of a run's folder changes its meaning.
_FORMAT = 3
#: What run.json must say beside its fingerprint.
_FACTS = frozenset({"status", "message", "fell_back", "counts", "cpu_s", "limits", "given_up"})
_TWIN = Path(__file__).resolve().parents[1]
#: Parts that show or judge results and change none.
_SHOWS = ("report/", "validation/", "cli", "study/")


@cache
def code_hash() -> str:
    """Hash of the twin's own sources, what only shows results left out: runs of other code are not mixed with these.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for path in sorted(_TWIN.rglob("*.py")):
        place = path.relative_to(_TWIN).as_posix()
        if not place.startswith(_SHOWS):
            digest.update(place.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Task:
    """What to run.

    Attributes
    ----------
    key : str
        Name of its folder.
    scenario : Scenario
    source : PolicySource
    guard : bool
        Whether a policy of the user's gets the supervisor around it.
    decision_limit_s : float
        Longest time for one call of a user's policy, s.
    """

    key: str
    scenario: Scenario
    source: PolicySource
    guard: bool
    decision_limit_s: float

    def fingerprint(self) -> str:
        """Hash of all that the result depends on: scenario, policy, guard, and the twin's own code."""
        parts = (str(_FORMAT), SOURCE_HASH, code_hash(), scenario_text(self.scenario), self.source.identity(),
                 str(self.guard), f"{self.decision_limit_s:g}" if self.source.is_own else "")
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Run:
    """What came out.

    Attributes
    ----------
    facts : dict
        As in run.json: status "done" or "failed", message, fell_back, given_up, counts, cpu_s, wall_s, limits.
    days : DayTable
        Finished days.
    reread : bool
        Whether it was there already.
    """

    facts: dict[str, Any]
    days: DayTable
    reread: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it ran to its end."""
        return bool(self.facts["status"] == "done")


def stored(folder: Path, fingerprint: str) -> Run | None:
    """A run that is there already.

    Parameters
    ----------
    folder : Path
        Of the run.
    fingerprint : str
        Of the task.

    Returns
    -------
    Run or None
        None if it is not there, not whole, or one of another task.
    """
    try:
        facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if not isinstance(facts, dict) or facts.get("fingerprint") != fingerprint or not facts.keys() >= _FACTS:
            return None
        return Run(facts, DayTable.load(folder / "days.npz"), reread=True)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def policy_of(scenario: Scenario, source: PolicySource, facts: Facts, guard: bool, limit_s: float) -> Policy:
    """A policy ready for a run: of the library with the scenario's settings, or the user's under watch.

    Parameters
    ----------
    scenario : Scenario
    source : PolicySource
    facts : Facts
    guard : bool
    limit_s : float
        Longest time for one call of a user's policy, s.

    Returns
    -------
    Policy
    """
    settings = scenario.policy.settings()
    if guard:
        settings["guard"] = True
    if not source.is_own:
        return make_policy(source.name, settings, scenario.plant.supply_air_temp_c, facts)
    return dress(Watched(source.make(), limit_s, facts.start if guard else None), settings, facts)


def supervised(policy: Policy, scenario: Scenario, facts: Facts) -> Policy:
    """The scenario's supervisor around any policy.

    Parameters
    ----------
    policy : Policy
    scenario : Scenario
    facts : Facts

    Returns
    -------
    Policy
    """
    return dress(policy, {**scenario.policy.settings(), "supervisor": True, "guard": False}, facts)


def execute(task: Task, folder: Path | None = None) -> Run:
    """Run a task; with a folder its results lie there when it returns.

    Parameters
    ----------
    task : Task
    folder : Path or None
        None keeps the result in memory.

    Returns
    -------
    Run
        A failed one too: bad luck of one policy must not lose the others.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    watched: Watched | None = None
    tally: Tally | None = None
    days: Days | None = None
    status, message, limits = "done", "", {}
    here = Path.cwd()
    try:
        scenario = task.scenario
        days = Days(scenario, ())

        def made(facts: Facts) -> Policy:
            nonlocal watched, tally
            policy = policy_of(scenario, task.source, facts, task.guard, task.decision_limit_s)
            watched, tally = _watched(policy), tallied(policy)
            return tally

        simulation = build_simulation(scenario, made, days)
        days.present_uses = run_facts(simulation).present_uses
        simulation.on_day = days.close_day
        limits = {"recommended_c": scenario.hall.limits.recommended_max_c,
                  "allowable_c": scenario.hall.limits.allowable_max_c}
        simulation.run()
    except TwinError as error:
        status, message = "failed", str(error)
    except Exception as error:  # a fault of the twin or of a constructor: the other runs go on
        status, message = "failed", f"{type(error).__name__}: {error}"
    finally:
        if watched is not None:
            watched.close()
        os.chdir(here)  # the policy may have gone elsewhere; results lie where the user wants them
    facts = _facts(task, (status, message), wall, cpu) | {
        "limits": limits, "counts": {} if tally is None else tally.counts(),
        "fell_back": [] if watched is None else watched.failures,
        "given_up": "" if watched is None else watched.given_up_when,
    }
    table = days.table() if days is not None else Days(task.scenario, ()).table()
    if folder is not None:
        _keep(folder, facts, table)
    return Run(facts, table)


def lost_run(task: Task, message: str) -> Run:
    """A run whose process is gone: failed, without a day, and not stored, so that it is tried again.

    Parameters
    ----------
    task : Task
    message : str
        What is known of it.

    Returns
    -------
    Run
    """
    facts = _facts(task, ("failed", message), time.perf_counter(), time.process_time())
    return Run(facts, Days(task.scenario, ()).table())


def _facts(task: Task, end: tuple[str, str], wall_s: float, cpu_s: float) -> dict[str, Any]:
    """What is told of any run, from how it ended and the clocks when it began."""
    return {
        "fingerprint": task.fingerprint(), "status": end[0], "message": end[1], "seed": task.scenario.run.seed,
        "weather": task.scenario.site.weather, "policy": task.source.label, "limits": {}, "fell_back": [],
        "given_up": "", "counts": {}, "wall_s": time.perf_counter() - wall_s, "cpu_s": time.process_time() - cpu_s,
    }


def _watched(policy: Policy | None) -> Watched | None:
    """The user's policy inside guard and supervisor."""
    while policy is not None and not isinstance(policy, Watched):
        policy = getattr(policy, "policy", None)
    return policy


def _keep(folder: Path, facts: dict[str, Any], table: DayTable) -> None:
    """Days first, then the record that says that they count."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "run.json").unlink(missing_ok=True)
        table.save(folder / "days.npz")
        text = json.dumps(facts, indent=2, ensure_ascii=False, default=_plain)
        put(folder / "run.json", text + "\n")
    except OSError as error:
        what = f"cannot write to {folder}: {error.strerror or error}; finished runs are kept: go on with --resume"
        raise SimulationError(what) from error


def put(path: Path, text: str) -> None:
    """Write a text so that the file is either the old one or the whole new one.

    Parameters
    ----------
    path : Path
    text : str
    """
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _plain(value: Any) -> Any:
    """Numbers of NumPy as JSON knows them."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be written")
