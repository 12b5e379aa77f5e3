"""Named chance: the same seed and name give the same numbers, whoever else draws."""

import hashlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """A fresh counter-based generator for this name, e.g. stream(7, "crowd/1767225600000").

    The Philox key is a hash of seed and name, so streams need no order and no carried state.
    """
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
