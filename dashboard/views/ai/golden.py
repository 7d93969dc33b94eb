"""Golden questions: written, changed, kept from what customers asked, read from a table and written to one."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import EvaluationResult, GoldenCase, Proposal
from ai.selectors.evaluation import last_evaluation
from ai.services.golden import Wanted, add_case, change_case, delete_case, from_gap, from_proposal
from ai.services.golden_files import read_table, write_table
from conversations.selectors.conversations import conversations_visible_to
from core.audit import Actor, record
from dashboard.evaluation_words import OUTCOME_TONES
from dashboard.filters import uuid_or_none
from dashboard.golden_forms import GoldenForm, TableForm, shown_of
from knowledge.models import UnansweredQuestion
from knowledge.services.centres import ensure_centre

#: What a question may be kept from, by its id.
_BEGINNINGS = ("gap", "proposal")


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def new_question(request: WorkspaceRequest) -> HttpResponseBase:
    """A new golden question; `gap` or `proposal` names what a customer asked, to keep that."""
    shown = _begun(request)
    form = GoldenForm(request.POST or None, shown=shown)
    if request.method == "POST" and form.is_valid():
        try:
            add_case(form.wanted(), by=request.user)
        except ValidationError as error:
            form.add_error(None, _known(form, error))
        else:
            messages.success(request, _("Kept as a golden question."))
            return redirect("dashboard:ai-evaluation", workspace=request.workspace.pk)
    begun_from = next(((name, given) for name in _BEGINNINGS if (given := _given(request).get(name))), None)
    context = {"form": form, "shown": shown, "case": None, "begun_from": begun_from}
    return render(request, "dashboard/settings/ai/golden.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def question(request: WorkspaceRequest, case: UUID) -> HttpResponseBase:
    """One golden question, with what became of it; change it or delete it (`delete=1`)."""
    found = get_object_or_404(GoldenCase.objects.select_related("conversation", "intent"), pk=case)
    if request.POST.get("delete") == "1":
        delete_case(found, by=request.user)
        messages.success(request, _("Deleted."))
        return redirect("dashboard:ai-evaluation", workspace=request.workspace.pk)
    form = GoldenForm(request.POST or None, shown=shown_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_case(found, form.wanted(), by=request.user)
        except ValidationError as error:
            form.add_error(None, _known(form, error))
        else:
            return redirect("dashboard:ai-evaluation", workspace=request.workspace.pk)
    results = EvaluationResult.objects.filter(evaluation=last_evaluation(), case=found, is_changed=False).order_by("probe")
    measured = [(one, OUTCOME_TONES[one.outcome], round(100 * one.evidence)) for one in results]
    context = {"form": form, "shown": form.shown, "case": found, "measured": measured}
    return render(request, "dashboard/settings/ai/golden.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def table(request: WorkspaceRequest) -> HttpResponseBase:
    """Questions from a table; what was wrong is told line by line, and what was right is kept."""
    form, report = TableForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            report = read_table(content, language=ensure_centre().default_language, by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            words = ngettext("%(count)d question was kept.", "%(count)d questions were kept.", report.added)
            messages.success(request, words % {"count": report.added})
            if not report.problems:
                return redirect("dashboard:ai-evaluation", workspace=request.workspace.pk)
    context = {"form": form, "report": report}
    return render(request, "dashboard/settings/ai/golden_table.html", context, status=422 if form.errors else 200)


@require_GET
@workspace_view(Permission.AI_MANAGE)
def export(request: WorkspaceRequest) -> HttpResponseBase:
    """All golden questions as CSV; that they were taken out is in the audit trail."""
    record("ai.golden_exported", actor=Actor.user(request.user.pk))
    # Spreadsheets take a file for UTF-8 by the mark at its beginning.
    response = HttpResponse(f"\ufeff{write_table()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="golden-questions.csv"'
    return response


def _begun(request: WorkspaceRequest) -> Wanted:
    """What the form begins with: what a customer asked, where that is named, else nothing. Raises Http404."""
    given = _given(request)
    if gap := given.get("gap"):
        rows = UnansweredQuestion.objects.filter(gap=uuid_or_none(gap)).select_related("conversation").order_by("-created_at")
        asked = next((one for one in rows[:20] if one.text and _may_see(request, one.conversation_id)), None)
        if asked is None:
            raise Http404
        return from_gap(asked)
    if proposal := given.get("proposal"):
        visible = conversations_visible_to(request.membership)
        rows_of = Proposal.objects.filter(conversation__in=visible).select_related("conversation__contact", "intent")
        return from_proposal(get_object_or_404(rows_of, pk=uuid_or_none(proposal)))
    return Wanted("", ensure_centre().default_language)


def _given(request: WorkspaceRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _may_see(request: WorkspaceRequest, conversation_id: UUID | None) -> bool:
    return conversation_id is None or conversations_visible_to(request.membership).filter(pk=conversation_id).exists()


def _known(form: GoldenForm, error: ValidationError) -> ValidationError:
    """The error at its fields, where the form has them."""
    if not hasattr(error, "error_dict"):
        return error
    return ValidationError({name if name in form.fields else "__all__": found for name, found in error.error_dict.items()})
