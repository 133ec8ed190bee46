"""One form model per step. Labels, limits and hints stand beside the field."""
