"""The trial engine: from a sweep's specification to a run file.

`spec` says what is wanted, `plan` lists its trials lazily (with ids that never change), `sweep` has
them answered and stored as they finish, `judging` has judges read what the rules left open, and
`tally` counts what is done while it goes on.
"""
