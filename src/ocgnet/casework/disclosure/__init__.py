"""Packs and summaries that leave the force, each sentence declared to its recipient."""
