"""The city in time: SimPy wakes the systems and incidents, the state keeps everything.

    every(60 s): levers 9 -> systems 10..80      every(10 s): plaza 32, junction 42
                                                 every(5 min): structure 60, soil 77
    hazards 4: strike                            every(1 h): agenda 2, plans the local day
    incidents 3: begin, end                      courses 5..8: signals, tours, crews' rounds

Ranks below 100 belong to the city. The rank is the SimPy priority of an event, so what
happens at one moment does not depend on who was created first; from the levers on all that
happens at a moment is one event, in order of rank.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from twin import hazards, inbox
from twin.agenda import plan_day, target_weights
from twin.arrays import Floats
from twin.cityconfig import CityConfig, load_city_config
from twin.clock import DAY_MS, HOUR_MS, SECOND_MS, local_date, local_midnight
from twin.command import Acknowledgement, Command
from twin.config import ConfigError
from twin.course import Course
from twin.courses import COURSES
from twin.geography import Geography
from twin.incidents import Incident, Stage, label_of, push_levers
from twin.labels import Label
from twin.roster import SYSTEMS, Bound, Pace
from twin.scenarios import Scenario
from twin.state import CityState, SnapshotError, declare, pack, unpack
from twin.tick import Tick
from twin.timetable import FIRST_BEAT_RANK, Timetable, Waiting
from twin.truth import Truth

__all__ = ["City", "CityConfig", "load_city_config"]

AGENDA_RANK, INCIDENT_RANK, HAZARD_RANK, LEVER_RANK = 2, 3, 4, FIRST_BEAT_RANK
_ANSWERS_KEPT = 1000


class City:
    """The running city. `state` is all that changes."""

    def __init__(
        self,
        config: CityConfig,
        geography: Geography,
        scenarios: Mapping[str, Scenario],
        seed: int,
        start_ms: int,
    ) -> None:
        _check_targets(scenarios, geography)
        self.config, self.geography, self.scenarios = config, geography, scenarios
        self.seed = seed
        self._timetable = Timetable(start_ms)
        quantities = [one for system in SYSTEMS for one in system.quantities]
        quantities += [one for course in COURSES for one in course.quantities]
        self.state: CityState = declare(geography, quantities)
        self._systems: list[Bound] = [system.bind(geography, config) for system in SYSTEMS]
        self._courses: list[Course] = [course.bind(geography, config) for course in COURSES]
        self._ticks: dict[int, Tick] = {}
        self._generators: dict[str, np.random.Generator] = {}
        names = [quantity.name for quantity in quantities]
        rate = config.background_rate
        self._hazards = hazards.prepare(scenarios, geography, names, rate)
        self._truth: Mapping[str, Floats] = {
            quantity.name: _read_only(self.state[quantity.name])
            for quantity in quantities
            if quantity.truth
        }

    @classmethod
    def start(
        cls,
        config: CityConfig,
        geography: Geography,
        scenarios: Mapping[str, Scenario],
        seed: int,
        start_ms: int,
    ) -> "City":
        """A city in equilibrium at start_ms."""
        city = cls(config, geography, scenarios, seed, start_ms)
        tick = Tick(start_ms, float(config.tick_s), seed)
        for course in city._courses:
            course.begin(city.state, tick)
        for system in city._systems:
            system.begin(city.state, tick)
        city._plan(start_ms)
        city._set_going()
        return city

    @classmethod
    def restore(
        cls,
        config: CityConfig,
        geography: Geography,
        scenarios: Mapping[str, Scenario],
        data: bytes,
    ) -> "City":
        """The city of a snapshot; it goes on exactly as the original would.

        What was registered with `every` is registered again by its owner. Raises SnapshotError.
        """
        city = cls(config, geography, scenarios, 0, 0)
        start_ms, city.seed = unpack(data, city.state)
        for incident in city.state.incidents.values():
            if incident.scenario not in scenarios:
                raise SnapshotError(f"snapshot has an incident of unknown {incident.scenario!r}")
        city._timetable = Timetable(start_ms)
        city._set_going()
        return city

    def snapshot(self) -> bytes:
        """The whole state now; the same state always gives the same bytes."""
        return pack(self.state, self.now_ms, self.seed)

    @property
    def now_ms(self) -> int:
        """City time, ms UTC."""
        return self._timetable.now_ms

    def prehistory(self, days: float = 30, step_ms: int = HOUR_MS) -> Iterator[Truth]:
        """The slow systems through the days before the start, oldest first.

        One Truth at every multiple of the step, whatever the start, so that clock times fit.

        The arrays are views: use or copy them before the next one. ValueError once started.
        """
        if self.state.started:
            raise ValueError("pre-history must come before the first run_until")
        slow = [
            bound.step
            for system, bound in zip(SYSTEMS, self._systems, strict=True)
            if system.history
        ]
        start_ms = self.now_ms
        first_ms = -(-(start_ms - round(days * DAY_MS)) // step_ms) * step_ms
        for t_ms in range(first_ms, start_ms, step_ms):
            tick = Tick(t_ms, step_ms / 1000, self.seed)
            for step in slow:
                step(self.state, tick)
            yield Truth(t_ms, self._truth)

    def run_until(self, t_ms: int) -> None:
        """Let everything before t_ms happen; what is due at t_ms itself waits for the next call.

        ValueError when t_ms is in the past.
        """
        self.state.started |= t_ms >= self.now_ms
        self._timetable.run_until(t_ms)

    def truth(self) -> Truth:
        """Every quantity as it is now: read-only views, which change as the city runs on."""
        return Truth(self.now_ms, self._truth)

    @property
    def fast(self) -> frozenset[str]:
        """The quantities that may change between ticks of the base step."""
        return frozenset(
            one.name for system in SYSTEMS if system.pace is Pace.FAST for one in system.quantities
        )

    def every(self, period_ms: int, rank: int, action: Callable[[int], None]) -> None:
        """Call action(t_ms) at every multiple of the period, in order of rank within a moment."""
        self._timetable.every(period_ms, rank, action)

    def labels(self) -> list[Label]:
        """Incidents that are over and those that are active, by start and id."""
        active = [label_of(incident, None) for incident in self._active()]
        both = [*self.state.labels.values(), *active]
        return sorted(both, key=lambda label: (label.start_ms, label.id))

    def submit(self, command: Command) -> Acknowledgement:
        """Follow `inject` or `stop_incident`; the same command id gets its first answer again."""
        answers = self.state.acknowledgements
        if command.id not in answers:
            answers[command.id] = self._answer(command)
            if len(answers) > _ANSWERS_KEPT:
                del answers[min(answers, key=lambda key: (answers[key].t_ms, key))]
        return answers[command.id]

    def _answer(self, command: Command) -> Acknowledgement:
        try:
            accepted, detail = True, self._follow(command)
        except inbox.RefusalError as refusal:
            accepted, detail = False, str(refusal)
        return Acknowledgement(
            command=command.id, accepted=accepted, detail=detail, t_ms=self.now_ms
        )

    def _follow(self, command: Command) -> str:
        if command.action == "inject":
            incident = inbox.injection(command, self.now_ms, self.geography, self.scenarios)
            self._expect(incident)
            return incident.id
        if command.action == "stop_incident":
            return self._stop(inbox.stopped(command), inbox.starts_ms(command, self.now_ms))
        raise inbox.RefusalError(f"the city does not know the action {command.action!r}")

    def _stop(self, key: str, end_ms: int) -> str:
        incident = self.state.incidents.get(key)
        if incident is None:
            over = "is over already" if key in self.state.labels else "is not known"
            raise inbox.RefusalError(f"incident {key!r} {over}")
        if end_ms <= incident.start_ms:
            del self.state.incidents[key]
        elif end_ms < incident.end_ms:
            self.state.incidents[key] = incident.ending(end_ms)
            self._timetable.follow(self._unfold(key))
        return key

    def _set_going(self) -> None:
        base_ms = self.config.tick_s * SECOND_MS
        self.every(HOUR_MS, AGENDA_RANK, self._plan)
        self.every(base_ms, HAZARD_RANK, self._strike)
        self.every(base_ms, LEVER_RANK, self._push_levers)
        for system, bound in zip(SYSTEMS, self._systems, strict=True):
            period_ms = getattr(self.config, system.pace) * SECOND_MS
            self.every(period_ms, system.rank, self._stepper(bound, period_ms))
        for row, course in zip(COURSES, self._courses, strict=True):
            self._timetable.follow(self._run(course, row.rank))
        for key in sorted(self.state.incidents):
            self._timetable.follow(self._unfold(key))

    def _stepper(self, bound: Bound, period_ms: int) -> Callable[[int], None]:
        def step(t_ms: int) -> None:
            bound.step(self.state, self._tick(t_ms, period_ms))

        return step

    def _tick(self, t_ms: int, period_ms: int) -> Tick:
        """One for all systems of a pace: it remembers hour and day."""
        tick = self._ticks.get(period_ms)
        if tick is None or tick.t_ms != t_ms:
            tick = self._ticks[period_ms] = Tick(
                t_ms, period_ms / 1000, self.seed, self._generators
            )
        return tick

    def _run(self, course: Course, rank: int) -> Waiting:
        """Wait for the moments that the state holds; what stands there is the progress."""
        while True:
            yield self._timetable.at(course.due_ms(self.state), rank)
            course.act(self.state, Tick(self.now_ms, 0.0, self.seed))

    def _plan(self, t_ms: int) -> None:
        """Plan the local day of t_ms once, leaving out what would have begun before t_ms."""
        day = local_date(t_ms)
        if self.state.planned == str(day) or self.config.background_rate == 0:
            return
        self.state.planned = str(day)
        for incident in plan_day(
            day,
            local_midnight(t_ms),
            self.seed,
            self.scenarios,
            self.geography,
            self.config.background_rate,
        ):
            if incident.start_ms >= t_ms:
                self._expect(incident)

    def _strike(self, t_ms: int) -> None:
        """Begin what the state brings about now; nothing hits what is hit already."""
        tick = Tick(t_ms, float(self.config.tick_s), self.seed, self._generators)
        struck = {(one.scenario, one.target) for one in self._active()}
        for hazard in self._hazards:
            for row in hazards.strike(hazard, self.state, tick).tolist():
                incident = hazards.incident_of(hazard, row, self.geography, t_ms)
                if (incident.scenario, incident.target) not in struck:
                    self._expect(incident)

    def _expect(self, incident: Incident) -> None:
        self.state.incidents[incident.id] = incident
        self._timetable.follow(self._unfold(incident.id))

    def _unfold(self, key: str) -> Waiting:
        """Wait for the begin and the end that the record holds; the record is the progress."""
        while key in self.state.incidents:
            incident = self.state.incidents[key]
            if incident.start_ms > self.now_ms:
                yield self._timetable.at(incident.start_ms, INCIDENT_RANK)
            elif incident.stage is Stage.PLANNED:
                self.state.incidents[key] = incident.at(Stage.ACTIVE)
            elif incident.end_ms > self.now_ms:
                yield self._timetable.at(incident.end_ms, INCIDENT_RANK)
            else:
                self._end(incident)

    def _end(self, incident: Incident) -> None:
        del self.state.incidents[incident.id]
        self.state.labels[incident.id] = label_of(incident, incident.end_ms)

    def _active(self) -> list[Incident]:
        incidents = self.state.incidents.values()
        return [incident for incident in incidents if incident.stage is Stage.ACTIVE]

    def _push_levers(self, t_ms: int) -> None:
        self.state.release()
        push_levers(self.state.arrays, self.geography, self.scenarios, self._active(), t_ms)


def _read_only(array: Floats) -> Floats:
    view = array.view()
    view.flags.writeable = False
    return view


def _check_targets(scenarios: Mapping[str, Scenario], geography: Geography) -> None:
    """Every scenario's target must be a table of the map, weighted by numbers above 0."""
    for scenario in scenarios.values():
        key = f"{scenario.id}.target"
        if scenario.target not in geography.tables:
            known = ", ".join(geography.tables)
            raise ConfigError("config/scenarios", key, scenario.target, f"expected one of {known}")
        table = geography[scenario.target]
        if scenario.target_by is not None and scenario.target_by not in table.attrs:
            known = ", ".join(table.attrs) or "nothing, it has no attributes"
            raise ConfigError(
                "config/scenarios", f"{key}_by", scenario.target_by, f"expected one of {known}"
            )
        if len(table) and not target_weights(scenario, table).sum() > 0:
            raise ConfigError(
                "config/scenarios", f"{key}_by", scenario.target_by, "expected weights above 0"
            )
