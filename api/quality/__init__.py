"""Can a reading be believed, and a neuron be trusted? Before any vital sign.

reading ─► range ─► rate ─► spike (held until the next one) ─► windows
neuron  ─► silent? stuck? refused often? unlike its neighbours? ─► trust 0..1
"""
