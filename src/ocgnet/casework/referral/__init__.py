"""A child's record becomes a referral: which routes are open, and the pack that goes."""
