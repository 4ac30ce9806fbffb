"""Where checked records are kept between runs.

One contract (:class:`Store`), one test body over all implementations.
"""

from ocgnet.store.contract import LoadManifest, Source, Store, StoreReport
from ocgnet.store.opening import open_store

__all__ = ["LoadManifest", "Source", "Store", "StoreReport", "open_store"]
