"""The continuous audit: what is served is judged again when rules, waivers or the day change."""
