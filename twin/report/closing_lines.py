"""What a finished run says on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twin.alarms.watch import worst_alarm
from twin.report.wording import energy_text, hours_text

__all__ = ["closing_lines", "how_to_go_on"]


def closing_lines(summary: dict[str, Any], folder: Path) -> list[str]:
    """What came out, in a few lines."""
    metrics, energy = summary["metrics"], summary["energy_kwh"]
    lines = []
    if "pue" in metrics and "total" in energy:
        peak = f", peak {metrics['peak_facility_kw']:.0f} kW" if "peak_facility_kw" in metrics else ""
        lines.append(
            f"PUE {metrics['pue']:.4f} over {hours_text(summary['duration_h'])}: IT {energy_text(energy['it'])} of "
            f"{energy_text(energy['total'])}{peak}"
            f" ({summary['steps']} steps in {summary['wall_s']:.1f} s)"
        )
    warnings = summary.get("warnings", [])
    lines += [f"warning: {text}" for text in warnings[:5]]
    if len(warnings) > 5:
        lines.append(f"… and {len(warnings) - 5} more in {folder / 'summary.json'}")
    alarms = summary.get("alarms", [])
    if alarms:
        lines.append(_alarms(alarms))
    report = folder / "report.html"
    lines.append(f"Report: {report}" if report.exists() else f"Results: {folder}")
    return lines


def _alarms(entries: list[dict[str, Any]]) -> str:
    """How many alarms and warnings there were while it ran, and the worst of them in words."""
    counts = [(word, sum(entry["level"] == word for entry in entries)) for word in ("alarm", "warning")]
    said = " and ".join(f"{count} {word}{'s' if count != 1 else ''}" for word, count in counts if count)
    return f"In operation {said}{', the worst' if len(entries) > 1 else ''}: {worst_alarm(entries)['text']}"


def how_to_go_on(scenario: str | None, folder: Path, began_s: float) -> str:
    """What Ctrl-C left behind."""
    if (folder / "checkpoint").exists():
        return f"Interrupted. Continue with: twin run --resume {folder}"
    summary = folder / "summary.json"
    if summary.exists() and (scenario is None or summary.stat().st_mtime >= began_s):
        return f"Interrupted after the results were complete. Write their report with: twin report {folder}"
    return f"Interrupted before the first checkpoint. Start again with: twin run {scenario} --force"
