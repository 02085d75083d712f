"""Scenarios as data, and what a subject is shown of them.

A `Scenario` is read from YAML (`load`), checked against the published schema (`schema`), and
rendered (`render`) under a framing, a level for every cue slot (`framing`). `pairs` proves that two
renderings differ in cue fragments and nowhere else.
"""
