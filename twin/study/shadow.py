"""``twin.shadow``: history drives the incumbent, the candidate only proposes, the guard says what it would have vetoed.

Nothing that the candidate proposes acts: the rows are what the incumbent made of the hall. So a shadow run tells
what the candidate would have *asked for* in states that really were, and whether it is safe to let it; what it would
have *saved* only a comparison in the twin can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.engine.seeds import seed_stream
from twin.errors import InputError, Problem
from twin.policies.contract import Observation, Policy, Rollout, Setpoints
from twin.policies.facts import Facts
from twin.policies.supervisor import WATCHED, Supervisor
from twin.scenario.read import load_scenario
from twin.scenario.schema import Scenario
from twin.simulate import build_simulation
from twin.study.one_run import policy_of, supervised
from twin.study.sources import policy_source
from twin.study.tally import vetoed
from twin.study.telemetry import Telemetry, read_telemetry
from twin.study.watch import DECISION_LIMIT_S, Watched

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Proposal", "Shadow", "shadow"]

#: Proposals that differ less are the incumbent's, in the setpoint's unit. Source: assumed: below any sensor's accuracy.
_SAME = 0.05


class _Speaker:
    """Says to the guard what the candidate has proposed."""

    def __init__(self) -> None:
        self.next = Setpoints()

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        del seed, rollout  # what was proposed stands: a guard that lets go begins anew with it

    def decide(self, observation: Observation) -> Setpoints:
        del observation
        return self.next

    def snapshot(self) -> Any:
        return None

    def restore(self, saved: Any) -> None:
        del saved
        self.next = Setpoints()


@dataclass(frozen=True)
class Proposal:
    """One decision.

    Attributes
    ----------
    time_s : int
    incumbent, proposed, allowed : dict
        Setpoint → value: in force, asked for by the candidate, let through by the guard.
    veto : str
        Why the guard would have put something else in force; empty if it would not.
    failed : str
        What the candidate did wrong; empty if nothing.
    """

    time_s: int
    incumbent: dict[str, float]
    proposed: dict[str, float]
    allowed: dict[str, float]
    veto: str
    failed: str


@dataclass(frozen=True)
class Shadow:
    """What came out of a shadow run.

    Attributes
    ----------
    policy : str
    proposals : list of Proposal
    warnings : list of str
    judged : bool
        Whether the guard could judge: False where the telemetry lacks what it reads.
    interval_s : int
        Between decisions, s.
    """

    policy: str
    proposals: list[Proposal]
    warnings: list[str]
    judged: bool = True
    interval_s: int = 3600

    @property
    def all_failed(self) -> bool:
        """Whether the policy failed in every decision, so that nothing is known of it."""
        return bool(self.proposals) and all(p.failed for p in self.proposals)

    @property
    def verdict(self) -> str:
        """One line: how often it differs, how often it would have been stopped."""
        count = len(self.proposals)
        moved = sum(bool(_differences(p)) for p in self.proposals)
        stopped = sum(bool(p.veto) for p in self.proposals)
        failed = sum(bool(p.failed) for p in self.proposals)
        if self.all_failed:
            return f"{self.policy} failed in all of {count} decisions: nothing can be said of it"
        guard = f"the guard would have vetoed {_share(stopped, count)}" if self.judged else "vetoes are not judged"
        moved_text = f"{_share(moved, count)} of {count} decisions"
        text = f"{self.policy} would have asked for something else in {moved_text}; {guard}"
        return f"{text}; the policy failed {failed} times" if failed else text

    @property
    def table(self) -> pd.DataFrame:
        """One row a decision and setpoint that differs or is vetoed."""
        import pandas as pd  # lazy: heavy

        rows = [
            {"time_s": p.time_s, "setpoint": name, "incumbent": p.incumbent.get(name), "proposed": p.proposed.get(name),
             "allowed": p.allowed.get(name), "veto": p.veto, "failed": p.failed}
            for p in self.proposals for name in sorted(p.proposed.keys() | (p.allowed.keys() if p.veto else set()))
        ]
        return pd.DataFrame(rows, columns=["time_s", "setpoint", "incumbent", "proposed", "allowed", "veto", "failed"])

    @property
    def data(self) -> dict[str, Any]:
        """Summary as plain data."""
        changes: dict[str, list[float]] = {}
        for proposal in self.proposals:
            for name, change in _differences(proposal, every=True).items():
                changes.setdefault(name, []).append(change)
        reasons: dict[str, int] = {}
        for proposal in self.proposals:
            if proposal.veto:
                reason = _kind(proposal.veto)
                reasons[reason] = reasons.get(reason, 0) + 1
        return {
            "policy": self.policy, "verdict": self.verdict, "decisions": len(self.proposals),
            "vetoed": sum(bool(p.veto) for p in self.proposals),
            "failed": sum(bool(p.failed) for p in self.proposals),
            "first_failure": next((p.failed for p in self.proposals if p.failed), ""),
            "changes": {name: {"mean": float(np.mean(v)), "least": float(np.min(v)), "most": float(np.max(v)),
                               "differs_frac": float(np.mean(np.abs(v) > _SAME))} for name, v in changes.items()},
            "vetoes": dict(sorted(reasons.items(), key=lambda pair: -pair[1])), "warnings": list(self.warnings),
        }

    @property
    def text(self) -> str:
        """For a terminal."""
        found = self.data
        lines = [f"{'setpoint':<22}{'differs %':>10}{'mean change':>13}{'least':>9}{'most':>9}"]
        lines += [f"{name:<22}{100 * c['differs_frac']:>10.1f}{c['mean']:>13.2f}{c['least']:>9.2f}{c['most']:>9.2f}"
                  for name, c in found["changes"].items()]
        lines += [f"vetoed {count} times: {reason}" for reason, count in found["vetoes"].items()]
        if found["first_failure"]:
            lines.append(f"failed {found['failed']} times; first: {found['first_failure']}")
        return "\n".join([*lines, *(f"warning: {text}" for text in self.warnings), "", self.verdict])

    def to_html(self, path: str | Path = "shadow.html") -> Path:
        """Write the report: setpoints through time, vetoes by hour and reason.

        Parameters
        ----------
        path : str or Path
            File, or the folder of ``report.html``; figures go beside it.

        Returns
        -------
        Path
        """
        from twin.report.shadow_page import ShadowView, write_shadow  # lazy: matplotlib

        names = list(dict.fromkeys(name for p in self.proposals for name in p.proposed))
        traces = {name: tuple(np.array([side.get(name, np.nan) for side in sides]) for sides in zip(
            *((p.incumbent, p.proposed, p.allowed) for p in self.proposals), strict=True)) for name in names}
        time_s = np.array([p.time_s for p in self.proposals], np.int64)
        vetoed_now = np.array([bool(p.veto) for p in self.proposals], bool)
        view = ShadowView(self.policy, time_s, self.interval_s, traces, vetoed_now, self.judged)  # type: ignore[arg-type]
        return write_shadow(path, view, self.data)


def _differences(proposal: Proposal, *, every: bool = False) -> dict[str, float]:
    """Proposed less incumbent, where both are known."""
    found = {name: value - proposal.incumbent[name] for name, value in proposal.proposed.items()
             if name in proposal.incumbent}
    return found if every else {name: change for name, change in found.items() if abs(change) > _SAME}


def _share(part: int, whole: int) -> str:
    return f"{100.0 * part / whole:.1f} %" if whole else "none"


def _kind(why: str) -> str:
    """A veto without its numbers, so that like counts with like."""
    words = [word for word in why.replace(",", " ").split() if not word.strip("−-+.()").replace(".", "").isdigit()]
    return " ".join(words)


def shadow(
    scenario: Scenario | str | Path | Mapping[str, Any], telemetry: str | Path | Telemetry, policy: Any,
    *, overrides: Mapping[str, object] | list[str] | tuple[str, ...] = (), decision_limit_s: float = DECISION_LIMIT_S,
) -> Shadow:
    """Let a candidate propose beside recorded history.

    Parameters
    ----------
    scenario : Scenario, str, Path or mapping
        The hall: its setpoints where telemetry has none, its limits for the guard, its control interval.
    telemetry : str, Path or Telemetry
        CSV or Parquet; see :func:`twin.study.telemetry.read_telemetry`.
    policy : str or Policy
        A name of the library, ``file.py:Class``, or an object.
    overrides : mapping or sequence of str
        Keys of the scenario to change.
    decision_limit_s : float
        Longest time for one decision, s.

    Returns
    -------
    Shadow

    Raises
    ------
    InputError
        With every problem of scenario, file and policy.
    """
    problems: list[Problem] = []
    checked: Scenario | None = None
    history: Telemetry | None = None
    try:
        checked = scenario if isinstance(scenario, Scenario) and not overrides else load_scenario(scenario, overrides)
    except InputError as error:
        problems += error.problems
    try:
        history = telemetry if isinstance(telemetry, Telemetry) else read_telemetry(telemetry)
    except InputError as error:
        problems += [Problem(f"{telemetry}: {p.where}", p.what) for p in error.problems]
    source = policy_source(policy)
    if isinstance(source, Problem):
        problems.append(source)
    if problems or checked is None or history is None or isinstance(source, Problem):
        raise InputError("twin shadow", problems)
    facts = _facts(checked)
    bare = checked.model_copy(update={"policy": checked.policy.model_copy(update={"supervisor": False})})
    candidate = policy_of(bare, source, facts, False, decision_limit_s)
    own = candidate.policy if isinstance(candidate, Watched) else candidate
    watched = Watched(own, decision_limit_s, {})
    if watched.looks_ahead_s > 0 and not source.is_own:
        watched.close()
        what = "plans on a copy of the twin, and recorded history has none to give; twin compare can judge it"
        raise InputError("twin shadow", [Problem(f"--policy {source.label}", what)])
    speaker = _Speaker()
    missing = [name for name in WATCHED if name not in history.channels]
    guard = speaker if missing else supervised(speaker, checked, facts)
    try:
        proposals, gaps = _walk(checked, history, watched, guard, (speaker, facts.start))
    finally:
        watched.close()
    if not proposals:
        what = (f"no decision falls between the first row and the last, {history.time_s[0]} … {history.time_s[-1]} s; "
                f"decisions are every {checked.run.control_interval_s} s")
        raise InputError("twin shadow", [Problem(f"{telemetry}"[:120], what)])
    warnings = list(history.warnings)
    if watched.looks_ahead_s > 0:
        warnings.append(f"{source.label} has looks_ahead_s; history has no rollouts to give it")
    if missing:
        warnings.append(f"telemetry lacks {', '.join(missing)}, which the guard reads: vetoes are not judged")
    if gaps:
        warnings.append(f"{gaps} decisions had no new row of telemetry and were left out")
    return Shadow(source.label, proposals, warnings, not missing, checked.run.control_interval_s)


def _facts(scenario: Scenario) -> Facts:
    """What policies may know of the hall: what the engine would tell them."""
    told: list[Facts] = []

    def asked(facts: Facts) -> Policy:
        told.append(facts)
        return _Speaker()

    build_simulation(scenario, asked)
    return told[0]


def _walk(
    scenario: Scenario, history: Telemetry, candidate: Watched, guard: Policy,
    said: tuple[_Speaker, Mapping[str, float]],
) -> tuple[list[Proposal], int]:
    """Decision after decision; and how many had nothing new to look at."""
    interval_s = scenario.run.control_interval_s
    seed = int(seed_stream(scenario.run.seed, "policy").generate_state(1)[0])
    candidate.reset(seed)
    guard.reset(seed)
    speaker, start = said[0], dict(said[1])
    proposals: list[Proposal] = []
    gaps, last = 0, -1
    begin_s, end_s = -(-int(history.time_s[0]) // interval_s) * interval_s, int(history.time_s[-1])
    _prime(history, guard, speaker, (begin_s - interval_s, start))
    for now_s in range(begin_s, end_s + 1, interval_s):
        row = int(np.searchsorted(history.time_s, now_s, side="right")) - 1
        if row == last:
            gaps += 1
            continue
        last = row
        seen, incumbent = _row(history, row, now_s, start)
        before = len(candidate.failures)
        given_up = candidate.given_up
        asked = candidate.decide(seen)
        failed = candidate.failures[-1] if len(candidate.failures) > before or given_up else ""
        speaker.next = asked
        count = len(getattr(guard, "log", ()))
        passed = guard.decide(seen)
        why = _why(guard, count, asked, passed)
        proposals.append(Proposal(now_s, incumbent, asked.given(), passed.given(), why, failed))
    return proposals, gaps


def _row(
    history: Telemetry, row: int, now_s: int, start: Mapping[str, float]
) -> tuple[Observation, dict[str, float]]:
    """What a policy sees of a row, and the setpoints that were in force."""
    values = {name: float(column[row]) for name, column in history.channels.items()}
    known = {name: float(v[row]) for name, v in history.setpoints.items() if np.isfinite(v[row])}
    return Observation(now_s, MappingProxyType(values)), {**start, **known}


def _prime(history: Telemetry, guard: Policy, speaker: _Speaker, begin: tuple[int, Mapping[str, float]]) -> None:
    """Let the guard know what was in force before the candidate's first word: it limits how fast that may change."""
    seen, incumbent = _row(history, 0, *begin)
    given = {name: incumbent[name] for name in history.setpoints if name in incumbent} or dict(begin[1])
    speaker.next = Setpoints(**given)
    if isinstance(guard, Supervisor):
        guard.begin_at(given)
    guard.decide(seen)


def _why(guard: Policy, logged: int, asked: Setpoints, passed: Setpoints) -> str:
    """The guard's reason, from its log; the last one holds on."""
    if not vetoed(asked, passed) and not getattr(guard, "in_fallback", False):
        return ""
    log = guard.log  # type: ignore[attr-defined]
    new = [f"{entry.what}: {entry.why}" for entry in log[logged:] if entry.what != "release"]
    if new:
        return "; ".join(new)
    if getattr(guard, "in_fallback", False):
        falls = [entry.why for entry in log if entry.what == "fallback"]
        return f"fallback goes on: {falls[-1]}" if falls else "fallback goes on"
    names = [n for n, v in asked.given().items() if abs(passed.given().get(n, v) - v) > 1e-9]
    return f"setpoint {', '.join(names)}: still held back"
