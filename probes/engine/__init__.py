"""The trial engine: from a sweep's specification to a run file.

`spec` says what is wanted, `plan` lists its trials lazily (with ids that never change), `sweep` has
them answered and stored as they finish, and `judging` has judges read what the rules left open.
`run` sets all of it up and lets it go; `tally` counts what is done meanwhile, `display` shows it,
and `attended` is what a command calls.
"""
