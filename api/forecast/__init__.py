"""Forecasts of vital signs and early warning, from the vital signs' own past.

VitalFrame, store -> Grid --whole days--> Lessons (model, record)
                       \\--last day----------\\--> Outlook: quantiles, chances, early warnings
Pure: no clock, no network, no disk but the file of a grid.
"""
