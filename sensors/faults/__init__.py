"""What goes wrong between a neuron and its gateway; the truth is never touched.

profile (config/faults.toml) -> Chain = a list of lines, in the order the profile gives

    line = spells (when, for whom) + fault (one function over the readings it strikes)

    measured values ─► values: bias drift stuck spike detached ─► report on change
      ─► messages: dead battery clocks spoofed dropout duplicate late backfill outages ─► gateway

Chance depends on a name and a day (or sample) alone, so adding a neuron never moves another's.
Labels say who was struck, by what, from when to when.
"""
