from django.urls import path

from opale.listings.pages import page_of
from opale.operations.listings import FAILED_JOBS

urlpatterns = [path("failed-jobs/", page_of(FAILED_JOBS), name="operations_failed_jobs")]
