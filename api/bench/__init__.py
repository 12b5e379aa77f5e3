"""Speeds beside bare baselines, measured in one run on this machine.

city, fleet, chain (broker -> ingest -> store), start -> rows -> `hengfu bench` prints them
"""
