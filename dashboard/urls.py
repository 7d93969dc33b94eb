"""The dashboard's addresses. The workspace stands in the URL, so two tabs may show two of them."""

from django.urls import URLPattern, URLResolver, include, path

from dashboard.views import (
    availability,
    contacts,
    files,
    helping,
    home,
    inboxes,
    lists,
    messages,
    originals,
    people,
    pipeline,
    search,
    settings,
    state,
    templates,
)
from dashboard.views.ai import lessons as ai_lessons, switches as ai_switches
from dashboard.views.knowledge import proposed

app_name = "dashboard"

_conversation = [
    path("", lists.conversation, name="conversation"),
    path("head/", lists.thread_head, name="thread-head"),
    path("messages/", messages.messages, name="messages"),
    path("messages/new/", messages.add_message, name="add-message"),
    path("messages/<uuid:message>/", messages.message, name="message"),
    path("messages/<uuid:message>/text/", messages.text, name="message-text"),
    path("messages/<uuid:message>/reaction/", messages.reaction, name="reaction"),
    path("messages/<uuid:message>/attempt/", messages.attempt, name="attempt"),
    path("messages/<uuid:message>/html/", originals.html, name="html"),
    path("messages/<uuid:message>/html/images/", originals.html_with_images, name="html-with-images"),
    path("messages/<uuid:message>/original/", originals.original, name="original"),
    path("read-mark/", messages.read_mark, name="read-mark"),
    path("draft/", messages.draft, name="draft"),
    path("status/", state.status, name="status"),
    path("assignment/", state.assignment, name="assignment"),
    path("team/", state.team, name="team"),
    path("priority/", state.priority, name="priority"),
    path("labels/", state.labels, name="labels"),
    path("contact/", contacts.contact, name="contact"),
    path("contact/profile/", contacts.profile, name="contact-profile"),
    path("contact/notes/", contacts.notes, name="contact-notes"),
    path("contact/notes/<uuid:note>/", contacts.note, name="contact-note"),
    path("contact/merges/", people.merge_picker, name="merge-picker"),
    path("contact/merges/with/<uuid:contact>/", people.merge_with, name="merge-with"),
    path("contact/merges/<uuid:suggestion>/", people.merge, name="merge"),
    path("contact/merges/<uuid:merge>/undo/", people.unmerge, name="unmerge"),
    path("standing/", people.standing, name="standing"),
    path("consent/", people.consent_noted, name="consent"),
    path("templates/", templates.templates, name="templates"),
    path("templates/<uuid:template>/", templates.template, name="template"),
    path("templates/<uuid:template>/preview/", templates.template_preview, name="template-preview"),
    path("contact/block/", contacts.block, name="contact-block"),
    path("ai-switch/", ai_switches.conversation_switch, name="conversation-ai-switch"),
    path("contact/ai-switch/", ai_switches.contact_switch, name="contact-ai-switch"),
    path("contact/learning/", ai_switches.contact_learning, name="contact-learning"),
    path("contact/restriction/", ai_switches.contact_restriction, name="contact-restriction"),
    path("ai/suggestion/", helping.suggestion, name="ai-suggestion"),
    path("ai/suggestion/new/", helping.ask_suggestion, name="ai-ask-suggestion"),
    path("ai/suggestion/<uuid:proposal>/rejection/", helping.rejection, name="ai-rejection"),
    path("ai/understanding/", helping.understanding, name="ai-understanding"),
    path("ai/intent/", ai_lessons.reading_intent, name="ai-reading-intent"),
    path("ai/mood/", ai_lessons.reading_mood, name="ai-reading-mood"),
    path("ai/proposals/<uuid:message>/", proposed.new_proposal, name="ai-propose-article"),
    path("ai/summary/", helping.summary, name="ai-summary"),
    path("ai/similar/", helping.similar, name="ai-similar"),
    path("ai/rewording/", helping.rewording, name="ai-rewording"),
    path("ai/jobs/<uuid:job>/", helping.job, name="ai-job"),
]

_settings: list[URLPattern | URLResolver] = [
    path("", settings.home, name="settings"),
    path("inboxes/", inboxes.inboxes, name="inboxes"),
    path("inboxes/new/", inboxes.new_inbox, name="new-inbox"),
    path("inboxes/<uuid:inbox>/", inboxes.inbox, name="inbox"),
    path("inboxes/<uuid:inbox>/connection/", inboxes.inbox_connection, name="inbox-connection"),
    path("inboxes/<uuid:inbox>/secrets/", inboxes.inbox_secrets, name="inbox-secrets"),
    path("inboxes/<uuid:inbox>/switch/", inboxes.inbox_switch, name="inbox-switch"),
    path("labels/", settings.labels, name="labels-settings"),
    path("labels/<uuid:label>/", settings.label, name="label"),
    path("delivery/", pipeline.pipeline, name="pipeline"),
    path("delivery/replay/", pipeline.replay, name="replay"),
    path("audit/", settings.audit, name="audit"),
    path("ai/", include("dashboard.views.ai.urls")),
]

_workspace: list[URLPattern | URLResolver] = [
    path("", lists.conversations, name="conversations"),
    path("list/", lists.list_fragment, name="list"),
    path("rows/", lists.rows, name="rows"),
    path("tabs/", lists.tab_counts, name="tabs"),
    path("search/", search.search, name="search"),
    path("availability/", availability.availability, name="availability"),
    path("uploads/", files.uploads, name="uploads"),
    path("files/<uuid:attachment>/", files.file, name="file"),
    path("files/<uuid:attachment>/preview/", files.preview, name="preview"),
    path("conversations/<int:number>/", include(_conversation)),
    path("settings/", include(_settings)),
    path("knowledge/", include("dashboard.views.knowledge.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("w/<uuid:workspace>/", include(_workspace)),
]
