"""Networks in torch, simulation, training and evaluation. Needs torch; not in the extension."""
