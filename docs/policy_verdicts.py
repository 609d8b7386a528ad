"""The verdicts on the library's policies: a year and ten seeds, or eight weeks and three seeds, in two halls.

    python docs/policy_verdicts.py               runs what is not there yet, prints the tables, fills the page
    python docs/policy_verdicts.py --estimate    runs a week of each policy and says what all of it will cost
    python docs/policy_verdicts.py --quick       a day or two of each, in memory; prints only

Every comparison is one command of ``twin compare``, which is printed with it. Runs lie in ``--out`` and are read again;
whatever is stopped goes on where it was. The reasons on the page are written by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tblock import USES, as_table, fill

from twin.study.cases import Request, plan_of
from twin.study.compare import Comparison, compare
from twin.study.one_run import stored

PAGE = Path(__file__).resolve().parent / "policy_verdicts.md"
HALLS = ("tblock-qingyuan", "chilled-water-greensboro")
#: First days of eight weeks, every six and a half weeks: two a season.
WEEKS = (10.0, 55.0, 101.0, 146.0, 192.0, 237.0, 283.0, 328.0)
#: Day of the year at which winter's end, spring, summer and autumn begin (1 March, June, September, December).
_SEASONS = {"winter": (334, 59), "spring": (59, 151), "summer": (151, 243), "autumn": (243, 334)}
_HOURS = {"0–6 h": (0, 6), "6–12 h": (6, 12), "12–18 h": (12, 18), "18–24 h": (18, 24)}
#: First day of the week that is run to estimate.
_PROBE_DAY = 101.0


@dataclass(frozen=True)
class Question:
    """A candidate against a baseline: seeds, and length and starts of the runs where it is not the scenario's year."""

    name: str
    baseline: str
    candidate: str
    seeds: int = 10
    days: float | None = None
    starts: tuple[float, ...] = ()

    def command(self, hall: str) -> str:
        """What prints it."""
        words = ["twin compare", hall, f"--policy {self.baseline} --policy {self.candidate}"]
        words += [f"--start-day {day:g}" for day in self.starts]
        words += [] if self.days is None else [f"--days {self.days:g}"]
        return " ".join([*words, f"--seeds {self.seeds}"])

    def request(self, hall: str) -> Request:
        """What is run, as a plan knows it."""
        return Request((hall,), [self.baseline, self.candidate], seeds=self.seeds, days=self.days,
                       start_day=self.starts or None)

    def ask(self, hall: str, out: Path | None, jobs: int | None) -> Comparison:
        """Run it, or read what was run."""
        return compare(
            hall, policies=[self.baseline, self.candidate], seeds=self.seeds, days=self.days,
            start_day=self.starts or None, jobs=jobs, out=None if out is None else out / hall / self.name,
            resume=out is not None,
        )


QUESTIONS = (
    Question("rules", "fixed", "rule_based"),
    Question("rollouts", "rule_based", "cem_mpc", 3, 7.0, WEEKS),
    Question("arx-weeks", "rule_based", "arx_mpc", 3, 7.0, WEEKS),
    Question("oracle", "rule_based", "oracle", 1, 7.0, WEEKS),
    Question("arx", "rule_based", "arx_mpc"),
)
Answers = dict[tuple[str, str], tuple[Question, Comparison]]


def _name(question: Question, hall: str) -> list[str]:
    return [hall, f"`{question.candidate}` against `{question.baseline}`"]


def _signed(value: float, digits: int = 2) -> str:
    text = f"{value:+.{digits}f}"
    return "0" if float(text) == 0.0 else text.replace("-", "−")


def _much(found: Comparison) -> str:
    """``10 years`` or ``24 weeks``."""
    days = found.plan.sides[0].scenarios[0].run.duration_days
    unit = {365.0: "year", 7.0: "week"}.get(days, f"run of {days:g} d")
    return f"{len(found.plan.worlds)} {unit}s" if len(found.plan.worlds) != 1 else f"1 {unit}"


def verdicts(answers: Answers) -> str:
    """Saving with its interval, and warmth: a row a comparison."""
    head = ["hall", "policy", "runs", "energy saved, %", "95 % interval", "verdict", "K·h over 27 °C a run", "more",
            "at most", "margin", "K·h over allowable"]
    rows = []
    for (hall, _), (question, found) in answers.items():
        own = found.rows[1]
        rows.append([
            *_name(question, hall), _much(found), _signed(100 * own["saving_frac"]),
            f"{_signed(100 * own['saving_low_frac'])} … {_signed(100 * own['saving_high_frac'])}", own["verdict"],
            f"{own['over_limit_k_h']:.2f}", _signed(own["excess_k_h"]), _signed(own["excess_high_k_h"]),
            f"{own['margin_k_h']:.3g}", f"{own['over_allowable_k_h']:.2f}",
        ])
    return as_table(head, rows)


def wear(answers: Answers) -> str:
    """Starts and travel of a run, baseline and candidate: a row a comparison."""
    columns = {"chiller_starts": "chiller starts", "mode_changes": "changes of mode", "fan_travel": "fan strokes",
               "tower_travel": "tower-fan strokes"}
    rows = []
    for (hall, _), (question, found) in answers.items():
        base, own = found.rows
        cells = [f"{base[key]:,.0f} → {own[key]:,.0f}" for key in columns]
        rows.append([*_name(question, hall), *cells, f"{moves_a_day(found, 0):.0f} → {moves_a_day(found, 1):.0f}"])
    return as_table(["hall", "policy", *columns.values(), "setpoint moves a day"], rows)


def moves_a_day(found: Comparison, side: int) -> float:
    """How often some setpoint changed, a day."""
    runs = found.runs[side :: len(found.plan.sides)]
    moves = sum(sum(run.facts["counts"].get("moves", {}).values()) for run in runs)
    return float(moves / max(1, sum(len(run.days) for run in runs)))


def uses(answers: Answers) -> str:
    """Saved by use, share of the baseline's facility energy."""
    rows = []
    for (hall, _), (question, found) in answers.items():
        total, saved = 0.0, dict.fromkeys(["servers", *USES, "other"], 0.0)
        kind = {use: name for name, parts in USES.items() for use in parts} | {"it": "servers"}
        for base, own in zip(found.runs[::2], found.runs[1::2], strict=True):
            total += base.days.total("total_kwh")
            for use in {*base.days.uses, *own.days.uses}:
                saved[kind.get(use, "other")] += base.days.uses.get(use, 0.0) - own.days.uses.get(use, 0.0)
        rows.append([*_name(question, hall), *(_signed(100 * value / total) for value in saved.values())])
    return as_table(["hall", "policy", "servers", *USES, "other"], rows)


def times(answers: Answers) -> str:
    """Saved by season and by time of the day, each a share of what the baseline uses then."""
    rows = []
    for (hall, _), (question, found) in answers.items():
        used, saved = np.zeros(8), np.zeros(8)
        for base, own in zip(found.runs[::2], found.runs[1::2], strict=True):
            count = min(len(base.days.quarter_s), len(own.days.quarter_s))
            first, second = (run.days.traces["power.facility_kw"][:count].astype(np.float64) for run in (base, own))
            for i, chosen in enumerate(_spans(base.days.quarter_s[:count] - 450)):
                used[i] += first[chosen].sum()
                saved[i] += (first - second)[chosen].sum()
        shares = [_signed(100 * s / u) if u > 0.0 else "–" for s, u in zip(saved, used, strict=True)]
        rows.append([*_name(question, hall), *shares])
    return as_table(["hall", "policy", *_SEASONS, *_HOURS], rows)


def _spans(middle_s: np.ndarray) -> list[np.ndarray]:
    """Which quarter hours lie in each season and each part of the day."""
    day, hour = middle_s // 86400 % 365, middle_s % 86400 // 3600
    seasons = [(day >= a) & (day < b) if a < b else (day >= a) | (day < b) for a, b in _SEASONS.values()]
    return [*seasons, *((hour >= a) & (hour < b) for a, b in _HOURS.values())]


def commands(answers: Answers) -> str:
    """What prints each row, as text of a terminal."""
    return "\n".join(["```", *(question.command(hall) for (hall, _), (question, _) in answers.items()), "```"])


#: Sections of the page.
PARTS: dict[str, Callable[[Answers], str]] = {
    "verdicts": verdicts, "wear": wear, "uses": uses, "times": times, "commands": commands,
}


def estimate(questions: Sequence[tuple[Question, str]], jobs: int | None) -> str:
    """CPU of a week and of everything, a row a comparison; both sides together."""
    rows = []
    for question, hall in questions:
        found = replace(question, seeds=1, days=7.0, starts=(_PROBE_DAY,)).ask(hall, None, jobs)
        week_s = sum(run.facts["cpu_s"] for run in found.runs)
        weeks = len(question.starts) or 365.0 / 7.0
        rows.append([*_name(question, hall), f"{week_s:.1f}", f"{week_s * weeks * question.seeds / 60.0:.0f}"])
    return as_table(["hall", "policy", "CPU of a week, s", "CPU of all, min"], rows)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a day or two, one seed, in memory; prints only")
    parser.add_argument("--estimate", action="store_true", help="a week of each policy, and what all will cost")
    names = [question.name for question in QUESTIONS]
    parser.add_argument("--only", nargs="+", default=names, choices=names, help="only these, on the page too")
    parser.add_argument("--as-run", action="store_true", help="with the seeds that are finished in --out; runs nothing")
    parser.add_argument("--jobs", type=int, default=None, help="processes; every core if left out")
    parser.add_argument("--out", type=Path, default=Path("runs/policies"), help="folder of the runs")
    return parser.parse_args(words)


def asked(given: argparse.Namespace) -> list[tuple[Question, str]]:
    """The comparisons of a command line, and their halls."""
    chosen = [(question, hall) for question in QUESTIONS if question.name in given.only for hall in HALLS]
    if given.quick:
        return [(replace(q, seeds=1, days=1.0 if q.starts else 2.0, starts=q.starts[:2]), hall) for q, hall in chosen]
    if not given.as_run:
        return chosen
    found = [(replace(q, seeds=finished_seeds(q, hall, given.out / hall / q.name)), hall) for q, hall in chosen]
    return [(question, hall) for question, hall in found if question.seeds]


def finished_seeds(question: Question, hall: str, folder: Path) -> int:
    """Most seeds, up to those of the question, of which a folder holds every run; 0 if of none."""
    for seeds in range(question.seeds, 0, -1):
        tasks = plan_of(replace(question, seeds=seeds).request(hall)).tasks
        if all(stored(folder / "runs" / task.key, task.fingerprint()) is not None for task in tasks):
            return seeds
    return 0


def main(words: Sequence[str] | None = None) -> None:
    """Run, print, and fill the page."""
    given = arguments(words)
    questions = asked(given)
    if given.estimate:
        print(estimate(questions, given.jobs))
        return
    answers: Answers = {}
    for question, hall in questions:
        found = question.ask(hall, None if given.quick else given.out, given.jobs)
        print(f"{question.command(hall)}\n{found.text}\n", flush=True)
        answers[hall, question.name] = (question, found)
    parts = {name: made(answers) for name, made in PARTS.items()}
    print("\n\n".join(parts.values()))
    for name, body in parts.items() if not given.quick else ():
        fill(PAGE, name, body)


if __name__ == "__main__":
    main()
