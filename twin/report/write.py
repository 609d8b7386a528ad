"""Writes the report of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.record.result import Result

__all__ = ["write_report"]


def write_report(result: Result, path: str | Path) -> Path:
    """Write a self-contained ``report.html`` and its figures as PNG.

    Parameters
    ----------
    result : Result
        A finished run.
    path : str or Path
        The HTML file to write, or a folder for ``report.html``. Figures go to ``figures/`` beside it.

    Returns
    -------
    Path
        The HTML file.

    Raises
    ------
    OSError
        If the folder cannot be written; what was there before stays.
    """
    # Heavy and needed by nobody else: Matplotlib and the figures are imported here, not with the package.
    from twin.report.gallery import draw
    from twin.report.page import page

    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        target = target / "report.html"
    data, pictures = draw(result)
    text = page(data, pictures)
    folder = target.parent / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, png) in pictures.items():
        (folder / f"{name}.png").write_bytes(png)
    partial = target.with_name(target.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(target)  # never a half-written report
    return target
