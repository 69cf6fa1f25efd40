"""Names of files and layers in a result folder."""

DEPTH_EXR = "depth.exr"
LAYER = "FocalDepth"  # of depth.exr: Combined, Depth.Z, Confidence.V, Frame.V, Sharpness.V
RESULT_JSON = "result.json"
ALL_IN_FOCUS_PNG = "all_in_focus.png"
DEPTH_PNG = "depth.png"  # depth in false colour
ALIGNED = "aligned"  # a folder with every frame on the reference's grid, where that was chosen
CACHE = "cache.npz"  # what the networks inferred, so that an unchanged part is not run again
BACKGROUND_PNG = "background.png"  # the colours behind a mesh's cuts, written with a mesh
ESTIMATE_EXR = "estimate.exr"  # depth.exr as it was estimated, where that is retouched
RETOUCH = "retouch"  # a folder of what a person painted: no estimate removes it
LAYERS_JSON = "layers.json"  # in that folder
PARTIAL = ".unfinished"  # before the suffix of a single file that is being written

_OF_EARLIER_VERSIONS = {"found.npz"}
OWNED = {DEPTH_EXR, RESULT_JSON, ALL_IN_FOCUS_PNG, DEPTH_PNG, ALIGNED, CACHE, BACKGROUND_PNG, ESTIMATE_EXR}
OWNED |= {"background.unfinished.png"} | _OF_EARLIER_VERSIONS
