"""The test tools themselves: what may not run beside its like is kept on one worker."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("groups")
def test_a_group_is_known_to_who_deals_out_the_tests(request: pytest.FixtureRequest) -> None:
    # pytest-xdist writes the group into the id; where it cannot, `--dist loadgroup` silently groups nothing.
    grouped = request.config.getoption("dist") == "loadgroup" or hasattr(request.config, "workerinput")
    assert not grouped or request.node.nodeid.endswith("@groups")
