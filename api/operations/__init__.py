"""Cases: what was reported, what is being done about it, and by when; pure records.

alerts, 12345, 一键通 -> Report / WorkOrder (frozen) -> CaseBook -> S4, G1 to G4
"""
