"""The door to places: the tree, hamlets added and put together, and what the state changes."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.registry import area_changes, areas, hamlet_changes
from service.registry.area_forms import NewCommuneForm, RenameForm, WhenForm
from service.registry.areas import COMMUNE, HAMLET, Area
from service.registry.door import MOST_ID, number_asked
from service.web.access import current_staff, needs
from service.web.languages import gettext as _
from service.web.languages import ngettext

bp = Blueprint("areas", __name__, url_prefix="/areas")


def place(area_id: int | None, kind: str) -> Area:
    """The unit of this address, as it is today; "no such page" for any other."""
    area = areas.find(area_id) if area_id is not None and area_id <= MOST_ID else None
    if area is None or area.kind != kind or area.valid_to is not None:
        abort(404)
    return area


@bp.get("")
@needs("areas.edit")
def index() -> ResponseReturnValue:
    communes = areas.communes()
    hamlets = areas.hamlets_of([commune.id for commune in communes])
    return render_template(
        "areas/index.html",
        provinces=areas.provinces(),
        communes=communes,
        hamlets={c.id: [hamlet for hamlet in hamlets if hamlet.parent_id == c.id] for c in communes},
        former=areas.former([area.id for area in (*communes, *hamlets)]),
        people=hamlet_changes.people_by_place(),
    )


@bp.get("/<int:area_id>")
@needs("areas.edit")
def show(area_id: int) -> ResponseReturnValue:
    commune = place(area_id, COMMUNE)
    hamlets = areas.hamlets(commune.id)
    return render_template(
        "areas/commune.html",
        commune=commune,
        province=areas.find(commune.parent_id) if commune.parent_id is not None else None,
        hamlets=hamlets,
        former=areas.former([commune.id, *[hamlet.id for hamlet in hamlets]]),
        people=hamlet_changes.people_by_place(),
        without=hamlet_changes.people_without_hamlet(commune),
    )


@bp.post("/<int:area_id>/hamlets")
@needs("areas.edit")
def add_hamlet(area_id: int) -> ResponseReturnValue:
    with db.transaction():
        hamlet = hamlet_changes.add_hamlet(
            place(area_id, COMMUNE), request.form.get("name", ""), current_staff()
        )
    flash(_("Đã thêm thôn %(name)s.", name=hamlet.name), "good")
    return redirect(url_for(".show", area_id=area_id) + "#name", 303)


@bp.get("/hamlets/<int:area_id>")
@needs("areas.edit")
def hamlet(area_id: int) -> ResponseReturnValue:
    hamlet = place(area_id, HAMLET)
    return render_template(
        "areas/hamlet.html",
        hamlet=hamlet,
        commune=areas.find(hamlet.parent_id or 0),
        former=areas.former([hamlet.id])[hamlet.id],
        people=hamlet_changes.people_in_hamlets([hamlet.id]),
    )


@bp.post("/hamlets/<int:area_id>")
@needs("areas.edit")
def rename_hamlet(area_id: int) -> ResponseReturnValue:
    with db.transaction():
        hamlet = place(area_id, HAMLET)
        hamlet_changes.rename_hamlet(hamlet, request.form.get("name", ""), current_staff())
    flash(_("Đã lưu. Danh sách ghi tên cũ vẫn được hiểu đúng."), "good")
    return redirect(url_for(".show", area_id=hamlet.parent_id), 303)


@bp.get("/<int:area_id>/same")
@needs("areas.edit")
def same(area_id: int) -> ResponseReturnValue:
    """Which of the ticked spellings stays? Shows how many people move."""
    commune = place(area_id, COMMUNE)
    chosen = _ticked(commune, request.args.getlist("h"))
    if len(chosen) < 2:
        flash(_("Hãy đánh dấu ít nhất hai thôn là một thôn viết khác nhau."), "info")
        return redirect(url_for(".show", area_id=area_id))
    people = hamlet_changes.people_by_place()
    return render_template("areas/same.html", commune=commune, chosen=chosen, people=people)


@bp.post("/<int:area_id>/same")
@needs("areas.edit")
def merge_hamlets(area_id: int) -> ResponseReturnValue:
    with db.transaction():
        commune = place(area_id, COMMUNE)
        keep = place(request.form.get("keep", type=int), HAMLET)
        gone = _ticked(commune, request.form.getlist("h"))
        moved = hamlet_changes.merge_hamlets(keep, gone, current_staff())
    flash(
        ngettext(
            "Đã gộp vào thôn %(name)s, %(num)s người chuyển theo.",
            "Đã gộp vào thôn %(name)s, %(num)s người chuyển theo.",
            moved,
            name=keep.name,
        ),
        "good",
    )
    return redirect(url_for(".show", area_id=area_id), 303)


def _ticked(commune: Area, ids: list[str]) -> list[Area]:
    return [hamlet for hamlet in areas.hamlets(commune.id) if str(hamlet.id) in ids]


@bp.post("/<int:area_id>/home")
@needs("areas.edit")
def set_home(area_id: int) -> ResponseReturnValue:
    with db.transaction():
        area_changes.set_home(place(area_id, COMMUNE), request.form.get("home") == "yes", current_staff())
    flash(_("Đã lưu."), "good")
    return redirect(url_for(".show", area_id=area_id), 303)


# ------------------------------------------------------------------------------------------------- what the state does


@bp.get("/new")
@needs("areas.edit")
def new() -> ResponseReturnValue:
    return render_template("areas/new.html", form=NewCommuneForm.today())


@bp.post("/new")
@needs("areas.edit")
def add() -> ResponseReturnValue:
    form = NewCommuneForm.today()
    if not form.validate():
        return render_template("areas/new.html", form=form), 422
    with db.transaction():
        province = next(area for area in areas.provinces() if area.id == form.province.data)
        commune = area_changes.new_commune(
            form.name.data, form.code.data.strip(), province, form.since.data, current_staff()
        )
    flash(_("Đã thêm xã %(name)s.", name=commune.name), "good")
    return redirect(url_for(".show", area_id=commune.id), 303)


@bp.get("/<int:area_id>/rename")
@needs("areas.edit")
def rename(area_id: int) -> ResponseReturnValue:
    commune = place(area_id, COMMUNE)
    return render_template("areas/rename.html", form=RenameForm.of(commune), commune=commune)


@bp.post("/<int:area_id>/rename")
@needs("areas.edit")
def rename_commune(area_id: int) -> ResponseReturnValue:
    form = RenameForm.of(place(area_id, COMMUNE))
    if not form.validate():
        return render_template("areas/rename.html", form=form, commune=place(area_id, COMMUNE)), 422
    with db.transaction():
        commune = place(area_id, COMMUNE)
        area_changes.rename_commune(
            commune, form.name.data, form.code.data.strip(), form.since.data, current_staff()
        )
    flash(_("Đã lưu. Danh sách ghi tên cũ vẫn được hiểu đúng."), "good")
    return redirect(url_for(".show", area_id=area_id), 303)


@bp.get("/<int:area_id>/merge")
@needs("areas.edit")
def merge(area_id: int) -> ResponseReturnValue:
    """Into which commune, and then what would follow."""
    commune, into = place(area_id, COMMUNE), number_asked("into")
    form = WhenForm.asked()
    target = place(into, COMMUNE) if into is not None and form.is_well() else None
    return render_template(
        "areas/merge.html",
        commune=commune,
        others=[area for area in areas.communes() if area.id != commune.id],
        target=target,
        form=form,
        people=hamlet_changes.people_in(commune),
        hamlets=areas.hamlets(commune.id),
        clashes=_clashes(commune, target) if target is not None else [],
    ), 200 if into is None or target is not None else 422


def _clashes(commune: Area, target: Area) -> list[Area]:
    """Hamlets whose name the other commune has too."""
    there = {hamlet.search_key for hamlet in areas.hamlets(target.id)}
    return [hamlet for hamlet in areas.hamlets(commune.id) if hamlet.search_key in there]


@bp.post("/<int:area_id>/merge")
@needs("areas.edit")
def merge_commune(area_id: int) -> ResponseReturnValue:
    form = WhenForm()
    if not form.validate():
        abort(400)
    with db.transaction():
        commune = place(area_id, COMMUNE)
        into = place(request.form.get("into", type=int), COMMUNE)
        moved = area_changes.merge_commune(commune, into, form.since.data, current_staff())
    flash(_moved(moved, into.name), "good")
    return redirect(url_for(".show", area_id=into.id), 303)


def _moved(moved: area_changes.Moved, name: str) -> str:
    return _(
        "Đã chuyển %(people)s người và %(hamlets)s thôn. Xã bây giờ: %(name)s.",
        people=moved.people,
        hamlets=moved.hamlets,
        name=name,
    )


@bp.get("/<int:area_id>/divide")
@needs("areas.edit")
def divide(area_id: int) -> ResponseReturnValue:
    """Each hamlet's commune from a day on; then what would follow."""
    commune, form = place(area_id, COMMUNE), WhenForm.asked()
    asked, hamlets = "since" in request.args, areas.hamlets(commune.id)
    people = hamlet_changes.people_by_place()
    without = hamlet_changes.people_without_hamlet(commune)
    goes = {hamlet.id: _target(request.args.get(f"h{hamlet.id}"), commune) for hamlet in hamlets}
    rest = _target(request.args.get("rest"), commune)
    moving = [hamlet for hamlet in hamlets if goes[hamlet.id].id != commune.id]
    count = sum(people.get(hamlet.id, 0) for hamlet in moving) + (without if rest.id != commune.id else 0)
    return render_template(
        "areas/divide.html",
        commune=commune,
        communes=areas.communes(),
        hamlets=hamlets,
        people=people,
        without=without,
        goes=goes,
        rest=rest,
        moving=moving,
        count=count,
        form=form,
        ready=asked and form.is_well() and bool(moving or rest.id != commune.id),
        ends=rest.id != commune.id and len(moving) == len(hamlets),
    ), 422 if asked and not form.is_well() else 200


def _target(chosen: str | None, commune: Area) -> Area:
    return place(int(chosen), COMMUNE) if chosen and chosen.isascii() and chosen.isdigit() else commune


@bp.post("/<int:area_id>/divide")
@needs("areas.edit")
def divide_commune(area_id: int) -> ResponseReturnValue:
    form = WhenForm()
    if not form.validate():
        abort(400)
    with db.transaction():
        commune = place(area_id, COMMUNE)
        goes = {
            hamlet.id: _target(request.form.get(f"h{hamlet.id}"), commune)
            for hamlet in areas.hamlets(commune.id)
        }
        rest = _target(request.form.get("rest"), commune)
        moved = area_changes.divide_commune(commune, goes, rest, form.since.data, current_staff())
    flash(_moved(moved, ", ".join(sorted({area.name for area in (*goes.values(), rest)}))), "good")
    return redirect(url_for(".index"), 303)
