"""Open data (公共数据开放): what anybody may have, in aggregates, with licence and schema.

vital signs, coverage, counts, neurons --tables--> CSV, GeoJSON;  catalogue in DCAT
"""
