"""docs/neurons.md names what there is."""

import re
from pathlib import Path

from sensors.catalogue import load_catalogue
from sensors.faults.label import Fault
from sensors.faults.profile import load_profiles
from twin.config import default_config_dir

DOC = (Path(__file__).parents[2] / "docs" / "neurons.md").read_text(encoding="utf-8")
FOLDER = default_config_dir()


def test_the_page_has_every_kind_with_its_number() -> None:
    rows = re.findall(r"^\| (\d+) \| `([a-z0-9_]+)` \|", DOC, re.MULTILINE)
    assert rows == [
        (str(kind.number), kind.id)
        for kind in sorted(load_catalogue(FOLDER), key=lambda kind: kind.number)
    ]


def test_the_page_has_every_fault_and_every_profile() -> None:
    names = set(re.findall(r"^\| `([a-z_]+)` \|", DOC, re.MULTILINE))
    assert names == {*(fault.value for fault in Fault), *load_profiles(FOLDER)}
