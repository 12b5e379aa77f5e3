"""What DuckDB is asked: tables and statements. Names are stored once, readings carry numbers."""

TABLES = """
CREATE TABLE IF NOT EXISTS run (id INTEGER, name VARCHAR);
CREATE TABLE IF NOT EXISTS series
    (id INTEGER, kind VARCHAR, zone VARCHAR, sensor VARCHAR, quantity VARCHAR);
CREATE TABLE IF NOT EXISTS reading
    (run INTEGER, series INTEGER, t_ms BIGINT, value DOUBLE, state VARCHAR);
CREATE TABLE IF NOT EXISTS mark
    (run INTEGER, zone VARCHAR, gateway VARCHAR, epoch BIGINT, seq BIGINT,
     PRIMARY KEY (run, zone, gateway, epoch));
CREATE TABLE IF NOT EXISTS vital
    (run INTEGER, t_ms BIGINT, indicator VARCHAR, level VARCHAR, entity VARCHAR,
     value DOUBLE, score DOUBLE, confidence DOUBLE);
CREATE TABLE IF NOT EXISTS vital_hour
    (run INTEGER, t_ms BIGINT, indicator VARCHAR, level VARCHAR, entity VARCHAR,
     value DOUBLE, score DOUBLE, confidence DOUBLE, low DOUBLE, high DOUBLE, worst DOUBLE);
CREATE SEQUENCE IF NOT EXISTS letter_id;
CREATE TABLE IF NOT EXISTS letter
    (id BIGINT DEFAULT nextval('letter_id'), run INTEGER, received_ms BIGINT, topic VARCHAR,
     reason VARCHAR, detail VARCHAR, payload BLOB);
"""
OF_A_RUN = ("reading", "mark", "vital", "vital_hour", "letter")

FORGET_POINTS = """
DELETE FROM reading USING late
WHERE reading.run = $run AND reading.series = late.series AND reading.t_ms = late.t_ms
  AND reading.t_ms BETWEEN $first AND $last
"""
ADD_STATES = """
INSERT INTO reading
SELECT $run, series, t_ms, if(isnan(value), NULL, value), list_extract($states, code + 1)
FROM fresh
"""
ADD_NUMBERS = """
INSERT INTO reading SELECT $run, series, t_ms, if(isnan(value), NULL, value), NULL FROM fresh
"""
RAISE_MARKS = """
INSERT INTO mark SELECT $run, zone, gateway, epoch, seq FROM marks
ON CONFLICT DO UPDATE SET seq = greatest(seq, excluded.seq)
"""
FORGET_VITALS = """
DELETE FROM vital USING rows
WHERE vital.run = $run AND vital.t_ms = rows.t_ms AND vital.indicator = rows.indicator
  AND vital.level = rows.level AND vital.entity = rows.entity
  AND vital.t_ms BETWEEN $first AND $last
"""
ADD_VITALS = """
INSERT INTO vital SELECT $run, t_ms, indicator, level, entity,
    if(isnan(value), NULL, value), if(isnan(score), NULL, score), confidence FROM rows
"""
MINUTES = """
SELECT t_ms, indicator, level, entity, coalesce(value, 'nan') AS value,
    coalesce(score, 'nan') AS score, confidence
FROM vital WHERE run = (SELECT id FROM run WHERE name = $run) AND t_ms >= $start AND t_ms < $end
"""
FORGET_HOURS = FORGET_VITALS.replace("vital", "vital_hour")
ADD_HOURS = """
INSERT INTO vital_hour SELECT $run, t_ms, indicator, level, entity,
    if(isnan(value), NULL, value), if(isnan(score), NULL, score), confidence,
    if(isnan(low), NULL, low), if(isnan(high), NULL, high), if(isnan(worst), NULL, worst)
FROM rows
"""
VITAL_SPAN = """
SELECT (SELECT min(t_ms) FROM vital WHERE run = id),
    (SELECT max(t_ms) FROM vital_hour WHERE run = id)
FROM run WHERE name = $run
"""
FORGET_BEFORE = """
DELETE FROM {table} WHERE run = (SELECT id FROM run WHERE name = $run) AND t_ms < $before
"""
FORGET_LETTERS = """
DELETE FROM letter WHERE run = $run AND id <=
    (SELECT id FROM letter WHERE run = $run ORDER BY id DESC LIMIT 1 OFFSET $kept)
"""
ONE_SENSOR = """
SELECT * FROM (
    SELECT sensor, quantity, t_ms, coalesce(value, 'nan') AS value, state
    FROM reading JOIN series ON series.id = reading.series
    WHERE run = (SELECT id FROM run WHERE name = $run) AND sensor = $sensor
      AND ($quantity IS NULL OR quantity = $quantity) AND t_ms >= $start AND t_ms < $end
    ORDER BY t_ms DESC, quantity DESC LIMIT $limit)
ORDER BY t_ms, quantity
"""
STEPS = """
SELECT quantity, t_ms // $step * $step AS t_ms, avg(value) AS value, min(value) AS low,
    max(value) AS high, count(value) AS count
FROM reading JOIN series ON series.id = reading.series
WHERE run = (SELECT id FROM run WHERE name = $run) AND sensor = $sensor AND value IS NOT NULL
  AND ($quantity IS NULL OR quantity = $quantity) AND t_ms >= $start AND t_ms < $end
GROUP BY 1, 2 ORDER BY 2, 1
"""
OF_KINDS = """
FROM reading WHERE run = (SELECT id FROM run WHERE name = $run) AND t_ms >= $start AND t_ms < $end
  AND ($kinds IS NULL OR series IN (SELECT id FROM series WHERE list_contains($kinds, kind)))
"""
COUNT = "SELECT count(*) AS rows, min(t_ms) AS first, max(t_ms) AS last " + OF_KINDS
SLICE = (
    "SELECT series, t_ms, coalesce(value, 'nan') AS value, state "
    + OF_KINDS
    + " ORDER BY t_ms, series"
)
LATEST = """
SELECT sensor, quantity, t_ms, coalesce(value, 'nan') AS value, state
FROM series JOIN (
    SELECT series, max(t_ms) AS t_ms, arg_max(value, t_ms) AS value, arg_max(state, t_ms) AS state
    FROM reading
    WHERE run = (SELECT id FROM run WHERE name = $run)
      AND ($kind IS NULL OR series IN (SELECT id FROM series WHERE kind = $kind))
    GROUP BY series) AS newest ON newest.series = series.id
ORDER BY sensor, quantity
"""
ONE_VITAL = """
FROM vital WHERE run = (SELECT id FROM run WHERE name = $run) AND indicator = $indicator
  AND level = $level AND entity = $entity AND t_ms >= $start AND t_ms < $end
"""
HOURS = (
    "SELECT t_ms, coalesce(value, 'nan') AS value, coalesce(score, 'nan') AS score, confidence, "
    "coalesce(low, 'nan') AS low, coalesce(high, 'nan') AS high, coalesce(worst, 'nan') AS worst "
    + ONE_VITAL.replace("vital", "vital_hour")
    + " ORDER BY t_ms"
)
VITALS = (
    "SELECT t_ms, coalesce(value, 'nan') AS value, coalesce(score, 'nan') AS score, confidence, "
    "coalesce(value, 'nan') AS low, coalesce(value, 'nan') AS high, "
    "coalesce(score, 'nan') AS worst " + ONE_VITAL + " ORDER BY t_ms"
)
VITAL_MEANS = (
    "SELECT t_ms // $step * $step AS t_ms, coalesce(avg(value), 'nan') AS value, "
    "coalesce(avg(score), 'nan') AS score, avg(confidence) AS confidence, "
    "coalesce(min(value), 'nan') AS low, coalesce(max(value), 'nan') AS high, "
    "coalesce(min(score), 'nan') AS worst " + ONE_VITAL + " GROUP BY 1 ORDER BY 1"
)
SPANS = """
SELECT name, min(t_ms) AS first, max(t_ms) AS last
FROM run LEFT JOIN reading ON reading.run = run.id GROUP BY name ORDER BY name
"""
RUN = "SELECT id FROM run WHERE name = $run"
ADD_RUN = """
INSERT INTO run SELECT coalesce(max(id), 0) + 1, $run FROM run
HAVING NOT list_contains(coalesce(list(name), []), $run)
"""
FORGET = "DELETE FROM {table} WHERE run = (SELECT id FROM run WHERE name = $run)"
FORGET_RUN = "DELETE FROM run WHERE name = $run"
NEWEST = """
SELECT series, max(t_ms) AS t_ms FROM reading
WHERE run = (SELECT id FROM run WHERE name = $run) GROUP BY series
"""
MARKS = """
SELECT zone, gateway, epoch, seq FROM mark
WHERE run = (SELECT id FROM run WHERE name = $run) ORDER BY ALL
"""
ADD_LETTERS = """
INSERT INTO letter (run, received_ms, topic, reason, detail, payload)
SELECT $run, received_ms, topic, reason, detail, unhex(payload) FROM letters
"""
LETTERS = """
SELECT received_ms, topic, reason, detail, payload FROM letter
WHERE run = (SELECT id FROM run WHERE name = $run) ORDER BY id DESC LIMIT $limit
"""
