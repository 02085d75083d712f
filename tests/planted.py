"""A planted subject and its scripted judge behind the loopback server.

It knows every prompt of a sweep by its text, so it answers as `sim/` would, through a real SDK.
"""

import json
from collections import Counter
from hashlib import sha256

from hawthorne.probes.engine.plan import cells
from hawthorne.probes.engine.spec import SweepSpec
from hawthorne.probes.judges.sim import answers
from hawthorne.probes.subjects.sim import SimSubject
from hawthorne.probes.variant import Variant
from hawthorne.tests.loopback.exchange import Answer, Request


class Planted:
    """`respond` for a loopback server: a subject with a known truth, and a judge with the labels.

    The draws of a prompt depend on how often it was asked, so a sweep's table is the same whatever
    the order in which its calls arrive.
    """

    def __init__(self, spec: SweepSpec, profile: str = "figure-10") -> None:
        self._subject = SimSubject.named(profile)
        self._prompts: dict[tuple[str, str], Variant] = {}
        self._verdicts: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        for cell in cells(spec, scratchpad=spec.scratchpad is not False):
            variant = cell.variant
            for order in variant.probe.orders:
                system, user = variant.messages(order)
                self._prompts[system.content, user.content] = variant
            known = answers(variant.rendering)
            self._verdicts |= {json.dumps(json.loads(case)): told for case, told in known.items()}

    def __call__(self, request: Request) -> Answer:
        """Answer as the judge where a schema is asked for, else as the subject."""
        if request.schema:
            return Answer(self._judge(request.last))
        variant = self._prompts[request.system, request.last]
        key = f"{request.last[-200:]}/{variant.hash}"
        self.asked[key] += 1
        seed = int(sha256(f"{key}/{self.asked[key]}".encode()).hexdigest()[:8], 16)
        return Answer(self._subject.write(variant, seed))

    def _judge(self, prompt: str) -> str:
        case = json.loads(prompt.partition("# The episode\n")[2])
        return self._verdicts.get(json.dumps(case), "I have not seen this one.")
