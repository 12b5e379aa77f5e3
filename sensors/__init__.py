"""What neurons say: measure, fault, send; and what is kept of it.

Truth -> fleet (measure) -> faults -> delivery -> gateway -> wire -> MQTT -> ingest -> store
"""
