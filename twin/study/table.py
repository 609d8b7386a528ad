"""The comparison as lines of text: table and remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twin.study.analysis import Pairing
from twin.study.cases import Plan, Side
from twin.study.one_run import Run
from twin.study.verdict import IT_ALIKE_FRAC, MODEL_ERROR_FRAC

__all__ = ["aligned", "remarks", "table_lines"]

#: With fewer independent blocks than this an interval says little. Source: assumed.
_FEW_BLOCKS = 8.0
#: So many times the baseline's starts are worth a word. Source: assumed.
_MORE_STARTS = 1.5


def _number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")


def _percent(value: float) -> str:
    return f"{100.0 * value:+.2f}".replace("-", "−") if value else "0"


def table_lines(rows: Sequence[dict[str, Any]], limit: str) -> list[str]:
    """The table, aligned; every value is a mean over worlds of a run.

    Parameters
    ----------
    rows : sequence of dict
        From :attr:`twin.study.compare.Comparison.rows`.
    limit : str
        Which inlet limit.

    Returns
    -------
    list of str
    """
    head = ["side", "facility kWh", "PUE", "saving %", "95 % interval", "p", f"K·h over {limit}", "more", "p",
            "water m³", "chiller starts", "fan travel", "veto %"]
    body = [head]
    for row in rows:
        has = "saving_frac" in row and not row["failed"]
        body.append([
            row["side"], _number(row["total_kwh"]), _number(row["pue"], 4) if "pue" in row else "–",
            _percent(row["saving_frac"]) if has else "–",
            f"{_percent(row['saving_low_frac'])} … {_percent(row['saving_high_frac'])}" if has else "–",
            f"{row['p_energy']:.3f}" if has else "–", _number(row["over_limit_k_h"], 1),
            f"{row['excess_k_h']:+.1f}".replace("-", "−") if has else "–", f"{row['p_thermal']:.3f}" if has else "–",
            _number(row["water_l"] / 1000.0, 1), _number(row["chiller_starts"]), _number(row["fan_travel"], 1),
            _number(100.0 * row["veto_frac"], 1) if "veto_frac" in row else "–",
        ])
    widths = [max(len(line[i]) for line in body) for i in range(len(head))]
    return [aligned(line, widths) for line in body]


def aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    """Cells padded to widths, the first to the left.

    Parameters
    ----------
    line : sequence of str
    widths : sequence of int

    Returns
    -------
    str
    """
    first, *rest = zip(line, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()


def remarks(plan: Plan, runs: Sequence[Run], pairs: Sequence[Pairing], limit: str) -> list[str]:
    """What has to be known to read the verdict.

    Parameters
    ----------
    plan : Plan
    runs : sequence of Run
    pairs : sequence of Pairing
    limit : str

    Returns
    -------
    list of str
    """
    base = plan.sides[0]
    worlds = [world for world in plan.worlds if world.draw == 0]
    years = len({world.year for world in worlds})
    starts = sorted({world.start_day for world in worlds if world.start_day is not None})
    seeds = len(worlds) // years // max(1, len(starts))
    begin = f" from each of the days {', '.join(f'{day:g}' for day in starts)}" if starts else ""
    days = base.scenarios[0].run.duration_days
    limits = base.scenarios[0].hall.limits
    limit_c = limits.recommended_max_c if limit == "recommended" else limits.allowable_max_c
    found = [
        (f"Baseline: {base.label}. {_count(seeds, 'seed')} in {_count(years, 'weather year')}{begin}, "
         f"{days:g} days each, the same for every side; values are means of a run."),
    ]
    found += _day_note(days, starts or [base.scenarios[0].run.start_day])
    judged = sum(not pair.finding.failed for pair in pairs)
    if pairs:
        found.append(
            f"Warmth: hottest inlet over the {limit} {limit_c:g} °C; margin {pairs[0].finding.margin_k_h:.3g} K·h a "
            f"run. Intervals: 95 %, from blocks of {_blocks(pairs)} within each world"
            + (f"; p values corrected for {judged} candidates (Holm)." if judged > 1 else ".")
        )
        error = MODEL_ERROR_FRAC * pairs[0].finding.overhead_frac
        found.append(f"Below {100.0 * error:.2f} % of facility energy (1 % of what is not IT) a saving is smaller than "
                     "the model's own error.")
    found += [text for pair in pairs for text in _of_pair(pair, plan)]
    for side in plan.sides:
        found += _of_side(plan, runs, side)
    return found


def _day_note(days: float, starts: Sequence[float]) -> list[str]:
    """How days are counted in a run that begins or ends within one."""
    if all(time % 1.0 == 0.0 for time in (days, *starts)):
        return []
    count = _count(max(int(days), 1), "whole day")
    return [f"A run counts as {count} of 24 h: parts of days at its ends are taken together."]


def _blocks(pairs: Sequence[Pairing]) -> str:
    lengths = sorted({pair.saving.days_per_block for pair in pairs} | {pair.excess.days_per_block for pair in pairs})
    return f"{lengths[0]} days" if len(lengths) == 1 and lengths[0] != 1 else (
        "1 day" if lengths == [1] else f"{lengths[0]} to {lengths[-1]} days")


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def _of_pair(pair: Pairing, plan: Plan) -> list[str]:
    """Spread over worlds, parameter bands, thin evidence."""
    found = []
    by_world = list(pair.by_world_frac.values())
    if len(by_world) > 1:
        same = sum(value * pair.saving.value > 0.0 for value in by_world)
        found.append(f"{pair.side.label}: saving {_percent(min(by_world))} to {_percent(max(by_world))} % from world "
                     f"to world; {same} of {len(by_world)} have the sign of the mean.")
    if pair.saving.blocks < _FEW_BLOCKS and not pair.finding.identical and not pair.finding.failed:
        found.append(f"{pair.side.label}: only {pair.saving.blocks:.1f} independent blocks of days: the interval is "
                     "rough; more days, seeds or years make it firmer.")
    starts = [sum(run.days.total("chiller_starts") for run in side) / max(1, len(pair.runs))
              for side in ([a for _, a, _ in pair.runs], [b for _, _, b in pair.runs])]
    if starts[1] >= _MORE_STARTS * starts[0] + 10.0:
        found.append(f"{pair.side.label}: starts chillers {starts[1]:,.0f} times a run, the baseline {starts[0]:,.0f}; "
                     "no wear is counted in its saving.")
    it_more = pair.finding.it_more_frac
    if abs(it_more) > IT_ALIKE_FRAC and not pair.finding.failed:
        found.append(f"{pair.side.label}: its IT energy differs from the baseline's by {_percent(it_more)} %: another "
                     "load or another hall, so its saving is not like for like.")
    if pair.band is not None:
        low, high = min(pair.band.savings_frac), max(pair.band.savings_frac)
        keys = ", ".join(f"{p.key} {p.low:g} … {p.high:g}" for p in plan.uncertain)
        sign = "keeps its sign" if low * high > 0.0 else "changes its sign"
        excess = max(pair.band.excess_k_h)
        text = (f"{pair.side.label}: over {len(pair.band.savings_frac)} draws of {keys} the saving runs from "
                f"{_percent(low)} to {_percent(high)} % and {sign}; at worst {excess:+.3g} K·h over the limit.")
        found.append(text.replace("+-", "−").replace("+0 K·h", "0 K·h"))
    return found


def _of_side(plan: Plan, runs: Sequence[Run], side: Side) -> list[str]:
    """Failures and falls back of a side, once each."""
    found = []
    own = [(task, run) for task, run in zip(plan.tasks, runs, strict=True) if task.key.startswith(f"{side.slug}/")]
    failed = [(task, run) for task, run in own if not run.is_done]
    if failed:
        task, run = failed[0]
        days = sum(len(run.days) for _, run in failed)
        found.append(f"{_count(len(failed), 'run')} of {side.label} failed, {days} finished days kept; {task.key}: "
                     f"{run.facts['message']}")
    fell = [text for _, run in own for text in run.facts["fell_back"]]
    if fell:
        many = _count(len(fell), "time")
        found.append(f"{side.label} fell back to the scenario's setpoints {many}; first: {fell[0]}")
    left = [(task, run.facts["given_up"]) for task, run in own if run.facts.get("given_up")]
    if left:
        task, when = left[0]
        found.append(f"{side.label} was given up on {when} of {task.key} and not asked again: the scenario's setpoints "
                     f"ran the rest, which counts as vetoed ({len(left)} of {_count(len(own), 'run')}).")
    return found
