"""Proofs: how a step is proven where it takes several areas, or the session beside one. `checks` asks for them."""
