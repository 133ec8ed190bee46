"""The other side of the renderer's ratios: WeasyPrint as anybody would use it well, in a process of its own.

Run by path. The first line on stdin is the set-up as JSON (style sheets, variant), each further one a job; each answer
is a line with milliseconds of processor time and the bytes made. Fonts and style sheets are kept, as its documentation
advises; nothing else is done to the sheet.
"""

import json
import sys
import time

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration


def main() -> None:
    """Serve until the pipe closes."""
    setup = json.loads(sys.stdin.readline())
    kept = FontConfiguration()
    styles = [CSS(string=text, font_config=kept) for text in setup["styles"]] if setup["keep"] else []
    for line in sys.stdin:
        html = json.loads(line)
        began = time.process_time()
        if not setup["keep"]:
            kept = FontConfiguration()
            styles = [CSS(string=text, font_config=kept) for text in setup["styles"]]
        pdf = HTML(string=html).write_pdf(stylesheets=styles, font_config=kept, pdf_variant=setup["variant"])
        took = (time.process_time() - began) * 1000
        sys.stdout.write(f"{took} {len(pdf)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
