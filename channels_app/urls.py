"""Addresses of channels that no channel of its own has."""

from django.urls import path

from channels_app import views

urlpatterns = [path("media/<str:signed>/<str:name>", views.public_file, name="public_file")]
