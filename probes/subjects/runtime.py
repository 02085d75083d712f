"""The process that an embedded model runs in: llama.cpp's server, until its input ends.

It is a process of its own because the library holds the interpreter's lock while it loads and while
it stops (stopping with a request of the same process under way never ends), because an error of its
own ends the whole process, and because it reads its OpenMP settings once, when it is loaded.

The settings come in as one line of JSON, and the answer, an address or an error, goes out as one.
"""

import json
import os
import signal
import sys
from typing import Any


def main() -> None:
    """Serve until the standard input ends, which it also does when the parent dies."""
    # An interrupt from the terminal is for the parent, which may want to finish what it began.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = _own_output()
    settings = json.loads(sys.stdin.readline())
    try:
        server = _start(settings)
    except ModuleNotFoundError as error:
        _say(out, {"error": f"{error.name} is not installed: pip install 'hawthorne[local]'"})
        return
    except ImportError as error:
        _say(out, {"error": f"the runtime can't be loaded: {error}"})
        return
    except RuntimeError:
        _say(out, {"error": "the model can't be loaded"})
        return
    _say(out, {"address": server.listening_address})
    sys.stdin.read()
    # Not by way of the library's own ending, which waits for answers that nobody will fetch.
    os._exit(0)


def _own_output() -> int:
    """The standard output, for us alone: whatever else is printed joins the errors."""
    out = os.dup(1)
    os.dup2(2, 1)
    return out


def _say(out: int, message: dict[str, str]) -> None:
    os.write(out, json.dumps(message).encode() + b"\n")


def _start(settings: dict[str, Any]) -> Any:
    """Load the model and serve it on a free port of the loopback."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.verbosity = 1  # errors only
    params.model.path = settings["path"]
    params.model_alias = {settings["model"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # Nobody but our own client has business here: no pages, no view of the prompts, no web sites.
    params.ui = params.endpoint_slots = False
    params.cors_origins = ""
    _set_cache(params, settings)
    _set_compute(params, settings, xllamacpp)
    _set_sampling(params.sampling, xllamacpp.common_params_sampling_config)
    return xllamacpp.Server(params)


def _set_cache(params: Any, settings: dict[str, Any]) -> None:
    """Slots for requests at once, and memory for prompts that were read before.

    A slot goes on from its last prompt where a new one begins almost alike: an epoch of the same
    variant. Any other prompt sends the slot's state to memory and takes its own from there, if it
    was seen before. With the low likeness that is the default, two variants that share their first
    half would overwrite each other's second half time and again.
    """
    params.n_parallel = settings["n_parallel"]
    params.n_ctx = settings["n_ctx"] * settings["n_parallel"]
    params.fit_params = False  # the context is as long as it was asked for, or loading fails
    params.ctx_shift = False  # a full context ends the answer: nothing is forgotten in silence
    params.slot_prompt_similarity = 0.9
    params.cache_ram_mib = settings["cache_mib"]


def _set_compute(params: Any, settings: dict[str, Any], xllamacpp: Any) -> None:
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    cpu = xllamacpp.ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_CPU
    if all(device["type"] == cpu for device in xllamacpp.get_device_info()):
        # On processors flash attention writes a fifth slower after a prompt of 3,000 tokens.
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED


def _set_sampling(sampling: Any, config: Any) -> None:
    """The model's own distribution, where a request says nothing else.

    As behind any other API: by itself the library cuts the tail off in three ways.
    """
    sampling.temp, sampling.top_k, sampling.top_p, sampling.min_p = 1.0, 0, 1.0, 0.0
    # Marked as said by us, so that what the file of weights recommends does not take its place.
    sampling.user_sampling_config = (
        config.COMMON_PARAMS_SAMPLING_CONFIG_TEMP
        | config.COMMON_PARAMS_SAMPLING_CONFIG_TOP_K
        | config.COMMON_PARAMS_SAMPLING_CONFIG_TOP_P
        | config.COMMON_PARAMS_SAMPLING_CONFIG_MIN_P
    )


if __name__ == "__main__":
    main()
