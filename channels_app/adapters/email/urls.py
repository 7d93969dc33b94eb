"""The addresses under which a person connects a mailbox's account at Google or Microsoft."""

from django.urls import path

from channels_app.adapters.email import views

app_name = "mailbox"

urlpatterns = [
    path("w/<uuid:workspace>/settings/inboxes/<uuid:inbox>/account/", views.begin, name="begin"),
    path("w/<uuid:workspace>/settings/inboxes/<uuid:inbox>/account/connected/", views.finish, name="finish"),
    path("me/mail-account/", views.came_back, name="came-back"),
]
