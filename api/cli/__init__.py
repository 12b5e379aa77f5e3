"""The command line: `hengfu up` and the roles it is made of.

up ─┬─ broker (child)
    ├─ hengfu simulate   city -> neurons -> MQTT
    └─ hengfu serve      MQTT -> ingest -> store, vital signs, alerts, HTTP
"""

from api.cli.main import app, main

__all__ = ["app", "main"]
