"""The benchmark: our server against calling the model server directly, in one run.

`make bench` runs it; docs/reference/performance.md says what it measures and what came out.
"""
