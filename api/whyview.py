"""Explanations of vital signs as the outside sees them."""

from collections.abc import Mapping

from api.config import Indicator, Rulebook
from api.schemas.why import LastOut, NeuronTrust, WhyInput, WhyOut, WhyPart, WhyRule
from api.vitals.formulas import FORMULAS
from api.vitals.sign import Trusted, VitalFrame
from api.vitals.why import Input, Part, Why
from api.vitalview import VitalView, number
from sensors.network import Network
from twin.clock import iso


def why_out(why: Why, run: str, rulebook: Rulebook, view: VitalView) -> WhyOut:
    """With names and rounded numbers."""
    indicators = {one.id: one for one in rulebook.indicators}
    return WhyOut(
        run=run,
        sign=view.sign(why.sign),
        rule=_rule(rulebook, indicators.get(why.path[-1].indicator)),
        limited_by=why.limited_by,
        mean=number(why.mean, 2),
        ceiling=number(why.ceiling, 2),
        parts=[_part(part, view) for part in why.parts],
        path=[view.sign(sign) for sign in why.path],
        inputs=[_input(one) for one in why.inputs],
        input_count=why.input_count,
    )


def trust_of(frame: VitalFrame | None, network: Network, sensor: int) -> NeuronTrust | None:
    """How far one neuron is trusted; None before the first frame."""
    if frame is None or frame.trusted is None:
        return None
    trusted: Trusted = frame.trusted
    verdict = trusted.verdict
    stuck_ms = int(verdict.stuck_ms[sensor])
    return NeuronTrust(
        t=iso(frame.t_ms),
        trust=round(float(trusted.trust[sensor]), 3),
        quality=round(float(verdict.quality[sensor]), 3),
        believed=bool(verdict.believed[sensor]),
        reasons=trusted.reasons(sensor),
        two_voices=bool(verdict.doubled[sensor]),
        refused_share=round(float(verdict.refused[sensor]), 4),
        unlike_neighbours=round(float(verdict.unlike[sensor]), 3),
        drifting=round(float(verdict.walked[sensor]), 3),
        stuck_since=iso(stuck_ms) if stuck_ms else None,
    )


def _rule(rulebook: Rulebook, indicator: Indicator | None) -> WhyRule:
    if indicator is None:
        return WhyRule(version=rulebook.version, measured_as="parts", inputs={}, anchors=None)
    formula = FORMULAS.get(indicator.formula or "")
    parameters = {**(formula.parameters if formula else {}), **indicator.parameters}
    return WhyRule(
        version=rulebook.version,
        measured_as=indicator.formula or f"{indicator.over_time}, {indicator.over_space}",
        inputs=dict(indicator.roles),
        window_s=indicator.window_s,
        parameters=parameters,
        anchors=indicator.anchors,
        source=indicator.source,
    )


def _part(part: Part, view: VitalView) -> WhyPart:
    return WhyPart(weight=part.weight, share=round(part.share, 4), sign=view.sign(part.sign))


def _input(one: Input) -> WhyInput:
    return WhyInput(
        sensor=one.sensor,
        alone=number(one.alone, 4),
        score=number(one.score, 2),
        weight=round(one.weight, 4),
        trust=round(one.trust, 3),
        believed=one.believed,
        reasons=list(one.reasons),
        last=_last(one.last),
        readings=f"/api/v1/sensors/{one.sensor}/readings",
    )


def _last(last: Mapping[str, tuple[int, float]]) -> dict[str, LastOut]:
    return {
        name: LastOut(t=iso(t_ms), value=number(value, 6)) for name, (t_ms, value) in last.items()
    }
