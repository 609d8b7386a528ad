"""What the benchmarks share: fresh processes, and a table of what was wanted and what was measured."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

SCENARIO = "chilled-water-greensboro"
RESULTS = Path("runs") / "bench"


@dataclass(frozen=True)
class Row:
    """One line of the table: what was timed, in which unit, what is wanted (0: nothing), what came out."""

    what: str
    unit: str
    wanted: float
    measured: float


def processor() -> str:
    """Name of the processor, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()}, {os.cpu_count()} cores"
    except OSError:
        pass
    return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def fresh(code: str, *, until: str = "", extra_env: dict[str, str] | None = None) -> tuple[float, str]:
    """Run code in a fresh Python; seconds until it ends, or prints a line that starts with ``until``; its output."""
    start = time.perf_counter()
    command = [sys.executable, "-c", code]
    environment = {**os.environ, **(extra_env or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        lines = []
        seconds = 0.0
        for line in process.stdout:
            lines.append(line)
            if until and not seconds and line.startswith(until):
                seconds = time.perf_counter() - start
        code_returned = process.wait()
    assert code_returned == 0, f"the timed code ended with {code_returned}:\n{''.join(lines)}"
    return seconds or time.perf_counter() - start, "".join(lines)


def children_cpu_s() -> float:
    """CPU seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(name: str, rows: list[Row]) -> None:
    """Print the table and keep it under runs/bench."""
    width = max(len(r.what) for r in rows)
    print(f"\n{name} on {processor()}, Python {platform.python_version()}")
    for r in rows:
        digits = 0 if r.measured >= 100 else 2
        verdict = "" if not r.wanted else "ok" if r.measured <= r.wanted else "OVER"
        wanted = f"≤ {r.wanted:g}" if r.wanted else ""
        print(f"  {r.what:<{width}}  {r.measured:>9.{digits}f} {r.unit:<6} {wanted:<8} {verdict}".rstrip())
    RESULTS.mkdir(parents=True, exist_ok=True)
    kept = {"machine": processor(), "python": platform.python_version(), "rows": [asdict(r) for r in rows]}
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")
