"""The widget's addresses on web."""

from django.urls import path

from channels_app.adapters.website import article_views, files, views

app_name = "widget"

urlpatterns = [
    path("widget.js", views.loader, name="loader"),
    path("widget/<str:key>/try/", views.sample_shop, name="try"),
    path("widget/files/<str:signed>/", files.file, name="file"),
    path("widget/<str:key>/boot/", views.boot, name="boot"),
    path("widget/<str:key>/frame/", views.frame, name="frame"),
    path("widget/<str:key>/session/", views.open_session, name="session"),
    path("widget/<str:key>/messages/", views.messages, name="messages"),
    path("widget/<str:key>/articles/", article_views.articles, name="articles"),
    path("widget/<str:key>/articles/<int:number>/", article_views.article, name="article"),
    path("widget/<str:key>/uploads/", views.uploads, name="uploads"),
]
