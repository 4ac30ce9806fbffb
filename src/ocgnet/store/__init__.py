"""Where checked records are kept between runs.

One contract (:class:`Store`), one test body over all implementations.
"""

from ocgnet.store.contract import LoadManifest, Store, StoreReport
from ocgnet.store.opening import open_store

__all__ = ["LoadManifest", "Store", "StoreReport", "open_store"]
