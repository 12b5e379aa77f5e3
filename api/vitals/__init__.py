"""Readings to vital signs; pure: no clock, no I/O, event time only.

ReadingBatch -> windows (minute, hour, month rings) -> formulas -> scoring -> tree -> VitalFrame
"""
