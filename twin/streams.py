"""Named chance: the same seed and name give the same numbers, whoever else draws."""

import hashlib

import numpy as np
import numpy.typing as npt
from numpy.random.bit_generator import ISeedSequence

_FROM_ZERO = np.zeros(4, np.uint64)


class _Key(ISeedSequence):
    """Hands Philox its key as it is: numpy would first ask the system for entropy, then hash."""

    __slots__ = ("_digest",)

    def __init__(self, digest: bytes) -> None:
        self._digest = digest

    def generate_state(
        self, n_words: int, dtype: npt.DTypeLike = np.uint32
    ) -> npt.NDArray[np.uint32 | np.uint64]:
        """The first words of the key."""
        return np.frombuffer(self._digest, dtype, n_words)


def stream(seed: int, name: str) -> np.random.Generator:
    """A fresh counter-based generator for this name, e.g. stream(7, "crowd/1767225600000").

    The Philox key is a hash of seed and name, so streams need no order and no carried state.
    """
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
    key = _Key(digest)
    bits = np.random.Philox(key, counter=_FROM_ZERO)  # type: ignore[arg-type] # an ISeedSequence
    return np.random.Generator(bits)
