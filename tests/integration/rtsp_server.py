"""An RTSP server of one H.264 file, run by Debian's python3: `rtsp_server.py FILE.mp4 PORT`.

/open is for everybody; /closed asks for the user `installer` with the password `right`.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402  the versions come first


def a_mount(clip: str, *roles: str) -> GstRtspServer.RTSPMediaFactory:
    """All may know of the file; only ``roles`` may see it, the others are told that they may not."""
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( filesrc location={clip} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 )")
    permissions = GstRtspServer.RTSPPermissions()
    for role in ("anybody", "installer"):
        permissions.add_permission_for_role(role, "media.factory.access", True)
        permissions.add_permission_for_role(role, "media.factory.construct", role in roles)
    factory.set_permissions(permissions)
    return factory


def main(clip: str, port: str) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    auth = GstRtspServer.RTSPAuth()
    anybody = GstRtspServer.RTSPToken()
    anybody.set_string("media.factory.role", "anybody")
    auth.set_default_token(anybody)
    installer = GstRtspServer.RTSPToken()
    installer.set_string("media.factory.role", "installer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic("installer", "right"), installer)
    server.set_auth(auth)
    server.get_mount_points().add_factory("/open", a_mount(clip, "anybody", "installer"))
    server.get_mount_points().add_factory("/closed", a_mount(clip, "installer"))
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
