"""The climate: what a weather station and the air post would report, hour after hour.

    days ahead ─┐
    memory ─────┴─► sight ─► networks, one after the other ───────────► row ─► memory
                             direction wind wet rain pressure temp dew
                    terms ─► regression of the haze ────────────────────┘

First each day is drawn on the whole (`days`): an autoregression of normal scores. Then its hours:
small networks (`network`) that see the last 25 hours, running means, the days around, the
calendar and the sun, and what was drawn before for this hour (`sight`). `hengfu calibrate` fitted
all numbers and wrote them into config/calibrated. Values in the memory are rounded as the station
rounds them, so that calm hours, steps and persistence come out as reported; unrounded values
drive the city.
"""
