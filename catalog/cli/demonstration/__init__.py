"""The demo: the main job on the demo mesh, told step by step."""
