"""Every error that hawthorne raises on purpose.

HawthorneError              something a user can mend: printed as one line, exit 2
├── UsageError              an option or a combination of options that makes no sense
├── ScenarioError           a scenario file that can't be read, or breaks the schema
│   └── TemplateError       a template outside the allow-list, or with an undefined name
├── ProfileError            a simulated subject's profile that can't be read
├── SubjectUnavailable      a subject that can't be set up: no key, no package, no weights
├── RunFileError            a run file that can't be opened, written, or is not ours
└── TableError              a trial table that lacks a column or holds an unknown value

ProviderError               one call that failed for good, after its retries: ends a trial as
`error` └── FatalProviderError      one that every further call would meet too (a bad key, an
unknown model)
"""


class HawthorneError(Exception):
    """The root of what a user can mend; its text is one line that says what to do."""


class UsageError(HawthorneError):
    """An option, or a combination of options, that makes no sense."""


class ScenarioError(HawthorneError):
    """A scenario file that can't be read or breaks the schema; names file, field, expectation."""


class TemplateError(ScenarioError):
    """A template that uses a node outside the allow-list, or a name that is not defined."""


class ProfileError(HawthorneError):
    """A simulated subject's profile that can't be read or has a value out of range."""


class SubjectUnavailable(HawthorneError):
    """A subject that can't be set up on this machine; says what to install or to set."""


class RunFileError(HawthorneError):
    """A run file that can't be opened or written, or was made by something else."""


class TableError(HawthorneError):
    """A trial table that lacks a required column or holds a value that is not defined."""


class ProviderError(Exception):
    """A provider's call that failed after its retries. Never carries a key or a prompt."""


class FatalProviderError(ProviderError):
    """A failure that every further call to the model would meet too."""
