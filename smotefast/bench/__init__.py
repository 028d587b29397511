"""Benchmarks of samplers: cases, contenders, runs, and differences between runs.

The command ``smotefast bench`` and ``benchmarks/`` of the project use it. Other packages add
contenders and generators, see ``smotefast.bench.plugins``.
"""

from smotefast.bench.cases import Case, Contender, DataSet

__all__ = ["Case", "Contender", "DataSet"]
