from __future__ import annotations

import threading

import pytest
from django.db import connection

from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django import commands
from cityhall.kernel.django.models import CommandResult
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ids import new_id


@pytest.mark.django_db(transaction=True)
def test_a_repeated_command_runs_once_and_answers_the_same() -> None:
    runs: list[int] = []
    command = new_id()

    def run() -> dict[str, int]:
        runs.append(1)
        return {"number": len(runs)}

    answers = [commands.once(command, "test.do", ANONYMOUS, {"x": 1}, run) for _ in range(3)]
    assert answers == [{"number": 1}] * 3


@pytest.mark.django_db(transaction=True)
def test_a_command_id_cannot_be_used_for_something_else() -> None:
    command = new_id()
    commands.once(command, "test.do", ANONYMOUS, {"x": 1}, dict)
    with pytest.raises(Invalid, match="command id"):
        commands.once(command, "test.do", ANONYMOUS, {"x": 2}, dict)


@pytest.mark.django_db(transaction=True)
def test_a_failed_command_leaves_nothing_and_may_be_sent_again() -> None:
    command = new_id()
    with pytest.raises(ZeroDivisionError):
        commands.once(command, "test.do", ANONYMOUS, {}, lambda: {"n": 1 // 0})
    assert not CommandResult.objects.exists()
    assert commands.once(command, "test.do", ANONYMOUS, {}, lambda: {"n": 1}) == {"n": 1}


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_do_the_work_once() -> None:
    command = new_id()
    started = threading.Barrier(2)
    runs: list[int] = []
    answers: list[dict[str, int]] = []

    def send() -> None:
        def run() -> dict[str, int]:
            runs.append(1)
            return {"n": len(runs)}

        try:
            started.wait(5)
            answers.append(commands.once(command, "test.do", ANONYMOUS, {}, run))
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(10)
    assert runs == [1]
    assert answers == [{"n": 1}, {"n": 1}]
