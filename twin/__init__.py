"""The city as it is: geography, systems, incidents, truth.

config/ -> geography -> state -> systems (weather air crowd traffic noise structure drainage
lifelines residents) -> Truth -> sensors
"""
