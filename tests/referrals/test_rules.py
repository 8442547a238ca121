"""Who is reminded when, and what a mail says: rules without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.referrals import rules
from cityhall.apps.referrals.contracts import AnswerKind, BodyTerms, Channel, NewAnswer

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
MARK = "r-" + "a2" * 21


def written(text: str, subject: str = f"Re: Pothole 48-220 [{MARK}]", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Ohm <ann@power.example>"
    message["To"] = "city@harbor.example"
    message["Subject"] = subject
    message["Message-ID"] = "<one@power.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@pytest.mark.parametrize(
    ("late", "since_last", "chased"),
    [(-1, None, False), (1, None, True), (1, 6, False), (20, 7, True), (20, 8, True), (-1, 30, False)],
)
def test_a_body_is_reminded_once_it_is_late_and_at_most_weekly(late: int, since_last: int | None, chased: bool) -> None:
    before = NOON - timedelta(days=since_last) if since_last is not None else None
    assert rules.should_chase(NOON, NOON - timedelta(days=late), before) is chased


def test_the_day_an_answer_is_due_is_not_late_itself() -> None:
    due = rules.answer_due(NOON, 10)
    assert rules.days_late(due, due) is None
    assert rules.days_late(due, due + timedelta(hours=1)) == 0
    assert rules.days_late(due, due + timedelta(days=3, hours=1)) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Done. The pole is new.", NewAnswer(AnswerKind.DONE, "The pole is new.")),
        ("done 2026-11-02", NewAnswer(AnswerKind.DONE, "", date(2026, 11, 2))),
        ("Hecho", NewAnswer(AnswerKind.DONE)),
        ("Scheduled for 2026-12-31. Crew 4.", NewAnswer(AnswerKind.SCHEDULED, "Crew 4.", date(2026, 12, 31))),
        ("Programada para 2026-12-31", NewAnswer(AnswerKind.SCHEDULED, "", date(2026, 12, 31))),
        ("Scheduled for spring", NewAnswer(AnswerKind.WROTE, "Scheduled for spring")),
        ("Scheduled 2026-13-31", NewAnswer(AnswerKind.WROTE, "Scheduled 2026-13-31")),
        ("NOT OURS: ask the state", NewAnswer(AnswerKind.NOT_OURS, "ask the state")),
        ("No nos corresponde.", NewAnswer(AnswerKind.NOT_OURS)),
        ("More: which pole?", NewAnswer(AnswerKind.MORE, "which pole?")),
        ("Done by next Friday", NewAnswer(AnswerKind.WROTE, "Done by next Friday")),
        ("Done: by next Friday.", NewAnswer(AnswerKind.WROTE, "Done: by next Friday.")),
        ("Done. But the lamp is dark.", NewAnswer(AnswerKind.WROTE, "Done. But the lamp is dark.")),
        ("Done?", NewAnswer(AnswerKind.WROTE, "Done?")),
        ("Done\nThe pole is new.", NewAnswer(AnswerKind.DONE, "The pole is new.")),
        ("Done on 2026-11-02. New pole.", NewAnswer(AnswerKind.DONE, "New pole.", date(2026, 11, 2))),
        ("Listo para el viernes", NewAnswer(AnswerKind.WROTE, "Listo para el viernes")),
        ("Not ours until 2027", NewAnswer(AnswerKind.WROTE, "Not ours until 2027")),
        ("Doneness is a word", NewAnswer(AnswerKind.WROTE, "Doneness is a word")),
        ("Hello, we look at it", NewAnswer(AnswerKind.WROTE, "Hello, we look at it")),
    ],
)
def test_the_first_word_of_a_mail_says_what_it_is(text: str, expected: NewAnswer) -> None:
    assert rules.said_in(text) == expected


def test_what_was_quoted_is_left_out_and_the_mark_is_found_anywhere() -> None:
    quoted = "Done.\n\n=== Write your answer above this line ===\nnot ours"
    for text in (quoted, "Done.\n\nOn Tue, Nov 3, 2026 the city wrote:\n> not ours", "Done.\n> not ours", "Done."):
        assert rules.parse(bytes(written(text))).text == "Done."
    plus = written("Done.", "Re: your mail", Cc=f"city+{MARK}@harbor.example")
    assert rules.parse(bytes(plus)).tokens == (MARK[2:],)
    assert rules.parse(bytes(written("Done.", f"RE: [{MARK.upper()}]"))).tokens == (MARK[2:],)
    assert rules.parse(bytes(written("Done.", "Re: nothing"))).tokens == ()


def test_html_alone_is_read_as_words_and_pictures_come_along() -> None:
    message = written("x")
    message.set_content("<style>p{}</style><p>Done.</p><blockquote>not ours</blockquote>", subtype="html")
    message.add_attachment(b"jpeg", maintype="image", subtype="jpeg", filename="pole.jpg")
    message.add_attachment(b"pdf", maintype="application", subtype="pdf", filename="bill.pdf")
    found = rules.parse(bytes(message))
    assert (found.text, found.files, found.sender) == ("Done.", (("pole.jpg", b"jpeg"),), "ann@power.example")


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("Ann Ohm <Ann@Power.example>", "ann@power.example"),
        ("John Q. Public <ann@power.example>", "ann@power.example"),
        ('"ann@power.example" <mallory@evil.example>', "mallory@evil.example"),
        ("=?utf-8?q?ann=40power.example?= <mallory@evil.example>", "mallory@evil.example"),
        ("=?utf-8?q?=3Cann=40power.example=3E=2C?= <mallory@evil.example>", "mallory@evil.example"),
        ("(ann@power.example) mallory@evil.example", "mallory@evil.example"),
        ('"ann@power.example"@evil.example', '"ann@power.example"@evil.example'),
        ("ann@power.example <mallory@evil.example>", ""),
        ("<ann@power.example> <mallory@evil.example>", ""),
        ("ann@power.example, mallory@evil.example", ""),
        ("ann@power.example; mallory@evil.example", ""),
        ("ann@power.example\nFrom: mallory@evil.example", ""),
        (f"{'a' * 240}@power.example.evil.example", ""),
        ("Ann Ohm", ""),
        ("", ""),
    ],
)
def test_a_mail_is_from_the_address_it_names_and_never_from_the_name_beside_it(header: str, sender: str) -> None:
    assert rules.parse(f"From: {header}\nTo: city@harbor.example\n\nDone.\n".encode()).sender == sender


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Return_Path": "<>"}])
def test_what_no_person_wrote_is_told_apart(headers: dict[str, str]) -> None:
    assert rules.parse(bytes(written("I am away.", **headers))).is_automatic
    assert not rules.parse(bytes(written("Done.", Auto_Submitted="no"))).is_automatic


def test_what_is_no_mail_or_too_large_is_refused() -> None:
    for raw in (b"", b"\n\nwords", b"x" * (rules.MOST_BYTES + 1)):
        with pytest.raises(ValueError, match=r"no e-mail|too large"):
            rules.parse(raw)


@given(st.binary(max_size=400), st.sampled_from([b"", b"Subject: x\nContent-Type: ", b"Content-Transfer-Encoding: "]))
def test_no_bytes_break_the_reader(raw: bytes, start: bytes) -> None:
    try:
        found = rules.parse(start + raw)
    except ValueError:
        return
    assert "\x00" not in found.text + found.sender + found.message_id
    rules.said_in(found.text)


def test_an_answer_needs_its_day_or_its_words() -> None:
    today = date(2026, 11, 3)

    def wrong(*given: object) -> set[str]:
        return set(rules.check_answer(NewAnswer(*given), today=today))  # type: ignore[arg-type]

    assert wrong(AnswerKind.DONE) == set()
    assert wrong(AnswerKind.DONE, "", today + timedelta(days=1)) == {"on"}
    assert wrong(AnswerKind.SCHEDULED) == {"on"}
    assert wrong(AnswerKind.SCHEDULED, "", today) == set()
    assert wrong(AnswerKind.MORE, " ") == {"words"}
    assert wrong(AnswerKind.DONE, "x" * 2001) == {"words"}


@pytest.mark.parametrize(
    ("sender", "mail", "own"),
    [
        ("ann@power.example", "answers@power.example", True),
        ("ann@POWER.example", "answers@power.example", True),
        ("ann@else.example", "answers@power.example", False),
        ("ann@gmail.com", "bob.landlord@gmail.com", False),
        ("Bob.Landlord@gmail.com", "bob.landlord@gmail.com", True),
        ("ann@power.example", "", False),
        ("", "", False),
    ],
)
def test_a_mail_is_a_bodys_own_by_its_domain_unless_everybody_shares_that(sender: str, mail: str, own: bool) -> None:
    assert rules.is_own(sender, mail) is own


def test_a_body_needs_a_name_and_a_way_to_be_told() -> None:
    assert rules.body_problems(BodyTerms({"es": "Luz"})).keys() == {"name_en", "mail"}
    assert rules.body_problems(BodyTerms({"en": "Power"}, mail="nobody")).keys() == {"mail"}
    assert rules.body_problems(BodyTerms({"en": "Power"}, channel=Channel.CONNECTION)).keys() == {"connection"}
    assert rules.body_problems(BodyTerms({"en": "Power"}, mail="a@b.example", answer_days=0)).keys() == {"answer_days"}
    assert rules.body_problems(BodyTerms({"en": "Power"}, mail="a@b.example")) == {}
