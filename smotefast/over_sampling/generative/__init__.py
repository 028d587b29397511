"""Samples of a synthesizer behind ``fit_resample``."""
