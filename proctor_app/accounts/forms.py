"""The forms of accounts. What a field may hold is decided by `accounts.service`, whose errors land on the fields."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired

from proctor_app.errors import ProctorError


class SignInForm(FlaskForm):
    """E-mail address and password."""

    email = EmailField("E-mail", [DataRequired("Type the e-mail address of your account.")])
    password = PasswordField("Password", [InputRequired("Type your password.")])


class CodeForm(FlaskForm):
    """A code of the authenticator app, or one for recovery."""

    code = StringField("Code", [DataRequired("Type the code.")])


class ForgottenForm(FlaskForm):
    """Whose password was forgotten."""

    email = EmailField("E-mail", [DataRequired("Type the e-mail address of your account.")])


class NewPasswordForm(FlaskForm):
    """A new password for who forgot the old one, twice, since nobody else knows it."""

    password = PasswordField("New password", [InputRequired("Type the new password.")])
    again = PasswordField(
        "The same again", [EqualTo("password", "The two are not the same. Type the new password twice.")]
    )


class ProfileForm(FlaskForm):
    """What candidates see of the interviewer, and where reports go."""

    name = StringField("Name", [DataRequired("Give a name: candidates see it in the call.")])
    email = EmailField("E-mail", [DataRequired("Give an e-mail address: reports are sent there.")])


class PasswordForm(FlaskForm):
    """A new password; `current` is asked of who has one."""

    current = PasswordField("Present password")
    password = PasswordField("New password", [InputRequired("Type the new password.")])


class TokenForm(FlaskForm):
    """A new API token."""

    label = StringField("What it is for", [DataRequired("Say what the token is for, such as “Applicant system”.")])


def show(error: ProctorError, form: FlaskForm) -> None:
    """Put what the service did not accept on the field it names. Errors about anything else are raised again."""
    if error.field not in form:
        raise error
    field = form[error.field]
    field.errors = [*field.errors, error.message]
