"""At the desk: a clerk brings a file, looks through its columns, publishes; renews, rewords, and is told why not."""

from __future__ import annotations

import re
import resource
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.support.people import sign_in

from cityhall.apps.identity.models import User
from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import Published, Refused
from cityhall.apps.opendata.imports import brought
from cityhall.apps.opendata.models import ContractVersion, Dataset, Draft, Run
from cityhall.apps.opendata.queries import desk
from cityhall.apps.opendata.services import draft_keeping, drafts, publish_file, removing, wording
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.errors import NotAllowed
from cityhall.kernel.offers import Held, LiveDataset, Person

pytestmark = pytest.mark.django_db
PERMITS = (
    "id,Kind,Applicant,Fee,Issued\n1,Fence,Maria Lopez,12.50,2026-03-01\n2,Pool,John Smith,40,2026-03-02\n"
    "3,Fence,Ana Ruiz,12.50,2026-03-05\n"
)


@pytest.fixture
def clerk() -> Client:
    client = Client()
    sign_in(client, "data-steward")
    return client


def bring(client: Client, text: str, *, name: str = "permits.csv", code: str = "", work: bool = True) -> uuid.UUID:
    """Bring a file, and have it read as the worker does; return the draft's id."""
    address = f"/desk/data/{f'{code}/' if code else ''}new/"
    answer = client.post(address, {"file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content.decode()
    made = uuid.UUID(answer["Location"].rstrip("/").split("/")[-1])
    if work:
        brought.work(made)
    return made


def filled(page: bytes) -> dict[str, str]:
    """Return what a browser would send of the page's last but one form: that of the contract."""
    text = page.decode()
    form = text[text.index('name="seen"') - 60 : text.rindex("</form>")]
    sent = dict(
        re.findall(r'<input [^>]*?name="([^"]+)" (?:lang="es" |inputmode="\w+" |list="\w+" )?value="([^"]*)"', form)
    )
    for name, options in re.findall(r'<select [^>]*name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        assert chosen
        sent[name] = chosen[1]
    boxes = re.findall(r'<input type="checkbox" name="([^"]+)" value="yes"( checked)?', form)
    return {name: value for name, value in sent.items() if (name, "") not in boxes}


def confirm(client: Client, draft: uuid.UUID, **changes: str) -> HttpResponse:
    address = f"/desk/data/drafts/{draft}/"
    return client.post(address, {**filled(client.get(address).content), **changes})


def published(client: Client, draft: uuid.UUID) -> Draft:
    client.post(f"/desk/data/drafts/{draft}/preview/")
    brought.work(draft)
    return Draft.objects.get(id=draft)


def test_from_a_file_to_rows_that_everybody_asks_for(clerk: Client, client: Client) -> None:
    draft = bring(clerk, PERMITS, work=False)
    waiting = clerk.get(f"/desk/data/drafts/{draft}/").content.decode()
    assert "The file is being read." in waiting and "Look again" in waiting
    brought.work(draft)
    assert clerk.get(f"/desk/data/drafts/{draft}/standing/")["HX-Refresh"] == "true"
    page = clerk.get(f"/desk/data/drafts/{draft}/").content.decode()
    assert "This looks like people’s names." in page
    assert "Fence · Pool" in page
    assert "waits to be confirmed" in clerk.get("/desk/data/").content.decode()

    answer = confirm(
        clerk, draft, title_en="Building permits", title_es="Permisos", licence="CC0 1.0", fresh_within="P1M"
    )
    assert answer["Location"].endswith("/preview/"), answer.content.decode()
    shown = clerk.get(answer["Location"]).content.decode()
    assert "Building permits" in shown and "12.5" in shown and "2026-03-01" in shown
    assert "Maria" not in shown and "Applicant" in shown  # named as left out
    assert Dataset.objects.count() == 0, "nothing is published before somebody says so"

    row = published(clerk, draft)
    assert (row.state, row.outcome["rows"]) == ("done", 3)
    assert not desk.draft_folder(draft).exists()
    told = clerk.get(f"/desk/data/drafts/{draft}/").content.decode()
    code = row.outcome["id"]
    assert f"http://testserver/data/{code}/" in told and "curl" in told
    rows = client.get(f"/resource/{code}.json?$where=kind='Pool'").getvalue()
    assert b'"fee":"40"' in rows and b"Smith" not in rows
    assert queries.dataset(code).licence == "CC0 1.0"
    entry = AuditEntry.objects.get(action="opendata.published")
    assert entry.actor_id == User.objects.get(memberships__role__code="data-steward").id
    listed = clerk.get("/desk/data/").content.decode()
    assert "Building permits" in listed and "On time" in listed


def test_only_who_may_publish_may_do_any_of_it(
    clerk: Client, publish: Callable[..., Published], tmp_path: Path
) -> None:
    code, draft = publish().id, bring(clerk, PERMITS)
    outsider = Client()
    sign_in(outsider, "dispatcher")
    for path in ("", "new/", f"drafts/{draft}/", f"drafts/{draft}/preview/", f"drafts/{draft}/aside/", f"{code}/",
                 f"{code}/new/", f"{code}/words/", f"{code}/remove/", f"{code}/aside/1/"):  # fmt: skip
        assert outsider.get(f"/desk/data/{path}").status_code == 403, path
        assert Client().get(f"/desk/data/{path}").status_code == 302, path
    somebody = Actor(ActorKind.STAFF, uuid.uuid4(), "S", frozenset({"requests.view"}))
    file = tmp_path / "x.csv"
    file.write_text(PERMITS)
    for act in (
        lambda: drafts.take(file, name="x.csv", actor=somebody),
        lambda: drafts.confirm(draft, {}, actor=somebody),
        lambda: drafts.publish(draft, actor=somebody),
        lambda: drafts.discard(draft, actor=somebody),
        lambda: wording.reword(code, {}, actor=somebody),
        lambda: desk.datasets(somebody),
        lambda: desk.draft(draft, somebody),
        lambda: desk.aside(code, 1, somebody),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_who_lost_the_permission_meanwhile_publishes_nothing(clerk: Client) -> None:
    draft = bring(clerk, PERMITS)
    assert confirm(clerk, draft).status_code == 302
    clerk.post(f"/desk/data/drafts/{draft}/preview/")
    User.objects.filter(memberships__role__code="data-steward").update(is_active=False)
    brought.work(draft)
    row = Draft.objects.get(id=draft)
    assert (row.state, row.confirmed) == ("ready", False)
    assert "may not publish" in row.problem
    assert Dataset.objects.count() == 0


def test_what_is_wrong_in_the_form_is_told_at_its_field_and_stays(clerk: Client) -> None:
    draft = bring(clerk, PERMITS)
    refused = confirm(clerk, draft, c2_show="keep", title_en="My <permits>", title_es="", name="Bad Name")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "is not published as it is" in page and 'href="#c2_class"' in page
    assert "lower-case letters" in page and "My &lt;permits&gt;" in page
    in_spanish = clerk.post(f"/es/desk/data/drafts/{draft}/", {**filled(refused.content), "c2_show": "keep"})
    assert "no se publica tal cual" in in_spanish.content.decode()
    assert clerk.post(f"/desk/data/drafts/{draft}/preview/")["Location"].endswith(f"/{draft}/"), "not confirmed yet"


def test_a_refused_file_says_why_and_which_lines_and_leaves_what_was_up(clerk: Client, client: Client) -> None:
    draft = bring(clerk, PERMITS)
    confirm(clerk, draft)
    code = published(clerk, draft).outcome["id"]
    bad = PERMITS + "".join(f"{at},Wall,x,much,2026-03-01\n" for at in range(10, 14))
    again = bring(clerk, bad, code=code)
    assert confirm(clerk, again).status_code == 302
    preview = clerk.get(f"/desk/data/drafts/{again}/preview/").content.decode()
    assert "fee: no number" in preview
    row = published(clerk, again)
    assert row.state == "ready" and row.reasons[0]["why"] == "too_many_aside"
    page = clerk.get(f"/desk/data/drafts/{again}/").content.decode()
    assert "The file was refused" in page
    lines = clerk.get(f"/desk/data/drafts/{again}/aside/").getvalue()
    assert b"5,fee: no number" in lines
    assert "Last file refused" in clerk.get("/desk/data/").content.decode()
    assert "cannot be used" in clerk.get(f"/desk/data/{code}/").content.decode()
    assert client.get(f"/resource/{code}.json?$select=count(*) as n").getvalue() == b'[{"n":"3"}]\n'
    clerk.post(f"/desk/data/drafts/{again}/discard/")
    assert not desk.draft_folder(again).exists() and not Draft.objects.filter(id=again).exists()


def test_a_refused_first_file_speaks_of_nothing_that_was_up(clerk: Client) -> None:
    draft = bring(clerk, "id,name\n1,a\n1,b\n")
    confirm(clerk, draft, c0_key="yes")
    published(clerk, draft)
    page = clerk.get(f"/desk/data/drafts/{draft}/").content.decode()
    assert "The file was refused, and nothing is published." in page
    assert "stayed up" not in page


def test_why_a_file_was_refused_and_rows_put_aside_is_told_in_the_readers_language(clerk: Client) -> None:
    draft = bring(clerk, PERMITS)
    confirm(clerk, draft)
    code = published(clerk, draft).outcome["id"]
    bad = PERMITS + "".join(f"{at},Wall,x,much,2026-03-01\n" for at in range(10, 14))
    again = bring(clerk, bad, code=code)
    confirm(clerk, again)
    assert "4 × fee: no es un número" in clerk.get(f"/es/desk/data/drafts/{again}/preview/").content.decode()
    published(clerk, again)
    told = "4 de 7 filas no se pueden usar (4 × fee: no es un número); se permite como máximo el 10 por ciento."
    for page in (f"drafts/{again}/", f"{code}/"):
        assert told in clerk.get(f"/es/desk/data/{page}").content.decode(), page
    lines = clerk.get(f"/es/desk/data/drafts/{again}/aside/").getvalue().decode()
    assert lines.splitlines()[:2] == ["línea,motivo", "5,fee: no es un número"]
    Run.objects.update(reasons=["A sentence of an earlier version."])
    assert "A sentence of an earlier version." in clerk.get(f"/es/desk/data/{code}/").content.decode()


def test_a_map_rare_values_and_what_must_hold_are_set_in_the_pages(clerk: Client, client: Client) -> None:
    text = "id,Kind,East,North,Fee,Issued\n" + "".join(
        f"{at},{'Pool' if at == 3 else 'Fence'},{-117 - at / 10},32.7,{at},2026-03-0{at % 9 + 1}\n" for at in range(8)
    )
    draft = bring(clerk, text)
    wrong = confirm(
        clerk, draft, point_longitude="East", r0_column0="kind", r0_fewer="1", c4_least="9", c4_most="few",
        c5_age="soon", c1_empty="150",
    ).content.decode()  # fmt: skip
    for field in ("point_latitude", "r0_fewer", "c4_most", "c5_age", "c1_empty"):
        assert f'href="#{field}"' in wrong and f'id="{field}-error"' in wrong, field
    assert "Fee: Largest number: write a number" in wrong

    said = {
        "point_longitude": "East", "point_latitude": "North", "point_show": "snap-500", "c2_show": "drop",
        "c3_show": "drop", "r0_column0": "kind", "r0_fewer": "2", "r0_instead": "other", "c4_most": "6",
        "c1_choices": "Fence\r\nPool\r\nWall", "c1_empty": "5%", "most_aside": "20",
    }  # fmt: skip
    answer = confirm(clerk, draft, **said)
    assert answer.status_code == 302, answer.content.decode()
    page = clerk.get(f"/desk/data/drafts/{draft}/").content.decode()
    assert "Point on the map, from East and North" in page and "Fence\nPool\nWall</textarea>" in page
    row = published(clerk, draft)
    assert (row.outcome["rows"], row.outcome["quarantined"]) == (7, 1), row.reasons
    code = row.outcome["id"]
    rows = client.get(f"/resource/{code}.json?$order=id").getvalue().decode()
    assert rows.count('"kind":"other"') == 1 and '"location"' in rows and "Pool" not in rows and "[-117.1," not in rows
    kept = desk.contract(code, _steward())
    assert kept.columns[1].choices == ("Fence", "Pool", "Wall")
    assert (kept.columns[1].most_empty, kept.columns[4].most) == (0.05, 6)

    address = f"/desk/data/{code}/words/"
    assert (
        clerk.post(address, {**filled(clerk.get(address).content), "c5_age": "1.5", "c4_most": ""}).status_code == 302
    )
    kept = desk.contract(code, _steward())
    assert (kept.columns[5].fresh_within, kept.columns[4].most, len(kept.suppress)) == ("P1DT12H", None, 1)
    again = bring(clerk, text, code=code)
    confirm(clerk, again, r0_column0="")
    assert Draft.objects.get(id=again).contract["suppress"] == []


def _steward() -> Actor:
    return Actor(ActorKind.STAFF, uuid.uuid4(), "S", frozenset({"opendata.publish"}))


def test_a_new_file_keeps_the_contract_and_every_column_is_decided(clerk: Client) -> None:
    draft = bring(clerk, PERMITS)
    confirm(clerk, draft, title_en="Permits", most_aside="60")
    code = published(clerk, draft).outcome["id"]
    text = "id,Kind,Applicant,Issued,Ward\n1,Fence,Maria Lopez,2026-03-01,4\n4,Wall,A,never,5\n"
    again = bring(clerk, text, code=code)
    page = clerk.get(f"/desk/data/drafts/{again}/").content.decode()
    assert "The file lacks what it had before: Fee" in page
    refused = confirm(clerk, again)
    assert refused.status_code == 422 and "The file has no such column" in refused.content.decode()
    assert confirm(clerk, again, c3_show="drop", c5_show="keep", most_lost="90").status_code == 302
    row = published(clerk, again)
    assert (row.outcome["rows"], row.outcome["quarantined"], row.outcome["snapshot"]) == (1, 1, 2), row.problem
    info = queries.dataset(code)
    assert [one.name for one in info.columns] == ["id", "kind", "issued", "ward"]
    assert b"issued: no date" in clerk.get(f"/desk/data/{code}/aside/2/").getvalue()
    assert clerk.get(f"/desk/data/{code}/aside/9/").status_code == 404
    history = clerk.get(f"/desk/data/{code}/").content.decode()
    assert "Version 2" in history and "ward" in history


def test_a_file_brought_before_the_contract_changed_is_not_published_over_it(clerk: Client) -> None:
    draft = bring(clerk, PERMITS)
    confirm(clerk, draft)
    code = published(clerk, draft).outcome["id"]
    again = bring(clerk, PERMITS, code=code)
    confirm(clerk, again)
    clerk.post(f"/desk/data/{code}/words/", {"title_en": "Theirs"})
    row = published(clerk, again)
    assert row.state == "ready" and "Somebody else saved this" in row.problem
    assert queries.dataset(code).title == {"en": "Theirs"}


def test_words_change_without_a_file_and_each_version_stays(clerk: Client, publish: Callable[..., Published]) -> None:
    code = publish().id
    address = f"/desk/data/{code}/words/"
    seen = filled(clerk.get(address).content)["seen"]
    said = {"seen": seen, "title_en": "Trees", "description_en": "All of them.", "c1_about_en": "What it is called."}
    assert clerk.post(address, said)["Location"] == f"/desk/data/{code}/"
    info = queries.dataset(code)
    assert (info.title["en"], info.columns[1].description, info.number) == ("Trees", {"en": "What it is called."}, 1)
    overtaken = clerk.post(address, {**said, "title_en": "Mine"})
    assert overtaken.status_code == 422 and b"Somebody else saved this" in overtaken.content
    assert b"Mine" in overtaken.content
    wrong = clerk.post(address, {"title_en": "", "title_es": "", "most_lost": "x"})
    assert wrong.status_code == 422 and b"Write a title." in wrong.content
    assert clerk.post(address, {}).status_code == 302, "nothing said changes nothing"
    kept = ContractVersion.objects.order_by("number").values_list("number", "contract__description")
    assert list(kept) == [(1, {}), (2, {"en": "All of them."})]
    assert "description, species" in clerk.get(f"/desk/data/{code}/").content.decode()
    assert AuditEntry.objects.filter(action="opendata.reworded").count() == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.csv", "\n\n", "no heading"),
        ("x.xls", "old", "save it as .xlsx"),
        ("x.xlsx", "PK\x03\x04nothing", "no Excel file"),
        ("x.jsonl", '{"id": 1}\n{broken', "line 2 is no JSON"),
        ("x.csv", ",".join(f"c{at}" for at in range(200)) + "\n1\n" + "1," * 199 + "1\n", "more than 150 columns"),
        ("x.csv", "id,kind\n", "no row below them"),
    ],
    ids=["no heading", "old Excel", "broken Excel", "broken JSON", "too many columns", "no row"],
)
def test_a_file_that_is_no_table_says_so_and_is_gone(clerk: Client, name: str, text: str, told: str) -> None:
    draft = bring(clerk, text, name=name)
    page = clerk.get(f"/desk/data/drafts/{draft}/").content.decode()
    assert "This file cannot be published." in page and told in page
    assert not desk.draft_folder(draft).exists()


def test_other_kinds_of_files_are_known_by_their_bytes(clerk: Client) -> None:
    draft = bring(clerk, '{"id": 1, "kind": "Oak"}\n{"id": 2, "kind": "Elm"}\n', name="trees.json")
    assert "Oak · Elm" in clerk.get(f"/desk/data/drafts/{draft}/").content.decode()


def test_nothing_empty_nothing_too_large_and_no_name_twice(
    clerk: Client, publish: Callable[..., Published], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    assert clerk.post("/desk/data/new/", {}).status_code == 422
    empty = clerk.post("/desk/data/new/", {"file": SimpleUploadedFile("x.csv", b"")})
    assert b"This file is empty" in empty.content
    draft = bring(clerk, PERMITS, name="trees.csv")
    assert b"There is a dataset of this name" in confirm(clerk, draft).content
    monkeypatch.setitem(offers.live_datasets._entries, "trees", LiveDataset("trees", "", str, lambda _file: 0))
    code = Dataset.objects.get().code
    refused = clerk.post(f"/desk/data/{code}/new/", {"file": SimpleUploadedFile("x.csv", PERMITS.encode())})
    assert "published by the city’s own records" in refused.content.decode()
    assert clerk.post(f"/desk/data/{code}/words/", {"title_en": "X"}).status_code == 422


def test_files_that_wait_too_long_or_name_somebody_erased_are_gone(clerk: Client) -> None:
    old = bring(clerk, PERMITS)
    with clock.held_at(clock.now() + timedelta(days=8)):
        young = bring(clerk, "id,mail\n1,Ana.Ruiz@example.org\n2,(619) 555-0123\n")
        kind = draft_keeping.drafts_kind()
        before = clock.now() - timedelta(days=7)
        assert kind.due(before, Held()) == 1
        assert kind.purge is not None and kind.purge(before, Held(), 100) == 1
    assert not desk.draft_folder(old).exists() and desk.draft_folder(young).exists()
    steward = User.objects.get(memberships__role__code="data-steward")
    assert [row["file"] for row in draft_keeping.export(Person(account=steward.id))] == ["permits.csv"]
    draft_keeping.erase(Person(email="nobody@example.org", phone="2025550000"))
    assert Draft.objects.count() == 1
    draft_keeping.erase(Person(phone="619-555-0123"))
    assert Draft.objects.count() == 0 and not desk.draft_folder(young).exists()
    other = bring(clerk, "id,mail\n1,Ana.Ruiz@example.org\n")
    draft_keeping.erase(Person(email="ana.ruiz@example.org"))
    assert not desk.draft_folder(other).exists()


def test_a_worker_that_died_is_followed_by_one_that_begins_again(clerk: Client) -> None:
    draft = bring(clerk, PERMITS)
    brought.work(draft)  # delivered twice
    confirm(clerk, draft)
    clerk.post(f"/desk/data/drafts/{draft}/preview/")
    Draft.objects.filter(id=draft).update(step="writing")
    brought.work(draft)
    brought.work(draft)
    assert Draft.objects.get(id=draft).state == "done"
    assert Run.objects.count() == 1
    assert not any((settings.CITYHALL_DATA / "snapshots" / "making").iterdir())


def test_a_file_for_which_the_disk_has_no_room_is_refused(clerk: Client) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    lines = "".join(f"{n},Oak\n" for n in range(100_000)).encode()
    there = set(desk.drafts_folder().glob("*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        answer = clerk.post("/desk/data/new/", {"file": SimpleUploadedFile("trees.csv", b"id,kind\n" + lines)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert answer.status_code == 507
    assert "disk of the city’s server is full" in answer.content.decode()
    assert set(desk.drafts_folder().glob("*")) == there


def test_why_a_file_is_no_table_is_told_in_the_readers_language(clerk: Client) -> None:
    answer = clerk.post("/es/desk/data/new/", {"file": SimpleUploadedFile("lista.jsonl", b'{"id": 1}\n{broken')})
    draft = uuid.UUID(answer["Location"].rstrip("/").split("/")[-1])
    brought.work(draft)
    page = clerk.get(f"/es/desk/data/drafts/{draft}/").content.decode()
    assert "lista.jsonl no es una tabla: la línea 2 no es JSON." in page


def test_what_was_never_published_is_removed_and_what_was_is_not(
    clerk: Client, publish: Callable[..., Published]
) -> None:
    draft = bring(clerk, "id,fee\n1,5\n2,6\n3,x\n4,7\n")
    confirm(clerk, draft, title_en="Fees", c1_type="number")
    assert published(clerk, draft).reasons
    code = Dataset.objects.get().code
    again = bring(clerk, PERMITS, code=code)
    assert "Never published" in clerk.get("/desk/data/").content.decode()
    page = clerk.get(f"/desk/data/{code}/").content.decode()
    assert "Bring a mended file, or remove this draft" in page and f'href="/desk/data/{code}/remove/"' in page
    assert Dataset.objects.count() == 1, "looking removes nothing"
    assert "cannot be undone" in clerk.get(f"/desk/data/{code}/remove/").content.decode()
    Draft.objects.filter(id=draft).update(state="publishing")
    busy = clerk.post(f"/desk/data/{code}/remove/")
    assert busy.status_code == 422 and b"is being published just now" in busy.content
    Draft.objects.filter(id=draft).update(state="ready")
    assert clerk.post(f"/desk/data/{code}/remove/")["Location"] == "/desk/data/"
    assert not Dataset.objects.exists() and not Run.objects.exists()
    assert desk.draft_folder(draft).exists() and not desk.draft_folder(again).exists(), "the first file still waits"
    entry = AuditEntry.objects.get(action="opendata.removed")
    assert entry.data == {"name": "permits", "files": 1}

    code = publish().id
    assert "/remove/" not in clerk.get(f"/desk/data/{code}/").content.decode()
    for _time in range(2):
        refused = clerk.post(f"/desk/data/{code}/remove/")
        assert refused.status_code == 422 and b"cannot be removed" in refused.content
        clerk.post(f"/desk/data/{code}/recall/", {"snapshot": "1", "reason": "It named people."})
    assert Dataset.objects.filter(code=code).exists(), "the notice of a recall stays"
    with pytest.raises(NotAllowed):
        removing.remove(code, actor=Actor(ActorKind.STAFF, uuid.uuid4(), "S", frozenset({"requests.view"})))


def test_two_rows_of_headings_are_shown_as_one_before_a_person_confirms(clerk: Client) -> None:
    draft = bring(clerk, "Area,People,\n,2020,2021\nNorth,10,12\nSouth,8,7\n", name="areas.csv")
    page = clerk.get(f"/desk/data/drafts/{draft}/").content.decode()
    assert "two rows of headings" in page and "People – 2021" in page
    taken = confirm(clerk, draft)  # by its file's name
    assert taken.status_code == 422 and "published by the city’s own records" in taken.content.decode()
    assert confirm(clerk, draft, name="people-by-area").status_code == 302
    row = published(clerk, draft)
    assert row.outcome.get("rows") == 2, (row.state, row.problem, row.reasons)
    plain = bring(clerk, PERMITS)
    assert "two rows of headings" not in clerk.get(f"/desk/data/drafts/{plain}/").content.decode()


def test_what_is_done_about_columns_that_come_or_go_is_set_in_the_pages(clerk: Client, tmp_path: Path) -> None:
    draft = bring(clerk, PERMITS)
    wrong = confirm(clerk, draft, new_columns="perhaps").content.decode()
    assert 'href="#new_columns"' in wrong and "Choose from the list." in wrong
    assert confirm(clerk, draft, new_columns="refuse", missing_columns="ignore").status_code == 302
    code = published(clerk, draft).outcome["id"]
    file = tmp_path / "permits.csv"
    file.write_text("id,Kind,Applicant,Fee,Issued,Ward\n1,Fence,A,2,2026-03-01,4\n")
    with pytest.raises(Refused, match="Ward"):
        publish_file(file, actor=_steward())
    again = bring(clerk, "id,Kind,Applicant,Issued\n1,Fence,A,2026-03-01\n2,Pool,B,2026-03-02\n", code=code)
    assert "These columns will have no values" in clerk.get(f"/desk/data/drafts/{again}/").content.decode()
    assert confirm(clerk, again).status_code == 302
    assert published(clerk, again).outcome["rows"] == 2
    address = f"/desk/data/{code}/words/"
    clerk.post(address, {**filled(clerk.get(address).content), "new_columns": "ignore"})
    assert publish_file(file, actor=_steward()).rows == 1
    assert "columns that are new" in clerk.get(f"/desk/data/{code}/").content.decode()
