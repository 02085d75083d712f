"""hawthorne: does a language model behave differently when it believes that it is being evaluated?

The package renders scenarios in evaluation-flavoured and deployment-flavoured variants
(`hawthorne.scenario_variants`), runs subjects through them and reads what they believed and did
(`hawthorne.probes`), and estimates how belief and framing relate to behaviour
(`hawthorne.analysis`). Each of these imports only from the ones before it.
"""

__version__ = "0.1.0"
