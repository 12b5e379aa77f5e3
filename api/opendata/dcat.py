"""The catalogue of open data in DCAT (W3C) as JSON-LD."""

from typing import Any

from api.opendata.rules import OpenRules
from api.opendata.tables import DATASETS, Dataset

MEDIA_TYPE = "application/ld+json"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalogue(base: str, rules: OpenRules, modified: str | None) -> dict[str, Any]:
    """`base` is the address of the catalogue; `modified` the city time of the newest signs."""
    return {
        "@context": CONTEXT,
        "@id": base,
        "@type": "dcat:Catalog",
        "dct:title": _both("衡复孪生开放数据", "Open data of Hengfu Twin"),
        "dct:description": _both("合成数据，非官方数值", "Synthetic data, no official figures"),
        "dct:publisher": {
            "@type": "foaf:Agent",
            "foaf:name": _both(rules.publisher_zh, rules.publisher_en),
        },
        "dct:license": {"@id": rules.licence},
        "dcat:dataset": [_dataset(base, one, rules, modified) for one in DATASETS.values()],
    }


def _dataset(base: str, dataset: Dataset, rules: OpenRules, modified: str | None) -> dict[str, Any]:
    forms = [("csv", "text/csv"), ("geojson", "application/geo+json")]
    found = {
        "@id": f"{base}/{dataset.id}",
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.id,
        "dct:title": _both(dataset.title_zh, dataset.title_en),
        "dct:description": {"@value": dataset.text_en, "@language": "en"},
        "dct:license": {"@id": rules.licence},
        "dct:conformsTo": {"@id": f"{base}/{dataset.id}/schema"},
        "dcat:distribution": [
            _distribution(f"{base}/{dataset.id}.{ending}", media, rules) for ending, media in forms
        ],
    }
    if modified is not None:
        found["dct:modified"] = {"@value": modified, "@type": "xsd:dateTime"}
    return found


def _distribution(url: str, media_type: str, rules: OpenRules) -> dict[str, Any]:
    licence = rules.map_licence if "geo" in media_type else rules.licence
    return {
        "@type": "dcat:Distribution",
        "dcat:downloadURL": {"@id": url},
        "dcat:mediaType": media_type,
        "dct:license": {"@id": licence},
    }


def _both(zh: str, en: str) -> list[dict[str, str]]:
    return [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}]
