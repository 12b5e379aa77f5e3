"""An ingest in a process of its own, made to be killed: arguments are url, store file, run."""

import sys
from pathlib import Path

from sensors.bus import Bus
from sensors.catalogue import load_catalogue
from sensors.ingest import Ingest
from sensors.network import build_network
from sensors.store.duck import DuckStore
from twin.config import default_config_dir
from twin.geography import load_geography


def main(url: str, file: str, run: str) -> None:
    config = default_config_dir()
    network = build_network(load_catalogue(config), load_geography(config, "core"))
    Ingest(Bus(url, "ingest"), DuckStore(Path(file)), network, run).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
