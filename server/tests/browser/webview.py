#!/usr/bin/python3
"""A phone's web view: WebKit in a window of 375 by 812, without DOM storage, with the bridge that an iOS app has.

Started by WebKitWebDriver. It runs under Debian's Python, because python3-gi belongs to that one.
"""

# Debian's gi is not in the environment that checks types.
# pyright: reportMissingImports=false, reportMissingModuleSource=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
import ctypes
import signal
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

APP_SCRIPT = Path(__file__).with_name("ios_app.js").read_text()

ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # never outlive the driver
settings = WebKit2.Settings(enable_html5_local_storage=False, enable_html5_database=False)
settings.set_user_agent(settings.get_user_agent() + " HubspotMobileSDK/1.0.7")
content = WebKit2.UserContentManager()
for name in ("nativeApp", "closeChatHandler"):
    content.register_script_message_handler(name)
content.add_script(
    WebKit2.UserScript(
        APP_SCRIPT,
        WebKit2.UserContentInjectedFrames.ALL_FRAMES,
        WebKit2.UserScriptInjectionTime.END,
        None,
        None,
    )
)
context = WebKit2.WebContext.new_with_website_data_manager(WebKit2.WebsiteDataManager(is_ephemeral=True))
context.set_automation_allowed(True)
view = WebKit2.WebView(
    web_context=context, is_controlled_by_automation=True, user_content_manager=content, settings=settings
)
window = Gtk.Window(decorated=False, default_width=375, default_height=812)
window.add(view)
window.show_all()


def start(_: object, session: WebKit2.AutomationSession) -> None:
    """The driver is here: say who we are and give it the view."""
    about = WebKit2.ApplicationInfo()
    about.set_name("webview")
    session.set_application_info(about)
    session.connect("create-web-view", lambda *_: view)


context.connect("automation-started", start)
Gtk.main()
