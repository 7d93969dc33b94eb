"""What Meta calls when somebody leaves our app or wants their data deleted, and the page that tells how that stands."""

from django.urls import path

from channels_app.adapters.meta import views

app_name = "meta"

urlpatterns = [
    path("meta/<str:app>/deauthorisation/", views.deauthorisation, name="deauthorisation"),
    path("meta/<str:app>/deletion/", views.deletion, name="deletion"),
    path("meta/requests/<str:code>/", views.request_status, name="request"),
]
