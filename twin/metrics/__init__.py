"""Energy, water, carbon, cost, airflow indices, compliance: numbers made of a finished run.

Pure NumPy. Every metric is a function with its formula, unit and source; ``compute_metrics`` makes
them all.
"""

from twin.metrics.catalogue import METRICS, Metric
from twin.metrics.compute import RunFacts, compute_metrics

__all__ = ["METRICS", "Metric", "RunFacts", "compute_metrics"]
