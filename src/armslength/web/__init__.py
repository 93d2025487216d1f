"""SITES: what the two sites share: design system, base templates, sign-in, health."""
