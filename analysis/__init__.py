"""From a table of trials to numbers that can be defended.

A `table` (from a run file, CSV or JSON lines) is counted into `cells`; two groups of cells make a
`contrast`, and `gaps` and `ratios` make an `Estimate` of it, which is either a number with its
interval or the reason why there is none. `crosstab` puts all of that together for each group of
trials, `replicate` sets it beside what was published, and `show` turns either into a print, JSON
or Markdown.
"""
