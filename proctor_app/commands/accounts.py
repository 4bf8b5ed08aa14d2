"""`proctor user` and `proctor token`: who may sign in, and programs that act for them."""

from typing import Any

import click

from config import Config
from proctor_app.installation import with_installation


@click.group()
def user() -> None:
    """Interviewers' accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", help="What candidates see. Default: made from the address.")
@click.option("--admin", is_flag=True, help="May look after the installation.")
@click.password_option(help="At least 10 characters. Asked for when not given.")
@with_installation
def user_add(_config: Config, email: str, name: str | None, admin: bool, password: str) -> None:
    """Create an account that signs in with EMAIL and a password.

    \b
    Example:  proctor user add asha@example.org --name "Asha Verma"
    """
    from proctor_app.accounts import service as accounts

    made = accounts.create_interviewer(email, name or accounts.name_from(email), password, is_admin=admin)
    click.echo(f"{made.email} can sign in now.")


@user.command("password")
@click.argument("email")
@click.password_option(help="At least 10 characters. Asked for when not given.")
@with_installation
def user_password(_config: Config, email: str, password: str) -> None:
    """Set a new password for the account of EMAIL.

    \b
    Example:  proctor user password asha@example.org
    """
    from proctor_app.accounts import service as accounts
    from proctor_app.accounts import sign_ins

    account = _account(email)
    accounts.set_password(account, password)
    sign_ins.end_all(account)
    click.echo(f"{email} signs in with the new password from now on, and is signed out everywhere.")


@user.command("reset")
@click.argument("email")
@with_installation
def user_reset(_config: Config, email: str) -> None:
    """Print a link with which the person of EMAIL chooses a new password, once, within 30 minutes.

    \b
    Example:  proctor user reset asha@example.org
    """
    from proctor_app.accounts import resets

    click.echo(resets.link(resets.make(_account(email))))


@user.command("second-factor-off")
@click.argument("email")
@with_installation
def user_second_factor_off(_config: Config, email: str) -> None:
    """For who lost phone and recovery codes: signing in as EMAIL asks for no code until they set it up again.

    \b
    Be sure that it is them who asks. It signs them out everywhere.
    Example:  proctor user second-factor-off asha@example.org
    """
    from proctor_app.accounts import second_factor, sign_ins

    account = _account(email)
    was_on = second_factor.turn_off(account)
    sign_ins.end_all(account)
    click.echo(f"{email} signs in without a code now." if was_on else f"{email} had no second factor.")


@user.command("link")
@click.argument("email", required=False)
@with_installation
def user_link(config: Config, email: str | None) -> None:
    """Print a new one-time sign-in link: for EMAIL, or for the local interviewer.

    \b
    Example:  proctor user link
    """
    from proctor_app import runner
    from proctor_app.accounts import service as accounts

    account = _account(email) if email else accounts.local_interviewer(config.admin_email)
    click.echo(runner.sign_in_link(config, account))


@click.group()
def token() -> None:
    """Tokens for programs that use the JSON API."""


@token.command("add")
@click.argument("email", required=False)
@click.option("--label", default="command line", show_default=True, help="What the token is for.")
@click.option("--value", help="A token of your own, 20 characters or more, for set-ups made by scripts.")
@with_installation
def token_add(config: Config, email: str | None, label: str, value: str | None) -> None:
    """Create an API token that acts for EMAIL, or for the local interviewer, and print it once.

    \b
    Example:  proctor token add asha@example.org --label "Applicant system"
    """
    from proctor_app.accounts import service as accounts

    account = _account(email) if email else accounts.local_interviewer(config.admin_email)
    click.echo(accounts.add_token(account, label, value))


def _account(email: str) -> Any:
    from proctor_app.accounts import service as accounts

    found = accounts.find_by_email(email)
    if found is None:
        raise click.ClickException(f"There is no account with the address {email}. Add it: proctor user add {email}")
    return found
