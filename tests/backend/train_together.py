"""One of several processes under torchrun: trains, and says which weights it has come to.

torchrun --nproc-per-node N train_together.py BANK OUTPUT STEPS
"""

import hashlib
import os
import sys
from pathlib import Path

from focal_depth.research.training.trainer import TrainingConfig, train
from focal_depth.runtime.progress import SilentReporter

bank, output, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
rank = os.environ["RANK"]
(output / f"process-{rank}").write_text(str(os.getpid()))
settings = TrainingConfig(output, bank=bank, steps=steps, crops=1, crop_size=(64, 64), save_every=4)
entries = train(settings, SilentReporter()).state_dict()
digest = hashlib.sha256(b"".join(value.numpy().tobytes() for value in entries.values()))
(output / f"weights-{rank}").write_text(digest.hexdigest())
