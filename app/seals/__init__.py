"""Electronic seals on notices: PDF bytes in, sealed PDF bytes out, and what a sealed PDF proves.

Nothing here knows a model, a request or Flask. `provider.py` is the seam; `none.py`, `pades.py` and `http.py` are the
three ways; `validate.py` reads a sealed sheet back.
"""
