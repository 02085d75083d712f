"""One HTTP server on 127.0.0.1 that speaks both wire protocols, for tests and benchmarks.

    with Loopback(lambda request: Answer("hello")) as loopback:
        subject = OpenAISubject("openai/m", "m", base_url=loopback.openai_url)

It is imported as `hawthorne.tests.loopback`, from a checkout that is installed in place, and needs
nothing of the package itself. `exchange` holds what an answer function reads and gives back,
`faults` what can go wrong on purpose, `server` the server in a thread; `python -m
hawthorne.tests.loopback` is one in a process of its own.
"""
