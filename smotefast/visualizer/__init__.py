"""The interactive SMOTE: a page of HTML for a browser, and copies of it with embedded data.

``PAGE`` is the page: style, script and scenes in one file, which needs no network.
"""

from smotefast.visualizer.embedding import PAGE, PlotData, page_with
from smotefast.visualizer.file_sample import MOST_ROWS, sample_files

__all__ = ["MOST_ROWS", "PAGE", "PlotData", "page_with", "sample_files"]
