"""Parameters of a training that takes seconds."""

from mintmark.networks import training
from mintmark.networks.augmentation import Augmentation

AUGMENTATION = Augmentation(turn=8, zoom=0.05, shift=0.05, contrast=0.2, brightness=20)
SETTINGS = training.Training(
    network="small", weights="none", upward_from="all", maps="last", sides="apart",
    filters=8, cells=2, views=0, dropout=0.1,
    epochs=12, batch=8, learning_rate=0.003, weight_decay=0.001, schedule="constant",
    class_weights=True, augmentation=AUGMENTATION,
)  # fmt: skip
