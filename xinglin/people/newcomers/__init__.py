"""新人登记: whoever has no telephone is registered at the desk."""
