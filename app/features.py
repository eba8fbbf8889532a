"""The blueprints that make up the application, in the order of their layers."""

from app.accounts import blueprint as accounts
from app.applications.views.blueprint import blueprint as applications
from app.applications.views.blueprint import public_blueprint as public_notices
from app.awards import blueprint as awards
from app.bank import blueprint as bank
from app.checking import blueprint as check
from app.checking import signed_in_blueprint as checking
from app.competence import blueprint as competence
from app.complaints.views.blueprint import blueprint as complaints
from app.complaints.views.blueprint import public_blueprint as complain
from app.completion import blueprint as completion
from app.credentials.views.blueprint import blueprint as credentials
from app.directory import blueprint as directory
from app.directory import public_blueprint as public_directory
from app.earlier.views import blueprint as earlier
from app.eligibility import blueprint as training  # training's pages, with the class page
from app.evaluation import blueprint as evaluation
from app.exams import blueprint as exams
from app.handbook.views import blueprint as handbook
from app.home import blueprint as home
from app.hospitals import api_blueprint as hospital_api
from app.hospitals import blueprint as hospitals
from app.layouts import blueprint as layouts
from app.learning import blueprint as learning
from app.notices import blueprint as notices
from app.oversight import blueprint as oversight
from app.practicum import blueprint as practicum
from app.register.views.blueprint import blueprint as register
from app.renewal import blueprint as renewal

FEATURES = (
    accounts,
    notices,
    bank,
    training,
    practicum,
    learning,
    handbook,
    completion,
    evaluation,
    competence,
    applications,
    public_notices,
    layouts,
    awards,
    credentials,
    register,
    complaints,
    complain,
    renewal,
    earlier,
    hospitals,
    hospital_api,
    directory,
    public_directory,
    check,
    checking,
    exams,
    oversight,
    home,
)
