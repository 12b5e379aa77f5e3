"""The city's systems: pure steps over the arrays of the state.

    weather 10 -> drainage 20 -> crowd 30, plaza 32 -> traffic 40, junction 42 -> air 50
      -> noise 55 -> vibration 58 -> structure 60 -> lifelines 70 -> electrics 74
      -> furniture 76 -> soil 77 -> amenities 78 -> residents 80

The number is the rank of the system among events of the same time; twin.roster lists them.
"""
