"""The Flask extensions, created once and configured by `create_app`. No logic lives here."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_socketio import SocketIO
from flask_wtf import CSRFProtect

csrf = CSRFProtect()
limiter = Limiter(get_remote_address)
login_manager = LoginManager()
socketio = SocketIO()
