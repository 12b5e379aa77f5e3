"""The time-series store: readings, vital signs, delivery marks and dead letters.

ingest --write--> Store --scan, readings, latest--> vital signs, HTTP

`base` says what a store can do, `duck` is the embedded one. Every store passes
tests/contract/test_store.py.
"""
