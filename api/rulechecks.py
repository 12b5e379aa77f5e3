"""What single fields of the rulebook cannot say: names that must exist, order, uniqueness."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from api.ruletables import AlertsFile, Indicator, IndicatorsFile, Rule
from api.vitals.formulas import FORMULAS, Formula
from api.vitals.members import OVER_SPACE
from api.vitals.scene import OVER_TIME, ring_for
from api.vitals.sign import LEVELS
from sensors.catalogue import Catalogue, Kind, Quantity
from twin.config import ConfigError


def check_indicators(path: Path, book: IndicatorsFile, catalogue: Catalogue) -> None:
    """Raises ConfigError for the first mistake in the indicators."""
    _unique(path, "dimension", [dimension.id for dimension in book.dimension])
    _unique(path, "indicator", [indicator.id for indicator in book.indicator])
    known = {dimension.id for dimension in book.dimension}
    _check_weights(path, book)
    taken = "expected an id that no dimension or composite has"
    if book.colours.votes > book.colours.of:
        raise ConfigError(
            path, "colours.votes", book.colours.votes, f"expected at most {book.colours.of}"
        )
    for indicator in book.indicator:
        key = f"indicator.{indicator.id}"
        if indicator.id in known | {book.composite.id}:
            raise ConfigError(path, f"{key}.id", indicator.id, taken)
        if indicator.dimension not in known:
            _refuse(path, f"{key}.dimension", indicator.dimension, known)
        if len(set(indicator.levels)) < len(indicator.levels):
            raise ConfigError(path, f"{key}.levels", indicator.levels, "expected each level once")
        _check_anchors(path, key, indicator)
        _check_inputs(path, key, indicator, catalogue)


def _check_weights(path: Path, book: IndicatorsFile) -> None:
    """Those of the dimensions sum to 1, and those of the indicators of each dimension."""
    groups = {"dimension": {one.id: one.weight for one in book.dimension}}
    for dimension in book.dimension:
        groups[f"indicator (dimension {dimension.id})"] = {
            one.id: one.weight
            for one in book.indicator
            if one.dimension == dimension.id and one.weight is not None
        }
    for key, weights in groups.items():
        total = round(sum(weights.values()), 6)
        if weights and total != 1:
            expected = f"expected weights that sum to 1, not {total:g}"
            raise ConfigError(path, f"{key}.weight", list(weights.values()), expected)


def check_rules(path: Path, alerts: AlertsFile, book: IndicatorsFile) -> None:
    """Rules name indicators that exist at their level; one that saves lives does not wait."""
    _unique(path, "rule", [rule.id for rule in alerts.rule])
    levels = {indicator.id: _levels(indicator) for indicator in book.indicator}
    levels |= {dimension.id: {"zone", "quarter"} for dimension in book.dimension}
    levels[book.composite.id] = {"zone", "quarter"}
    for rule in alerts.rule:
        key = f"rule.{rule.id}"
        if rule.indicator not in levels:
            _refuse(path, f"{key}.indicator", rule.indicator, levels)
        if rule.level is not None and rule.level not in levels[rule.indicator]:
            _refuse(path, f"{key}.level", rule.level, levels[rule.indicator])
        if rule.life_safety and rule.hold_s:
            raise ConfigError(path, f"{key}.hold_s", rule.hold_s, "expected 0 for life safety")
        _check_messages(path, key, rule)


def _check_messages(path: Path, key: str, rule: Rule) -> None:
    facts = {"entity": "x", "value": 1.0, "unit": "x", "score": 1.0, "colour": "x"}
    for field, text in (("message_zh", rule.message_zh), ("message_en", rule.message_en)):
        try:
            text.format(**facts)
        except (KeyError, IndexError, ValueError) as error:
            expected = f"expected only {{{'}, {'.join(facts)}}}"
            raise ConfigError(path, f"{key}.{field}", text, expected) from error


def _check_anchors(path: Path, key: str, indicator: Indicator) -> None:
    steps = [b - a for a, b in zip(indicator.anchors, indicator.anchors[1:], strict=False)]
    if not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        raise ConfigError(
            path, f"{key}.anchors", indicator.anchors, "expected strictly rising or falling"
        )


def _check_inputs(path: Path, key: str, indicator: Indicator, catalogue: Catalogue) -> None:
    if (indicator.formula is None) == (indicator.over_time is None):
        expected = "expected either formula, or of + over_time + over_space"
        raise ConfigError(path, key, indicator.id, expected)
    if indicator.formula is None:
        _check_generic(path, key, indicator)
    else:
        _check_formula(path, key, indicator, indicator.formula)
    series = {
        role: _series(path, f"{key}.{role}", name, catalogue)
        for role, name in indicator.roles.items()
    }
    _check_window(path, key, indicator, [kind for kind, _ in series.values()])
    _check_units(path, key, indicator, {role: quantity for role, (_, quantity) in series.items()})
    formula = FORMULAS.get(indicator.formula or "")
    kinds = {kind.id for kind, _ in series.values()}
    if formula is not None and formula.one_kind and len(kinds) > 1:
        raise ConfigError(path, f"{key}.inputs", indicator.inputs, "expected one sensor kind")


def _check_generic(path: Path, key: str, indicator: Indicator) -> None:
    if indicator.of is None:
        raise ConfigError(path, f"{key}.of", None, 'expected "kind.quantity"')
    if indicator.over_time not in OVER_TIME:
        _refuse(path, f"{key}.over_time", indicator.over_time, OVER_TIME)
    if indicator.over_space not in OVER_SPACE:
        _refuse(path, f"{key}.over_space", indicator.over_space, OVER_SPACE)
    _check_parameters(path, key, indicator, {"above"})


def _check_formula(path: Path, key: str, indicator: Indicator, name: str) -> None:
    if name not in FORMULAS:
        _refuse(path, f"{key}.formula", name, FORMULAS)
    formula = FORMULAS[name]
    _check_roles(path, key, indicator, formula)
    _check_parameters(path, key, indicator, set(formula.parameters))
    for field in ("over_space", "per"):
        if getattr(indicator, field) is not None:
            found = getattr(indicator, field)
            raise ConfigError(path, f"{key}.{field}", found, "expected none with a formula")


def _check_roles(path: Path, key: str, indicator: Indicator, formula: Formula) -> None:
    known = {**formula.needs, **formula.may}
    for role in formula.needs:
        if role not in indicator.roles:
            raise ConfigError(path, f"{key}.inputs.{role}", None, 'expected "kind.quantity"')
    for role in indicator.roles:
        if role not in known:
            _refuse(path, f"{key}.inputs", role, known)
    if formula.may and not indicator.roles:
        _refuse(path, f"{key}.inputs", dict(indicator.inputs), known)


def _check_parameters(path: Path, key: str, indicator: Indicator, known: set[str]) -> None:
    for name in indicator.parameters:
        if name not in known:
            _refuse(path, f"{key}.parameters", name, known)


def _check_window(path: Path, key: str, indicator: Indicator, kinds: list[Kind]) -> None:
    """A window must hold two readings of a neuron, or it would be empty now and then."""
    try:
        ring_for(indicator.window_s * 1000)
    except ValueError as error:
        raise ConfigError(path, f"{key}.window_s", indicator.window_s, str(error)) from error
    if indicator.over_time in (None, "last"):
        return
    for kind in kinds:
        beat_s = max(kind.cadence_ms, kind.heartbeat_ms) // 1000
        if indicator.window_s < 2 * beat_s:
            expected = f"expected at least twice the {beat_s} s of {kind.id}, or over_time = last"
            raise ConfigError(path, f"{key}.window_s", indicator.window_s, expected)


def _check_units(
    path: Path, key: str, indicator: Indicator, quantities: Mapping[str, Quantity]
) -> None:
    """Formulas state the units they reckon in; a plain reducer keeps the unit of its series."""
    formula = FORMULAS.get(indicator.formula or "")
    wanted = {**formula.needs, **formula.may} if formula else {}
    for role, quantity in quantities.items():
        if formula is not None and quantity.display_unit != wanted[role]:
            expected = f"expected {wanted[role]} from {indicator.roles[role]}"
            raise ConfigError(path, f"{key}.{role}", quantity.display_unit, expected)
        if _keeps_unit(indicator) and quantity.numeric and indicator.unit != quantity.display_unit:
            expected = f"expected {quantity.display_unit!r}, the unit of {indicator.of}"
            raise ConfigError(path, f"{key}.unit", indicator.unit, expected)


def _keeps_unit(indicator: Indicator) -> bool:
    plain = indicator.per is None and indicator.scale == 1 and indicator.formula is None
    return plain and indicator.over_space != "share"


def _series(path: Path, key: str, name: str, catalogue: Catalogue) -> tuple[Kind, Quantity]:
    kind_id, _, quantity_id = name.partition(".")
    kinds = {kind.id: kind for kind in catalogue}
    if kind_id not in kinds:
        _refuse(path, key, name, kinds, "a sensor kind")
    quantities = {one.id: one for one in kinds[kind_id].quantities}
    if quantity_id not in quantities:
        _refuse(path, key, name, quantities, f"a quantity of {kind_id}")
    return kinds[kind_id], quantities[quantity_id]


def _levels(indicator: Indicator) -> set[str]:
    first = LEVELS.index(indicator.levels[0])
    return set(indicator.levels) | set(LEVELS[max(2, first) :])


def _unique(path: Path, key: str, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ConfigError(path, f"{key}.{place}.id", name, "expected an id not used before")


def _refuse(path: Path, key: str, value: object, known: Iterable[str], what: str = "one") -> None:
    raise ConfigError(path, key, value, f"expected {what} of {', '.join(sorted(known))}")
