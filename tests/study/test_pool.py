"""A process that ends costs its own run and nothing else; and scripts that cannot be spawned from are told so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from halls import SCENARIO
from study_rig import OWN, SMALL

from twin.study.compare import compare

SHORT = {**SMALL, "run.duration_days": 2}


def test_a_policy_that_ends_its_process_loses_its_own_run_only(tmp_path: Path) -> None:
    """Both its runs are named, those beside it are done, and it is tried again, in a process of its own."""
    asked = {"policies": ["fixed", f"{OWN}:EndsTheProcess"], "overrides": SHORT, "seeds": 2, "out": tmp_path}
    found = compare(SCENARIO, jobs=2, **asked)
    assert [run.facts["status"] for run in found.runs] == ["done", "failed", "done", "failed"]
    keys = [failure["run"] for failure in found.data["failures"]]
    assert keys == ["02-EndsTheProcess/s1-y1", "02-EndsTheProcess/s2-y1"]
    assert "EndsTheProcess: no verdict, since its process ended before the run did: the policy" in found.verdict
    assert "--jobs 1" not in found.text
    assert len(list(tmp_path.glob("runs/*/*/run.json"))) == 2  # what is lost is not stored: --resume tries it again
    assert [run.reread for run in compare(SCENARIO, jobs=2, resume=True, **asked).runs] == [True, False, True, False]


def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    call = f"compare({SCENARIO!r}, policies=['fixed', 'trim_respond'], overrides={SHORT!r}, jobs=2)"
    script.write_text(f"from twin.study.compare import compare\n{call}\n", "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "no process of the study came up (01-fixed/s1-y1, 02-trim_respond/s1-y1)" in done.stderr
    assert "if __name__ ==" in done.stderr
