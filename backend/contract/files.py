"""Names of files and layers in a result folder."""

DEPTH_EXR = "depth.exr"
LAYER = "FocalDepth"  # of depth.exr: Combined, Depth.Z, Confidence.V
RESULT_JSON = "result.json"
ALL_IN_FOCUS_PNG = "all_in_focus.png"
DEPTH_PNG = "depth.png"  # depth in false colour
ALIGNED = "aligned"  # a folder with every frame on the reference's grid, where that was chosen
CACHE = "cache.npz"  # what the networks inferred, so that an unchanged part is not run again
BACKGROUND_PNG = "background.png"  # the colours behind a mesh's cuts, written with a mesh
PARTIAL = ".unfinished"  # before the suffix of a single file that is being written

_OF_EARLIER_VERSIONS = {"found.npz"}
OWNED = {DEPTH_EXR, RESULT_JSON, ALL_IN_FOCUS_PNG, DEPTH_PNG, ALIGNED, CACHE, BACKGROUND_PNG}
OWNED |= {"background.unfinished.png"} | _OF_EARLIER_VERSIONS
