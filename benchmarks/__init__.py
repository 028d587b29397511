"""Measurements of smotefast beside what it replaces.

Measuring (``python -m benchmarks.run``), storing (``results/*.json``) and rendering
(``python -m benchmarks.render``) are separate: numbers in the documents come from stored
files only.
"""
