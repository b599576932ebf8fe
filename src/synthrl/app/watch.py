"""Wait until `datasets` is imported, then let it know our names.

Standard library only, and nothing of synthrl until it is needed: `synthrl autoload enable` copies this file into
site-packages, where every start of Python pays for it, and where it may outlive synthrl.
"""

import sys

# The last of the modules that look a dataset or metric up → who tells them about ours, with `patch()`.
HOOKS = {
    "datasets.inspect": "synthrl.app.hub",
    "evaluate.loading": "synthrl.app.metrics",
}


class Watch:
    """A finder that finds nothing of its own: it only sees that a module is about to be imported."""

    def find_spec(self, name, path=None, target=None):
        if name not in HOOKS:
            return None
        # By name: the copy that `synthrl autoload` made has a class of its own, and the two would ask each other.
        others = (finder for finder in sys.meta_path if type(finder).__name__ != "Watch")
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                tell(name)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def tell(name):
    try:
        __import__(HOOKS[name])
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "synthrl":
            return  # uninstalled, and this is the copy that was left behind
        raise
    sys.modules[HOOKS[name]].patch()


def watch():
    for name in HOOKS:
        if name in sys.modules:
            tell(name)
    if not any(isinstance(finder, Watch) for finder in sys.meta_path):
        sys.meta_path.insert(0, Watch())
