"""The climate: what a weather station and the air post would report, hour after hour.

    memory (48 h, running means) ─► terms ─► laws, one after the other ─► row ─► memory
                                             direction wind wet rain pressure temp dew haze

Each law is a regression whose coefficients `hengfu calibrate` fitted and wrote into
config/calibrated; a law sees the past, the calendar, the sun, and what the laws before it
gave for this hour. Values in the memory are rounded as the station rounds them, so that
calm hours, steps and persistence come out as reported; unrounded values drive the city.
"""
