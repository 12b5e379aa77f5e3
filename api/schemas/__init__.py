"""The records of the HTTP interface by subject; field names carry units, times are RFC 3339 with
+08:00.
"""
