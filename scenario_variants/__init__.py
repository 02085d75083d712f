"""Scenarios as data, and what a subject is shown of them.

A `Scenario` is read from YAML (`load`, by way of `source`), checked against the published schema
(`schema`) and in what a schema can't say (`references`, `growth`), and rendered (`render`) under a
framing, a level for every cue slot (`framing`). `pairs` proves that two renderings differ in cue
fragments and nowhere else. The format is described in docs/scenario-format.md.
"""
