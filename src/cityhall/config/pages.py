"""Serves the pages: what they are made of is loaded once, and the processes that Granian forks share it.

    python -m cityhall.config.pages [--when-told] OPTIONS MODULE:APPLICATION

The options are Granian's. With `--when-told` it loads, and answers nobody before a line comes in: so that a city can
be prepared meanwhile. Where processes are not forked (macOS) each loads the pages for itself.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import sys
from typing import cast

import django
from django.conf import STATICFILES_STORAGE_ALIAS, settings
from django.core.files.storage import storages
from django.db import OperationalError
from django.utils.module_loading import import_string
from granian.cli import entrypoint

from cityhall.config.database import EarlierRelease, refuse_earlier_release
from cityhall.config.slow_clients import SlowClients
from cityhall.kernel.django.assets import AssetStorage


def main() -> None:
    """Do what the command line asks, until a signal comes."""
    _load()
    if "--when-told" in sys.argv:
        sys.argv.remove("--when-told")
        if not sys.stdin.readline():
            return  # whoever prepares the city gave up
        # Loading has read the names that the files had before they were collected.
        cast(AssetStorage, storages[STATICFILES_STORAGE_ALIAS]).read_again()
    else:
        _refuse_earlier_release()
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # the default no more from Python 3.14 on
    importlib.import_module(sys.argv[-1].partition(":")[0])
    os.register_at_fork(after_in_child=SlowClients().start)
    entrypoint()  # type: ignore[no-untyped-call]  # Granian says no types here


def _refuse_earlier_release() -> None:
    try:
        refuse_earlier_release()
    except EarlierRelease as problem:
        sys.stderr.write(f"{problem}\n")
        raise SystemExit(problem.STATUS) from problem
    except OperationalError:
        pass  # a database that is away for a moment is no reason not to start; /readyz says so


def _load() -> None:
    """Load what takes long. The application itself looks at once at what is only being prepared: the static files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")
    gc.disable()  # while the pages load, nothing is thrown away
    django.setup()
    importlib.import_module(settings.ROOT_URLCONF)
    for path in settings.MIDDLEWARE:
        import_string(path)
    importlib.import_module("duckdb")  # a third of a second, which the first question to each process would wait for


if __name__ == "__main__":
    main()
