"""Numbers that belong to a name: the same name always throws the same number."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from twin.arrays import Floats


def dice(names: Sequence[str], salt: str) -> Floats:
    """One number 0 <= u < 1 per name, independent between salts, on every machine the same."""
    key = salt.encode()
    digests = b"".join(blake2b(name.encode(), digest_size=8, key=key).digest() for name in names)
    return (np.frombuffer(digests, ">u8") >> np.uint64(11)).astype(np.float64) / 2.0**53
