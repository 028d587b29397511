"""Samplers of the table, for tests of columns and their types; column 2 may hold categories."""

from smotefast.combine import Combination
from smotefast.over_sampling import SMOTENC
from smotefast.under_sampling import RandomUnderSampler
from tests.helpers.sampler_contract import CASES, CLEANERS, UNDER_SAMPLERS


def _first_of_each_name(cases):
    return {case.name: case for case in reversed(cases)}.values()


_REMOVE_ROWS = [
    case for case in (*UNDER_SAMPLERS, *CLEANERS) if case.parameters.get("voting") != "soft"
]
# Samplers that read numbers and return original rows.
LOOKERS = [case.sampler() for case in _first_of_each_name(_REMOVE_ROWS) if case.reads_numbers]
# Samplers that compute new rows of numbers.
MAKERS = [
    *(case.sampler() for case in CASES if case.reads_numbers and case not in _REMOVE_ROWS),
    Combination(SMOTENC([2], random_state=0), RandomUnderSampler(random_state=0)),
]
# Samplers that accept missing values.
COPIERS = [case.sampler() for case in _first_of_each_name(CASES) if not case.reads_numbers]


def name_of_sampler(sampler):
    """Return the name of a test case."""
    return str(sampler).split("(")[0]
