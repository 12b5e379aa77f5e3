"""Known files of measurements, told by what they hold: never by the names of their columns."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from api.calibration.fitter import Span
from api.realism.readers.table import TextTable, read_table
from twin.arrays import Bools

USERS = "a file of the user"
_NONE = -(2**62)  # stands for a missing value


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose file it is, the columns that tell it, and the digest of each of its years.

    `time` is a column whose cells begin with the year. The text may go on in a comment line.
    """

    text: str
    time: str
    columns: tuple[str, ...]
    years: Mapping[str, str]

    def holds(self, table: TextTable, span: Span, used: Collection[str]) -> bool:
        """Whether every year to fit is one of this origin, and no foreign column is used."""
        if not {self.time, *self.columns} <= table.columns.keys():
            return False
        if not set(used) & table.columns.keys() <= set(self.columns):
            return False
        years = np.array([text.strip()[:4] for text in table.columns[self.time]])
        fitted = [year for year in np.unique(years).tolist() if span.holds(int(year))]
        return bool(fitted) and all(
            self.years.get(year) == digest(table, self.columns, years == year) for year in fitted
        )


def digest(table: TextTable, columns: Collection[str], rows: Bools) -> str:
    """Of the values in hundredths, whatever text they were written as."""
    found = hashlib.sha256()
    for column in columns:
        values = np.round(100 * table.numbers(column)[rows])
        whole = np.where(np.isnan(values), _NONE, values).astype("<i8")
        found.update(whole.tobytes())
    return found.hexdigest()[:16]


def origin_of(file: Path, span: Span, used: Collection[str] = ()) -> str:
    """Who made the years to fit, and the licence; USERS when that is not known.

    used: columns that were fitted, where the file has columns of many places.
    """
    table = read_table(file)
    return next((one.text for one in KNOWN if one.holds(table, span, used)), USERS)


_CHEN = (
    "Chen (2016), PM2.5 Data of Five Chinese Cities, UCI, DOI 10.24432/C52K58,\n"
    "# CC BY 4.0; Liang, Li, Zhang, Huang, Chen (2016), JGR Atmospheres 121, 10220-10236"
)
_POST = (
    "US Department of State and EPA AirNow, monitor at 1469 Huaihai Middle Road (public\n"
    "# domain, preliminary data)"
)
_AUCKLAND = (
    *("1 Courthouse Lane", "107 Quay Street", "150 K Road"),
    *("188 Quay Street Lower Albert (EW)", "188 Quay Street Lower Albert (NS)"),
    *("19 Shortland Street", "205 Queen Street", "210 Queen Street", "261 Queen Street"),
    *("297 Queen Street", "30 Queen Street", "61 Federal Street", "8 Darby Street EW"),
    *("8 Darby Street NS", "Commerce Street West", "Te Ara Tahuhu Walkway"),
)
_MELBOURNE = (
    *("Birrarung Marr", "Bourke Street Mall (North)"),
    *("QV Market-Elizabeth St (West)", "Southern Cross Station"),
)
KNOWN = (
    Origin(
        _CHEN,
        "year",
        ("TEMP", "DEWP", "PRES", "Iws", "precipitation", "PM_US Post"),
        {
            "2010": "2be9b5d11aa7f1d1",
            "2011": "f38fdf6e456b4ff7",
            "2012": "90b03efeaeaffbfd",
            "2013": "020289d7059e9ce3",
            "2014": "91459adc86d14337",
        },
    ),
    Origin(
        _POST,
        "time_local_start",
        ("pm25_raw",),
        {
            "2013": "b49037d9c53f19b4",
            "2014": "d20eec2404af2b69",
            "2015": "2c7531ef46763e57",
            "2016": "0eae88c91508ca6f",
            "2017": "bce6ad2da1354815",
            "2018": "d28f0887ba52ca23",
        },
    ),
    Origin(
        "pedestrian counts, City of Melbourne, CC BY 4.0",
        "time_local",
        _MELBOURNE,
        {"2015": "fabc0d1af38fb61a"},
    ),
    Origin(
        "pedestrian counts, Heart of the City Auckland (H. Shin, 2025), CC BY 4.0",
        "time_local",
        _AUCKLAND,
        {"2023": "5139cc67df7b589f", "2024": "5b6ac09b619e7656"},
    ),
    Origin(
        "Metro Interstate Traffic Volume, J. Hogue (2019), UCI, CC BY 4.0",
        "date_time",
        ("traffic_volume", "rain_1h"),
        {"2016": "2f9d86cc27929c75", "2017": "737d741cc79c56f1"},
    ),
    Origin(
        "one-minute sound levels of the noisemonitor project (V. Fraisse), Apache-2.0",
        "datetime",
        ("LEQ dB -A",),
        {"2025": "3c468d0df5508f0f"},
    ),
)
