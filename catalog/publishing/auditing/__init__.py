"""The continuous audit: what is served is judged again when rules, waivers, the mesh or the day change."""
