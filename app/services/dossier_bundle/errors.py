"""Why a bundle is not taken."""

from workflows.kit.errors import Refusal


class BundleRefused(Refusal):
    """The bundle is damaged, altered or does not fit this system; `file` names the place within it."""

    code = "BundleRefused"
    status = 422

    def __init__(self, problem: str, file: str = "") -> None:
        super().__init__(f"案卷包中的文件“{file}”{problem}" if file else problem)
        self.file = file
