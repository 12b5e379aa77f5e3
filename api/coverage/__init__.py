"""Who has what near enough: parks, the 15-minute circle, culture, neurons.

demand (doors of homes) + supply (parks, services) -> reach -> Coverage -> shares, zones, what-if
"""
