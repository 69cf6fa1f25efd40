"""How finely depth is inferred, and how frames are aligned: the choices and their sizes in pixels."""

DRAFT, STANDARD, FULL = "draft", "standard", "full"
# Longer side in pixels at which depth is inferred; None is the photographs' own. Results are of full size.
QUALITIES = {DRAFT: 640, STANDARD: 960, FULL: None}
MIN_SHRINK = 1.5  # pictures shrink by so much or not at all: less would cost detail and save little
MIN_SIDE = 16  # pixels

# How frames are brought onto the reference's grid; each does less than the one before.
NETWORK, THIN_LENS, NONE = ALIGNMENTS = "network", "thin-lens", "none"

# The networks that infer depth: ours, and the authors' of "Learning Depth from Focus in the Wild".
FOCAL_UNET, WON_JEON = PREDICTORS = "focal_unet", "won_jeon"
FORMER_PREDICTOR_NAMES = {"ours": FOCAL_UNET, "paper": WON_JEON}  # of version 0.1

# `focal_unet` reads features at half its input's size: small pictures are enlarged to keep their edges.
ENLARGED_SIDE, MAX_ENLARGEMENT = 960, 2.0


def working_size(width: int, height: int, quality: str) -> tuple[int, int]:
    """Return (width, height) in pixels at which a photograph of that size is aligned and depth inferred."""
    longest = QUALITIES[quality] or max(width, height)
    shrink = max(width, height) / longest
    if shrink < MIN_SHRINK:
        return width, height
    return max(MIN_SIDE, round(width / shrink)), max(MIN_SIDE, round(height / shrink))


def enlargement(width: int, height: int, quality: str) -> float:
    """Return how many times as large `focal_unet` sees pictures of a working size; a draft is as it is."""
    if quality == DRAFT:
        return 1.0
    return max(1.0, min(MAX_ENLARGEMENT, ENLARGED_SIDE / max(width, height)))
