"""What ``smotefast samplers`` says: which there are, and the parameters of one."""

from __future__ import annotations

import inspect
import re

from smotefast.batch.registry import SAMPLERS, sampler_class


def all_samplers() -> str:
    """Return a line for each sampler.

    Examples
    --------
    >>> print(all_samplers().splitlines()[0])
    smote             between a row and one of its neighbours in the class
    """
    width = max(map(len, SAMPLERS))
    return "\n".join(f"{name:<{width}}  {entry.line}" for name, entry in SAMPLERS.items())


def one_sampler(name: str) -> str:
    """Return what a sampler does and what its parameters mean.

    Raises
    ------
    ValueError
        If there is no sampler of that name.
    """
    kind = sampler_class(name)
    text = inspect.getdoc(kind) or ""
    about, _, rest = text.partition("Parameters\n----------\n")
    parameters = re.split(r"\n\n\w+\n-+\n", rest)[0]
    plain = re.sub(r":class:`~?(?:\w+\.)*(\w+)`", r"\1", f"{about}{parameters}")
    return f"{kind.__name__}: {plain.replace('``', '')}"
