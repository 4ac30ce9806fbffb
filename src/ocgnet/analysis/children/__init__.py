"""Linked children: who they are, how pressing it is to look, where on the prevent pathway, who goes missing."""
