"""What the browser tests stand on: Chromium, a live server, checks that hold on every page, and a counting hand."""
