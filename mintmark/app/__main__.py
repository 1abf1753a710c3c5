"""`python -m mintmark.app`: the page, in the browsers of this machine."""

import importlib.util
import os
import signal
import socket
import sys
import tempfile
from typing import Annotated

from pydantic import Field

from mintmark.pipeline import backend, params
from mintmark.pipeline.params import Block
from mintmark.pipeline.stage import InputError, run

HOST = "127.0.0.1"  # no other machine reaches it


class App(Block):
    """The parameters of the page."""

    port: Annotated[int, Field(ge=1, le=65_535)]
    megabytes: Annotated[int, Field(ge=1)]
    samples: Annotated[int, Field(ge=0)]


def main() -> None:
    """Show the page until it is interrupted; what is missing ends it with one sentence."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    run(_serve)


def _serve() -> None:
    if importlib.util.find_spec("gradio") is None:
        raise InputError("Gradio is missing; run `make app`, or `pip install -e '.[app]'`.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # no upload stays behind
    with tempfile.TemporaryDirectory(prefix="mintmark-") as uploads:
        os.environ["GRADIO_TEMP_DIR"] = uploads
        _show(params.load(App, "app"))


def _show(settings: App) -> None:
    _see_that_it_is_free(settings.port)
    backend.start(params.networks().backend)
    from mintmark.app import page, samples, trained  # the backend and Gradio take seconds

    known = trained.load()
    blocks = page.Page(known, samples.samples(known.index, settings.samples)).build()
    blocks.launch(
        server_name=HOST,
        server_port=settings.port,
        share=False,
        quiet=True,
        prevent_thread_lock=True,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        app_kwargs={"openapi_url": None},
        max_file_size=f"{settings.megabytes}mb",
        theme=page.THEME,
        css_paths=page.STYLE,
    )
    print(f"mintmark is at http://{HOST}:{settings.port}; Ctrl-C ends it.", flush=True)
    blocks.block_thread()


def _see_that_it_is_free(port: int) -> None:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((HOST, port))
        except OSError:
            raise InputError(
                f"port {port} is in use; set another as app.port in params.yaml."
            ) from None


if __name__ == "__main__":
    main()
