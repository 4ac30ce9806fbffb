"""The sentences that views share: numbers, findings, children, profile."""
