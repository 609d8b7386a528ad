"""Figures, tables, HTML: what a finished run looks like.

The only room that imports Matplotlib, and only when drawing.
"""

from twin.report.write import write_report

__all__ = ["write_report"]
