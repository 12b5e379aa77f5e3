"""What it means: vital signs, alerts, feeds.

readings (MQTT) -> windows -> indicators -> vital signs -> alerts -> ledger -> feeds, HTTP
"""
