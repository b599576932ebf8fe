"""`synthrl explore`: read rows, see their worlds, try answers, and look through runs and profiles, in a browser.

Nothing is kept between two requests but what the page's own fields say, so two who look at once do not meet.
"""

import os
from pathlib import Path
from typing import Any

from synthrl import knobs

FOLDER = Path(__file__).parent
HOST = "127.0.0.1"


def load_gradio() -> Any:
    """gradio, told to send nothing to anybody before it is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    try:
        import gradio
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        raise ImportError("explore needs gradio: pip install 'synthrl[explore]'") from None
    return gradio


def app(folders: bool = True, run: str = "", profile: str = "") -> Any:
    """The page. Without `folders`, as in a Space, nothing on the machine that serves it can be opened."""
    load_gradio()
    from synthrl.app.explore import page

    return page.build(folders, run, profile)


def look() -> dict[str, Any]:
    """What `launch` is to be given, wherever the page is served: our style, and nothing fetched from elsewhere."""
    from synthrl.app.explore import page

    return {
        "theme": page.theme(),
        "css_paths": FOLDER / "style.css",
        "head": f"<style>{_text('colours.css')}</style><script>{_text('keys.js')}</script>",
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "show_error": False,
    }


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def run(port: int | None, run_folder: str = "", profile_folder: str = "", browser: bool = True) -> int:
    knobs.require(port is None or port < 2**16, "--port", port, "at most 65535")
    for option, folder in (("--run", run_folder), ("--profile", profile_folder)):
        there = not folder or knobs.path(option, folder).is_dir()
        knobs.require(there, option, folder, "a folder that is there")
    blocks = app(run=run_folder, profile=profile_folder)
    try:
        blocks.launch(
            server_name=HOST,
            server_port=port,
            inbrowser=browser,
            share=False,
            quiet=True,
            prevent_thread_lock=True,
            **look(),
        )
        print(f"synthrl explore: {blocks.local_url} (Ctrl-C ends it)", flush=True)
        blocks.block_thread()
    except OSError as error:
        taken = f"--port: got {port}, which another process holds: name another, or none"
        raise ValueError(taken if port and "empty port" in str(error) else str(error)) from None
    finally:
        blocks.close(verbose=False)
    return 0
