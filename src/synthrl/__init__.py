"""synthrl: free, endless, verifiable training data for RL on reasoning.

    import synthrl                                     # from here on, `datasets` knows our names
    from datasets import load_dataset
    load_dataset("synthrl/fiction_multihop", hops=4)

Importing this costs next to nothing: `datasets` is told of us when it is imported, before or after.
"""

from typing import Any

from synthrl.app import watch as _watch

_watch.watch()


def load_dataset(name: str, /, config: str | None = None, split: Any = None, **options: Any) -> Any:
    """`datasets.load_dataset` for our datasets, by its public interface alone.

    `options`: streaming, num_proc, cache_dir, and the dataset's own knobs (hops=4, train=2000, ...).
    """
    from synthrl.app import hub

    return hub.load_dataset(name, config, split, **options)
