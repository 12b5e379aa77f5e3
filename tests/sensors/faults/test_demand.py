"""Faults that are asked for."""

import pytest
from faultbench import Bench

from sensors.faults.demand import FaultRefusedError, demanded
from sensors.faults.label import Fault, FaultLabel
from sensors.faults.profile import load_profile
from twin.command import Command
from twin.config import default_config_dir

METER, GATEWAY = "link-0:noise_laeq:1", "zone-0/w1"


def _asked(bench: Bench, effective_at_ms: int | None = None, **arguments):
    command = Command(
        id="c1", action="inject_fault", arguments=arguments, effective_at_ms=effective_at_ms
    )
    return demanded(command, bench.start_ms, bench.network, load_profile(default_config_dir()))


def test_a_neuron_sticks_for_as_long_as_asked_and_its_label_says_so(bench: Bench) -> None:
    start_ms, end_ms = bench.moment(3).t_ms, bench.moment(9).t_ms
    chain = bench.chain([])
    chain.inject(_asked(bench, start_ms, fault="stuck", target=METER, duration_s=60))
    run = bench.run(chain, range(12))
    row = bench.network.series.lookup[f"{METER}:laeq"]
    values = [value for heard in run.heard for series, _, value in heard if series == row]
    assert len(set(values[3:9])) == 1
    assert len(set(values)) == 7
    assert run.labels == [FaultLabel(start_ms, METER, Fault.STUCK, end_ms)]


def test_a_gateway_stands_for_all_its_neurons(bench: Bench) -> None:
    whole = _asked(bench, fault="bias", target=GATEWAY, size=-9)
    assert len(whole.targets) > 1
    assert whole.size == -9
    outage = _asked(bench, fault="gateway_outage", target=f"{GATEWAY}, zone-1/w1")
    assert [bench.network.gateways[row] for row in outage.targets] == [
        ("zone-0", "w1"),
        ("zone-1", "w1"),
    ]


def test_the_same_command_strikes_once(bench: Bench) -> None:
    chain = bench.chain([])
    for _ in range(2):
        chain.inject(_asked(bench, fault="dead", target=METER))
    assert len(bench.run(chain, range(3)).labels) == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"fault": "tired", "target": METER}, "there is no fault 'tired'"),
        ({"fault": "stuck", "target": "x"}, "there is no neuron or gateway 'x'"),
        ({"fault": "stuck"}, "there is no neuron or gateway ''"),
        ({"fault": "gateway_outage", "target": METER}, "takes a gateway such as"),
        ({"fault": "stuck", "target": METER, "duration_s": 1}, "expected 10 s to 30 days"),
        ({"fault": "stuck", "target": METER, "size": "big"}, "expected a number"),
        ({"fault": "stuck", "target": METER, "colour": "red"}, "no argument 'colour'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(bench: Bench, arguments, reason) -> None:
    with pytest.raises(FaultRefusedError, match=reason):
        _asked(bench, **arguments)
