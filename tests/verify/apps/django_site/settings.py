SECRET_KEY = "for tests"
ROOT_URLCONF = "django_site.urls"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
