"""The generated pages say what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from twin.channels import CHANNELS
from twin.metrics.catalogue import METRICS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def generator() -> ModuleType:
    """docs/generate.py as a module (docs is no package)."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_up_to_date() -> None:
    for path, text in generator().pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run 'make docs'"


def test_scenario_page_has_what_a_reader_looks_for() -> None:
    page = (DOCS / "reference" / "scenario.md").read_text(encoding="utf-8")
    # A key narrower than its type, a required one, one with choices, and a default of the section above.
    assert "| `fan_share_frac` |  | `0.08` | ≥ 0, < 0.5 |" in page
    assert "| `it_rated_kw` | kW | left out | > 0, ≤ 1e+06 |" in page
    assert "| `racks` |  | **required** | ≥ 1, ≤ 2000 |" in page
    assert '| `outside_box` |  | `"extend"` | `extend` \\| `clamp` \\| `extrapolate` |' in page
    assert "## `[envelope.roof]`" in page
    assert "| `r_m2k_w` | m²K/W | `3` |" in page
    assert "## `[hall.crah.NAME.coil]`" in page


def test_every_channel_is_on_its_page() -> None:
    page = (DOCS / "reference" / "channels.md").read_text(encoding="utf-8")
    assert all(f"| `{channel.name}` |" in page for channel in CHANNELS)


def test_every_metric_is_on_its_page() -> None:
    page = (DOCS / "reference" / "metrics.md").read_text(encoding="utf-8")
    assert all(f"| `{metric.key}` |" in page for metric in METRICS)
