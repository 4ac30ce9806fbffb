"""Sentences that several views share: numbers, findings, children, the profile."""
