"""Thin handlers: parameters in, services asked, records out."""
