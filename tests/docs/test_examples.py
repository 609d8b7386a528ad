"""Every example of the README and the docs that says ``<!-- tested -->`` runs, page by page, outside the checkout.

``<!-- tested: name.toml -->`` over a block writes it to that file for the blocks that follow. Runs are cut to
a day of simulated time.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"<!-- tested(?:: (?P<file>\S+))? -->\n```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
PAGES = [p for p in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if BLOCK.search(p.read_text("utf-8"))]


def call(arguments: list[str], folder: Path) -> None:
    """Run a command in a folder and fail with what it said."""
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"MPLBACKEND": "Agg"}
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, env=clean, check=False)
    assert done.returncode == 0, f"{shlex.join(arguments)}\n{done.stdout}\n{done.stderr}"


def run_block(kind: str, text: str, folder: Path) -> None:
    """Run one example."""
    if kind == "python":
        call([sys.executable, "-c", text], folder)
        return
    assert kind == "bash"
    for line in text.strip().splitlines():
        words = shlex.split(line, comments=True)
        assert words[0] == "twin", f"only the twin command can be tested, not: {line}"
        short = ["--set", "run.duration_days=1"] if words[1] == "run" else []
        call([sys.executable, "-m", *words, *short], folder)


def test_the_readme_has_examples() -> None:
    assert ROOT / "README.md" in PAGES
    kinds = [m["kind"] for m in BLOCK.finditer((ROOT / "README.md").read_text("utf-8"))]
    assert {"python", "bash", "toml"} <= set(kinds)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_examples_run(page: Path, tmp_path: Path) -> None:
    for block in BLOCK.finditer(page.read_text("utf-8")):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
        else:
            run_block(block["kind"], block["text"], tmp_path)


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
