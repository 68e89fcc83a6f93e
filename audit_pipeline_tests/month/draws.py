"""Chance that comes again: the same for the same seed, whoever asks first."""

from random import Random


def drawn(*of: object) -> Random:
    """Return what draws for one purpose: a seed, and what else tells it from other purposes."""
    return Random("/".join(map(str, of)))  # noqa: S311 (to be repeated, not to be secret)
