"""How the network changes: snapshots, paths in time order, and two runs compared."""
