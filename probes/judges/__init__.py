"""Judges: what the rules leave open is read by a model that is blind to framing, belief and
reasoning.

`blind` masks a transcript, `behaviour` asks one question about it under a JSON schema and checks
the quotes, `sim` is the scripted judge that knows the labelled examples.
"""
