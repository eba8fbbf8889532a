"""规则设置: what counts today, where it comes from, what counted before, and a new value."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import cast

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.errors import Refusal
from app.extensions import db
from app.oversight import rules as verbs
from app.oversight import wording
from app.oversight.forms import RuleForm, build_rule_form
from app.oversight.rule_values import BadValueError, parts
from app.oversight.views.base import blueprint
from app.permissions import Scope, allows, needs, require, the_user
from app.proposals import PROPOSALS


@blueprint.get("/rules")
@needs("rules.read")
def rules() -> ResponseReturnValue:
    """Show every rule with the value in force."""
    lines = sorted(verbs.in_force(clock.shanghai_date(clock.now())), key=_place)
    groups = [
        (wording.GROUPS.get(name, name), list(found))
        for name, found in groupby(lines, key=lambda line: line.group)
    ]
    return render_template("oversight/rules.html", groups=groups, parts=parts, wording=wording)


def _place(line: verbs.RuleLine) -> int:
    known = list(wording.GROUPS)
    return known.index(line.group) if line.group in known else len(known)


@blueprint.get("/rules/<name>")
@needs("rules.read")
def rule(name: str) -> ResponseReturnValue:
    """Show one rule: its value in full and every value it ever had."""
    if name not in PROPOSALS:
        abort(404)
    return render_template(
        "oversight/rule.html",
        line=verbs.one_in_force(name, clock.shanghai_date(clock.now())),
        history=verbs.history(name),
        may_write=allows(the_user(), "rules.write", Scope()),
        parts=parts,
        wording=wording,
    )


@blueprint.route("/rules/<name>/change", methods=["GET", "POST"])
@needs("rules.write")
@needs_fresh_password
def change_rule(name: str) -> ResponseReturnValue:
    """Take a new value from a day on."""
    require("rules.write", Scope())
    if name not in PROPOSALS:
        abort(404)
    now = clock.now()
    line = verbs.one_in_force(name, clock.shanghai_date(now))
    form, fields = build_rule_form(name, parts(line.value))
    if form.validate_on_submit() and _set(name, form, fields):
        db.session.commit()
        flash(_("规则已记下，从所写的那一天起生效。"), "ok")
        return redirect(url_for("oversight.rule", name=name))
    return render_template(
        "oversight/change_rule.html", line=line, form=form, value_fields=list(fields.values())
    )


def _set(name: str, form: RuleForm, fields: dict[str, str]) -> bool:
    """Set the rule, or show the refusal beside the field it is about."""
    try:
        verbs.set_rule(
            name,
            form.texts(fields),
            from_date=cast(date, form.from_date.data),
            source=cast(str, form.source.data).strip(),
            official=form.official.data,
            actor=the_user(),
            now=clock.now(),
        )
    except BadValueError as error:
        _show(form, fields[error.part], error)
    except verbs.TooEarlyError as error:
        _show(form, "from_date", error)
    except verbs.SameValueError as error:
        _show(form, next(iter(fields.values())), error)
    else:
        return True
    return False


def _show(form: RuleForm, field: str, error: Refusal) -> None:
    form[field].errors = [*form[field].errors, error.sentence]
