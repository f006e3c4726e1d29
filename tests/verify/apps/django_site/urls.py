from django.http import JsonResponse
from django.urls import include, path, re_path
from django.views import View


async def home(request):
    return JsonResponse({"home": True})


def item(request, item_id):
    return JsonResponse({"id": item_id})


class Things(View):
    async def get(self, request, name):
        return JsonResponse({"name": name})


urlpatterns = [
    path("", home),
    path("sub/", include([path("items/<int:item_id>/", item)])),
    re_path(r"^things/(?P<name>\w+)/$", Things.as_view()),
]
