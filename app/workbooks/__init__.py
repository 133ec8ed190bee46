"""Tables that people send in: workbooks and CSV, opened in a child process that is limited and closed."""
