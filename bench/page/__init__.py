"""The benchmark of the page: the real server, a real Chromium, a model that says what it is asked for.

`make bench-page` runs it; docs/reference/page-performance.md says what it measures and what came out.
"""
