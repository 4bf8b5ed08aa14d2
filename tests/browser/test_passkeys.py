"""A passkey in a real browser, with Chromium's virtual authenticator: made, then used in place of the password."""

from playwright.sync_api import expect

from tests.browser.conftest import INTERVIEWER_EMAIL, INTERVIEWER_PASSWORD, Launch, Site, Witness


def test_passkey_is_made_and_signs_in(site: Site, launch: Launch, witness: Witness) -> None:
    # Browsers have passkeys for names only, so both the page and the server have to call this machine by its name.
    address = site.url.replace("127.0.0.1", "localhost")
    witness.origin = address
    context = launch().new_context()
    witness.attend(context)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    authenticator = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]

    # A sign-in of its own: the one that other tests share must not be ended.
    page.goto(f"{address}/sign-in?next=/account")
    page.get_by_label("E-mail").fill(INTERVIEWER_EMAIL)
    page.get_by_label("Password").fill(INTERVIEWER_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Which device or password manager").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_test_id("passkey")).to_contain_text("Laptop")

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/account")
    expect(page.get_by_test_id("passkey")).to_contain_text("last used")

    page.get_by_role("button", name="Sign out", exact=True).click()
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was given")
