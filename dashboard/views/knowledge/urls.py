"""The addresses of the knowledge, below `w/<workspace>/knowledge/`."""

from django.urls import path

from dashboard.views.knowledge import articles, bulk, categories, centre, editor, gaps, imports, pictures, proposed

urlpatterns = [
    path("", articles.articles, name="knowledge"),
    path("articles/new/", articles.new_article, name="new-article"),
    path("articles/together/", bulk.together, name="articles-together"),
    path("articles/found/", articles.found, name="found-articles"),
    path("articles/<int:article>/", editor.article, name="article"),
    path("articles/<int:article>/text/", editor.text, name="article-text"),
    path("articles/<int:article>/state/", editor.state, name="article-state"),
    path("articles/<int:article>/release/", editor.release, name="article-release"),
    path("articles/<int:article>/placing/", editor.placing, name="article-placing"),
    path("articles/<int:article>/review/", editor.review, name="article-review"),
    path("articles/<int:article>/translations/", editor.translation, name="article-translation"),
    path("articles/<int:article>/preview/", editor.preview, name="article-preview"),
    path("articles/<int:article>/versions/", editor.versions, name="article-versions"),
    path("articles/<int:article>/versions/<uuid:version>/restoration/", editor.restoration, name="article-restoration"),
    path("articles/<int:article>/deletion/", editor.deletion, name="article-deletion"),
    path("pictures/", pictures.new_picture, name="new-picture"),
    path("pictures/<uuid:picture>.webp", pictures.picture, name="picture"),
    path("proposed/", proposed.proposed, name="proposed"),
    path("proposed/<int:article>/refusal/", proposed.refusal, name="proposed-refusal"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("gaps/<uuid:gap>/article/", gaps.article, name="gap-article"),
    path("gaps/<uuid:gap>/state/", gaps.state, name="gap-state"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:source>/", imports.source, name="import"),
    path("imports/<uuid:source>/reading/", imports.reading, name="import-reading"),
    path("imports/<uuid:source>/deletion/", imports.deletion, name="import-deletion"),
    path("categories/", categories.categories, name="categories"),
    path("categories/order/", categories.order, name="category-order"),
    path("categories/<uuid:category>/", categories.category, name="category"),
    path("help-centre/", centre.centre, name="help-centre"),
    path("help-centre/opening/", centre.opening, name="help-centre-opening"),
    path("help-centre/domain/", centre.domain, name="help-centre-domain"),
]
