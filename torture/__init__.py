"""A campaign that kills a running city again and again under load, and counts after each kill what is there.

    make torture
    .venv/bin/python -m torture --kills 20 --seed 7 --only database

docs/explanation/torture.md says what it does, what it found, and what it does not simulate.
"""
