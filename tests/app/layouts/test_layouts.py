"""The layout page: drafts, words and order, preview, publishing, and what a scheme issues with."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image
from sqlalchemy import select

from app.extensions import db
from app.layouts import choosing, reading
from app.models.journal import AuditLine
from app.models.layouts import CertificateLayout, LayoutChoice
from app.models.people import Role, ScopeKind
from app.models.scheme import Scheme
from certificates.layouts import load_layout
from tests import factories
from tests.app.layouts import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def registrar(client: PageClient) -> PageClient:
    """A registrar at the page."""
    return client.sign_in(factories.user(Role.REGISTRAR))


def _only() -> CertificateLayout:
    db.session.expire_all()
    return db.session.scalars(select(CertificateLayout)).one()


def test_it_works(registrar: PageClient) -> None:
    """A draft is made, reworded, tried, published, chosen; each act leaves its line."""
    training.training_class()
    (scheme,) = db.session.scalars(select(Scheme.code))
    assert "竖版证书" in registrar.page("/layouts")
    registrar.send("/layouts", {"kind": "portrait", "name": "2027 年竖版"})
    row = _only()
    path = f"/layouts/{row.id}"
    assert "2027 年竖版" in registrar.page(path)
    words = "{name}于{period_zh}学完 {hours} 课时，{result_zh}。特此证明。"
    answer = registrar.send(path, rows.filled(row, **{"words-body": words, "shown-hours": "yes"}))
    assert answer.status_code == 302
    row = _only()
    assert row.body["words"] == {"body": words}
    assert "hours" in row.body["shown"]
    registrar.send(f"{path}/publish", {"changes": str(row.changes)})
    row = _only()
    assert row.number == 1
    assert "不再改" in registrar.page(path)
    registrar.send(
        "/layouts/choose",
        {"scheme": scheme, "use": "certificate", "layout": f"portrait:{row.id}"},
    )
    drawn_with = choosing.layout_for(scheme, "certificate")
    assert drawn_with.title == "portrait-v1.1"
    assert {slot.slot: slot.text for slot in drawn_with.slots}["body"] == words
    assert "2027 年竖版（竖版证书第 1 版）" in registrar.page("/layouts")
    actions = db.session.scalars(
        select(AuditLine.action).where(AuditLine.action.startswith("layout."))
    ).all()
    assert sorted(actions) == [
        *("layout.changed", "layout.chosen", "layout.made", "layout.published")
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"words-body": "国家职业资格：{name}"}, "不能写“国家职业”"),
        ({"words-body": "{name}{phone}"}, "{phone} 不是可以填入的内容"),
        ({"words-body": "{name"}, "花括号不完整"),
        ({"words-body": " "}, "是空的"),
        ({"words-title": " "}, "不能空着"),
        ({"words-title": "{name}的证书"}, "{name} 不是可以填入的内容"),
        ({"words-note": "长" * 301}, "最多 300 个"),
        ({"label_zh-number": "全国通用编号"}, "不能写“全国通用”"),
        ({"name": " "}, "请给版式起个名字"),
        ({"changes": "7"}, "刚被别人改过"),
    ],
)
def test_what_a_layout_may_not_say(
    registrar: PageClient, changes: dict[str, str], sentence: str
) -> None:
    """Nothing is saved, and what was typed stays in the form."""
    row = rows.draft()
    before = dict(row.body)
    answer = registrar.send(f"/layouts/{row.id}", rows.filled(row, **changes))
    assert answer.status_code == 400
    assert sentence in answer.text
    assert _only().body == before


def test_name_and_number_cannot_be_left_out(registrar: PageClient) -> None:
    """They have no box to untick, and a form without it changes nothing."""
    row = rows.draft()
    page = registrar.page(f"/layouts/{row.id}")
    assert 'id="shown-name"' not in page
    assert 'id="shown-number"' not in page
    registrar.send(
        f"/layouts/{row.id}", rows.filled(row, **{"shown-english": None, "shown-class": None})
    )
    shown = _only().body["shown"]
    assert {"name", "number", "body"} <= set(shown)
    assert not {"english", "class"} & set(shown)


def test_the_order_is_set_by_number(registrar: PageClient) -> None:
    """Rows stand as they are numbered."""
    row = rows.draft()
    registrar.send(
        f"/layouts/{row.id}", rows.filled(row, **{"place-until": "1", "place-number": "2"})
    )
    facts = [slot.slot for slot in reading.layout(_only()).facts.rows]
    assert facts[:2] == ["until", "number"]


@pytest.mark.parametrize("sample", ["usual", "long", "rare", "bare"])
def test_samples_are_pictures(registrar: PageClient, sample: str) -> None:
    """Of a draft and of what ships; an unknown one is not there."""
    row = rows.draft("card", "随身卡")
    answer = registrar.get(f"/layouts/{row.id}/samples/{sample}")
    assert answer.mimetype == "image/png"
    assert Image.open(io.BytesIO(answer.data)).width == 900
    assert registrar.get(f"/layouts/{row.id}/samples/other").status_code == 404
    assert registrar.get(f"/layouts/shipped/other/{sample}").status_code == 404


def test_the_preview_draws_what_is_typed(registrar: PageClient) -> None:
    """Before it is saved; what cannot be drawn comes back as a sentence."""
    row = rows.draft("card", "随身卡")
    path = f"/layouts/{row.id}/preview"
    before = registrar.send(path, rows.filled(row)).json
    after = registrar.send(path, rows.filled(row, **{"words-scan": "扫一扫"})).json
    assert before is not None
    assert after is not None
    assert before["picture"] != after["picture"]
    base64.b64decode(after["picture"].partition(",")[2])
    fault = registrar.send(path, rows.filled(row, **{"words-may": "陪" * 200})).json
    assert fault
    assert "放不下" in fault["sentence"]
    assert _only().body == row.body


def test_what_has_no_room_is_not_published(registrar: PageClient) -> None:
    """The sample that fails is named, and the draft stays a draft."""
    row = rows.draft()
    registrar.send(f"/layouts/{row.id}", rows.filled(row, **{"words-body": "{name}" * 8}))
    answer = registrar.send(
        f"/layouts/{row.id}/publish", {"changes": str(_only().changes)}, follow_redirects=True
    )
    assert "60 个字的名字" in answer.text
    assert "放不下" in answer.text
    assert _only().number is None


def test_a_published_layout_never_changes(registrar: PageClient) -> None:
    """Not by saving, throwing away or publishing again; a copy begins a draft."""
    row = rows.published(body="{name}学完了课程。")
    before = (dict(row.body), row.number)
    for path, form in (
        (f"/layouts/{row.id}", rows.filled(row, name="别的")),
        (f"/layouts/{row.id}/publish", {"changes": str(row.changes)}),
        (f"/layouts/{row.id}/discard", {}),
    ):
        registrar.send(path, form)
        assert (_only().body, _only().number) == before
    registrar.send("/layouts", {"kind": "portrait", "name": "下一版", "copied": row.id})
    draft = db.session.scalars(
        select(CertificateLayout).where(CertificateLayout.number.is_(None))
    ).one()
    assert draft.body == before[0]
    registrar.send(f"/layouts/{draft.id}/discard")
    assert _only().id == row.id


def test_seal_and_background(registrar: PageClient) -> None:
    """They are made ready, drawn with, and can be taken out; a seal on white is refused."""
    row = rows.draft()
    seal = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    seal.paste((176, 38, 31, 255), (60, 60, 140, 140))
    answer = registrar.send(
        f"/layouts/{row.id}",
        {**rows.filled(row), "seal": (_file(seal, "PNG"), "seal.png"),
         "background": (_file(Image.new("RGB", (900, 900), "#203040"), "JPEG"), "ground.jpg")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 302
    drawn_with = reading.layout(_only())
    assert drawn_with.seal is not None
    assert drawn_with.background is not None
    darkest = Image.open(io.BytesIO(drawn_with.background)).convert("L").getextrema()[0]
    assert isinstance(darkest, int)
    assert darkest > 180
    registrar.send(
        f"/layouts/{row.id}",
        rows.filled(_only(), without_seal="y", without_background="y"),
    )
    assert reading.layout(_only()).seal is None
    refused = registrar.send(
        f"/layouts/{row.id}",
        {**rows.filled(_only()),
         "seal": (_file(Image.new("RGB", (200, 200), "white"), "PNG"), "seal.png")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert "没有透明底" in refused.text


def _file(picture: Image.Image, kind: str) -> io.BytesIO:
    out = io.BytesIO()
    picture.save(out, kind)
    out.seek(0)
    return out


def test_a_draft_is_not_issued_with(registrar: PageClient) -> None:
    """Nor a kind that does not serve the use; choosing what stands adds nothing."""
    training.training_class()
    (scheme,) = db.session.scalars(select(Scheme.code))
    row = rows.draft()
    for given in (f"portrait:{row.id}", "card:", f"landscape:{row.id}", "nothing"):
        registrar.send("/layouts/choose", {"scheme": scheme, "use": "certificate", "layout": given})
    assert not db.session.scalars(select(LayoutChoice)).all()
    for _click in range(2):
        registrar.send(
            "/layouts/choose", {"scheme": scheme, "use": "certificate", "layout": "portrait:"}
        )
    assert len(db.session.scalars(select(LayoutChoice)).all()) == 1
    assert choosing.layout_for(scheme, "certificate") is load_layout("portrait")
    assert choosing.layout_for(scheme, "card") is load_layout("card")
    answer = registrar.send(
        "/layouts/choose", {"scheme": "none", "use": "certificate", "layout": "portrait:"}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_who_may(client: PageClient, role: Role) -> None:
    """Registrar and certifier design, the auditor looks, others see nothing."""
    row = rows.draft()
    client.sign_in(factories.user(role))
    designs, looks = role in {Role.REGISTRAR, Role.CERTIFIER}, role is Role.AUDITOR
    assert client.get("/layouts").status_code == (200 if designs or looks else 403)
    page = client.get(f"/layouts/{row.id}")
    assert page.status_code == (200 if designs or looks else 403)
    assert ("保存草稿" in page.text) is designs
    saved = client.send(f"/layouts/{row.id}", rows.filled(row, name="新名字"))
    assert saved.status_code == (302 if designs else 403)


def test_a_district_s_registrar_has_no_say(client: PageClient) -> None:
    """What every certificate looks like is the association's."""
    row = rows.draft()
    client.sign_in(factories.user(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, factories.DISTRICT)))
    assert client.get(f"/layouts/{row.id}").status_code == 404


def test_a_draft_begun_twice_is_one(registrar: PageClient) -> None:
    """Under another name it is another draft."""
    for name in ("2027 年竖版", "2027 年竖版", "2028 年竖版"):
        registrar.send("/layouts", {"kind": "portrait", "name": name})
    names = db.session.scalars(select(CertificateLayout.name)).all()
    assert sorted(names) == ["2027 年竖版", "2028 年竖版"]
