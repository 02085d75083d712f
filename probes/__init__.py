"""Asking, acting, reading: from a rendered scenario to a row of the trial table.

`variant` puts a rendering and a probe together: the exact messages that a subject gets. `episode`
has a subject answer them; `forms` reads the answer, `world` turns its actions into events, `rules`
and the `judges` say what they amount to. `engine` runs many of these at once, `runfile` keeps them.
"""
