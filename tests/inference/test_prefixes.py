"""The estimate of what the engine's cache holds: never more than whole blocks, never the last token."""

import numpy as np

from publius.inference.prefixes import PrefixEstimate


def prompt(length: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 50_000, length)


def test_the_same_prompt_again_is_known_but_for_its_last_token() -> None:
    estimate = PrefixEstimate(100, 32)
    assert estimate.known(prompt(320)) == 0
    estimate.hold(prompt(320))
    assert estimate.known(prompt(320)) == 288
    assert estimate.known(prompt(321)) in (288, 320)


def test_only_what_begins_alike_is_known() -> None:
    estimate = PrefixEstimate(100, 32)
    estimate.hold(prompt(320))
    other = prompt(320)
    other[100] += 1
    assert estimate.known(other) == 96
    assert estimate.known(np.concatenate([prompt(1, 5), prompt(320)])) == 0, "an agency's salt stands before all"


def test_the_least_recently_used_is_forgotten() -> None:
    estimate = PrefixEstimate(20, 32)
    estimate.hold(prompt(320, 1))
    estimate.hold(prompt(320, 2))
    estimate.known(prompt(320, 1))
    estimate.hold(prompt(320, 3))
    assert estimate.known(prompt(320, 1)) > 0
    assert estimate.known(prompt(320, 2)) == 0
