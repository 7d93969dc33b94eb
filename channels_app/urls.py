"""Addresses of channels that no channel has for itself."""

from django.urls import path

from channels_app.views import public_files, signing_in

_INBOX = "w/<uuid:workspace>/settings/inboxes/<uuid:inbox>"

urlpatterns = [
    path("media/<str:signed>/<str:name>", public_files.public_file, name="public_file"),
    path(f"{_INBOX}/sign-in/", signing_in.begin, name="sign-in-at-platform"),
    path(f"{_INBOX}/signed-in/", signing_in.finish, name="signed-in"),
    path(f"{_INBOX}/choice/", signing_in.choose, name="choose-account"),
    path("me/channel/", signing_in.came_back, name="signed-in-at-platform"),
]
