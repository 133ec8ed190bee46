"""What several kinds of tests share: databases, source files, samples."""
