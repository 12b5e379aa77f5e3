"""Alerts: a rule watches the score bands of one indicator at one level.

VitalFrame -> book (only breached or active rows) -> step (pure) -> events -> ledger, feeds
"""
